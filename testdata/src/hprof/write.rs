//! The heap → the bytes of the file.

use super::heap::{Class, Hprof, Object};
use super::options::{Order, Segments};
use super::records::Writer;
use std::collections::BTreeMap;

/// Names and their identifiers.
#[derive(Default)]
struct Names(BTreeMap<String, u64>);

impl Hprof {
    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut names = Names::default();
        let small = self.small_records(&mut names);
        let heap = self.heap(&mut names);
        let mut writer = Writer::new(self.options.id_size);
        self.write_header(&mut writer);
        // Descending, as nothing promises an order.
        for (name, id) in names.0.iter().rev() {
            let mut body = Writer::new(self.options.id_size);
            body.id(*id);
            body.bytes.extend(modified_utf8(name));
            writer.record(0x01, &body.bytes);
        }
        writer.bytes.extend(small);
        for (tag, body) in &self.extra {
            writer.record(*tag, body);
        }
        self.write_heap(&mut writer, &heap);
        if self.options.end {
            writer.record(0x2c, &[]);
        }
        writer.bytes
    }

    fn write_header(&self, writer: &mut Writer) {
        writer.bytes.extend(format!("JAVA PROFILE {}\0", self.options.version).bytes());
        writer.u4(u32::from(self.options.id_size));
        writer.u8(self.options.time_ms);
    }

    fn write_heap(&self, writer: &mut Writer, heap: &[Vec<u8>]) {
        let whole = || heap.concat();
        let stated = match self.options.segments {
            Segments::Of(bytes) => {
                for segment in segments(heap, bytes) {
                    writer.record(0x1c, &segment);
                }
                return;
            }
            Segments::One => return writer.record(0x0c, &whole()),
            Segments::ZeroLength => 0,
            Segments::Stating(length) => length,
        };
        writer.u1(0x0c);
        writer.u4(0);
        writer.u4(stated);
        writer.bytes.extend(whole());
    }

    /// LOAD_CLASS, STACK_FRAME and STACK_TRACE records.
    fn small_records(&self, names: &mut Names) -> Vec<u8> {
        let mut writer = Writer::new(self.options.id_size);
        for (row, class) in self.classes.iter().enumerate() {
            let mut body = Writer::new(self.options.id_size);
            body.count(row + 1);
            body.id(class.address);
            body.u4(1);
            body.id(names.id(&file_name(&class.name)));
            writer.record(0x02, &body.bytes);
        }
        self.write_stacks(&mut writer, names);
        writer.bytes
    }

    fn write_stacks(&self, writer: &mut Writer, names: &mut Names) {
        let mut frame_id = 0;
        self.write_trace(writer, 0, 0, frame_id..frame_id);
        for (row, frames) in self.stacks.iter().enumerate() {
            let first = frame_id + 1;
            for frame in frames {
                frame_id += 1;
                self.write_frame(writer, names, frame_id, frame);
            }
            self.write_trace(writer, row + 1, row + 1, first..frame_id + 1);
        }
    }

    fn write_frame(&self, writer: &mut Writer, names: &mut Names, id: u64, frame: &str) {
        let (place, line) = frame.split_once(':').unwrap_or((frame, "-1"));
        let (class, method) = place.rsplit_once('.').unwrap_or(("", place));
        let mut body = Writer::new(self.options.id_size);
        body.id(id);
        body.id(names.id(method));
        body.id(names.id("()V"));
        body.id(names.id("Source.java"));
        body.count(self.classes.iter().position(|known| known.name == class).map_or(0, |row| row + 1));
        body.u4(line.parse::<i32>().expect("a line number").cast_unsigned());
        writer.record(0x04, &body.bytes);
    }

    fn write_trace(&self, writer: &mut Writer, row: usize, thread: usize, frames: std::ops::Range<u64>) {
        let mut body = Writer::new(self.options.id_size);
        body.count(row + 1);
        body.count(thread);
        body.count(frames.clone().count());
        for frame in frames {
            body.id(frame);
        }
        writer.record(0x05, &body.bytes);
    }

    /// The sub-records, in the order of the file.
    fn heap(&self, names: &mut Names) -> Vec<Vec<u8>> {
        let dumped = self.classes.iter().filter(|class| class.dumped);
        let classes: Vec<Vec<u8>> = dumped.map(|class| self.class_record(class, names)).collect();
        let objects: Vec<Vec<u8>> =
            self.objects.iter().map(|object| self.object_record(object, names)).collect();
        let roots: Vec<Vec<u8>> = self
            .roots
            .iter()
            .map(|(root, object)| {
                let mut writer = Writer::new(self.options.id_size);
                writer.root(*root, *object);
                writer.bytes
            })
            .collect();
        match self.options.order {
            Order::RootsLast => [classes, objects, roots].concat(),
            Order::RootsBeforeObjects => [classes, roots, objects].concat(),
            Order::Shuffled(seed) => shuffled([classes, objects, roots].concat(), seed),
        }
    }

    fn class_record(&self, class: &Class, names: &mut Names) -> Vec<u8> {
        let mut writer = Writer::new(self.options.id_size);
        writer.u1(0x20);
        writer.id(class.address);
        writer.u4(1);
        writer.id(class.super_class);
        writer.id(class.loader);
        for _ in 0..4 {
            writer.id(0);
        }
        let fields = self.all_fields(class.address);
        writer.count(fields.iter().map(|field| field.1.size(self.options.id_size)).sum());
        writer.u2(0);
        writer.u2(class.statics.len());
        for (name, value) in &class.statics {
            writer.id(names.id(name));
            writer.type_code(value.value_type());
            writer.value(*value);
        }
        writer.u2(class.fields.len());
        for (name, field_type) in &class.fields {
            writer.id(names.id(name));
            writer.type_code(*field_type);
        }
        writer.bytes
    }

    fn object_record(&self, object: &Object, names: &mut Names) -> Vec<u8> {
        let mut writer = Writer::new(self.options.id_size);
        match object {
            Object::Instance { address, class, values } => {
                let mut body = Writer::new(self.options.id_size);
                values.iter().for_each(|value| body.value(*value));
                writer.object(0x21, *address);
                writer.id(*class);
                writer.count(body.bytes.len());
                writer.bytes.extend(body.bytes);
            }
            Object::Objects { address, class, elements } => {
                writer.object(0x22, *address);
                writer.count(elements.len());
                writer.id(*class);
                elements.iter().for_each(|element| writer.id(*element));
            }
            Object::Primitives { address, element, values } => {
                writer.object(0x23, *address);
                writer.count(values.len() / element.size(self.options.id_size));
                writer.type_code(*element);
                writer.bytes.extend(values);
            }
            Object::WithoutData { address, element, length } => {
                writer.object(0xc3, *address);
                writer.u4(*length);
                writer.type_code(*element);
            }
            Object::HeapInfo { heap, name } => {
                writer.u1(0xfe);
                writer.u4(*heap);
                writer.id(names.id(name));
            }
            Object::Raw(bytes) => writer.bytes.extend(bytes),
        }
        writer.bytes
    }
}

impl Writer {
    /// Tag, address and stack trace of an object.
    fn object(&mut self, tag: u8, address: u64) {
        self.u1(tag);
        self.id(address);
        self.u4(1);
    }
}

impl Names {
    fn id(&mut self, name: &str) -> u64 {
        let next = 0x4000 + 16 * self.0.len() as u64;
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}

fn segments(heap: &[Vec<u8>], bytes: usize) -> Vec<Vec<u8>> {
    let mut segments: Vec<Vec<u8>> = Vec::new();
    for record in heap {
        match segments.last_mut().filter(|segment| segment.len() + record.len() <= bytes) {
            Some(segment) => segment.extend(record),
            None => segments.push(record.clone()),
        }
    }
    segments
}

/// Java's spelling of a class name to the file's: `java.lang.String[]` → `[Ljava/lang/String;`.
fn file_name(name: &str) -> String {
    let element = name.trim_end_matches("[]");
    let dimensions = (name.len() - element.len()) / 2;
    if dimensions == 0 {
        return name.replace('.', "/");
    }
    let code = match element {
        "boolean" => "Z".to_owned(),
        "char" => "C".to_owned(),
        "float" => "F".to_owned(),
        "double" => "D".to_owned(),
        "byte" => "B".to_owned(),
        "short" => "S".to_owned(),
        "int" => "I".to_owned(),
        "long" => "J".to_owned(),
        class => format!("L{};", class.replace('.', "/")),
    };
    "[".repeat(dimensions) + &code
}

/// Java's modified UTF-8: NUL in two bytes, what is beyond 16 bits as two surrogates of three bytes.
fn modified_utf8(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for unit in text.encode_utf16() {
        let low = |shift: u32| 0x80 | (unit >> shift & 0x3f).to_be_bytes()[1];
        match unit {
            0x01..=0x7f => bytes.push(unit.to_be_bytes()[1]),
            0 | 0x80..=0x7ff => bytes.extend([0xc0 | (unit >> 6).to_be_bytes()[1], low(0)]),
            _ => bytes.extend([0xe0 | (unit >> 12).to_be_bytes()[1], low(6), low(0)]),
        }
    }
    bytes
}

/// The records in an order that depends on `seed` alone (Fisher and Yates, xorshift).
fn shuffled(mut records: Vec<Vec<u8>>, seed: u64) -> Vec<Vec<u8>> {
    let mut state = seed | 1;
    for row in (1..records.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let other = usize::try_from(state % (row as u64 + 1)).expect("less than a length");
        records.swap(row, other);
    }
    records
}
