//! The slots that a scan meets, put in order; what is no object is left out.

use super::phantoms;
use crate::error::{Error, Result};
use crate::format::go::{Found, Reserve, Slot};
use crate::graph::MAX_OBJECTS;
use crate::memory::Scratch;
use crate::wide::{Wide, WideRef};
use rayon::prelude::*;
use std::ops::Range;

/// Slots in the order of the dump.
#[derive(Debug, Default)]
pub(super) struct FoundSlots {
    pub(super) addresses: Growing,
    /// Where their records begin.
    pub(super) offsets: Growing,
    /// Twice the bytes of the slot, and 1 more where it has pointers.
    pub(super) sizes: Vec<u32>,
    /// Where an address is not above the one before, or on another page.
    breaks: Vec<u32>,
    last: u64,
    /// The parts of the dump with nothing but these records.
    pub(super) parts: Vec<Range<u64>>,
    /// Words of all slots that are pointers.
    pub(super) pointers: u64,
}

/// A column of 64-bit numbers to which rows are added; see [`Wide`].
#[derive(Debug, Default)]
pub(super) struct Growing {
    low: Vec<u32>,
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

impl Growing {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    fn push(&mut self, number: u64) {
        let high = (number >> 32) as u32;
        if self.high.last().copied().unwrap_or(0) != high {
            self.rows.push(self.low.len() as u32);
            self.high.push(high);
        }
        self.low.push(number as u32);
    }

    /// The numbers so far.
    #[inline]
    pub(super) fn view(&self) -> WideRef<'_> {
        WideRef { low: &self.low, rows: &self.rows, high: &self.high }
    }

    /// The numbers of the rows `kept`, one after the other, with these lower halves.
    pub(super) fn kept(self, low: Scratch<u32>, kept: &[Range<u32>]) -> Result<Wide> {
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
        Ok(Wide::of_runs(low.freeze()?, runs))
    }

    /// The lower halves.
    pub(super) fn low(&self) -> &[u32] {
        &self.low
    }
}

impl FoundSlots {
    #[inline]
    pub(super) fn push(&mut self, found: Found) {
        if self.last >= found.address || Reserve::page(self.last) != Reserve::page(found.address) {
            self.breaks.push(u32::try_from(self.sizes.len()).unwrap_or(u32::MAX));
        }
        self.last = found.address;
        self.addresses.push(found.address);
        self.offsets.push(found.offset);
        self.sizes.push(found.bytes << 1 | u32::from(found.pointers > 0));
        self.pointers += u64::from(found.pointers);
        match self.parts.last_mut().filter(|part| part.end == found.offset) {
            Some(part) => part.end = found.end,
            None => self.parts.push(found.offset..found.end),
        }
    }

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
    ///
    /// # Errors
    /// More slots than there are ids.
    pub(super) fn order(&self, reserve: Option<Reserve>) -> Result<Order> {
        let slots = self.sizes.len();
        if slots > MAX_OBJECTS {
            let text = format!("the dump has {slots} objects; an index holds {MAX_OBJECTS}");
            return Err(Error::Input(text));
        }
        let (kept, duplicates) = self.ascending();
        let order = Order { kept, duplicates, phantoms: 0, phantom_bytes: 0 };
        Ok(match reserve {
            Some(reserve) => phantoms::dropped(self, order, reserve),
            None => order,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Room;
    use proptest::prelude::*;

    /// The objects of slots at `addresses`, which the dump has in this order, against a plain sort.
    fn check(addresses: &[u64]) {
        let mut found = FoundSlots::default();
        for &address in addresses {
            let offset = address / 3;
            found.push(Found { address, offset, end: offset + 1, bytes: 16, pointers: 1 });
        }
        let order = found.order(None).unwrap();
        let mut expected: Vec<usize> = (0..addresses.len()).collect();
        expected.sort_by_key(|&row| (addresses[row], row));
        expected.dedup_by_key(|row| addresses[*row]);
        let kept: Vec<usize> = order.kept.iter().cloned().flatten().map(|row| row as usize).collect();
        assert_eq!(kept, expected);
        assert_eq!(order.duplicates, (addresses.len() - kept.len()) as u64);
        let mut low = Room::unbounded().column::<u32>(order.objects()).unwrap();
        low.iter_mut().zip(&kept).for_each(|(low, &row)| *low = found.addresses.low()[row]);
        let column = found.addresses.kept(low, &order.kept).unwrap();
        assert!(column.iter().eq(kept.iter().map(|&row| addresses[row])));
    }

    #[test]
    fn pages_come_in_any_order() {
        check(&[]);
        check(&[0]);
        check(&[8192, 8208, 24576, 0, 16, 16384]);
        check(&[5 << 32, 4, (5 << 32) + 8, 2, (5 << 32) + 16, 7 << 32]);
        check(&[16, 16, 0, 16, 8192, 32]);
    }

    proptest! {
        #[test]
        fn as_a_sort_has_them(addresses in prop::collection::vec((0u64..3, 0u64..3, 0u64..40), 0..80)) {
            let address = |(high, page, slot): (u64, u64, u64)| (high << 32) + page * 8192 + slot * 16;
            check(&addresses.into_iter().map(address).collect::<Vec<u64>>());
        }
    }
}
