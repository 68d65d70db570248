//! Merges block by block of numbers, from the references that a walk met again.

use crate::error::Result;
use crate::graph::heap::{at, id};
use crate::graph::marks::final_number;
use crate::graph::pairs::Pairs;
use crate::graph::partition::{Partition, Round};
use crate::memory::{Pile, Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;

/// The merges of each block of numbers.
pub(super) fn sorted(
    pairs: &Numbered,
    parent: &[u32],
    room: &Room,
    progress: &Progress,
) -> Result<Vec<KeptBlock>> {
    let partition = Partition::new(pairs, parent.len());
    let (mut rounds, mut blocks) = (partition.rounds(room)?, Vec::new());
    for round in &rounds.rounds {
        progress.check()?;
        let found = partition.gather(&mut rounds.bins, round.clone());
        let block = |block| Block::new(&partition, &found, block, parent, room)?.keep(room);
        blocks.extend(round.clone().into_par_iter().map(block).collect::<Result<Vec<KeptBlock>>>()?);
    }
    Ok(blocks)
}

/// The merges of a block of numbers.
struct Block {
    numbers: Vec<u32>,
    /// How many holders each one has.
    counts: Vec<u32>,
    holders: Pile<u32>,
}

/// Holders in a part of a block's.
const HOLDERS: usize = 1 << 20;

/// A finished [`Block`].
pub(super) struct KeptBlock {
    pub(super) numbers: Scratch<u32>,
    pub(super) counts: Scratch<u32>,
    pub(super) holders: Vec<Scratch<u32>>,
}

impl Block {
    fn keep(self, room: &Room) -> Result<KeptBlock> {
        let Block { numbers, counts, holders } = self;
        Ok(KeptBlock {
            numbers: room.keep(&numbers)?,
            counts: room.keep(&counts)?,
            holders: holders.finish()?,
        })
    }

    fn new(
        partition: &Partition<Numbered>,
        round: &Round<Numbered>,
        block: usize,
        parent: &[u32],
        room: &Room,
    ) -> Result<Block> {
        let keys = partition.keys(block);
        let first = id(keys.start);
        let counts = |target, source| {
            let known = parent[target as usize];
            known != 0 && known != source && target != source
        };
        let most = at(partition.len(block));
        let mut merges = Block { numbers: Vec::new(), counts: Vec::new(), holders: Pile::new(room, HOLDERS) };
        let (mut column, mut memory);
        let sources: &mut [u32] = if round.is_crowded() {
            column = room.unset(most)?;
            &mut column
        } else {
            memory = vec![0; most];
            &mut memory
        };
        let ends = round.sort(block, counts, sources);
        merges.fill(first, &ends, sources, &parent[keys]);
        Ok(merges)
    }

    /// From the sources of each number of a block, the list of number `first + i` ending at `ends[i]`.
    fn fill(&mut self, first: u32, ends: &[u64], sources: &mut [u32], parent: &[u32]) {
        let mut start = 0;
        for ((number, &end), &parent) in (first..).zip(ends).zip(parent) {
            let list = &mut sources[start..at(end)];
            start = at(end);
            if list.is_empty() {
                continue;
            }
            list.sort_unstable();
            self.push(number, parent, list);
        }
    }

    /// Adds a merge; `sources` is sorted and without `parent`.
    fn push(&mut self, number: u32, parent: u32, sources: &[u32]) {
        let below = sources.partition_point(|&source| source < parent);
        let with_parent = sources[..below].iter().chain(std::iter::once(&parent)).chain(&sources[below..]);
        let (mut count, mut last) = (0, None);
        for &holder in with_parent {
            if last != Some(holder) {
                self.holders.push(holder);
                (count, last) = (count + 1, Some(holder));
            }
        }
        self.numbers.push(number);
        self.counts.push(count);
    }
}

/// The pairs with the final numbers of leaves.
pub(super) struct Numbered<'t> {
    pub(super) parts: Vec<&'t [[u32; 2]]>,
    pub(super) inner: u32,
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
