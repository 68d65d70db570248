//! The frame of a top-level record: tag, time, length; and whether one can stand at a place.

use super::hop::{Hop, begins_class, hop};
use super::tag;
use crate::id::Offset;

pub(super) const STRING: u8 = 0x01;
pub(super) const LOAD_CLASS: u8 = 0x02;
pub(super) const UNLOAD_CLASS: u8 = 0x03;
pub(super) const STACK_FRAME: u8 = 0x04;
pub(super) const STACK_TRACE: u8 = 0x05;
pub(super) const ALLOC_SITES: u8 = 0x06;
pub(super) const HEAP_SUMMARY: u8 = 0x07;
pub(super) const START_THREAD: u8 = 0x0a;
pub(super) const END_THREAD: u8 = 0x0b;
pub(super) const HEAP_DUMP: u8 = 0x0c;
pub(super) const CPU_SAMPLES: u8 = 0x0d;
pub(super) const CONTROL_SETTINGS: u8 = 0x0e;
pub(super) const HEAP_DUMP_SEGMENT: u8 = 0x1c;
pub(super) const HEAP_DUMP_END: u8 = 0x2c;

/// Bytes of tag, time and length.
const FRAME: usize = 9;
/// Top-level records that must follow each other before they are believed.
pub(super) const CHAIN: usize = 4;
/// No writer makes longer names: modified UTF-8 in class files has at most 65,535 bytes.
const LONGEST_STRING: u32 = 1 << 17;
/// What the first sub-records must prove for a heap record to be believed, see [`Hop::proof`].
const HEAP_PROOF: usize = 4;

/// One top-level record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) tag: u8,
    /// Where its tag stands.
    pub(super) at: usize,
    /// Bytes of its body, as it states them.
    pub(super) length: u32,
}

impl Record {
    /// The record whose tag stands at `at`; `None` where not even its frame fits.
    pub(super) fn read(bytes: &[u8], at: usize) -> Option<Record> {
        let frame: &[u8; FRAME] = bytes.get(at..)?.first_chunk()?;
        let [tag, _, _, _, _, a, b, c, d] = *frame;
        Some(Record { tag, at, length: u32::from_be_bytes([a, b, c, d]) })
    }

    pub(super) fn offset(&self) -> Offset {
        Offset(self.at as u64)
    }

    /// Where its body begins.
    pub(super) fn body(&self) -> usize {
        self.at + FRAME
    }

    /// Where its body ends, as it states it; beyond the file perhaps.
    pub(super) fn end(&self) -> usize {
        self.body().saturating_add(self.length as usize)
    }

    pub(super) fn is_heap(&self) -> bool {
        matches!(self.tag, HEAP_DUMP | HEAP_DUMP_SEGMENT)
    }

    pub(super) fn is_known(&self) -> bool {
        is_tag(self.tag)
    }

    /// Whether a record with this tag can have this length; of an unknown tag, any.
    pub(super) fn fits(&self, id_size: u8) -> bool {
        let id = u32::from(id_size);
        match self.tag {
            STRING => (id..LONGEST_STRING).contains(&self.length),
            LOAD_CLASS => self.length == 8 + 2 * id,
            UNLOAD_CLASS | END_THREAD => self.length == 4,
            STACK_FRAME => self.length == 8 + 4 * id,
            STACK_TRACE => self.length >= 12 && (self.length - 12).is_multiple_of(id),
            HEAP_SUMMARY => self.length == 24,
            START_THREAD => self.length == 8 + 4 * id,
            CONTROL_SETTINGS => self.length == 6,
            HEAP_DUMP_END => self.length == 0,
            ALLOC_SITES => self.length >= 34,
            CPU_SAMPLES => self.length >= 8,
            _ => true,
        }
    }
}

/// Whether a top-level record can begin with `tag`.
pub(super) fn is_tag(tag: u8) -> bool {
    matches!(tag, STRING..=HEAP_SUMMARY | START_THREAD..=CONTROL_SETTINGS | HEAP_DUMP_SEGMENT | HEAP_DUMP_END)
}

/// Whether the last bytes of the file are a record that ends the heap.
pub(super) fn ends_with_end(bytes: &[u8]) -> bool {
    bytes.ends_with(&[HEAP_DUMP_END, 0, 0, 0, 0, 0, 0, 0, 0])
}

/// Whether behind `record` stand others, the first perhaps of an unknown kind, or the end of the file.
pub(super) fn is_followed(bytes: &[u8], record: &Record, id_size: u8) -> bool {
    if is_chain(bytes, record.end(), id_size, CHAIN) {
        return true;
    }
    let next = Record::read(bytes, record.end()).filter(|next| !next.is_known());
    next.is_some_and(|next| is_chain(bytes, next.end(), id_size, CHAIN))
}

/// Whether `count` records that can be meant as such begin at `at`, or fewer and then the end of the file.
///
/// A heap record counts for all that follow, since its length may be wrong, if it begins with heap data.
pub(super) fn is_chain(bytes: &[u8], mut at: usize, id_size: u8, count: usize) -> bool {
    for _ in 0..count {
        if at == bytes.len() {
            return true;
        }
        let Some(record) = Record::read(bytes, at) else { return false };
        if record.is_heap() {
            return begins_heap(bytes, &record, id_size);
        }
        if !record.is_known() || !record.fits(id_size) || record.end() > bytes.len() {
            return false;
        }
        at = record.end();
    }
    true
}

/// Whether the body of `record` begins with some sub-records, or it is empty and the file goes on behind it.
fn begins_heap(bytes: &[u8], record: &Record, id_size: u8) -> bool {
    let mut at = record.body();
    if record.length == 0 && bytes.get(at).is_none_or(|&byte| !tag::is_known(byte)) {
        return bytes.get(at).is_none_or(|&byte| is_tag(byte));
    }
    let mut proof = 0;
    // A length of 0 means the rest of the file.
    while proof < HEAP_PROOF && (at != record.end() || record.length == 0) {
        if bytes.get(at) == Some(&tag::CLASS) {
            return begins_class(bytes, at, id_size);
        }
        let Some(hop) = hop(bytes, at, id_size).filter(Hop::is_plausible) else { return false };
        proof += hop.proof();
        at = hop.end_index();
    }
    true
}
