//! One object's data in the dump.

use crate::format::hprof::{FieldType, SubRecord, Value, read_value};
use crate::id::{Address, ClassId, NO_OBJECT, ObjectId, Offset};
use crate::store::{Field, Snapshot};

/// The record of an object; `None` where the dump has none that can be read.
pub(super) fn record(snapshot: &Snapshot, id: ObjectId) -> Option<SubRecord<'_>> {
    let offset = *snapshot.objects().offset.get(id.index())?;
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
pub fn fields(snapshot: &Snapshot, id: ObjectId) -> Vec<(ClassId, &Field, Option<Value>)> {
    let Some(body) = instance(snapshot, id) else { return Vec::new() };
    let id_size = snapshot.info().id_size;
    let mut start = 0usize;
    let mut fields = Vec::new();
    for class in snapshot.classes().chain(snapshot.class_of(id)) {
        let mut end = start;
        for field in snapshot.classes().fields(class).iter().filter(|field| !field.is_static) {
            end += usize::from(field.kind.size(id_size));
            let place = start + usize::try_from(field.offset).unwrap_or(usize::MAX - start);
            fields.push((class, field, value_at(body, place, field.kind, id_size)));
        }
        start = end;
    }
    fields
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

/// The object that a reference in `near` leads to; [`NO_OBJECT`] for null and for what the dump does not have.
#[inline]
pub(super) fn target(snapshot: &Snapshot, near: ObjectId, address: Address) -> u32 {
    if address.0 == 0 {
        return NO_OBJECT;
    }
    snapshot.find_near(near, address).map_or(NO_OBJECT, |id| id.0)
}
