//! 64-bit numbers in 4 bytes each: the lower halves, and the rows from which on the upper half is another.

use crate::memory::Scratch;
use arrow_buffer::ScalarBuffer;
use rayon::prelude::*;
use std::ops::Range;

/// A column of 64-bit numbers whose upper halves are the same for long runs of rows: offsets, addresses, sizes.
///
/// The number in a row is `high << 32 | low[row]`, with `high` that of the last run which begins at or before the row,
/// and 0 before the first run.
#[derive(Clone, Debug)]
pub struct Wide {
    /// The lower halves.
    pub low: ScalarBuffer<u32>,
    /// The first row of each run, ascending.
    pub rows: ScalarBuffer<u32>,
    /// The upper half in each run.
    pub high: ScalarBuffer<u32>,
}

/// A borrowed [`Wide`].
#[derive(Clone, Copy, Debug, Default)]
pub struct WideRef<'a> {
    /// As [`Wide::low`].
    pub low: &'a [u32],
    /// As [`Wide::rows`].
    pub rows: &'a [u32],
    /// As [`Wide::high`].
    pub high: &'a [u32],
}

impl Wide {
    /// The numbers with these lower halves; `highs` gives the upper half of every row.
    ///
    /// Beyond the lower halves it takes 8 bytes for each row whose upper half differs from the one before it.
    pub fn new(low: ScalarBuffer<u32>, highs: impl Iterator<Item = u32>) -> Wide {
        let (mut runs, mut last) = (Vec::new(), 0);
        for (row, high) in (0u32..).zip(highs) {
            if high != last {
                runs.push((row, high));
                last = high;
            }
        }
        Wide::of_runs(low, runs)
    }

    /// The numbers with these lower halves; `runs` are the first row of each run and its upper half.
    pub fn of_runs(low: ScalarBuffer<u32>, runs: Vec<(u32, u32)>) -> Wide {
        let (rows, high): (Vec<u32>, Vec<u32>) = runs.into_iter().unzip();
        Wide { low, rows: rows.into(), high: high.into() }
    }

    /// The numbers with these lower halves; `highs` are the rows whose upper half is not 0, with it, in any order.
    pub fn with_highs(low: ScalarBuffer<u32>, mut highs: Vec<(u32, u32)>) -> Wide {
        highs.sort_unstable();
        let (mut runs, mut next, mut last) = (Vec::new(), 0, 0);
        for (row, high) in highs {
            if row > next && last > 0 {
                runs.push((next, 0));
                last = 0;
            }
            if high != last {
                runs.push((row, high));
            }
            (next, last) = (row + 1, high);
        }
        if last > 0 && (next as usize) < low.len() {
            runs.push((next, 0));
        }
        Wide::of_runs(low, runs)
    }

    /// The column, borrowed.
    #[inline]
    pub fn view(&self) -> WideRef<'_> {
        WideRef { low: &self.low, rows: &self.rows, high: &self.high }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.low.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.low.is_empty()
    }

    /// The number in `row`, which must be below the number of rows.
    #[inline]
    pub fn get(&self, row: usize) -> u64 {
        self.view().get(row)
    }

    /// All numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.view().iter()
    }
}

impl<'a> WideRef<'a> {
    /// Numbers below 2^32.
    pub fn narrow(low: &'a [u32]) -> WideRef<'a> {
        WideRef { low, rows: &[], high: &[] }
    }

    /// The number of rows.
    #[inline]
    pub fn len(&self) -> usize {
        self.low.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.low.is_empty()
    }

    /// The number in `row`, which must be below the number of rows.
    #[inline]
    pub fn get(&self, row: usize) -> u64 {
        let low = u64::from(self.low[row]);
        if self.rows.is_empty() { low } else { self.high_of(row) | low }
    }

    /// The numbers in `row` and the next one.
    #[inline]
    pub fn pair(&self, row: usize) -> (u64, u64) {
        let low = &self.low[row..row + 2];
        let pair = (u64::from(low[0]), u64::from(low[1]));
        if self.rows.is_empty() { pair } else { (self.high_of(row) | pair.0, self.high_of(row + 1) | pair.1) }
    }

    /// All numbers, in order.
    pub fn iter(self) -> impl Iterator<Item = u64> + 'a {
        self.of_rows(0..self.len())
    }

    /// The numbers in these rows, which must be there, in order.
    pub fn of_rows(self, rows: Range<usize>) -> impl Iterator<Item = u64> + 'a {
        let mut run = self.runs_before(rows.start);
        let mut high = self.upper(run);
        rows.clone().zip(&self.low[rows]).map(move |(row, &low)| {
            while self.rows.get(run).is_some_and(|&first| first as usize == row) {
                run += 1;
                high = self.upper(run);
            }
            high | u64::from(low)
        })
    }

    /// Of ascending numbers, how many `before` holds for: it must hold for the first ones and for no other.
    pub fn partition_point(&self, before: impl Fn(u64) -> bool) -> usize {
        self.search(0..self.len(), before)
    }

    /// Of ascending numbers, the first of `rows` that `before` does not hold for, else the end of `rows`.
    pub fn search(&self, rows: Range<usize>, before: impl Fn(u64) -> bool) -> usize {
        let Range { mut start, mut end } = rows;
        while start < end {
            let middle = start.midpoint(end);
            if before(self.get(middle)) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }

    /// How many runs begin before `row`.
    fn runs_before(&self, row: usize) -> usize {
        self.rows.partition_point(|&first| (first as usize) < row)
    }

    fn high_of(&self, row: usize) -> u64 {
        self.upper(self.runs_before(row + 1))
    }

    /// The upper half in the last of the first `runs` runs.
    fn upper(&self, runs: usize) -> u64 {
        let high = runs.checked_sub(1).and_then(|run| self.high.get(run));
        high.map_or(0, |&high| u64::from(high) << 32)
    }
}

/// From the length of each list, and a last row, where each of them starts: the sum of those before it. In parallel.
pub fn running_sums(mut lengths: Scratch<u32>) -> Wide {
    let all = |lengths: &[u32]| lengths.iter().map(|&length| u64::from(length)).sum();
    let sums: Vec<u64> = lengths.par_chunks(CHUNK).map(all).collect();
    let before = sums.into_iter().scan(0, |sum, chunk| Some(std::mem::replace(sum, *sum + chunk)));
    let chunks = lengths.par_chunks_mut(CHUNK).zip(before.collect::<Vec<u64>>()).enumerate();
    let runs: Vec<_> =
        chunks.map(|(chunk, (lengths, before))| sum_up(chunk * CHUNK, lengths, before)).collect();
    let mut runs = runs.concat();
    runs.dedup_by_key(|&mut (_, high)| high);
    Wide::of_runs(lengths.freeze(), runs)
}

/// Rows that one thread sums up in one go.
const CHUNK: usize = 1 << 18;

/// Puts in the place of each of `lengths`, of the rows from `first` on, the lower half of the sum of `before` and those before
/// it; where upper halves above 0 begin, and the first one.
fn sum_up(first: usize, lengths: &mut [u32], before: u64) -> Vec<(u32, u32)> {
    let (mut sum, mut high, mut runs) = (before, 0, Vec::new());
    for (row, length) in (first..).zip(lengths) {
        let (lower, upper) = halves(sum);
        sum += u64::from(std::mem::replace(length, lower));
        if upper != high {
            high = upper;
            runs.push((u32::try_from(row).unwrap_or(u32::MAX), high));
        }
    }
    runs
}

/// The lower and the upper half of a number.
#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
fn halves(number: u64) -> (u32, u32) {
    (number as u32, (number >> 32) as u32)
}

impl FromIterator<u64> for Wide {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Wide {
        let numbers = numbers.into_iter();
        let mut low = Vec::with_capacity(numbers.size_hint().0);
        let lower = |number: u64| {
            let (lower, upper) = halves(number);
            low.push(lower);
            upper
        };
        let Wide { rows, high, .. } = Wide::new(Vec::new().into(), numbers.map(lower));
        Wide { low: low.into(), rows, high }
    }
}

impl From<Vec<u64>> for Wide {
    fn from(numbers: Vec<u64>) -> Wide {
        numbers.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Room;
    use proptest::prelude::*;

    fn check(numbers: &[u64]) {
        let wide: Wide = numbers.iter().copied().collect();
        assert_eq!(wide.len(), numbers.len());
        assert!(wide.iter().eq(numbers.iter().copied()));
        let rest =
            |first: usize| wide.view().of_rows(first..numbers.len()).eq(numbers[first..].iter().copied());
        assert!((0..=numbers.len()).all(rest));
        let upper = |(row, &number): (u32, &u64)| {
            (number >> 32 > 0).then(|| (row, u32::try_from(number >> 32).unwrap()))
        };
        let again = Wide::with_highs(wide.low.clone(), (0..).zip(numbers).filter_map(upper).collect());
        assert!(again.iter().eq(numbers.iter().copied()));
        assert!((0..numbers.len()).all(|row| wide.get(row) == numbers[row]));
        assert!(numbers.windows(2).zip(0..).all(|(two, row)| wide.view().pair(row) == (two[0], two[1])));
    }

    fn check_ascending(numbers: &[u64]) {
        check(numbers);
        let wide: Wide = numbers.iter().copied().collect();
        for &number in numbers {
            let expected = numbers.partition_point(|&other| other < number);
            assert_eq!(wide.view().partition_point(|other| other < number), expected);
        }
    }

    #[test]
    fn sums_of_lengths_go_beyond_2_to_the_32() {
        let mut lengths = Room::unbounded().column(5).unwrap();
        lengths.copy_from_slice(&[3 << 30, 1 << 31, 0, u32::MAX, 0]);
        let starts = running_sums(lengths);
        let expected = [0, 3 << 30, 5 << 30, 5 << 30, (5 << 30) + u64::from(u32::MAX)];
        assert!(starts.iter().eq(expected));
    }

    #[test]
    fn upper_halves_change_up_and_down() {
        check(&[]);
        check(&[0]);
        check(&[1 << 32, 5, u64::MAX, u64::MAX - 1, 3]);
        check_ascending(&[0, 1, u64::from(u32::MAX), 1 << 32, 1 << 32, (2 << 32) - 1, (2 << 32) + 7]);
    }

    proptest! {
        #[test]
        fn every_row_has_its_number(numbers in prop::collection::vec((0u64..4, any::<u32>()), 0..100)) {
            let numbers: Vec<u64> = numbers.iter().map(|&(high, low)| high << 32 | u64::from(low)).collect();
            check(&numbers);
        }

        #[test]
        fn ascending_numbers_are_searched(steps in prop::collection::vec(any::<u32>(), 1..100)) {
            let mut sum = 0;
            let sums: Vec<u64> = steps.iter().map(|&step| { sum += u64::from(step); sum }).collect();
            check_ascending(&sums);
        }
    }
}
