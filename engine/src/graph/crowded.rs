//! Sorting by counting where the pairs of a block are too many to be gathered.

use crate::graph::heap::at;
use crate::graph::pairs::Pairs;
use crate::memory::shared_u32;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// A block that so many pairs point into that they stay where they are: it reads them twice.
pub(super) struct Crowded<'p, P, F> {
    pub(super) pairs: &'p P,
    /// The parts that have pairs of the block.
    pub(super) parts: Vec<usize>,
    /// The keys of the block.
    pub(super) keys: Range<usize>,
    /// Whether a pair counts.
    pub(super) counts: F,
}

impl<P: Pairs, F: Fn(u32, u32) -> bool + Sync> Crowded<'_, P, F> {
    /// As [`super::partition::Round::sort`]; beside the values 16 bytes for each key and thread.
    pub(super) fn sort(&self, values: &mut [u32]) -> Vec<u64> {
        let share = self.parts.len().div_ceil(2 * rayon::current_num_threads()).max(1);
        let count = |parts: &[usize]| {
            let mut counts = vec![0u64; self.keys.len()];
            self.each(parts, |key, _| counts[key] += 1);
            counts
        };
        let mut places: Vec<Vec<u64>> = self.parts.par_chunks(share).map(count).collect();
        let ends = running(&mut places, self.keys.len());
        let shared = shared_u32(values);
        self.parts.par_chunks(share).zip(places).for_each(|(parts, mut places)| {
            self.each(parts, |key, value| {
                shared[at(places[key])].store(value, Ordering::Relaxed);
                places[key] += 1;
            });
        });
        ends
    }

    /// The pairs of some parts that count, with the key's place in the block.
    fn each(&self, parts: &[usize], mut pair: impl FnMut(usize, u32)) {
        for &part in parts {
            self.pairs.each(part, |key, value| match (key as usize).wrapping_sub(self.keys.start) {
                place if place < self.keys.len() && (self.counts)(key, value) => pair(place, value),
                _ => {}
            });
        }
    }
}

/// From how many values each key has in each group, where the first of them goes; and where each key's list ends.
fn running(groups: &mut [Vec<u64>], keys: usize) -> Vec<u64> {
    let mut next = 0;
    let end = |key: usize| {
        for group in &mut *groups {
            next += std::mem::replace(&mut group[key], next);
        }
        next
    };
    (0..keys).map(end).collect()
}
