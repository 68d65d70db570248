//! Pairs of key and value in blocks of keys: gathered block by block, sorted by counting within a block.

use crate::graph::crowded::Crowded;
use crate::graph::heap::{at, id};
use crate::graph::pairs::Pairs;
use crate::memory::{Room, Taken};
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
    pub(super) fn rounds(&self, room: &Room) -> Rounds {
        let share = self.total().div_ceil(ROUNDS);
        let taken = if share > ROUND_PAIRS { room.take::<(u32, u32)>(at(share)) } else { None };
        let most = if taken.is_some() { share } else { ROUND_PAIRS };
        let (mut rounds, mut first, mut pairs) = (Vec::new(), 0, 0);
        for (block, &total) in self.totals.iter().enumerate() {
            if pairs + total > most && block > first {
                rounds.push(first..block);
                (first, pairs) = (block, 0);
            }
            pairs += total;
        }
        rounds.push(first..self.totals.len());
        Rounds { rounds, most, _taken: taken }
    }

    /// The pairs of the blocks `round`, in memory unless they are too many.
    pub(super) fn gather(&self, rounds: &Rounds, round: Range<usize>) -> Round<'_, 'p, P> {
        let total: u64 = self.totals[round.clone()].iter().sum();
        let parts = 0..self.pairs.parts();
        let gathered = total <= rounds.most;
        let bins =
            gathered.then(|| parts.into_par_iter().map(|part| self.bins(part, round.clone())).collect());
        Round { partition: self, first: round.start, bins }
    }

    /// A part's pairs of the blocks `round`.
    fn bins(&self, part: usize, round: Range<usize>) -> Bins {
        let counts = &self.counts[part][round.clone()];
        let mut bins: Bins = counts.iter().map(|&count| Vec::with_capacity(at(count))).collect();
        if counts.iter().all(|&count| count == 0) {
            return bins;
        }
        self.pairs.each(part, |key, value| {
            if let Some(bin) = bins.get_mut((key as usize >> BLOCK_BITS).wrapping_sub(round.start)) {
                bin.push((key, value));
            }
        });
        bins
    }
}

/// Pairs by block.
type Bins = Vec<Vec<(u32, u32)>>;

/// Runs of blocks whose pairs are in memory together.
pub(super) struct Rounds {
    /// The blocks of each round.
    pub(super) rounds: Vec<Range<usize>>,
    most: u64,
    _taken: Option<Taken>,
}

/// The pairs of some blocks.
pub(super) struct Round<'r, 'p, P> {
    partition: &'r Partition<'p, P>,
    first: usize,
    /// By part; `None` for a single block that has too many.
    bins: Option<Vec<Bins>>,
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
            let pairs = bins.iter().flat_map(|part| &part[block - self.first]);
            pairs
                .filter(|&&(key, value)| counts(key, value))
                .map(|&(key, value)| ((key - first) as usize, value))
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
            let rounds = partition.rounds(&Room::unbounded());
            let even = |key: u32, value: u32| (key + value).is_multiple_of(2);
            for block in 0..2 {
                let round = partition.gather(&rounds, block..block + 1);
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
