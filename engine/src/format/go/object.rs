//! The record of an object: its address, its bytes, and which words of them are pointers.

use super::cursor::Cursor;
use crate::error::Result;
use std::ops::Range;

/// A slot of the heap that is in use.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// The address of the slot.
    pub address: u64,
    /// Where its bytes stand in the dump: all of the size class, more than the type has.
    pub bytes: Range<usize>,
    fields: Cursor<'a>,
}

impl<'a> Object<'a> {
    /// The object whose record, with its tag, begins at `offset` of the dump; `None` where no whole object is there.
    #[inline]
    pub fn at(dump: &'a [u8], offset: u64) -> Option<Object<'a>> {
        let mut cursor = Cursor::new(dump, usize::try_from(offset).ok()?);
        (cursor.number().ok()? == super::tags::OBJECT).then(|| Object::read(&mut cursor).ok()).flatten()
    }

    /// Reads all but the tag and the fields.
    #[inline]
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Object<'a>> {
        let address = cursor.number()?;
        let bytes = cursor.range()?;
        Ok(Object { address, bytes, fields: *cursor })
    }

    /// The places of its pointers, in bytes from its first one. Those beyond its bytes are left out.
    pub fn pointers(&self) -> Pointers<'a> {
        Pointers { cursor: self.fields, length: self.bytes.len() }
    }
}

/// The places of an object's pointers.
#[derive(Clone, Debug)]
pub struct Pointers<'a> {
    cursor: Cursor<'a>,
    length: usize,
}

impl Iterator for Pointers<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        loop {
            if self.cursor.number().ok()? == END {
                return None;
            }
            let place = usize::try_from(self.cursor.number().ok()?).ok()?;
            if place < self.length {
                return Some(place);
            }
        }
    }
}

/// Steps over a list of fields; how many there are.
#[inline]
pub(super) fn skip_fields(cursor: &mut Cursor<'_>) -> Result<u32> {
    let mut count = 0u32;
    loop {
        match cursor.number()? {
            END => return Ok(count),
            1..=LAST_KIND => count = count.saturating_add(1),
            kind => return Err(cursor.wrong("a kind of field", kind.to_string())),
        }
        cursor.number()?;
    }
}

/// The places in a list of fields, ascending and distinct.
pub(super) fn fields(cursor: &mut Cursor<'_>) -> Result<Vec<u32>> {
    let mut places = Vec::new();
    loop {
        match cursor.number()? {
            END => break,
            1..=LAST_KIND => {}
            kind => return Err(cursor.wrong("a kind of field", kind.to_string())),
        }
        let place = cursor.number()?;
        places.push(u32::try_from(place).map_err(|_| cursor.wrong("a place in 4 GiB", place.to_string()))?);
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// The kind that ends a list of fields.
const END: u64 = 0;
/// Kinds 2 to 5 were written before Go 1.5.
const LAST_KIND: u64 = 5;
