//! Which bytes of objects typed pointers see: a slice of 16 bytes can hold 64 KiB.

use super::claims::Claims;
use super::fallback::class_before;
use crate::format::go::types::{TypeId, Types};

/// An object of which typed pointers see a part only. Nothing untyped points to it.
///
/// Variables in registers, and words on stacks that belong to no variable, are not in a dump: what they see is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    /// The slot.
    pub slot: u32,
    /// Bytes of its object that no pointer's type, no string and no slice covers, even by its capacity.
    pub outside: u64,
    /// Bytes that slices have as capacity only, and nobody as length.
    pub spare: u64,
}

/// What one pointer sees of a slot, in bytes from its object's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    slot: u32,
    start: u32,
    length_end: u32,
    capacity_end: u32,
}

/// Parts after which those that say nothing new are dropped for the first time.
const FIRST_SWEEP: usize = 1 << 20;

/// What is seen so far.
#[derive(Debug)]
pub(super) struct Windows {
    /// Slots that someone sees as a whole, a bit for each.
    whole: Vec<u64>,
    parts: Vec<Part>,
    next_sweep: usize,
}

impl Windows {
    pub(super) fn new(slots: u32) -> Windows {
        let whole = vec![0; (slots as usize).div_ceil(64)];
        Windows { whole, parts: Vec::new(), next_sweep: FIRST_SWEEP }
    }

    /// Someone sees all of the slot, or nobody knows how much.
    pub(super) fn see_whole(&mut self, slot: u32) {
        if let Some(word) = self.whole.get_mut(slot as usize / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    /// Someone sees `length` bytes from `start` on, and `capacity` bytes where it may grow; the slot has `room` bytes.
    pub(super) fn see(&mut self, slot: u32, start: u64, length: u64, capacity: u64, room: u64) {
        if self.is_whole(slot) {
            return;
        }
        if start == 0 && (length == room || length > class_before(room)) {
            return self.see_whole(slot);
        }
        let end = |bytes: u64| u32::try_from(start.saturating_add(bytes).min(room)).unwrap_or(u32::MAX);
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        self.parts.push(Part { slot, start, length_end: end(length), capacity_end: end(capacity) });
        if self.parts.len() >= self.next_sweep {
            self.sweep();
            self.next_sweep = 2 * self.parts.len().max(FIRST_SWEEP);
        }
    }

    fn is_whole(&self, slot: u32) -> bool {
        self.whole.get(slot as usize / 64).is_some_and(|word| word >> (slot % 64) & 1 != 0)
    }

    fn sweep(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        self.parts = parts.into_iter().filter(|part| !self.is_whole(part.slot)).collect();
        self.parts.sort_unstable();
        self.parts.dedup();
    }

    /// The slots that are seen in part, ascending.
    pub(super) fn finish(mut self, types: &Types, claims: &Claims) -> Vec<Unseen> {
        self.sweep();
        let slots = self.parts.chunk_by(|a, b| a.slot == b.slot);
        slots.filter_map(|parts| unseen(types, claims, parts)).collect()
    }
}

/// What the parts of one slot leave of its object; `None` where that is nothing.
fn unseen(types: &Types, claims: &Claims, parts: &[Part]) -> Option<Unseen> {
    let slot = parts.first()?.slot;
    let claim = claims.get(slot)?;
    let extent = types.get(TypeId(claim.ty.0)).size.saturating_mul(u64::from(claim.count));
    let by_capacity = union(parts.iter().map(|part| (part.start, part.capacity_end)));
    let by_length = union(parts.iter().map(|part| (part.start, part.length_end)));
    let (outside, spare) = (extent.saturating_sub(by_capacity), by_capacity - by_length);
    (outside + spare > 0).then_some(Unseen { slot, outside, spare })
}

/// Bytes that ranges cover together; they come by their beginnings.
fn union(ranges: impl Iterator<Item = (u32, u32)>) -> u64 {
    let (mut sum, mut reached) = (0, 0);
    for (start, end) in ranges {
        let from = start.max(reached);
        sum += u64::from(end.saturating_sub(from));
        reached = reached.max(end);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_overlap_count_once() {
        assert_eq!(union([(0, 4), (2, 6), (2, 3), (8, 9)].into_iter()), 7);
        assert_eq!(union([(4, 4), (5, 3)].into_iter()), 0);
        assert_eq!(union(std::iter::empty()), 0);
    }

    #[test]
    fn a_slot_that_its_object_fills_is_whole() {
        let mut windows = Windows::new(3);
        windows.see(0, 0, 88, 88, 96);
        windows.see(1, 0, 80, 80, 96);
        windows.see(2, 8, 88, 88, 96);
        assert_eq!((0..3).filter(|slot| windows.is_whole(*slot)).collect::<Vec<_>>(), [0]);
        assert_eq!(windows.parts.len(), 2);
    }
}
