//! One object's bytes in the dump.

use crate::format::go::infer::Shape;
use crate::format::go::types::{Kind, Read, TypeId};
use crate::format::go::{Object, Params};
use crate::id::{Address, ObjectId};
use crate::store::{GoIndex, Snapshot};
use std::borrow::Cow;

/// The bytes of an object from its first value on: without the allocator's type word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) go: &'a GoIndex,
    pub(crate) id: ObjectId,
    /// The bytes of the slot before the first value.
    pub(crate) start: usize,
    pub(crate) bytes: &'a [u8],
}

/// What a part of a value holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// A pointer; 0 is nil.
    Pointer(Address),
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    /// What is no UTF-8 is U+FFFD.
    Text(Cow<'a, str>),
}

impl Value<'_> {
    /// The value as text; `None` for pointers.
    pub(crate) fn shown(&self) -> Option<String> {
        Some(match self {
            Value::Pointer(_) => return None,
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Uint(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            Value::Text(text) => text.clone().into_owned(),
        })
    }
}

impl<'a> Body<'a> {
    /// The bytes of an object of a Go dump.
    pub(crate) fn of(snapshot: &'a Snapshot, id: ObjectId) -> Option<Body<'a>> {
        let go = snapshot.go()?;
        let dump = snapshot.dump().bytes();
        let object = Object::at(dump, *snapshot.objects().offset.get(id.index())?)?;
        let first = object.pointers().next().map(|place| place as u64);
        let start = go.params.header_bytes(object.bytes.len() as u64, first) as usize;
        let bytes = dump.get(object.bytes)?.get(start..)?;
        Some(Body { snapshot, go, id, start, bytes })
    }

    /// The type of the object's values, and whether they are many.
    pub(crate) fn ty(&self) -> Option<(TypeId, Shape)> {
        self.go.type_of(self.snapshot.class_of(self.id))
    }

    /// How many values of its type the object holds; of a text, its bytes.
    pub(crate) fn count(&self) -> u64 {
        let counts = self.go.counts.as_ref();
        counts.and_then(|counts| counts.count.get(self.id.index())).copied().unwrap_or(0).into()
    }

    /// The elements of an array: those that something alive counts, as far as the object has room; `None` for other
    /// objects.
    pub(crate) fn length(&self) -> Option<u64> {
        let (ty, shape) = self.ty()?;
        let row = self.go.types.get(ty);
        match (shape, row.kind) {
            (Shape::Array | Shape::Text, _) => {
                let room = (self.bytes.len() as u64).checked_div(row.size).unwrap_or(0);
                Some(self.count().min(room))
            }
            (Shape::Value, Kind::Array) => Some(row.count),
            _ => None,
        }
    }

    /// The value at byte `offset`; `None` where the object ends before it does, and for a text whose bytes the dump lacks.
    pub(crate) fn value(&self, offset: u64, read: Read) -> Option<Value<'a>> {
        let offset = usize::try_from(offset).ok()?;
        let params: &Params = &self.go.params;
        Some(match read {
            Read::Pointer => Value::Pointer(Address(params.word(self.bytes, offset)?)),
            Read::Bool => Value::Bool(*self.bytes.get(offset)? != 0),
            Read::Int(size) => Value::Int(signed(self.number(offset, size)?, size)),
            Read::Uint(size) => Value::Uint(self.number(offset, size)?),
            Read::Float(4) => {
                Value::Float(f32::from_bits(u32::try_from(self.number(offset, 4)?).ok()?).into())
            }
            Read::Float(_) => Value::Float(f64::from_bits(self.number(offset, 8)?)),
            Read::Text => Value::Text(self.text(offset)?),
        })
    }

    /// The object that a pointer leads to.
    pub(crate) fn target(&self, value: &Value<'_>) -> Option<ObjectId> {
        match *value {
            Value::Pointer(address) if address.0 != 0 => self.snapshot.find_near(self.id, address),
            _ => None,
        }
    }

    /// An unsigned number of at most 8 bytes.
    fn number(&self, offset: usize, size: u8) -> Option<u64> {
        let bytes = self.bytes.get(offset..)?.get(..usize::from(size))?;
        let shift = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        Some(match self.go.params.big_endian {
            true => bytes.iter().fold(0, shift),
            false => bytes.iter().rev().fold(0, shift),
        })
    }

    /// The text whose pointer and length stand at `offset`.
    ///
    /// Texts that the program was linked with are in no dump, but in the executable.
    fn text(&self, offset: usize) -> Option<Cow<'a, str>> {
        let params = &self.go.params;
        let address = params.word(self.bytes, offset)?;
        let length = params.word(self.bytes, offset + usize::from(params.pointer_bytes))?;
        if length == 0 {
            return Some(Cow::Borrowed(""));
        }
        let count = usize::try_from(length).ok()?;
        let Some(target) = self.snapshot.find_near(self.id, Address(address)) else {
            return self.go.linked(address, count).map(String::from_utf8_lossy);
        };
        let slot = Object::at(self.snapshot.dump().bytes(), self.snapshot.objects().offset[target.index()])?;
        let start = usize::try_from(address - self.snapshot.address(target).0).ok()?;
        let bytes = self.snapshot.dump().bytes().get(slot.bytes)?;
        let end = start.checked_add(count)?;
        Some(String::from_utf8_lossy(bytes.get(start..end)?))
    }
}

/// The number with the sign that its highest bit of `size` bytes says.
fn signed(number: u64, size: u8) -> i64 {
    let unused = 64 - 8 * u32::from(size.clamp(1, 8));
    (number << unused).cast_signed() >> unused
}

#[cfg(test)]
mod tests {
    use super::signed;

    #[test]
    fn the_highest_bit_is_the_sign() {
        assert_eq!(signed(0xff, 1), -1);
        assert_eq!(signed(0x7fff, 2), 0x7fff);
        assert_eq!(signed(u64::MAX, 8), -1);
        assert_eq!(signed(0xffff_fffe, 4), -2);
    }
}
