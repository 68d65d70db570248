//! Objects as text: strings, string builders, arrays of characters and bytes, boxed values, classes.

use super::body::{fields, record};
use super::read::integer;
use crate::error::Result;
use crate::format::hprof::{FieldType, SubRecord, Value};
use crate::id::{Address, ObjectId};
use crate::store::Snapshot;
use arrow_array::{StringArray, UInt32Array};

/// The texts of the objects `ids`; null where the id is null or the object is none that stands for a text.
pub fn read_text(snapshot: &Snapshot, ids: &UInt32Array) -> Result<StringArray> {
    let known = |id: Option<u32>| id.filter(|id| snapshot.ids().contains(id)).map(ObjectId);
    Ok(ids.iter().map(|id| text(snapshot, known(id)?)).collect())
}

/// The text that an object stands for: the content of a string, builder, `char[]` or `byte[]`, the value of a boxed
/// primitive, the name of a class; `None` for other objects. May hold any character, control characters too.
pub fn text(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    match snapshot.class_name(snapshot.class_of(id)) {
        "java.lang.String" | "java.lang.StringBuilder" | "java.lang.StringBuffer" => {
            Letters::of(snapshot, id)?.text(snapshot)
        }
        "char[]" | "byte[]" => characters(snapshot, id, 0, usize::MAX, Coder::Latin1),
        "java.lang.Boolean"
        | "java.lang.Character"
        | "java.lang.Byte"
        | "java.lang.Short"
        | "java.lang.Integer"
        | "java.lang.Long"
        | "java.lang.Float"
        | "java.lang.Double" => boxed(snapshot, id),
        _ => snapshot.class_of_object(id).map(|class| snapshot.class_name(class).to_owned()),
    }
}

/// How a byte array holds characters (`java.lang.String.coder`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coder {
    Latin1,
    Utf16,
}

/// The fields of a string or builder, in all layouts from JDK 6 on.
struct Letters {
    value: Address,
    coder: Coder,
    start: usize,
    count: usize,
    near: ObjectId,
}

impl Letters {
    fn of(snapshot: &Snapshot, id: ObjectId) -> Option<Letters> {
        let mut letters =
            Letters { value: Address(0), coder: Coder::Latin1, start: 0, count: usize::MAX, near: id };
        for (field, value) in fields(snapshot, id) {
            match (field.name.as_str(), value?) {
                ("value", Value::Object(address)) => letters.value = address,
                ("coder", Value::Byte(1)) => letters.coder = Coder::Utf16,
                ("offset", Value::Int(start)) => letters.start = usize::try_from(start).ok()?,
                ("count", Value::Int(count)) => letters.count = usize::try_from(count).ok()?,
                _ => {}
            }
        }
        (letters.value.0 != 0).then_some(letters)
    }

    fn text(&self, snapshot: &Snapshot) -> Option<String> {
        let value = snapshot.find_near(self.near, self.value)?;
        characters(snapshot, value, self.start, self.count, self.coder)
    }
}

/// `count` characters (or as many as there are) from `start` on of a `char[]` or `byte[]`.
fn characters(
    snapshot: &Snapshot,
    array: ObjectId,
    start: usize,
    count: usize,
    coder: Coder,
) -> Option<String> {
    let SubRecord::PrimitiveArray(array) = record(snapshot, array)? else { return None };
    let body = array.body?;
    match (array.element, coder) {
        (FieldType::Char, _) => Some(utf16(part(body, start, count, 2)?, u16::from_be_bytes)),
        (FieldType::Byte, Coder::Latin1) => {
            let bytes = part(body, start, count, 1)?;
            Some(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
        // The bytes are those of the process; every platform of HotSpot in use but s390 is little endian.
        (FieldType::Byte, Coder::Utf16) => Some(utf16(part(body, start, count, 2)?, u16::from_le_bytes)),
        _ => None,
    }
}

fn part(body: &[u8], start: usize, count: usize, width: usize) -> Option<&[u8]> {
    let rest = body.get(start.checked_mul(width)?..)?;
    Some(&rest[..rest.len().min(count.saturating_mul(width))])
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn boxed(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let (_, value) = fields(snapshot, id).into_iter().find(|(field, _)| field.name == "value")?;
    Some(match value? {
        Value::Boolean(value) => value.to_string(),
        Value::Char(unit) => String::from_utf16_lossy(&[unit]),
        Value::Float(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        other => integer(other)?.to_string(),
    })
}
