//! The slots that a scan meets, put in order; what is no object is left out.

use super::phantoms;
use crate::format::go::{Reserve, Slot};
use crate::memory::Scratch;
use crate::wide::{Wide, WideRef};
use rayon::prelude::*;
use std::ops::Range;

/// Slots in the order of the dump.
#[derive(Debug)]
pub(super) struct FoundSlots {
    pub(super) addresses: Column,
    /// Where their records begin.
    pub(super) offsets: Column,
    /// Twice the bytes of the slot, and 1 more where it has pointers.
    pub(super) sizes: Scratch<u32>,
    /// Where an address is not above the one before, or on another page.
    pub(super) breaks: Vec<u32>,
    /// Words of all slots that are pointers.
    pub(super) pointers: u64,
}

/// A column of 64-bit numbers; see [`Wide`].
#[derive(Debug)]
pub(super) struct Column {
    low: Scratch<u32>,
    rows: Vec<u32>,
    high: Vec<u32>,
}

/// Which of the slots are objects.
pub(super) struct Order {
    /// Positions in the columns of the objects, by address.
    pub(super) kept: Vec<Range<u32>>,
    /// Slots that are no objects.
    pub(super) phantoms: u64,
    /// Bytes of these.
    pub(super) phantom_bytes: u64,
    /// Slots at an address that another one has.
    pub(super) duplicates: u64,
}

impl Order {
    /// How many there are.
    pub(super) fn objects(&self) -> usize {
        self.kept.iter().map(ExactSizeIterator::len).sum()
    }
}

impl Column {
    /// The numbers with these lower halves; `high` from `rows` on, each until the next.
    pub(super) fn new(low: Scratch<u32>, rows: Vec<u32>, high: Vec<u32>) -> Column {
        Column { low, rows, high }
    }

    /// The numbers.
    #[inline]
    pub(super) fn view(&self) -> WideRef<'_> {
        WideRef { low: &self.low, rows: &self.rows, high: &self.high }
    }

    /// The numbers of the rows `kept`, one after the other, with these lower halves.
    pub(super) fn kept(self, low: Scratch<u32>, kept: &[Range<u32>]) -> Wide {
        let (mut runs, mut next, mut last) = (Vec::new(), 0, 0);
        for range in kept {
            let mut run = self.rows.partition_point(|&row| row <= range.start);
            let mut from = range.start;
            while from < range.end {
                let high = run.checked_sub(1).map_or(0, |run| self.high[run]);
                let end = self.rows.get(run).map_or(range.end, |&row| row.min(range.end));
                if high != last {
                    runs.push((next, high));
                    last = high;
                }
                next += end - from;
                (from, run) = (end, run + 1);
            }
        }
        Wide::of_runs(low.freeze(), runs)
    }

    /// The lower halves.
    pub(super) fn low(&self) -> &[u32] {
        &self.low
    }
}

impl FoundSlots {
    /// The slot at a position.
    #[inline]
    pub(super) fn slot(&self, position: u32) -> Slot {
        let size = self.sizes[position as usize];
        Slot { address: self.address(position), bytes: size >> 1, has_pointers: size & 1 != 0 }
    }

    #[inline]
    fn address(&self, position: u32) -> u64 {
        self.addresses.view().get(position as usize)
    }

    /// The objects by address; `reserve` tells which slots are phantoms.
    pub(super) fn order(&self, reserve: Option<Reserve>) -> Order {
        let (kept, duplicates) = self.ascending();
        let order = Order { kept, duplicates, phantoms: 0, phantom_bytes: 0 };
        match reserve {
            Some(reserve) => phantoms::dropped(self, order, reserve),
            None => order,
        }
    }

    /// All positions by address, of several at one address the first; and the number of the others.
    ///
    /// A dump goes through the spans of the heap, in any order, and through each of them upward: sorting the stretches
    /// of one page is enough, unless the dump is corrupt.
    fn ascending(&self) -> (Vec<Range<u32>>, u64) {
        let count = u32::try_from(self.sizes.len()).unwrap_or(u32::MAX);
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain([count]);
        let stretches = starts.zip(ends).map(|(start, end)| start..end);
        let mut stretches: Vec<Range<u32>> = stretches.filter(|stretch| !stretch.is_empty()).collect();
        stretches.par_sort_by_key(|stretch| (self.address(stretch.start), stretch.start));
        let apart = |pair: &[Range<u32>]| self.address(pair[0].end - 1) < self.address(pair[1].start);
        if stretches.windows(2).all(apart) {
            return (stretches, 0);
        }
        let mut positions: Vec<u32> = (0..count).collect();
        positions.par_sort_unstable_by_key(|&position| (self.address(position), position));
        positions.dedup_by_key(|position| self.address(*position));
        let duplicates = self.sizes.len() - positions.len();
        (positions.into_iter().map(|position| position..position + 1).collect(), duplicates as u64)
    }
}
