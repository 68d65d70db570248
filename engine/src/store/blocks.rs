//! In which blocks of ids each class has instances, so that a search for them leaves out the others.

use crate::id::ClassId;
use rayon::prelude::*;
use std::ops::Range;

/// Ids of a block.
pub(super) const BLOCK: u32 = 4096;
/// Blocks that one thread looks at in one go.
const PART: u32 = 64;

/// The blocks of each class: 4 bytes for each pair of a class and a block with an instance of it.
#[derive(Debug)]
pub(super) struct Blocks {
    /// The blocks of class i are `blocks[starts[i]..starts[i + 1]]`, ascending.
    starts: Vec<usize>,
    blocks: Vec<u32>,
}

impl Blocks {
    /// One pass over the column of classes, in parallel. A class that is out of range has no blocks.
    pub(super) fn new(class_of: &[u32], classes: usize) -> Blocks {
        let objects = u32::try_from(class_of.len()).unwrap_or(u32::MAX);
        let blocks = objects.div_ceil(BLOCK);
        let part = |part: u32| pairs(class_of, classes, part * PART..blocks.min((part + 1) * PART));
        let parts: Vec<Vec<(u32, u32)>> = (0..blocks.div_ceil(PART)).into_par_iter().map(part).collect();
        let mut starts = vec![0; classes + 1];
        parts.iter().flatten().for_each(|pair| starts[pair.0 as usize + 1] += 1);
        (1..starts.len()).for_each(|class| starts[class] += starts[class - 1]);
        let mut next = starts.clone();
        let mut sorted = vec![0; starts[classes]];
        for &(class, block) in parts.iter().flatten() {
            sorted[next[class as usize]] = block;
            next[class as usize] += 1;
        }
        Blocks { starts, blocks: sorted }
    }

    /// The blocks among `within` with an instance of one of `classes`, ascending; all of `within` where there are more
    /// classes than blocks, which it would not pay to look up.
    pub(super) fn of(&self, classes: &[ClassId], within: Range<u32>) -> Vec<u32> {
        if classes.len() > 1 && classes.len() >= within.len() {
            return within.collect();
        }
        let of = |class: &ClassId| {
            let range = self.starts.get(class.index()).zip(self.starts.get(class.index() + 1));
            let all = range.map(|(&start, &end)| &self.blocks[start..end]).unwrap_or_default();
            let place = |block| all.partition_point(|&other| other < block);
            &all[place(within.start)..place(within.end).max(place(within.start))]
        };
        let mut blocks: Vec<u32> = classes.iter().flat_map(of).copied().collect();
        if classes.len() > 1 {
            blocks.sort_unstable();
            blocks.dedup();
        }
        blocks
    }
}

/// The ids of a block, as far as they are within `ids`.
pub(super) fn ids_of(block: u32, ids: &Range<u32>) -> Range<u32> {
    let start = block.saturating_mul(BLOCK);
    start.max(ids.start)..start.saturating_add(BLOCK).min(ids.end)
}

/// (class, block) of the instances in `blocks`, each once.
fn pairs(class_of: &[u32], classes: usize, blocks: Range<u32>) -> Vec<(u32, u32)> {
    // The last block, from 1, in which the class was seen.
    let mut seen = vec![0; classes];
    let mut pairs = Vec::new();
    for block in blocks {
        let start = (block * BLOCK) as usize;
        for &class in &class_of[start..class_of.len().min(start + BLOCK as usize)] {
            if let Some(seen) = seen.get_mut(class as usize).filter(|seen| **seen != block + 1) {
                *seen = block + 1;
                pairs.push((class, block));
            }
        }
    }
    pairs
}
