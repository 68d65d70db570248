//! The tables `classes`, `histogram` and `fields`.

use super::batch::{addresses, batch, bools, clamp, classes, column, counts, no_such, objects, texts};
use super::{Column, Kind, Table};
use crate::error::Result;
use crate::format::hprof::Value;
use crate::id::{ClassId, ObjectId};
use crate::store::{Class, Field, Snapshot};
use crate::value::{display, static_value};
use arrow_array::{ArrayRef, RecordBatch};
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

const CLASSES: &[Column] = &[
    column("name", Kind::Class, "name in Java spelling"),
    column("object", Kind::Object, "the class object; null where the dump has none"),
    column("address", Kind::Address, "address of the class object"),
    column("super", Kind::Class, "name of the superclass; null where there is none"),
    column("loader", Kind::Object, "the class loader; null for the boot loader"),
    column("instances", Kind::Count, "instances, reachable or not"),
    column("shallow", Kind::Bytes, "bytes of all instances"),
    column("retained", Kind::Bytes, "bytes that the instances retain as a set"),
    column("instance_bytes", Kind::Bytes, "bytes of one instance; 0 for arrays"),
    column("fields", Kind::Count, "fields that the class declares itself, static ones too"),
];

/// The table `classes`.
pub(super) struct ClassTable(pub Arc<Snapshot>);

impl Table for ClassTable {
    fn name(&self) -> &'static str {
        "classes"
    }

    fn doc(&self) -> &'static str {
        "every class that has an instance or a class object, one row for each loader that has it"
    }

    fn columns(&self) -> &'static [Column] {
        CLASSES
    }

    fn rows(&self) -> u64 {
        self.0.class_count() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let (snapshot, table) = (&self.0, self.0.classes());
        batch(CLASSES, columns, clamp(rows, table.len()), |name, rows| {
            let ids = table.ids().skip(rows.start).take(rows.len());
            let rows = table.rows()[rows].iter();
            match name {
                "name" => classes(ids.map(|class| table.rank(class))),
                "object" => objects(rows.map(|row| row.object)),
                "address" => addresses(rows.map(|row| row.address.0)),
                "super" => optional_classes(rows.map(|row| row.super_class.map(|class| table.rank(class)))),
                "loader" => objects(rows.map(|row| row.loader_object)),
                "instances" => counts(rows.map(|row| row.instances)),
                "shallow" => counts(rows.map(|row| row.shallow)),
                "retained" => counts(ids.map(|class| retained(snapshot, class))),
                "instance_bytes" => counts(rows.map(|row| row.instance_bytes.into())),
                "fields" => counts(ids.map(|class| table.fields(class).len() as u64)),
                name => no_such(name),
            }
        })
    }
}

const HISTOGRAM: &[Column] = &[
    column("class", Kind::Class, "name in Java spelling"),
    column("loader", Kind::Object, "the class loader; null for the boot loader"),
    column("instances", Kind::Count, "instances, reachable or not"),
    column("shallow", Kind::Bytes, "bytes of all instances"),
    column("retained", Kind::Bytes, "bytes that the instances retain as a set"),
];

/// The table `histogram`: classes by what they retain.
pub(super) struct Histogram {
    snapshot: Arc<Snapshot>,
    /// The largest retained size first, then by shallow size and name.
    order: Vec<ClassId>,
}

impl Histogram {
    /// The histogram of a snapshot.
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Histogram {
        let mut order: Vec<ClassId> = snapshot.classes().ids().collect();
        order.sort_by_key(|&class| {
            (Reverse(retained(&snapshot, class)), Reverse(snapshot.classes().get(class).shallow), class)
        });
        Histogram { snapshot, order }
    }
}

impl Table for Histogram {
    fn name(&self) -> &'static str {
        "histogram"
    }

    fn doc(&self) -> &'static str {
        "classes with the number and size of their instances, the largest retained size first"
    }

    fn columns(&self) -> &'static [Column] {
        HISTOGRAM
    }

    fn rows(&self) -> u64 {
        self.order.len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let table = self.snapshot.classes();
        batch(HISTOGRAM, columns, clamp(rows, self.order.len()), |name, rows| {
            let ids = self.order[rows].iter().copied();
            let row = |class: ClassId| -> &Class { table.get(class) };
            match name {
                "class" => classes(ids.map(|class| table.rank(class))),
                "loader" => objects(ids.map(|class| row(class).loader_object)),
                "instances" => counts(ids.map(|class| row(class).instances)),
                "shallow" => counts(ids.map(|class| row(class).shallow)),
                "retained" => counts(ids.map(|class| retained(&self.snapshot, class))),
                name => no_such(name),
            }
        })
    }
}

const FIELDS: &[Column] = &[
    column("class", Kind::Class, "the class that declares it"),
    column("name", Kind::Text, "the field's name"),
    column(
        "type",
        Kind::Text,
        "object or the name of a primitive type; dumps do not tell which class a reference is declared with",
    ),
    column("static", Kind::Bool, "whether it belongs to the class"),
    column("value", Kind::Text, "a static field's value; null for instance fields"),
    column("object", Kind::Object, "the object that a static field refers to; else null"),
];

/// The table `fields`.
pub(super) struct Fields(pub Arc<Snapshot>);

impl Fields {
    fn value(&self, field: &Field) -> Option<Value> {
        static_value(&self.0, field).filter(|_| field.is_static)
    }

    fn object(&self, field: &Field) -> Option<ObjectId> {
        match self.value(field)? {
            Value::Object(address) if address.0 != 0 => self.0.find(address),
            _ => None,
        }
    }

    fn text(&self, field: &Field) -> Option<String> {
        Some(match self.value(field)? {
            Value::Object(address) if address.0 == 0 => "null".to_owned(),
            Value::Object(address) => {
                self.object(field).map_or_else(|| address.to_string(), |object| display(&self.0, object))
            }
            Value::Boolean(value) => value.to_string(),
            Value::Char(unit) => String::from_utf16_lossy(&[unit]),
            Value::Float(value) => value.to_string(),
            Value::Double(value) => value.to_string(),
            Value::Byte(value) => value.to_string(),
            Value::Short(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Long(value) => value.to_string(),
        })
    }
}

impl Table for Fields {
    fn name(&self) -> &'static str {
        "fields"
    }

    fn doc(&self) -> &'static str {
        "every field that a class declares, static ones with their values"
    }

    fn columns(&self) -> &'static [Column] {
        FIELDS
    }

    fn rows(&self) -> u64 {
        self.0.classes().all_fields().len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let table = self.0.classes();
        let all = table.all_fields();
        batch(FIELDS, columns, clamp(rows, all.len()), |name, rows| {
            let fields = all[rows].iter();
            match name {
                "class" => classes(fields.map(|field| table.rank(field.class))),
                "name" => texts(fields.map(|field| Some(&field.name))),
                "type" => texts(fields.map(|field| Some(field.kind.primitive_name().unwrap_or("object")))),
                "static" => bools(fields.map(|field| Some(field.is_static))),
                "value" => texts(fields.map(|field| self.text(field))),
                "object" => objects(fields.map(|field| self.object(field))),
                name => no_such(name),
            }
        })
    }
}

fn retained(snapshot: &Snapshot, class: ClassId) -> u64 {
    snapshot.held().class_retained[class.index()]
}

fn optional_classes(ranks: impl Iterator<Item = Option<u32>>) -> Result<ArrayRef> {
    Ok(Arc::new(ranks.collect::<arrow_array::UInt32Array>()))
}
