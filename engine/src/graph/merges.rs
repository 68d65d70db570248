//! The objects with more than one holder, and all holders of each.

use crate::error::Result;
use crate::graph::heap::{at, id};
use crate::graph::invert::{Bins, Pairs, Partition};
use crate::graph::walk::final_number;
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// Pairs in a chunk (32 MB, which glibc gives back to the system when it is freed): chunks do not move when more pairs
/// come, and are the parts of parallel work.
const CHUNK: usize = 1 << 22;

/// References to objects that were already numbered, as (target, source) in the numbers of the walk.
#[derive(Debug, Default)]
pub(super) struct Again {
    chunks: Vec<Vec<(u32, u32)>>,
}

impl Again {
    #[inline]
    pub(super) fn push(&mut self, target: u32, source: u32) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push((target, source)),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push((target, source));
                self.chunks.push(chunk);
            }
        }
    }
}

/// Merges: objects, by number ascending, that two or more other objects hold. Roots are none.
#[derive(Clone, Debug, Default)]
pub(super) struct Merges {
    pub(super) numbers: Vec<u32>,
    /// The holders of merge m are `holders[starts[m]..starts[m + 1]]`: distinct, ascending, the parent among them.
    starts: Vec<u64>,
    holders: Vec<u32>,
    /// The place of each inner merge in reverse postorder.
    pub(super) places: Vec<u32>,
}

impl Merges {
    /// Sorts the references that the walk met again; `parent` is by number, leaves from `inner + 1`.
    pub(super) fn new(again: &Again, inner: u32, parent: &[u32], progress: &Progress) -> Result<Merges> {
        let pairs = Numbered { again, inner };
        let partition = Partition::new(&pairs, parent.len());
        let mut merges = Merges { starts: vec![0], ..Merges::default() };
        for round in partition.rounds() {
            progress.check()?;
            let bins = partition.gather(&pairs, round.clone());
            let first = round.start;
            let blocks = round.into_par_iter().map(|block| {
                Merges::of_block(Partition::keys(block, parent.len()), &bins, block - first, parent)
            });
            for block in blocks.collect::<Vec<Merges>>() {
                merges.append(&block);
            }
        }
        Ok(merges)
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn holders(&self, merge: usize) -> &[u32] {
        &self.holders[at(self.starts[merge])..at(self.starts[merge + 1])]
    }

    /// Memory in bytes.
    pub(super) fn bytes(&self) -> u64 {
        8 * self.starts.len() as u64 + 4 * (2 * self.numbers.len() + self.holders.len()) as u64
    }

    /// How many merges are inner objects; the others are leaves.
    pub(super) fn inner(&self, inner: u32) -> usize {
        self.numbers.partition_point(|&number| number <= inner)
    }

    fn of_block(keys: Range<usize>, bins: &Bins, index: usize, parent: &[u32]) -> Merges {
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
        Merges::from_sorted(first, &ends, sources, parent)
    }

    /// From the sources of each number of a block, the list of number `first + i` ending at `ends[i]`.
    fn from_sorted(first: u32, ends: &[usize], mut sources: Vec<u32>, parent: &[u32]) -> Merges {
        let mut merges = Merges { starts: vec![0], ..Merges::default() };
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
        self.starts.push(self.holders.len() as u64);
    }

    fn append(&mut self, block: &Merges) {
        let base = self.holders.len() as u64;
        self.numbers.extend(&block.numbers);
        self.starts.extend(block.starts[1..].iter().map(|start| start + base));
        self.holders.extend(&block.holders);
    }
}

/// The pairs with the final numbers of leaves.
struct Numbered<'t> {
    again: &'t Again,
    inner: u32,
}

impl Pairs for Numbered<'_> {
    fn parts(&self) -> usize {
        self.again.chunks.len()
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        for &(target, source) in &self.again.chunks[part] {
            pair(final_number(target, self.inner), source);
        }
    }
}
