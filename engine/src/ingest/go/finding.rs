//! The slots of a dump while a scan meets them.

use super::found::{Column, FoundSlots};
use crate::error::{Error, Result};
use crate::format::go::{Found, Reserve};
use crate::graph::MAX_OBJECTS;
use crate::memory::{Pile, Room, Scratch};
use std::ops::Range;

/// Slots in the order of the dump, so far.
pub(super) struct Finding {
    addresses: Growing,
    offsets: Growing,
    sizes: Pile<u32>,
    count: u64,
    breaks: Vec<u32>,
    last: u64,
    /// The parts of the dump with nothing but these records.
    pub(super) parts: Vec<Range<u64>>,
    pointers: u64,
}

/// A column of 64-bit numbers to which rows are added; see [`crate::wide::Wide`].
struct Growing {
    low: Pile<u32>,
    rows: Vec<u32>,
    high: Vec<u32>,
}

/// Rows in a part of a column (4 MB).
const PART: usize = 1 << 20;

impl Finding {
    /// No slots yet; their columns grow in `room`.
    pub(super) fn new(room: &Room) -> Finding {
        let growing = || Growing { low: Pile::new(room, PART), rows: Vec::new(), high: Vec::new() };
        Finding {
            addresses: growing(),
            offsets: growing(),
            sizes: Pile::new(room, PART),
            count: 0,
            breaks: Vec::new(),
            last: 0,
            parts: Vec::new(),
            pointers: 0,
        }
    }

    /// Adds a slot; those for which there is no id are only counted.
    #[inline]
    pub(super) fn push(&mut self, found: Found) {
        let row = u32::try_from(self.count).unwrap_or(u32::MAX);
        self.count += 1;
        if row as usize >= MAX_OBJECTS {
            return;
        }
        if self.last >= found.address || Reserve::page(self.last) != Reserve::page(found.address) {
            self.breaks.push(row);
        }
        self.last = found.address;
        self.addresses.push(row, found.address);
        self.offsets.push(row, found.offset);
        self.sizes.push(found.bytes << 1 | u32::from(found.pointers > 0));
        self.pointers += u64::from(found.pointers);
        match self.parts.last_mut().filter(|part| part.end == found.offset) {
            Some(part) => part.end = found.end,
            None => self.parts.push(found.offset..found.end),
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// All slots, in columns of `room`.
    ///
    /// # Errors
    /// More slots than there are ids, or no room.
    pub(super) fn finish(self, room: &Room) -> Result<FoundSlots> {
        if self.count > MAX_OBJECTS as u64 {
            let text = format!("the dump has {} objects; an index holds {MAX_OBJECTS}", self.count);
            return Err(Error::Input(text));
        }
        Ok(FoundSlots {
            addresses: self.addresses.finish(room)?,
            offsets: self.offsets.finish(room)?,
            sizes: whole(self.sizes, room)?,
            breaks: self.breaks,
            pointers: self.pointers,
        })
    }
}

impl Growing {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    fn push(&mut self, row: u32, number: u64) {
        let high = (number >> 32) as u32;
        if self.high.last().copied().unwrap_or(0) != high {
            self.rows.push(row);
            self.high.push(high);
        }
        self.low.push(number as u32);
    }

    fn finish(self, room: &Room) -> Result<Column> {
        Ok(Column::new(whole(self.low, room)?, self.rows, self.high))
    }
}

/// All values of a pile as one column.
fn whole(pile: Pile<u32>, room: &Room) -> Result<Scratch<u32>> {
    let mut column = room.sequential(pile.len())?;
    pile.copy_to(&mut column)?;
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The objects of slots at `addresses`, which the dump has in this order, against a plain sort.
    fn check(addresses: &[u64]) {
        let mut found = Finding::new(&Room::unbounded());
        for &address in addresses {
            let offset = address / 3;
            found.push(Found { address, offset, end: offset + 1, bytes: 16, pointers: 1 });
        }
        let found = found.finish(&Room::unbounded()).unwrap();
        let order = found.order(None);
        let mut expected: Vec<usize> = (0..addresses.len()).collect();
        expected.sort_by_key(|&row| (addresses[row], row));
        expected.dedup_by_key(|row| addresses[*row]);
        let kept: Vec<usize> = order.kept.iter().cloned().flatten().map(|row| row as usize).collect();
        assert_eq!(kept, expected);
        assert_eq!(order.duplicates, (addresses.len() - kept.len()) as u64);
        let mut low = Room::unbounded().column::<u32>(order.objects()).unwrap();
        low.iter_mut().zip(&kept).for_each(|(low, &row)| *low = found.addresses.low()[row]);
        let column = found.addresses.kept(low, &order.kept);
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
