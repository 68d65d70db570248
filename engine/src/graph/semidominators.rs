//! Semidominators of the inner merges: the first half of Semi-NCA.

use crate::error::Result;
use crate::graph::merges::Merges;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;

/// For each of the first `merges` merges the number of its semidominator; and two columns that are free again.
///
/// An object with one holder has its parent for semidominator, so only merges are computed, from the last number to the
/// first (Georgiadis, Tarjan, Werneck 2006, "Finding dominators in practice"). Cost O(m log n), no stack.
pub(super) fn semidominators(
    parent: &[u32],
    all: &Merges,
    merges: usize,
    room: &Room,
    progress: &Progress,
) -> Result<(Scratch<u32>, Scratch<u32>, Scratch<u32>)> {
    let mut forest = Forest { ancestor: copy(parent, room)?, label: copy(parent, room)? };
    let mut semidominators = room.sequential(merges)?;
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
        forest.label[number as usize] = least;
        if merge.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok((semidominators, forest.ancestor, forest.label))
}

fn copy(column: &[u32], room: &Room) -> Result<Scratch<u32>> {
    let mut copy = room.column(column.len())?;
    copy.copy_from_slice(column);
    Ok(copy)
}

/// The part of the tree above which semidominators are known, with compressed paths.
struct Forest {
    ancestor: Scratch<u32>,
    /// The least semidominator on the path from here up to, and without, `ancestor`.
    label: Scratch<u32>,
}

impl Forest {
    /// The least semidominator on the path from `node` up to the last ancestor above `limit`.
    ///
    /// Compresses the path: on the way up it turns each pointer round, on the way down sets it to the top.
    fn evaluate(&mut self, node: u32, limit: u32) -> u32 {
        let (mut below, mut here) = (node, node);
        while self.ancestor[here as usize] > limit {
            let above = std::mem::replace(&mut self.ancestor[here as usize], below);
            (below, here) = (here, above);
        }
        let top = self.ancestor[here as usize];
        let mut least = self.label[here as usize];
        while here != node {
            here = below;
            below = std::mem::replace(&mut self.ancestor[here as usize], top);
            least = least.min(self.label[here as usize]);
            self.label[here as usize] = least;
        }
        least
    }
}
