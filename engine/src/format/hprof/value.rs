//! The value of a field, decoded.

use super::field_type::FieldType;
use crate::id::Address;

/// A value as Java sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A reference; address 0 is null.
    Object(Address),
    /// A `boolean`: every byte but 0 is true.
    Boolean(bool),
    /// A `char`: a UTF-16 unit, perhaps half of a surrogate pair.
    Char(u16),
    /// A `float`.
    Float(f32),
    /// A `double`.
    Double(f64),
    /// A `byte`.
    Byte(i8),
    /// A `short`.
    Short(i16),
    /// An `int`.
    Int(i32),
    /// A `long`.
    Long(i64),
}

/// The value of `field_type` in `bytes`, big endian; `None` unless they are exactly its bytes.
///
/// A reference is 4 or 8 bytes wide, by the length of `bytes`.
#[inline]
pub fn read_value(field_type: FieldType, bytes: &[u8]) -> Option<Value> {
    Some(match field_type {
        FieldType::Object => Value::Object(Address(read_id(bytes)?)),
        FieldType::Boolean => Value::Boolean(u8::from_be_bytes(exactly(bytes)?) != 0),
        FieldType::Char => Value::Char(u16::from_be_bytes(exactly(bytes)?)),
        FieldType::Float => Value::Float(f32::from_be_bytes(exactly(bytes)?)),
        FieldType::Double => Value::Double(f64::from_be_bytes(exactly(bytes)?)),
        FieldType::Byte => Value::Byte(i8::from_be_bytes(exactly(bytes)?)),
        FieldType::Short => Value::Short(i16::from_be_bytes(exactly(bytes)?)),
        FieldType::Int => Value::Int(i32::from_be_bytes(exactly(bytes)?)),
        FieldType::Long => Value::Long(i64::from_be_bytes(exactly(bytes)?)),
    })
}

#[inline]
fn read_id(bytes: &[u8]) -> Option<u64> {
    if bytes.len() == 4 {
        return exactly(bytes).map(|id| u64::from(u32::from_be_bytes(id)));
    }
    exactly(bytes).map(u64::from_be_bytes)
}

#[inline]
fn exactly<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_decoded() {
        let check = |field_type, bytes: &[u8], expected| assert_eq!(read_value(field_type, bytes), expected);
        check(FieldType::Object, &[0xff, 0, 0, 1], Some(Value::Object(Address(0xff00_0001))));
        check(FieldType::Object, &[0, 0, 0, 7, 0, 0, 0, 8], Some(Value::Object(Address(0x7_0000_0008))));
        check(FieldType::Object, &[0, 0, 0], None);
        check(FieldType::Boolean, &[2], Some(Value::Boolean(true)));
        check(FieldType::Char, &[0xd8, 0x3d], Some(Value::Char(0xd83d)));
        check(FieldType::Float, &1.5f32.to_be_bytes(), Some(Value::Float(1.5)));
        check(FieldType::Double, &(-2.5f64).to_be_bytes(), Some(Value::Double(-2.5)));
        check(FieldType::Byte, &[0xff], Some(Value::Byte(-1)));
        check(FieldType::Short, &[0x80, 0], Some(Value::Short(i16::MIN)));
        check(FieldType::Int, &[0, 0, 1, 0], Some(Value::Int(256)));
        check(FieldType::Int, &[0, 0, 1, 0, 0], None);
        check(FieldType::Long, &[0xff; 8], Some(Value::Long(-1)));
    }
}
