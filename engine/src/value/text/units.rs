//! The letters of strings and arrays as they stand in the dump.

use crate::format::hprof::{FieldType, SubRecord};
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::body::record;
use crate::value::slot::{Data, Slot};

/// UTF-16 units, in one of the ways in which a dump has them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Units<'a> {
    /// One byte each: `byte[]` of `String.coder` 0.
    Latin1(&'a [u8]),
    /// Two bytes each in the order of the dump: `char[]`.
    Chars(&'a [u8]),
    /// Two bytes each in the order of the process: `byte[]` of `String.coder` 1. Every platform of HotSpot in use but
    /// s390 is little endian.
    Utf16(&'a [u8]),
}

impl<'a> Units<'a> {
    /// The letters of a string or builder by its fields `value`, `coder`, `offset` and `count`, of which the layouts from
    /// JDK 6 on have some.
    pub(crate) fn of_string(data: &Data<'a>, slots: &[Option<Slot>]) -> Option<Units<'a>> {
        let &[value, coder, offset, count, ..] = slots else { return None };
        let limit = |slot: Option<Slot>, otherwise| match data.integer(slot) {
            Some(number) => usize::try_from(number).ok(),
            None => Some(otherwise),
        };
        let wide = data.integer(coder) == Some(1);
        Units::of_array(data.snapshot, data.object(value)?, wide)?
            .part(limit(offset, 0)?, limit(count, usize::MAX)?)
    }

    /// The letters of a `char[]`, or of a `byte[]` that is `wide` or not.
    pub(crate) fn of_array(snapshot: &'a Snapshot, id: ObjectId, wide: bool) -> Option<Units<'a>> {
        let SubRecord::PrimitiveArray(array) = record(snapshot, id)? else { return None };
        match (array.element, wide) {
            (FieldType::Char, _) => array.body.map(Units::Chars),
            (FieldType::Byte, false) => array.body.map(Units::Latin1),
            (FieldType::Byte, true) => array.body.map(Units::Utf16),
            _ => None,
        }
    }

    /// `count` letters (or as many as there are) from `start` on.
    fn part(self, start: usize, count: usize) -> Option<Units<'a>> {
        let cut = |bytes: &'a [u8], width: usize| {
            let rest = bytes.get(start.checked_mul(width)?..)?;
            Some(&rest[..rest.len().min(count.saturating_mul(width))])
        };
        Some(match self {
            Units::Latin1(bytes) => Units::Latin1(cut(bytes, 1)?),
            Units::Chars(bytes) => Units::Chars(cut(bytes, 2)?),
            Units::Utf16(bytes) => Units::Utf16(cut(bytes, 2)?),
        })
    }

    /// Appends the text; halves of surrogate pairs become U+FFFD.
    pub(crate) fn push(self, out: &mut String) {
        match self {
            Units::Latin1(bytes) => push_latin1(bytes, out),
            _ => out.extend(
                char::decode_utf16(self.iter()).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)),
            ),
        }
    }

    /// The units, one by one.
    pub(crate) fn iter(self) -> impl Iterator<Item = u16> {
        let (bytes, width) = match self {
            Units::Latin1(bytes) => (bytes, 1),
            Units::Chars(bytes) | Units::Utf16(bytes) => (bytes, 2),
        };
        bytes.chunks_exact(width).map(move |unit| match (self, unit) {
            (Units::Utf16(_), &[low, high]) => u16::from_le_bytes([low, high]),
            (_, &[high, low]) => u16::from_be_bytes([high, low]),
            _ => u16::from(unit[0]),
        })
    }

    /// Whether the letters are the same, however they are written.
    pub(crate) fn same(self, other: Units<'_>) -> bool {
        match (self, other) {
            (Units::Latin1(a), Units::Latin1(b))
            | (Units::Chars(a), Units::Chars(b))
            | (Units::Utf16(a), Units::Utf16(b)) => a == b,
            _ => self.iter().eq(other.iter()),
        }
    }
}

/// Most texts are ASCII, which is copied as it is.
fn push_latin1(bytes: &[u8], out: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => out.push_str(text),
        _ => out.extend(bytes.iter().map(|&byte| char::from(byte))),
    }
}
