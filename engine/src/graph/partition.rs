//! Pairs of key and value in blocks of keys: gathered block by block, sorted by counting within a block.

use crate::error::Result;
use crate::graph::crowded::Crowded;
use crate::graph::heap::{at, id};
use crate::graph::pairs::Pairs;
use crate::memory::{Room, Scratch};
use rayon::prelude::*;
use std::ops::Range;

/// Keys of a block: its counters (1 MB) fit the L2 cache, and the open bins of 2 G objects still fit a page table.
const BLOCK_BITS: u32 = 17;
/// Pairs in memory at a time (64 MB).
const ROUND_PAIRS: u64 = 1 << 23;
/// So many rounds at most where there is room for it, since each of them reads the pairs again.
const ROUNDS: u64 = 8;

/// Which block of keys has how many pairs from which part.
pub(super) struct Partition<'p, P> {
    pairs: &'p P,
    /// How many keys there are.
    keys: usize,
    counts: Vec<Vec<u64>>,
    totals: Vec<u64>,
}

impl<'p, P: Pairs> Partition<'p, P> {
    /// Counts the pairs, whose keys are below `keys`.
    pub(super) fn new(pairs: &'p P, keys: usize) -> Partition<'p, P> {
        let blocks = keys.div_ceil(1 << BLOCK_BITS);
        let count = |part| {
            let mut counts = vec![0; blocks];
            pairs.each(part, |key, _| counts[key as usize >> BLOCK_BITS] += 1);
            counts
        };
        let counts: Vec<Vec<u64>> = (0..pairs.parts()).into_par_iter().map(count).collect();
        let totals = (0..blocks).map(|block| counts.iter().map(|part| part[block]).sum()).collect();
        Partition { pairs, keys, counts, totals }
    }

    /// The number of pairs.
    pub(super) fn total(&self) -> u64 {
        self.totals.iter().sum()
    }

    /// The number of pairs of a block.
    pub(super) fn len(&self, block: usize) -> u64 {
        self.totals[block]
    }

    /// The keys of a block.
    pub(super) fn keys(&self, block: usize) -> Range<usize> {
        block << BLOCK_BITS..self.keys.min((block + 1) << BLOCK_BITS)
    }

    /// All blocks in runs, each of which fits in memory or is one block alone.
    ///
    /// # Errors
    /// There is no memory for 64 MB.
    pub(super) fn rounds(&self, room: &Room) -> Result<Rounds> {
        let share = self.total().div_ceil(ROUNDS);
        let least = self.total().min(ROUND_PAIRS);
        let bins = room.in_memory(at(share.max(least)))?;
        let bins = bins.map_or_else(|| Scratch::anonymous(at(least)), Ok)?;
        let (mut rounds, mut first, mut pairs) = (Vec::new(), 0, 0);
        for (block, &total) in self.totals.iter().enumerate() {
            if pairs + total > bins.len() as u64 && block > first {
                rounds.push(first..block);
                (first, pairs) = (block, 0);
            }
            pairs += total;
        }
        rounds.push(first..self.totals.len());
        Ok(Rounds { rounds, bins })
    }

    /// The pairs of the blocks `round`, in `bins` unless they are too many.
    pub(super) fn gather<'r>(&'r self, bins: &'r mut [[u32; 2]], round: Range<usize>) -> Round<'r, 'p, P> {
        let total: u64 = self.totals[round.clone()].iter().sum();
        let first = round.start;
        if total > bins.len() as u64 {
            return Round { partition: self, first, bins: None };
        }
        let (mut parts, mut rest) = (Vec::with_capacity(self.counts.len()), &mut *bins);
        for counts in &self.counts {
            let mine: u64 = counts[round.clone()].iter().sum();
            let (mine, later) = rest.split_at_mut(at(mine));
            parts.push(mine);
            rest = later;
        }
        let fill = |(part, bins): (usize, &mut [[u32; 2]])| self.fill(part, round.clone(), bins);
        let starts = parts.into_par_iter().enumerate().map(fill).collect();
        Round { partition: self, first, bins: Some(Bins { pairs: bins, starts }) }
    }

    /// Puts a part's pairs of the blocks `round` into `bins`, block by block; where each block begins, and the end.
    fn fill(&self, part: usize, round: Range<usize>, bins: &mut [[u32; 2]]) -> Vec<usize> {
        let mut starts = vec![0; round.len() + 1];
        for (block, &count) in self.counts[part][round.clone()].iter().enumerate() {
            starts[block + 1] = starts[block] + at(count);
        }
        if bins.is_empty() {
            return starts;
        }
        let mut places = starts[..round.len()].to_vec();
        self.pairs.each(part, |key, value| {
            if let Some(place) = places.get_mut((key as usize >> BLOCK_BITS).wrapping_sub(round.start)) {
                bins[*place] = [key, value];
                *place += 1;
            }
        });
        starts
    }
}

/// Pairs by part, then by block.
struct Bins<'b> {
    pairs: &'b [[u32; 2]],
    /// By part: where each block begins behind the beginning of the part, and the end.
    starts: Vec<Vec<usize>>,
}

impl Bins<'_> {
    /// The pairs of a block, counted from the first of the round.
    fn of(&self, block: usize) -> impl Iterator<Item = &[u32; 2]> {
        let mut part = 0;
        let of_part = move |starts: &Vec<usize>| {
            let begin = part;
            part += starts.last().copied().unwrap_or(0);
            &self.pairs[begin + starts[block]..begin + starts[block + 1]]
        };
        self.starts.iter().flat_map(of_part)
    }
}

/// Runs of blocks whose pairs are in memory together.
pub(super) struct Rounds {
    /// The blocks of each round.
    pub(super) rounds: Vec<Range<usize>>,
    /// Room for the pairs of a round.
    pub(super) bins: Scratch<[u32; 2]>,
}

/// The pairs of some blocks.
pub(super) struct Round<'r, 'p, P> {
    partition: &'r Partition<'p, P>,
    first: usize,
    /// `None` for a single block that has too many.
    bins: Option<Bins<'r>>,
}

impl<P: Pairs> Round<'_, '_, P> {
    /// Whether the pairs are not in memory.
    pub(super) fn is_crowded(&self) -> bool {
        self.bins.is_none()
    }

    /// Puts the values of each key of a block into `values`, in the order of the pairs, if `counts(key, value)`; where the
    /// list of each key ends. `values` has room for all pairs of the block.
    pub(super) fn sort(
        &self,
        block: usize,
        counts: impl Fn(u32, u32) -> bool + Sync,
        values: &mut [u32],
    ) -> Vec<u64> {
        let keys = self.partition.keys(block);
        let Partition { pairs, counts: by_part, .. } = self.partition;
        let Some(bins) = &self.bins else {
            let parts = (0..pairs.parts()).filter(|&part| by_part[part][block] > 0).collect();
            return Crowded { pairs: *pairs, parts, keys, counts }.sort(values);
        };
        let first = id(keys.start);
        let pairs = || {
            let pairs = bins.of(block - self.first).filter(|&&[key, value]| counts(key, value));
            pairs.map(|&[key, value]| ((key - first) as usize, value))
        };
        // In turn the count, the place of the next value, and the end of each list.
        let mut ends = vec![0u64; keys.len()];
        for (key, _) in pairs() {
            ends[key] += 1;
        }
        let mut next = 0;
        for end in &mut ends {
            next += std::mem::replace(end, next);
        }
        for (key, value) in pairs() {
            values[at(ends[key])] = value;
            ends[key] += 1;
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Given(Vec<Vec<(u32, u32)>>);

    impl Pairs for Given {
        fn parts(&self) -> usize {
            self.0.len()
        }

        fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
            self.0[part].iter().for_each(|&(key, value)| pair(key, value));
        }
    }

    proptest! {
        #[test]
        fn a_crowded_block_is_sorted_like_any(parts in prop::collection::vec(
            prop::collection::vec((0u32..200_000, 0u32..10), 0..50), 0..6,
        )) {
            let given = Given(parts);
            let partition = Partition::new(&given, 200_000);
            let mut rounds = partition.rounds(&Room::unbounded()).unwrap();
            let even = |key: u32, value: u32| (key + value).is_multiple_of(2);
            for block in 0..2 {
                let round = partition.gather(&mut rounds.bins, block..block + 1);
                let crowded = Round { partition: &partition, first: block, bins: None };
                let mut values = [vec![0; at(partition.len(block))], vec![0; at(partition.len(block))]];
                let ends = [round.sort(block, even, &mut values[0]), crowded.sort(block, even, &mut values[1])];
                prop_assert_eq!(&ends[0], &ends[1]);
                prop_assert_eq!(&values[0], &values[1]);
                let expected = given.0.iter().flatten().filter(|&&(key, value)| {
                    partition.keys(block).contains(&(key as usize)) && even(key, value)
                });
                prop_assert_eq!(ends[0].last().copied().unwrap_or(0), expected.count() as u64);
            }
        }
    }
}
