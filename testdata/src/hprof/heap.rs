//! A heap in the making: classes, objects, roots.

use super::options::Options;
use super::records::{Root, Writer};
use super::values::{Type, Value};
use std::collections::BTreeMap;

/// A dump in the making; [`Hprof::bytes`] writes it.
#[derive(Clone, Debug)]
pub struct Hprof {
    pub(super) options: Options,
    pub(super) classes: Vec<Class>,
    pub(super) objects: Vec<Object>,
    pub(super) roots: Vec<(Root, u64)>,
    pub(super) stacks: Vec<Vec<String>>,
    /// Whole top-level records that stand before the heap: tag and body.
    pub(super) extra: Vec<(u8, Vec<u8>)>,
    class_rows: BTreeMap<u64, usize>,
    object_rows: BTreeMap<u64, usize>,
    next_address: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) address: u64,
    pub(super) name: String,
    pub(super) super_class: u64,
    pub(super) loader: u64,
    pub(super) fields: Vec<(String, Type)>,
    pub(super) statics: Vec<(String, Value)>,
    /// Whether it has a class dump, not only a load record.
    pub(super) dumped: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Object {
    Instance {
        address: u64,
        class: u64,
        values: Vec<Value>,
    },
    Objects {
        address: u64,
        class: u64,
        elements: Vec<u64>,
    },
    /// `values` as they stand in the file.
    Primitives {
        address: u64,
        element: Type,
        values: Vec<u8>,
    },
    WithoutData {
        address: u64,
        element: Type,
        length: u32,
    },
    HeapInfo {
        heap: u32,
        name: String,
    },
    Raw(Vec<u8>),
}

impl Hprof {
    /// An empty heap, but for the class `java.lang.Object`.
    pub fn new(options: Options) -> Hprof {
        let next_address = if options.id_size == 4 { 0x1000_0000 } else { 0x7_0000_0000 };
        let mut dump = Hprof {
            options,
            classes: Vec::new(),
            objects: Vec::new(),
            roots: Vec::new(),
            stacks: Vec::new(),
            extra: Vec::new(),
            class_rows: BTreeMap::new(),
            object_rows: BTreeMap::new(),
            next_address,
        };
        dump.subclass("java.lang.Object", 0, &[]);
        dump
    }

    /// A class below `java.lang.Object` with these instance fields; its address. `name` in Java's spelling.
    pub fn class(&mut self, name: &str, fields: &[(&str, Type)]) -> u64 {
        let object = self.classes[0].address;
        self.subclass(name, object, fields)
    }

    /// A class below `super_class` with these fields of its own; its address.
    pub fn subclass(&mut self, name: &str, super_class: u64, fields: &[(&str, Type)]) -> u64 {
        let address = self.take_address(96);
        let fields = fields.iter().map(|(name, field_type)| ((*name).to_owned(), *field_type)).collect();
        let name = name.to_owned();
        let class =
            Class { address, name, super_class, loader: 0, fields, statics: Vec::new(), dumped: true };
        self.class_rows.insert(address, self.classes.len());
        self.classes.push(class);
        address
    }

    /// Has the object `loader` be the class loader of `class`, as that of all classes is the boot loader otherwise.
    pub fn set_loader(&mut self, class: u64, loader: u64) {
        self.class_mut(class).loader = loader;
    }

    /// The class named `name`, in Java's spelling, if it was made.
    pub fn find_class(&self, name: &str) -> Option<u64> {
        self.classes.iter().find(|class| class.name == name).map(|class| class.address)
    }

    /// Sets a static field of `class`; it is made if it is not there.
    pub fn set_static(&mut self, class: u64, name: &str, value: Value) {
        let statics = &mut self.class_mut(class).statics;
        match statics.iter_mut().find(|known| known.0 == name) {
            Some(known) => known.1 = value,
            None => statics.push((name.to_owned(), value)),
        }
    }

    /// An instance of `class`; its address.
    ///
    /// `values` in the order of the file: the fields of the class itself, then its superclass's; missing ones are 0.
    pub fn instance(&mut self, class: u64, values: &[Value]) -> u64 {
        let fields = self.all_fields(class);
        assert!(values.len() <= fields.len(), "{} values for {} fields", values.len(), fields.len());
        let mut all: Vec<Value> = fields.iter().map(|(_, field_type)| field_type.zero()).collect();
        for (row, value) in values.iter().enumerate() {
            assert_eq!(value.value_type(), fields[row].1, "value {row}, of field {}", fields[row].0);
            all[row] = *value;
        }
        let address = self.take_address(16 + self.body_bytes(&all));
        self.push(address, Object::Instance { address, class, values: all })
    }

    /// Sets the field `name` of the instance `object`, the nearest one where a superclass has it too.
    pub fn set(&mut self, object: u64, name: &str, value: Value) {
        let row = self.object_rows[&object];
        let Object::Instance { class, .. } = self.objects[row] else { panic!("0x{object:x} has no fields") };
        let fields = self.all_fields(class);
        let field = fields.iter().position(|field| field.0 == name);
        let field = field.unwrap_or_else(|| panic!("no field {name} in 0x{object:x}"));
        assert_eq!(value.value_type(), fields[field].1, "field {name}");
        if let Object::Instance { values, .. } = &mut self.objects[row] {
            values[field] = value;
        }
    }

    /// An array of references; its address. `class_name` in Java's spelling (`java.lang.String[]`), made if need be.
    pub fn object_array(&mut self, class_name: &str, elements: &[u64]) -> u64 {
        let class = self.class_named(class_name);
        let address = self.take_address(16 + elements.len() as u64 * u64::from(self.options.id_size));
        self.push(address, Object::Objects { address, class, elements: elements.to_vec() })
    }

    /// An array of primitive values, all of the type `element`; its address.
    pub fn array(&mut self, element: Type, values: &[Value]) -> u64 {
        assert!(values.iter().all(|value| value.value_type() == element), "values of another type");
        let mut writer = Writer::new(self.options.id_size);
        values.iter().for_each(|value| writer.value(*value));
        self.encoded_array(element, writer.bytes)
    }

    /// A `byte[]`; its address.
    pub fn byte_array(&mut self, bytes: &[u8]) -> u64 {
        self.encoded_array(Type::Byte, bytes.to_vec())
    }

    /// Android: an array whose elements are left out; its address.
    pub fn array_without_data(&mut self, element: Type, length: u32) -> u64 {
        let address = self.take_address(16 + u64::from(length) * element.size(4) as u64);
        self.push(address, Object::WithoutData { address, element, length })
    }

    /// Android: the heap to which the objects that follow belong.
    pub fn heap_info(&mut self, heap: u32, name: &str) {
        self.objects.push(Object::HeapInfo { heap, name: name.to_owned() });
    }

    /// Bytes in the place of a sub-record, whatever they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.objects.push(Object::Raw(bytes.to_vec()));
    }

    /// A top-level record that stands before the heap, whatever it is.
    pub fn record(&mut self, tag: u8, body: &[u8]) {
        self.extra.push((tag, body.to_vec()));
    }

    /// The form of the file, to be changed before it is written.
    ///
    /// The size of identifiers must not be changed to 4 when objects have been made.
    pub fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Makes `object` a root.
    pub fn root(&mut self, root: Root, object: u64) {
        self.roots.push((root, object));
    }

    /// Gives the next object or class this address, and those after it higher ones.
    pub fn place_next_at(&mut self, address: u64) {
        self.next_address = address;
    }

    /// The class named `name`, made if it is not there.
    pub(super) fn class_named(&mut self, name: &str) -> u64 {
        self.find_class(name).unwrap_or_else(|| self.class(name, &[]))
    }

    /// All fields of an instance of `class`, in the order of the file.
    pub(super) fn all_fields(&self, class: u64) -> Vec<(String, Type)> {
        let mut fields = Vec::new();
        let mut next = class;
        while let Some(&row) = self.class_rows.get(&next) {
            fields.extend(self.classes[row].fields.iter().cloned());
            next = self.classes[row].super_class;
        }
        fields
    }

    fn encoded_array(&mut self, element: Type, values: Vec<u8>) -> u64 {
        self.class_named(element.array_name());
        let address = self.take_address(16 + values.len() as u64);
        self.push(address, Object::Primitives { address, element, values })
    }

    fn class_mut(&mut self, class: u64) -> &mut Class {
        let row = self.class_rows[&class];
        &mut self.classes[row]
    }

    fn body_bytes(&self, values: &[Value]) -> u64 {
        values.iter().map(|value| value.value_type().size(self.options.id_size) as u64).sum()
    }

    fn take_address(&mut self, bytes: u64) -> u64 {
        let address = self.next_address;
        self.next_address += bytes.next_multiple_of(8);
        address
    }

    fn push(&mut self, address: u64, object: Object) -> u64 {
        self.object_rows.insert(address, self.objects.len());
        self.objects.push(object);
        address
    }
}
