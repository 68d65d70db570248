//! The objects with more than one holder, and all holders of each.

use crate::error::Result;
use crate::graph::heap::{at, id};
use crate::graph::invert::{Bins, Pairs, Partition};
use crate::graph::walk::final_number;
use crate::memory::{Kept, Pile, Room, Scratch};
use crate::progress::Progress;
use crate::wide::{Wide, running_sums};
use rayon::prelude::*;
use std::ops::Range;

/// Pairs in a part (16 MB): parts are read at the same time.
const PART: usize = 1 << 21;

/// References to objects that were already numbered, as [target, source] in the numbers of the walk.
pub(super) type Again = Pile<[u32; 2]>;

/// None of them yet.
pub(super) fn again(room: &Room) -> Again {
    Pile::new(room, PART)
}

/// Merges: objects, by number ascending, that two or more other objects hold. Roots are none.
#[derive(Debug)]
pub(super) struct Merges {
    pub(super) numbers: Scratch<u32>,
    /// The holders of merge m are `holders[starts[m]..starts[m + 1]]`: distinct, ascending, the parent among them.
    starts: Wide,
    holders: Scratch<u32>,
    /// The place of each inner merge in reverse postorder.
    pub(super) places: Scratch<u32>,
}

impl Merges {
    /// Sorts the references that the walk met again; `parent` is by number, leaves from `inner + 1`.
    ///
    /// Where inner objects are in reverse postorder is not yet known.
    pub(super) fn new(
        again: Again,
        inner: u32,
        parent: &[u32],
        room: &Room,
        progress: &Progress,
    ) -> Result<Merges> {
        let pairs = Numbered { parts: again.parts().collect(), inner };
        let partition = Partition::new(&pairs, parent.len());
        let mut blocks = Vec::new();
        for round in partition.rounds() {
            progress.check()?;
            let bins = partition.gather(&pairs, round.clone());
            let first = round.start;
            let found = round.into_par_iter().map(|block| {
                let keys = Partition::keys(block, parent.len());
                Block::new(keys, &bins, block - first, parent).keep(room)
            });
            blocks.extend(found.collect::<Result<Vec<KeptBlock>>>()?);
        }
        drop(pairs);
        drop(again);
        Merges::of_blocks(blocks, room)
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    #[inline]
    pub(super) fn holders(&self, merge: usize) -> &[u32] {
        let (start, end) = self.starts.view().pair(merge);
        &self.holders[at(start)..at(end)]
    }

    /// How many merges are inner objects; the others are leaves.
    pub(super) fn inner(&self, inner: u32) -> usize {
        self.numbers.partition_point(|&number| number <= inner)
    }

    /// Copies the blocks one after the other.
    fn of_blocks(blocks: Vec<KeptBlock>, room: &Room) -> Result<Merges> {
        let merges = blocks.iter().map(|block| block.numbers.len()).sum();
        let mut numbers = room.sequential(merges)?;
        let mut holders = room.column(blocks.iter().map(|block| block.holders.len()).sum())?;
        let mut counts = room.column(merges + 1)?;
        let (mut merge, mut holder) = (0, 0);
        for block in blocks {
            let (merges, held) = (block.numbers.len(), block.holders.len());
            numbers[merge..merge + merges].copy_from_slice(&block.numbers);
            counts[merge..merge + merges].copy_from_slice(&block.counts);
            holders[holder..holder + held].copy_from_slice(&block.holders);
            (merge, holder) = (merge + merges, holder + held);
        }
        Ok(Merges { numbers, starts: running_sums(counts)?, holders, places: room.column(0)? })
    }
}

/// The merges of a block of numbers.
#[derive(Default)]
struct Block {
    numbers: Vec<u32>,
    /// How many holders each one has.
    counts: Vec<u32>,
    holders: Vec<u32>,
}

/// A finished [`Block`].
struct KeptBlock {
    numbers: Kept<u32>,
    counts: Kept<u32>,
    holders: Kept<u32>,
}

impl Block {
    fn keep(self, room: &Room) -> Result<KeptBlock> {
        let Block { numbers, counts, holders } = self;
        Ok(KeptBlock {
            numbers: room.keep(numbers)?,
            counts: room.keep(counts)?,
            holders: room.keep(holders)?,
        })
    }

    fn new(keys: Range<usize>, bins: &Bins, index: usize, parent: &[u32]) -> Block {
        let first = id(keys.start);
        let parent = &parent[keys.clone()];
        let place = |number: u32| (number - first) as usize;
        let counts = |&&(target, source): &&(u32, u32)| {
            let known = parent[place(target)];
            known != 0 && known != source && target != source
        };
        let pairs = || bins.iter().flat_map(|part| &part[index]).filter(counts);
        let mut ends = vec![0usize; keys.len()];
        pairs().for_each(|&(target, _)| ends[place(target)] += 1);
        let mut next = 0;
        for end in &mut ends {
            next += std::mem::replace(end, next);
        }
        let mut sources = vec![0; next];
        for &(target, source) in pairs() {
            sources[ends[place(target)]] = source;
            ends[place(target)] += 1;
        }
        Block::from_sorted(first, &ends, sources, parent)
    }

    /// From the sources of each number of a block, the list of number `first + i` ending at `ends[i]`.
    fn from_sorted(first: u32, ends: &[usize], mut sources: Vec<u32>, parent: &[u32]) -> Block {
        let mut merges = Block::default();
        let mut start = 0;
        for ((number, &end), &parent) in (first..).zip(ends).zip(parent) {
            let list = &mut sources[start..end];
            start = end;
            if list.is_empty() {
                continue;
            }
            list.sort_unstable();
            merges.push(number, parent, list);
        }
        merges
    }

    /// Adds a merge; `sources` is sorted and without `parent`.
    fn push(&mut self, number: u32, parent: u32, sources: &[u32]) {
        let below = sources.partition_point(|&source| source < parent);
        let with_parent = sources[..below].iter().chain(std::iter::once(&parent)).chain(&sources[below..]);
        let first = self.holders.len();
        for &holder in with_parent {
            if self.holders.len() == first || self.holders.last() != Some(&holder) {
                self.holders.push(holder);
            }
        }
        self.numbers.push(number);
        self.counts.push(id(self.holders.len() - first));
    }
}

/// The pairs with the final numbers of leaves.
struct Numbered<'t> {
    parts: Vec<&'t [[u32; 2]]>,
    inner: u32,
}

impl Pairs for Numbered<'_> {
    fn parts(&self) -> usize {
        self.parts.len()
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        for &[target, source] in self.parts[part] {
            pair(final_number(target, self.inner), source);
        }
    }
}
