//! Semidominators of the inner merges: the first half of Semi-NCA.

use crate::error::Result;
use crate::graph::merges::Merges;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;

/// For each of the first `merges` merges the number of its semidominator; and a column of pairs that is free again.
///
/// An object with one holder has its parent for semidominator, so only merges are computed, from the last number to the
/// first (Georgiadis, Tarjan, Werneck 2006, "Finding dominators in practice"). Cost O(m log n), no stack.
pub(super) fn semidominators(
    parent: &[u32],
    all: &Merges,
    merges: usize,
    room: &Room,
    progress: &Progress,
) -> Result<(Scratch<u32>, Scratch<[u32; 2]>)> {
    let mut forest = Forest { nodes: room.unset(parent.len())? };
    forest.nodes.par_iter_mut().zip(parent).for_each(|(node, &parent)| *node = [parent, parent]);
    let mut semidominators = room.unset_sequential(merges)?;
    for merge in (0..merges).rev() {
        let number = all.numbers[merge];
        let mut least = u32::MAX;
        for &holder in all.holders(merge) {
            least = least.min(if holder <= number { holder } else { forest.evaluate(holder, number) });
            if least == 0 {
                break;
            }
        }
        semidominators[merge] = least;
        forest.nodes[number as usize][LABEL] = least;
        if merge.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok((semidominators, forest.nodes))
}

/// The part of the tree above which semidominators are known, with compressed paths.
struct Forest {
    /// By number an ancestor and a label: the least semidominator on the path from here up to, and without, that ancestor.
    nodes: Scratch<[u32; 2]>,
}

const ANCESTOR: usize = 0;
const LABEL: usize = 1;

impl Forest {
    /// The least semidominator on the path from `node` up to the last ancestor above `limit`.
    ///
    /// Compresses the path: on the way up it turns each pointer round, on the way down sets it to the top.
    fn evaluate(&mut self, node: u32, limit: u32) -> u32 {
        let (mut below, mut here) = (node, node);
        while self.nodes[here as usize][ANCESTOR] > limit {
            let above = std::mem::replace(&mut self.nodes[here as usize][ANCESTOR], below);
            (below, here) = (here, above);
        }
        let [top, mut least] = self.nodes[here as usize];
        while here != node {
            here = below;
            let [ancestor, label] = &mut self.nodes[here as usize];
            below = std::mem::replace(ancestor, top);
            least = least.min(*label);
            *label = least;
        }
        least
    }
}
