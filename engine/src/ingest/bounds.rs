//! How much anonymous memory building an index may take.

use super::Target;
use crate::memory::{Room, available_bytes};

/// Anonymous memory of a builder: so much for each object, and for all that does not grow with them.
const BYTES_PER_OBJECT: u64 = 24;
const FREE_BYTES: u64 = 256 << 20;
/// Of these, bitmaps over all objects, which are no columns either.
const BITMAP_BYTES_PER_OBJECT: u64 = 1;
/// What is no column: the pairs that are sorted at a time, tables of classes and sets.
const OTHER_BYTES: u64 = 160 << 20;

/// The room that the limit of `target`, or what the machine has, leaves for columns.
pub(super) fn room(target: &Target) -> Room {
    Room::new(target.base, left(target.memory_limit))
}

/// Bounds a room by what an index of so many objects needs.
pub(super) fn need(room: &Room, objects: u64) {
    room.need(needed(objects));
}

/// Bytes that the columns of a part of an index of so many objects may take in memory, under the limit that the user
/// gave, if any.
pub fn column_bytes(memory_limit: Option<u64>, objects: u64) -> u64 {
    left(memory_limit).min(needed(objects))
}

fn left(memory_limit: Option<u64>) -> u64 {
    memory_limit.unwrap_or_else(|| available_bytes() / 4 * 3).saturating_sub(OTHER_BYTES)
}

fn needed(objects: u64) -> u64 {
    FREE_BYTES - OTHER_BYTES + (BYTES_PER_OBJECT - BITMAP_BYTES_PER_OBJECT) * objects
}

/// Both at the same time; one after the other where room is scarce, since both want it.
pub(super) fn both<A: Send, B: Send>(
    room: &Room,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    if room.is_scarce() { (first(), second()) } else { rayon::join(first, second) }
}
