//! Columns of numbers below a bound, in two bytes each where that is enough.

use crate::error::Result;
use crate::memory::{Room, Scratch};
use rayon::prelude::*;

/// A column of numbers.
#[derive(Debug)]
pub(super) struct Narrow {
    low: Scratch<u16>,
    /// The upper halves; empty where all of them are 0.
    high: Scratch<u16>,
}

impl Narrow {
    /// `len` numbers below `bound`, made in parallel by `number` from the row.
    pub(super) fn new(
        (len, bound): (usize, usize),
        room: &Room,
        number: impl Fn(usize) -> u32 + Sync,
    ) -> Result<Narrow> {
        let mut low = room.unset_sequential(len)?;
        if bound <= 1 << 16 {
            low.par_iter_mut().enumerate().for_each(|(row, low)| *low = half(number(row)));
            return Ok(Narrow { low, high: room.column(0)? });
        }
        let mut high = room.unset_sequential(len)?;
        let rows = (&mut low[..], &mut high[..]).into_par_iter().enumerate();
        rows.for_each(|(row, (low, high))| {
            let number = number(row);
            (*low, *high) = (half(number), half(number >> 16));
        });
        Ok(Narrow { low, high })
    }

    /// The column, to be read.
    pub(super) fn view(&self) -> NarrowRef<'_> {
        NarrowRef { low: &self.low, high: &self.high }
    }
}

/// A [`Narrow`] column that is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct NarrowRef<'n> {
    low: &'n [u16],
    high: &'n [u16],
}

impl NarrowRef<'_> {
    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.low.len()
    }

    /// The number in a row.
    #[inline]
    pub(super) fn get(&self, row: usize) -> u32 {
        let high = self.high.get(row).map_or(0, |&high| u32::from(high) << 16);
        high | u32::from(self.low[row])
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half of a number")]
fn half(number: u32) -> u16 {
    number as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whether_they_fit_two_bytes_or_not() {
        for numbers in [&[0, 1, 0xffff][..], &[0x1_0000, 7, u32::MAX], &[]] {
            let bound = numbers.iter().max().map_or(0, |&most| most as usize + 1);
            let column = Narrow::new((numbers.len(), bound), &Room::unbounded(), |row| numbers[row]).unwrap();
            let column = column.view();
            assert!((0..column.len()).map(|row| column.get(row)).eq(numbers.iter().copied()));
        }
    }
}
