//! Parts and elements of many objects as Arrow arrays.

use super::body::{Body, Value};
use super::parts::{elements, part};
use crate::format::go::types::Read;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::FieldKind;
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, UInt32Array};
use std::sync::Arc;

/// The values of the part `name` of the objects `ids`; null where an object has none, a pointer is nil, the dump lacks
/// the bytes (as of texts that the program was linked with), or an unsigned number has more than 63 bits.
pub(in crate::value) fn read_field(
    snapshot: &Snapshot,
    ids: &UInt32Array,
    name: &str,
    kind: FieldKind,
) -> ArrayRef {
    let mut places: Vec<Option<Option<(u64, Read)>>> = vec![None; snapshot.class_count()];
    let values = ids.iter().map(|id| {
        let body = body(snapshot, id)?;
        let class = snapshot.class_of(body.id);
        let find = || part(body.go, class, name).map(|part| (part.offset, part.read));
        let (offset, read) = (*places.get_mut(class.index())?.get_or_insert_with(find))?;
        Some((body, body.value(offset, read)?))
    });
    array(values, kind)
}

/// Element `index` of the objects `ids`, row by row; null where an object is no array or has no such element.
pub(in crate::value) fn read_element(
    snapshot: &Snapshot,
    ids: &UInt32Array,
    index: &Int64Array,
    kind: FieldKind,
) -> ArrayRef {
    // Ids repeat where many elements of one array are asked for.
    let mut last: Option<(u32, Option<Body<'_>>)> = None;
    let values = (0..ids.len()).map(|row| {
        let id = ids.is_valid(row).then(|| ids.value(row))?;
        let known = last.filter(|last| last.0 == id).unwrap_or_else(|| (id, body(snapshot, Some(id))));
        last = Some(known);
        let body = known.1?;
        let index = u64::try_from(index.is_valid(row).then(|| index.value(row))?).ok()?;
        let (read, offset, size) = elements(body.go, snapshot.class_of(body.id))?;
        let inside = index < body.length()?;
        let value = inside.then(|| body.value(index.checked_mul(size)?.checked_add(offset)?, read))??;
        Some((body, value))
    });
    array(values, kind)
}

fn body(snapshot: &Snapshot, id: Option<u32>) -> Option<Body<'_>> {
    Body::of(snapshot, id.filter(|id| snapshot.ids().contains(id)).map(ObjectId)?)
}

fn array<'a>(values: impl Iterator<Item = Option<(Body<'a>, Value<'a>)>>, kind: FieldKind) -> ArrayRef {
    match kind {
        FieldKind::Object => {
            let id = |(body, value): (Body<'a>, Value<'a>)| body.target(&value).map(|id| id.0);
            Arc::new(values.map(|value| id(value?)).collect::<UInt32Array>())
        }
        FieldKind::Bool => Arc::new(values.map(|value| boolean(&value?.1)).collect::<BooleanArray>()),
        FieldKind::Char | FieldKind::Text => {
            Arc::new(values.map(|value| text(value?.1)).collect::<StringArray>())
        }
        FieldKind::Int => Arc::new(values.map(|value| integer(&value?.1)).collect::<Int64Array>()),
        FieldKind::Float => Arc::new(values.map(|value| float(&value?.1)).collect::<Float64Array>()),
    }
}

fn boolean(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

fn text(value: Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.into_owned()),
        _ => None,
    }
}

fn integer(value: &Value<'_>) -> Option<i64> {
    match *value {
        Value::Int(value) => Some(value),
        Value::Uint(value) => i64::try_from(value).ok(),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "an integer among floating-point values is widened")]
fn float(value: &Value<'_>) -> Option<f64> {
    match *value {
        Value::Float(value) => Some(value),
        Value::Int(value) => Some(value as f64),
        Value::Uint(value) => Some(value as f64),
        _ => None,
    }
}
