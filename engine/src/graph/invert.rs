//! Turns pairs around: for each key the values that came with it, in blocks of keys that fit the cache.

use crate::error::Result;
use crate::graph::heap::{Csr, Heap, at, id};
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// Keys of a block: its counters (1 MB) fit the L2 cache, and the open bins of 2 G objects still fit a page table.
const BLOCK_BITS: u32 = 17;
/// Pairs in memory at a time (64 MB), unless a single block has more.
const ROUND_PAIRS: u64 = 1 << 23;

/// Lists of object ids that own their columns; see [`Csr`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    /// One more than there are lists.
    pub starts: Vec<u64>,
    /// The lists, one after the other.
    pub targets: Vec<u32>,
}

impl Lists {
    /// The lists as borrowed columns.
    pub fn view(&self) -> Csr<'_> {
        Csr { starts: &self.starts, targets: &self.targets }
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
    invert(&Reversed::new(heap.columns().strong), heap.objects(), progress)
}

/// Pairs of key and value, in parts that can be read at the same time, and more than once.
pub(super) trait Pairs: Sync {
    /// How many parts; the order of pairs is by part, then within the part.
    fn parts(&self) -> usize;
    /// Calls `pair(key, value)` for each pair of a part.
    fn each(&self, part: usize, pair: impl FnMut(u32, u32));
}

/// The values of each key below `keys`, in the order of the pairs.
pub(super) fn invert<P: Pairs>(pairs: &P, keys: usize, progress: &Progress) -> Result<Lists> {
    let partition = Partition::new(pairs, keys);
    let mut starts = vec![0; keys + 1];
    let mut targets = vec![0; at(partition.totals.iter().sum())];
    let (mut starts_left, mut targets_left, mut base) = (&mut starts[1..], &mut targets[..], 0);
    for round in partition.rounds() {
        progress.check()?;
        let bins = partition.gather(pairs, round.clone());
        let mut blocks = Vec::with_capacity(round.len());
        for block in round {
            let (ends, later) = starts_left.split_at_mut(starts_left.len().min(1 << BLOCK_BITS));
            let (values, rest) = targets_left.split_at_mut(at(partition.totals[block]));
            blocks.push(Block { first: id(block << BLOCK_BITS), base, ends, values });
            base += partition.totals[block];
            (starts_left, targets_left) = (later, rest);
        }
        blocks.into_par_iter().enumerate().for_each(|(index, block)| block.fill(&bins, index));
    }
    Ok(Lists { starts, targets })
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
    ends: &'t mut [u64],
    values: &'t mut [u32],
}

impl Block<'_> {
    /// Sorts by counting; `ends` is in turn the count, the place of the next value, and the end of each list.
    fn fill(self, bins: &Bins, index: usize) {
        let pairs = || bins.iter().flat_map(|part| &part[index]);
        for &(key, _) in pairs() {
            self.ends[(key - self.first) as usize] += 1;
        }
        let mut next = self.base;
        for end in self.ends.iter_mut() {
            next += std::mem::replace(end, next);
        }
        for &(key, value) in pairs() {
            let place = &mut self.ends[(key - self.first) as usize];
            self.values[at(*place - self.base)] = value;
            *place += 1;
        }
    }
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
        let bound = |part| id(strong.starts.partition_point(|&start| start < part * share).min(objects));
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
