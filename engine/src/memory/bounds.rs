//! How much anonymous memory building an index may take.

use super::available::available_bytes;
use super::room::Room;
use std::path::Path;

/// Anonymous memory of a builder: so much for each object, and for all that does not grow with them.
const BYTES_PER_OBJECT: u64 = 24;
const FREE_BYTES: u64 = 256 << 20;
/// Of these, bitmaps over all objects, which are no columns either: four of them at a time.
const OBJECTS_PER_BITMAP_BYTE: u64 = 2;
/// What is no column: the pairs that are sorted at a time, tables of classes and sets.
const OTHER_BYTES: u64 = 112 << 20;

/// The room that `memory_limit` bytes, or what the machine has, leave for columns; files lie in `directory`.
pub fn room(directory: &Path, memory_limit: Option<u64>) -> Room {
    let most = memory_limit.unwrap_or_else(|| available_bytes() / 4 * 3);
    Room::new(directory, most.saturating_sub(OTHER_BYTES))
}

/// Bounds a room by what an index of so many objects needs.
pub fn need(room: &Room, objects: u64) {
    room.need(FREE_BYTES - OTHER_BYTES + BYTES_PER_OBJECT * objects - objects / OBJECTS_PER_BITMAP_BYTE);
}

/// Both at the same time; one after the other where room is scarce, since both want it.
pub fn both<A: Send, B: Send>(
    room: &Room,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    if room.is_scarce() { (first(), second()) } else { rayon::join(first, second) }
}
