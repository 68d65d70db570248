//! One object's data in the dump.

use super::field::{instance_place, static_field};
use crate::format::hprof::{FieldType, SubRecord, Value, read_value};
use crate::id::{ObjectId, Offset};
use crate::store::{Field, Snapshot};

/// The record of an object; `None` where the dump has none that can be read.
pub(crate) fn record(snapshot: &Snapshot, id: ObjectId) -> Option<SubRecord<'_>> {
    if snapshot.go().is_some() {
        return None;
    }
    let offset = snapshot.objects().offset.get(id.index());
    SubRecord::at(snapshot.dump().bytes(), Offset(offset), snapshot.info().id_size).ok()
}

/// The data of an instance: its class's fields first, then its superclass's.
pub(super) fn instance(snapshot: &Snapshot, id: ObjectId) -> Option<&[u8]> {
    match record(snapshot, id)? {
        SubRecord::Instance(instance) => Some(instance.body),
        _ => None,
    }
}

/// The fields of an instance with their values: those of its class first, then its superclass's, in the order of the dump.
///
/// A value is `None` where the object's data is too short. Other objects have no fields.
pub fn fields(snapshot: &Snapshot, id: ObjectId) -> Vec<(&Field, Option<Value>)> {
    let Some(body) = instance(snapshot, id) else { return Vec::new() };
    let id_size = snapshot.info().id_size;
    let fields = snapshot.classes().instance_fields(snapshot.class_of(id), id_size);
    fields.map(|(field, place)| (field, value_at(body, place, field.kind, id_size))).collect()
}

/// The value of a static field; `None` where the dump does not have it.
pub fn static_value(snapshot: &Snapshot, field: &Field) -> Option<Value> {
    let place = usize::try_from(field.offset).ok()?;
    value_at(snapshot.dump().bytes(), place, field.kind, snapshot.info().id_size)
}

/// The value of type `kind` at `place` of `bytes`.
#[inline]
pub(super) fn value_at(bytes: &[u8], place: usize, kind: FieldType, id_size: u8) -> Option<Value> {
    let size = usize::from(kind.size(id_size));
    read_value(kind, bytes.get(place..)?.get(..size)?)
}

/// The value of the instance field `name` of an object, the nearest to its class where several have the name.
pub fn field_value(snapshot: &Snapshot, id: ObjectId, name: &str) -> Option<Value> {
    let (place, kind) = instance_place(snapshot, snapshot.class_of(id), name, None)?;
    value_at(instance(snapshot, id)?, place, kind, snapshot.info().id_size)
}

/// The object that the instance field `name` of an object refers to.
pub fn field_object(snapshot: &Snapshot, id: ObjectId, name: &str) -> Option<ObjectId> {
    referred(snapshot, id, field_value(snapshot, id, name)?)
}

/// The object that the static field `name` of the first class called `class` refers to.
pub fn static_object(snapshot: &Snapshot, class: &str, name: &str) -> Option<ObjectId> {
    let class = snapshot.classes().named(class).next()?;
    let value = static_value(snapshot, static_field(snapshot, class, name)?)?;
    referred(snapshot, snapshot.class_object(class)?, value)
}

/// The objects in an array of references, nulls left out.
pub fn elements(snapshot: &Snapshot, id: ObjectId) -> Vec<ObjectId> {
    let Some(SubRecord::ObjectArray(array)) = record(snapshot, id) else { return Vec::new() };
    let addresses = array.elements.iter();
    addresses.filter_map(|address| referred(snapshot, id, Value::Object(address))).collect()
}

/// The object that a reference in `near` leads to; `None` for null, other values, and what the dump does not have.
#[inline]
pub fn referred(snapshot: &Snapshot, near: ObjectId, value: Value) -> Option<ObjectId> {
    match value {
        Value::Object(address) if address.0 != 0 => snapshot.find_near(near, address),
        _ => None,
    }
}
