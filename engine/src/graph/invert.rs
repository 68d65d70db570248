//! Turns pairs around: for each key the values that came with it, in blocks of keys that fit the cache.

use crate::error::Result;
use crate::graph::heap::{Csr, Heap, at, id};
use crate::memory::Room;
use crate::progress::Progress;
use crate::wide::Wide;
use arrow_buffer::ScalarBuffer;
use rayon::prelude::*;
use std::ops::Range;

/// Keys of a block: its counters (1 MB) fit the L2 cache, and the open bins of 2 G objects still fit a page table.
const BLOCK_BITS: u32 = 17;
/// Pairs in memory at a time (64 MB), unless a single block has more.
const ROUND_PAIRS: u64 = 1 << 23;

/// Lists of object ids that own their columns; see [`Csr`].
#[derive(Clone, Debug)]
pub struct Lists {
    /// One more than there are lists.
    pub starts: Wide,
    /// The lists, one after the other.
    pub targets: ScalarBuffer<u32>,
}

impl Lists {
    /// The lists as borrowed columns.
    pub fn view(&self) -> Csr<'_> {
        Csr { starts: self.starts.view(), targets: &self.targets }
    }
}

/// The sources of each target of the heap's stored references, ascending, repeats included: one list for each object.
///
/// Partitioned by target, then sorted by counting within a block: O(objects + references), in parallel; beside the
/// result 64 MB, or 8 bytes for each reference into the most referenced block of 131,072 objects.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn transpose(heap: &Heap, progress: &Progress) -> Result<Lists> {
    transpose_in(&Room::unbounded(), heap, progress)
}

/// As [`transpose`], with the columns built in `room`.
///
/// # Errors
/// As [`transpose`], and where neither memory nor the disk has room.
pub fn transpose_in(room: &Room, heap: &Heap, progress: &Progress) -> Result<Lists> {
    invert(&Reversed::new(heap.columns().strong), heap.objects(), room, progress)
}

/// Pairs of key and value, in parts that can be read at the same time, and more than once.
pub(super) trait Pairs: Sync {
    /// How many parts; the order of pairs is by part, then within the part.
    fn parts(&self) -> usize;
    /// Calls `pair(key, value)` for each pair of a part.
    fn each(&self, part: usize, pair: impl FnMut(u32, u32));
}

/// The values of each key below `keys`, in the order of the pairs.
pub(super) fn invert<P: Pairs>(pairs: &P, keys: usize, room: &Room, progress: &Progress) -> Result<Lists> {
    let partition = Partition::new(pairs, keys);
    let mut starts = room.sequential(keys + 1)?;
    let mut targets = room.sequential(at(partition.total()))?;
    let runs = partition.fill(pairs, (&mut starts[1..], &mut targets), progress)?;
    Ok(Lists { starts: Wide::of_runs(starts.freeze()?, runs), targets: targets.freeze()? })
}

/// Which block has how many pairs from which part.
pub(super) struct Partition {
    counts: Vec<Vec<u64>>,
    totals: Vec<u64>,
}

/// Pairs by part, then by block of the round.
pub(super) type Bins = Vec<Vec<Vec<(u32, u32)>>>;

impl Partition {
    pub(super) fn new<P: Pairs>(pairs: &P, keys: usize) -> Partition {
        let blocks = keys.div_ceil(1 << BLOCK_BITS);
        let count = |part| {
            let mut counts = vec![0; blocks];
            pairs.each(part, |key, _| counts[key as usize >> BLOCK_BITS] += 1);
            counts
        };
        let counts: Vec<Vec<u64>> = (0..pairs.parts()).into_par_iter().map(count).collect();
        let totals = (0..blocks).map(|block| counts.iter().map(|part| part[block]).sum()).collect();
        Partition { counts, totals }
    }

    /// The number of pairs.
    pub(super) fn total(&self) -> u64 {
        self.totals.iter().sum()
    }

    /// Puts the values of each key into `values` and the lower half of its list's end into `ends`; returns where the
    /// upper halves of the starts change, as a start's row and its upper half.
    fn fill<P: Pairs>(
        &self,
        pairs: &P,
        (mut ends, mut values): (&mut [u32], &mut [u32]),
        progress: &Progress,
    ) -> Result<Vec<(u32, u32)>> {
        let (mut base, mut runs) = (0, Vec::new());
        for round in self.rounds() {
            progress.check()?;
            let bins = self.gather(pairs, round.clone());
            let mut blocks = Vec::with_capacity(round.len());
            for block in round {
                let mine = ends.split_at_mut(ends.len().min(1 << BLOCK_BITS));
                let list = values.split_at_mut(at(self.totals[block]));
                blocks.push(Block { first: id(block << BLOCK_BITS), base, ends: mine.0, values: list.0 });
                base += self.totals[block];
                (ends, values) = (mine.1, list.1);
            }
            let fill = |(index, block): (usize, Block)| block.fill(&bins, index);
            runs.extend(blocks.into_par_iter().enumerate().flat_map_iter(fill).collect::<Vec<_>>());
        }
        Ok(runs)
    }

    /// Runs of blocks that are held in memory together.
    pub(super) fn rounds(&self) -> Vec<Range<usize>> {
        let (mut rounds, mut first, mut pairs) = (Vec::new(), 0, 0);
        for (block, &total) in self.totals.iter().enumerate() {
            if pairs + total > ROUND_PAIRS && block > first {
                rounds.push(first..block);
                (first, pairs) = (block, 0);
            }
            pairs += total;
        }
        rounds.push(first..self.totals.len());
        rounds
    }

    /// The keys of a block.
    pub(super) fn keys(block: usize, keys: usize) -> Range<usize> {
        block << BLOCK_BITS..keys.min((block + 1) << BLOCK_BITS)
    }

    /// The pairs of the blocks `round`.
    pub(super) fn gather<P: Pairs>(&self, pairs: &P, round: Range<usize>) -> Bins {
        let gather_part = |part: usize| {
            let counts = &self.counts[part][round.clone()];
            let mut bins: Vec<Vec<(u32, u32)>> =
                counts.iter().map(|&count| Vec::with_capacity(at(count))).collect();
            pairs.each(part, |key, value| {
                if let Some(bin) = bins.get_mut((key as usize >> BLOCK_BITS).wrapping_sub(round.start)) {
                    bin.push((key, value));
                }
            });
            bins
        };
        (0..pairs.parts()).into_par_iter().map(gather_part).collect()
    }
}

/// A block of keys and its share of the columns.
struct Block<'t> {
    first: u32,
    base: u64,
    /// The lower half of the end of each list.
    ends: &'t mut [u32],
    values: &'t mut [u32],
}

impl Block<'_> {
    /// Sorts by counting; returns where the upper half of an end is another than that of the end before it.
    fn fill(self, bins: &Bins, index: usize) -> Vec<(u32, u32)> {
        let pairs = || bins.iter().flat_map(|part| &part[index]);
        // In turn the count, the place of the next value, and the end of each list.
        let mut ends = vec![0u64; self.ends.len()];
        for &(key, _) in pairs() {
            ends[(key - self.first) as usize] += 1;
        }
        let mut next = 0;
        for end in &mut ends {
            next += std::mem::replace(end, next);
        }
        for &(key, value) in pairs() {
            let place = &mut ends[(key - self.first) as usize];
            self.values[at(*place)] = value;
            *place += 1;
        }
        let (mut runs, mut last) = (Vec::new(), half(self.base >> 32));
        for ((row, low), end) in (self.first + 1..).zip(self.ends).zip(ends) {
            let end = self.base + end;
            *low = half(end);
            if half(end >> 32) != last {
                last = half(end >> 32);
                runs.push((row, last));
            }
        }
        runs
    }
}

/// The lower half of a number.
#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
fn half(number: u64) -> u32 {
    number as u32
}

/// References by target; parts are ranges of sources with about the same number of references.
struct Reversed<'a> {
    strong: Csr<'a>,
    bounds: Vec<u32>,
}

impl<'a> Reversed<'a> {
    fn new(strong: Csr<'a>) -> Reversed<'a> {
        let objects = strong.starts.len().saturating_sub(1);
        let parts = 4 * rayon::current_num_threads() as u64;
        let share = (strong.targets.len() as u64 / parts).max(1 << 12);
        let bound = |part| id(strong.starts.partition_point(|start| start < part * share).min(objects));
        let mut bounds: Vec<u32> = (0..=parts).map(bound).collect();
        bounds.push(id(objects));
        bounds[0] = 0;
        Reversed { strong, bounds }
    }
}

impl Pairs for Reversed<'_> {
    fn parts(&self) -> usize {
        self.bounds.len() - 1
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        for source in self.bounds[part]..self.bounds[part + 1] {
            for &target in self.strong.of(source) {
                pair(target, source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The lists of keys 10, 11 and 12, behind 2^32 - 2 values of other blocks.
    #[test]
    fn lists_beyond_2_to_the_32_have_upper_halves() {
        let bins = vec![vec![vec![(10, 7), (12, 3_000_000_000)]], vec![vec![(10, 9), (11, 8), (10, 5)]]];
        let (mut ends, mut values) = ([0; 3], [0; 5]);
        let block = Block { first: 10, base: (1 << 32) - 2, ends: &mut ends, values: &mut values };
        let runs = block.fill(&bins, 0);
        assert_eq!(values, [7, 9, 5, 8, 3_000_000_000]);
        let mut starts = vec![0; 11];
        starts[10] = u32::MAX - 1;
        starts.extend(ends);
        let starts = Wide::of_runs(starts.into(), runs);
        assert_eq!(starts.view().pair(10), ((1 << 32) - 2, (1 << 32) + 1));
        assert_eq!(starts.view().pair(12), ((1 << 32) + 2, (1 << 32) + 3));
    }
}
