//! The class table of a dump: class dumps, names of loaded classes, and classes that only objects mention.

use super::Numbering;
use super::scan::ClassKey;
use crate::format::hprof::{ClassDump, FieldType, Outline, java_name};
use crate::id::{Address, ClassId, ObjectId};
use crate::store::classes::{CLASS, Class, Classes, Field};
use std::collections::{BTreeMap, HashMap};

/// The classes of a dump, before sizes are known, and what the dump says of them.
pub(super) struct ClassRows<'a> {
    /// The class table.
    pub(super) classes: Classes,
    /// The class dump of each class, if there is one.
    pub(super) dumps: Vec<Option<ClassDump<'a>>>,
    /// The class of each key.
    pub(super) of_key: HashMap<ClassKey, ClassId>,
    /// The class of class objects.
    pub(super) class_class: ClassId,
}

/// A row with what it came from.
struct Row<'a> {
    class: Class,
    dump: Option<ClassDump<'a>>,
    keys: Vec<ClassKey>,
}

/// The class table of `dumps` (distinct addresses) and `keys`.
pub(super) fn class_rows<'a>(
    bytes: &[u8],
    outline: &Outline,
    dumps: Vec<ClassDump<'a>>,
    keys: &[ClassKey],
    numbering: &Numbering,
) -> ClassRows<'a> {
    let names = Names::new(bytes, outline);
    let mut rows: Vec<Row> = dumps.into_iter().map(|dump| names.row(dump)).collect();
    attach_keys(&mut rows, keys, &names);
    if !rows.iter().any(|row| row.class.name == CLASS) {
        rows.push(Row { class: named(CLASS.to_owned(), Address(0)), dump: None, keys: Vec::new() });
    }
    rows.sort_by(|a, b| sort_key(&a.class).cmp(&sort_key(&b.class)));
    let by_address = by_address(&rows);
    for row in &mut rows {
        link(row, &by_address, numbering);
    }
    let fields = rows.iter().zip(0..).flat_map(|(row, class)| names.fields(row, ClassId(class))).collect();
    finish(rows, fields)
}

fn finish(rows: Vec<Row<'_>>, fields: Vec<Field>) -> ClassRows<'_> {
    let keys =
        rows.iter().zip(0..).flat_map(|(row, class)| row.keys.iter().map(move |&key| (key, ClassId(class))));
    let of_key = keys.collect();
    let class_class = rows.iter().zip(0..).find(|(row, _)| row.class.name == CLASS);
    let class_class = ClassId(class_class.map_or(0, |(_, class)| class));
    let (rows, dumps) = rows.into_iter().map(|row| (row.class, row.dump)).unzip();
    ClassRows { classes: Classes::new(rows, fields), dumps, of_key, class_class }
}

fn sort_key(class: &Class) -> (&str, Address, Address) {
    (&class.name, class.loader, class.address)
}

/// The row of each class dump's address.
fn by_address(rows: &[Row]) -> HashMap<u64, ClassId> {
    let dumped = rows.iter().zip(0..).filter(|(row, _)| row.dump.is_some());
    dumped.map(|(row, class)| (row.class.address.0, ClassId(class))).collect()
}

fn link(row: &mut Row, by_address: &HashMap<u64, ClassId>, numbering: &Numbering) {
    let Some(dump) = &row.dump else { return };
    row.class.object = numbering.find(dump.address.0).map(ObjectId);
    row.class.super_class = by_address.get(&dump.super_class.0).copied();
    row.class.loader_object = numbering.find(dump.loader.0).map(ObjectId);
}

/// Gives each key its row; a key that no class dump answers to makes a row of its own.
fn attach_keys(rows: &mut Vec<Row>, keys: &[ClassKey], names: &Names) {
    let mut at: HashMap<ClassKey, usize> = HashMap::new();
    for (position, row) in rows.iter().enumerate() {
        let key = match row.class.element {
            None => ClassKey::Instance(row.class.address.0),
            Some(FieldType::Object) => ClassKey::ObjectArray(row.class.address.0),
            Some(element) => ClassKey::PrimitiveArray(element as u8),
        };
        at.entry(key).or_insert(position);
    }
    for &key in keys {
        let position = *at.entry(key).or_insert_with(|| {
            rows.push(names.row_of(key));
            rows.len() - 1
        });
        rows[position].keys.push(key);
    }
}

fn named(name: String, address: Address) -> Class {
    Class {
        own_sizes: false,
        element: element_of(&name),
        name,
        address,
        object: None,
        super_class: None,
        loader: Address(0),
        loader_object: None,
        instance_bytes: 0,
        object_bytes: 0,
        instances: 0,
        shallow: 0,
    }
}

/// What an array class of this name holds.
fn element_of(name: &str) -> Option<FieldType> {
    Some(match name.strip_suffix("[]")? {
        "boolean" => FieldType::Boolean,
        "char" => FieldType::Char,
        "float" => FieldType::Float,
        "double" => FieldType::Double,
        "byte" => FieldType::Byte,
        "short" => FieldType::Short,
        "int" => FieldType::Int,
        "long" => FieldType::Long,
        _ => FieldType::Object,
    })
}

fn primitive_array_name(code: u8) -> &'static str {
    match FieldType::from_code(code) {
        Some(FieldType::Boolean) => "boolean[]",
        Some(FieldType::Char) => "char[]",
        Some(FieldType::Float) => "float[]",
        Some(FieldType::Double) => "double[]",
        Some(FieldType::Byte) => "byte[]",
        Some(FieldType::Short) => "short[]",
        Some(FieldType::Int) => "int[]",
        Some(FieldType::Long) => "long[]",
        Some(FieldType::Object) | None => "java.lang.Object[]",
    }
}

/// The names that the dump gives to classes and fields.
struct Names<'b> {
    bytes: &'b [u8],
    outline: &'b Outline,
    /// The name's identifier by the address of the class object.
    loaded: BTreeMap<u64, u64>,
}

impl<'b> Names<'b> {
    fn new(bytes: &'b [u8], outline: &'b Outline) -> Names<'b> {
        let loaded = outline.tables.classes.iter().map(|class| (class.object.0, class.name)).collect();
        Names { bytes, outline, loaded }
    }

    fn row<'a>(&self, dump: ClassDump<'a>) -> Row<'a> {
        let mut class = named(self.class_name(dump.address.0), dump.address);
        class.loader = dump.loader;
        Row { class, dump: Some(dump), keys: Vec::new() }
    }

    fn row_of<'a>(&self, key: ClassKey) -> Row<'a> {
        let class = match key {
            ClassKey::Instance(address) => {
                let name = self.class_name(address);
                Class { element: None, ..named(name, Address(address)) }
            }
            ClassKey::ObjectArray(address) => {
                let name = self.class_name(address);
                let name = if element_of(&name) == Some(FieldType::Object) { name } else { name + "[]" };
                Class { element: Some(FieldType::Object), ..named(name, Address(address)) }
            }
            ClassKey::PrimitiveArray(code) => named(primitive_array_name(code).to_owned(), Address(0)),
        };
        Row { class, dump: None, keys: Vec::new() }
    }

    fn class_name(&self, address: u64) -> String {
        let name =
            self.loaded.get(&address).and_then(|&name| self.outline.tables.strings.get(self.bytes, name));
        name.map_or_else(|| format!("unknown class {}", Address(address)), |name| java_name(&name))
    }

    fn field_name(&self, id: u64) -> String {
        let name = self.outline.tables.strings.get(self.bytes, id);
        name.map_or_else(|| format!("unknown field {}", Address(id)), |name| name.into_owned())
    }

    fn fields(&self, row: &Row, class: ClassId) -> Vec<Field> {
        let Some(dump) = &row.dump else { return Vec::new() };
        let id_size = self.outline.header.id_size;
        let mut place = 0;
        let own = dump.fields().map(|field| {
            let offset = place;
            place += u64::from(field.field_type.size(id_size));
            let name = self.field_name(field.name);
            Field { class, name, kind: field.field_type, is_static: false, offset }
        });
        let mut fields: Vec<Field> = own.collect();
        fields.extend(dump.statics().map(|field| {
            let name = self.field_name(field.name);
            Field { class, name, kind: field.value_type, is_static: true, offset: field.offset.0 }
        }));
        fields
    }
}
