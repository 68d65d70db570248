//! Values of one field, or of one element, of many objects as an Arrow array.

use super::body::{instance, record, referred, static_value, value_at};
use super::field::{FieldKind, instance_place, static_of_object};
use super::go;
use crate::error::Result;
use crate::format::hprof::{FieldType, PrimitiveArray, SubRecord, Value};
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, UInt32Array};
use std::sync::Arc;

/// The values of the instance field `name` of the objects `ids`, as an array of `kind`'s type.
///
/// `declared_in` names the class whose field is meant where several have one of that name. Of a class object, the
/// static field. Null where the id is null, the object has no such field, the reference is null, or the dump is cut.
pub fn read_field(
    snapshot: &Snapshot,
    ids: &UInt32Array,
    name: &str,
    declared_in: Option<&str>,
    kind: FieldKind,
) -> Result<ArrayRef> {
    if snapshot.go().is_some() {
        return Ok(go::read_field(snapshot, ids, name, kind));
    }
    let mut places: Vec<Place> = vec![Place::Unknown; snapshot.class_count()];
    let id_size = snapshot.info().id_size;
    let values = ids.iter().map(|id| {
        let id = known(snapshot, id)?;
        let class = snapshot.class_of(id);
        let place = places.get_mut(class.index())?;
        if *place == Place::Unknown {
            *place = find(snapshot, class, name, declared_in);
        }
        match *place {
            Place::At(place, kind) => value_at(instance(snapshot, id)?, place, kind, id_size),
            _ => static_value(snapshot, static_of_object(snapshot, id, name)?),
        }
        .map(|value| (id, value))
    });
    Ok(array(snapshot, values, kind))
}

/// Element `index` of the arrays `ids`, row by row, as an array of `kind`'s type.
///
/// Null where the object is no array, the index is out of range, or the dump does not have the element.
pub fn read_element(
    snapshot: &Snapshot,
    ids: &UInt32Array,
    index: &Int64Array,
    kind: FieldKind,
) -> Result<ArrayRef> {
    if snapshot.go().is_some() {
        return Ok(go::read_element(snapshot, ids, index, kind));
    }
    let values = ids.iter().zip(index.iter()).map(|(id, index)| {
        let id = known(snapshot, id)?;
        Some((id, element(snapshot, id, usize::try_from(index?).ok()?)?))
    });
    Ok(array(snapshot, values, kind))
}

/// Where instances of a class have the field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Not looked up yet.
    Unknown,
    /// They have none.
    None,
    /// At this byte of their data.
    At(usize, FieldType),
}

fn find(snapshot: &Snapshot, class: ClassId, name: &str, declared_in: Option<&str>) -> Place {
    match instance_place(snapshot, class, name, declared_in) {
        Some((place, kind)) => Place::At(place, kind),
        None => Place::None,
    }
}

fn known(snapshot: &Snapshot, id: Option<u32>) -> Option<ObjectId> {
    id.filter(|id| snapshot.ids().contains(id)).map(ObjectId)
}

/// Element `index` of an array.
pub(super) fn element(snapshot: &Snapshot, id: ObjectId, index: usize) -> Option<Value> {
    match record(snapshot, id)? {
        SubRecord::ObjectArray(array) => array.elements.get(index).map(Value::Object),
        SubRecord::PrimitiveArray(PrimitiveArray { element, body: Some(body), .. }) => {
            value_at(body, index.checked_mul(usize::from(element.size(8)))?, element, 8)
        }
        _ => None,
    }
}

fn array(
    snapshot: &Snapshot,
    values: impl Iterator<Item = Option<(ObjectId, Value)>>,
    kind: FieldKind,
) -> ArrayRef {
    match kind {
        FieldKind::Object => {
            let id = |value: Option<(ObjectId, Value)>| {
                let (near, value) = value?;
                referred(snapshot, near, value).map(|id| id.0)
            };
            Arc::new(values.map(id).collect::<UInt32Array>())
        }
        FieldKind::Bool => Arc::new(values.map(|value| boolean(value?.1)).collect::<BooleanArray>()),
        FieldKind::Char | FieldKind::Text => {
            Arc::new(values.map(|value| character(value?.1)).collect::<StringArray>())
        }
        FieldKind::Int => Arc::new(values.map(|value| integer(value?.1)).collect::<Int64Array>()),
        FieldKind::Float => Arc::new(values.map(|value| float(value?.1)).collect::<Float64Array>()),
    }
}

fn boolean(value: Value) -> Option<bool> {
    match value {
        Value::Boolean(value) => Some(value),
        _ => None,
    }
}

/// The character; half of a surrogate pair becomes U+FFFD.
fn character(value: Value) -> Option<String> {
    match value {
        Value::Char(unit) => Some(String::from_utf16_lossy(&[unit])),
        _ => None,
    }
}

pub(super) fn integer(value: Value) -> Option<i64> {
    match value {
        Value::Byte(value) => Some(value.into()),
        Value::Short(value) => Some(value.into()),
        Value::Int(value) => Some(value.into()),
        Value::Long(value) => Some(value),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an integer among floating-point values is widened as Java does"
)]
fn float(value: Value) -> Option<f64> {
    match value {
        Value::Float(value) => Some(value.into()),
        Value::Double(value) => Some(value),
        _ => integer(value).map(|value| value as f64),
    }
}
