//! The class table: one row per class that has an instance or a class object, in the order of names.

use super::folder::Folder;
use super::ipc;
use super::manifest::Amount;
use crate::error::Result;
use crate::format::hprof::FieldType;
use crate::id::{Address, ClassId, NO_OBJECT, ObjectId};
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt8Array, UInt32Array, UInt64Array};
use std::sync::Arc;

/// A class. Rows are sorted by name, then loader, then address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// The name in Java spelling: `java.lang.String[]`.
    pub name: String,
    /// The address of the class object; 0 where the dump has none.
    pub address: Address,
    /// The class object; `None` where the dump has none.
    pub object: Option<ObjectId>,
    /// The superclass, if it is in the dump.
    pub super_class: Option<ClassId>,
    /// The class loader's address; 0 for the boot loader.
    pub loader: Address,
    /// The class loader; `None` for the boot loader and for loaders that the dump lacks.
    pub loader_object: Option<ObjectId>,
    /// Whether each instance has a size of its own, which the column of lengths holds in bytes.
    pub own_sizes: bool,
    /// What an array of this class holds; `None` for other classes.
    pub element: Option<FieldType>,
    /// Shallow size of an instance in bytes; 0 for arrays, whose size depends on their length.
    pub instance_bytes: u32,
    /// Shallow size of the class object in bytes.
    pub object_bytes: u32,
    /// Instances, reachable or not.
    pub instances: u64,
    /// Shallow size of all instances in bytes.
    pub shallow: u64,
}

/// A field that a class declares itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The declaring class.
    pub class: ClassId,
    /// Its name.
    pub name: String,
    /// Its type; the dump does not tell which class a reference is declared with.
    pub kind: FieldType,
    /// Whether it belongs to the class and not to each instance.
    pub is_static: bool,
    /// Instance fields: bytes from the start of this class's part of the instance data.
    /// Static fields: the offset of the value in the dump.
    pub offset: u64,
}

/// Deeper hierarchies do not exist; a corrupt dump may have a class above itself.
pub const MAX_DEPTH: usize = 1000;

/// How the shallow size of an instance of a class comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeRule {
    /// All instances have this many bytes.
    Fixed(u32),
    /// By element type and length.
    Array(FieldType),
    /// This many bytes of fields and a stack of as many words as the length column says.
    StackChunk(u32),
    /// The length column has the bytes of each instance.
    Own,
    /// `java.lang.Class`: each class object has a size of its own, other instances (of primitive types) this one.
    ClassObject(u32),
}

/// The class whose instances have a size of their own: pieces of a virtual thread's stack.
pub const STACK_CHUNK: &str = "jdk.internal.vm.StackChunk";

/// The class of class objects.
pub const CLASS: &str = "java.lang.Class";

/// All classes with their fields.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    rows: Vec<Class>,
    fields: Vec<Field>,
    /// The fields of class i are `fields[field_starts[i]..field_starts[i + 1]]`.
    field_starts: Vec<usize>,
    /// The distinct names, sorted.
    names: Vec<String>,
    /// The rank of each class's name in `names`.
    ranks: Vec<u32>,
    /// (class object, class), sorted.
    objects: Vec<(ObjectId, ClassId)>,
    /// How large instances are, by class.
    size_rules: Vec<SizeRule>,
}

impl Classes {
    /// The table of `rows` (sorted by name) and `fields` (sorted by class).
    pub fn new(rows: Vec<Class>, fields: Vec<Field>) -> Classes {
        let field_starts = (0..=rows.len())
            .map(|class| fields.partition_point(|field| field.class.index() < class))
            .collect();
        let mut names: Vec<String> = Vec::new();
        let mut ranks = Vec::with_capacity(rows.len());
        for row in &rows {
            if names.last() != Some(&row.name) {
                names.push(row.name.clone());
            }
            ranks.push(u32::try_from(names.len() - 1).unwrap_or(u32::MAX));
        }
        let mut objects: Vec<_> =
            ids(rows.len()).filter_map(|class| Some((rows[class.index()].object?, class))).collect();
        objects.sort_unstable();
        let size_rules = rows.iter().map(size_rule).collect();
        Classes { rows, fields, field_starts, names, ranks, objects, size_rules }
    }

    /// Puts in the sizes of instances and of class objects, by class, in bytes.
    pub(crate) fn set_sizes(&mut self, instance_bytes: &[u32], object_bytes: &[u32]) {
        for (row, (&instance, &object)) in self.rows.iter_mut().zip(instance_bytes.iter().zip(object_bytes)) {
            row.instance_bytes = if row.element.is_some() { 0 } else { instance };
            row.object_bytes = object;
        }
        self.size_rules = self.rows.iter().map(size_rule).collect();
    }

    /// Puts in the number and size of the instances of each class.
    pub(crate) fn set_instances(&mut self, amounts: &[Amount]) {
        for (row, amount) in self.rows.iter_mut().zip(amounts) {
            (row.instances, row.shallow) = (amount.objects, amount.bytes);
        }
    }

    /// How large instances of `class` are.
    pub fn size_rule(&self, class: ClassId) -> SizeRule {
        self.size_rules[class.index()]
    }

    /// The rows, by class id.
    pub fn rows(&self) -> &[Class] {
        &self.rows
    }

    /// The number of classes.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no class.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All class ids.
    pub fn ids(&self) -> impl Iterator<Item = ClassId> + use<> {
        ids(self.rows.len())
    }

    /// The row of a class.
    pub fn get(&self, class: ClassId) -> &Class {
        &self.rows[class.index()]
    }

    /// All fields, by class.
    pub fn all_fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields that `class` declares itself, in the order of the dump.
    pub fn fields(&self, class: ClassId) -> &[Field] {
        &self.fields[self.field_starts[class.index()]..self.field_starts[class.index() + 1]]
    }

    /// The class, its superclass, and so on; ends also where a corrupt dump has a cycle.
    pub fn chain(&self, class: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        std::iter::successors(Some(class), |class| self.get(*class).super_class).take(MAX_DEPTH)
    }

    /// The fields of an instance of `class` as its data has them, its own first, then its superclass's, and so on; each
    /// with the byte of the data at which its value begins, where a reference has `id_size` bytes.
    pub fn instance_fields(&self, class: ClassId, id_size: u8) -> impl Iterator<Item = (&Field, usize)> {
        let fields = self.chain(class).flat_map(|class| self.fields(class)).filter(|field| !field.is_static);
        fields.scan(0, move |end, field| {
            let place = *end;
            *end += usize::from(field.kind.size(id_size));
            Some((field, place))
        })
    }

    /// The distinct class names, sorted: a name's position is its rank.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The rank of the name of `class` among the distinct names.
    pub fn rank(&self, class: ClassId) -> u32 {
        self.ranks[class.index()]
    }

    /// The classes of exactly this name, one per loader.
    pub fn named(&self, name: &str) -> impl Iterator<Item = ClassId> + use<> {
        let start = self.rows.partition_point(|row| row.name.as_str() < name);
        let end = self.rows.partition_point(|row| row.name.as_str() <= name);
        ids(end).skip(start)
    }

    /// `class` and every class below it, ascending.
    pub fn subclasses(&self, class: ClassId) -> Vec<ClassId> {
        self.ids().filter(|&below| self.chain(below).any(|above| above == class)).collect()
    }

    /// The class that the class object `object` stands for.
    pub fn of_object(&self, object: ObjectId) -> Option<ClassId> {
        let position = self.objects.binary_search_by_key(&object, |&(object, _)| object).ok()?;
        Some(self.objects[position].1)
    }

    /// Class objects with their classes, by object.
    pub fn objects(&self) -> &[(ObjectId, ClassId)] {
        &self.objects
    }

    /// Writes the tables `classes` and `fields` into an index.
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        let rows = &self.rows;
        let option = |value: Option<u32>| value.unwrap_or(NO_OBJECT);
        let classes = folder.write(
            "classes",
            vec![
                ("name", texts(rows.iter().map(|row| row.name.as_str()))),
                ("address", u64s(rows.iter().map(|row| row.address.0))),
                ("object", u32s(rows.iter().map(|row| option(row.object.map(|id| id.0))))),
                ("super", u32s(rows.iter().map(|row| option(row.super_class.map(|id| id.0))))),
                ("loader_address", u64s(rows.iter().map(|row| row.loader.0))),
                ("loader", u32s(rows.iter().map(|row| option(row.loader_object.map(|id| id.0))))),
                ("own_sizes", u8s(rows.iter().map(|row| u8::from(row.own_sizes)))),
                ("element", u8s(rows.iter().map(|row| row.element.map_or(0, |kind| kind as u8)))),
                ("instance_bytes", u32s(rows.iter().map(|row| row.instance_bytes))),
                ("object_bytes", u32s(rows.iter().map(|row| row.object_bytes))),
                ("instances", u64s(rows.iter().map(|row| row.instances))),
                ("shallow", u64s(rows.iter().map(|row| row.shallow))),
            ],
        )?;
        let fields = &self.fields;
        let fields = folder.write(
            "fields",
            vec![
                ("class", u32s(fields.iter().map(|field| field.class.0))),
                ("name", texts(fields.iter().map(|field| field.name.as_str()))),
                ("type", u8s(fields.iter().map(|field| field.kind as u8))),
                ("static", u8s(fields.iter().map(|field| u8::from(field.is_static)))),
                ("offset", u64s(fields.iter().map(|field| field.offset))),
            ],
        )?;
        Ok(classes + fields)
    }

    /// The table that [`Classes::write`] wrote.
    pub(crate) fn read(classes: &RecordBatch, fields: &RecordBatch) -> Result<Classes> {
        Ok(Classes::new(read_rows(classes)?, read_fields(fields)?))
    }
}

fn size_rule(row: &Class) -> SizeRule {
    match (row.element, row.name.as_str()) {
        _ if row.own_sizes => SizeRule::Own,
        (Some(element), _) => SizeRule::Array(element),
        (None, STACK_CHUNK) => SizeRule::StackChunk(row.instance_bytes),
        (None, CLASS) => SizeRule::ClassObject(row.instance_bytes),
        (None, _) => SizeRule::Fixed(row.instance_bytes),
    }
}

fn read_rows(batch: &RecordBatch) -> Result<Vec<Class>> {
    let names = ipc::text(batch, "name")?;
    let u32s = |name| ipc::column::<UInt32Type>(batch, name);
    let u64s = |name| ipc::column::<UInt64Type>(batch, name);
    let (address, loader_address, instances, shallow) =
        (u64s("address")?, u64s("loader_address")?, u64s("instances")?, u64s("shallow")?);
    let (object, super_class, loader) = (u32s("object")?, u32s("super")?, u32s("loader")?);
    let (instance_bytes, object_bytes) = (u32s("instance_bytes")?, u32s("object_bytes")?);
    let (own_sizes, element) =
        (ipc::column::<UInt8Type>(batch, "own_sizes")?, ipc::column::<UInt8Type>(batch, "element")?);
    let some = |value: u32| (value != NO_OBJECT).then_some(value);
    let row = |(i, name): (usize, String)| Class {
        name,
        address: Address(address[i]),
        object: some(object[i]).map(ObjectId),
        super_class: some(super_class[i]).map(ClassId),
        loader: Address(loader_address[i]),
        loader_object: some(loader[i]).map(ObjectId),
        own_sizes: own_sizes[i] != 0,
        element: FieldType::from_code(element[i]),
        instance_bytes: instance_bytes[i],
        object_bytes: object_bytes[i],
        instances: instances[i],
        shallow: shallow[i],
    };
    Ok(names.into_iter().enumerate().map(row).collect())
}

fn read_fields(batch: &RecordBatch) -> Result<Vec<Field>> {
    let class = ipc::column::<UInt32Type>(batch, "class")?;
    let names = ipc::text(batch, "name")?;
    let kinds = ipc::column::<UInt8Type>(batch, "type")?;
    let is_static = ipc::column::<UInt8Type>(batch, "static")?;
    let offset = ipc::column::<UInt64Type>(batch, "offset")?;
    let field = |(i, name): (usize, String)| Field {
        class: ClassId(class[i]),
        name,
        kind: FieldType::from_code(kinds[i]).unwrap_or(FieldType::Byte),
        is_static: is_static[i] != 0,
        offset: offset[i],
    };
    Ok(names.into_iter().enumerate().map(field).collect())
}

fn ids(count: usize) -> impl Iterator<Item = ClassId> + use<> {
    (0..u32::try_from(count).unwrap_or(u32::MAX)).map(ClassId)
}

pub(super) fn u8s(values: impl Iterator<Item = u8>) -> ArrayRef {
    Arc::new(UInt8Array::from_iter_values(values))
}

pub(super) fn u32s(values: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(UInt32Array::from_iter_values(values))
}

pub(super) fn u64s(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(UInt64Array::from_iter_values(values))
}

pub(super) fn texts<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}
