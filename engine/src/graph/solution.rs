//! The groups above each joint while they are found.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::sets::{EMPTY, Sets};
use crate::memory::{Pile, Room, Scratch};
use rayon::prelude::*;

/// Not yet known: the set of all groups.
pub(super) const ALL: u32 = u32::MAX;
/// Uses in a part of a pile (4 MB).
const PART: usize = 1 << 19;

/// A set for each joint, no smaller than in the greatest solution.
pub(super) struct Solution {
    /// The groups above each joint.
    pub(super) above: Scratch<u32>,
    /// Which joint, counted from 0, has a term of which other, counted from 1.
    pub(super) uses: Pile<[u32; 2]>,
    /// The joints, counted from 1, above which there is less than there was; those whose users were not yet looked at, and
    /// those since [`Solution::settle`].
    pub(super) fewer: Bits,
    changed: Bits,
}

impl Solution {
    /// Everything above each of `joints`.
    pub(super) fn all(joints: usize, room: &Room) -> Result<Solution> {
        let mut above = room.unset(joints)?;
        above.fill(ALL);
        let none = || Bits::new(joints + 1);
        Ok(Solution { above, uses: Pile::new(room, PART), fewer: none(), changed: none() })
    }

    /// The groups above a joint, counted from 1; none above the roots.
    #[inline]
    pub(super) fn above(&self, joint: u32) -> u32 {
        if joint == 0 { EMPTY } else { self.above[joint as usize - 1] }
    }

    /// Whether something has changed above a joint, counted from 1.
    #[inline]
    pub(super) fn has_changed(&self, joint: u32) -> bool {
        self.changed.has(joint)
    }

    /// Nothing has changed from now on.
    pub(super) fn settle(&mut self) {
        self.changed = Bits::new(self.above.len() + 1);
    }

    /// Leaves only those groups above a joint, counted from 1, that are in `set` too; whether these are fewer.
    pub(super) fn lower(&mut self, joint: u32, set: u32, sets: &mut Sets) -> bool {
        let above = &mut self.above[joint as usize - 1];
        let lower = if *above == ALL { set } else { sets.intersection(*above, set) };
        if lower == *above {
            return false;
        }
        // Who has met it before, when everything was above it, knows that this was not the last word.
        if *above != ALL {
            self.fewer.insert(joint);
        }
        *above = lower;
        self.changed.insert(joint);
        true
    }

    /// The joints, counted from 0, that use one above which there is less now.
    pub(super) fn users(&mut self) -> Vec<u32> {
        let fewer = std::mem::replace(&mut self.fewer, Bits::new(self.above.len() + 1));
        if fewer.iter().next().is_none() {
            return Vec::new();
        }
        let parts: Vec<&[[u32; 2]]> = self.uses.parts().collect();
        let uses = parts.into_par_iter().flat_map_iter(|part| part.iter());
        uses.filter(|[_, from]| fewer.has(*from)).map(|&[joint, _]| joint).collect()
    }
}

/// The groups that are above each of `terms`, as far as that is known; and whether it is known of all that matter.
pub(super) fn evaluate(terms: impl Iterator<Item = [u32; 2]>, above: &[u32], sets: &mut Sets) -> (u32, bool) {
    let (mut all, mut is_last, mut before) = (ALL, true, None);
    for term in terms {
        if before.replace(term) == Some(term) {
            continue;
        }
        let [from, chain] = term;
        let upper = if from == 0 { EMPTY } else { above[from as usize - 1] };
        if upper == ALL {
            is_last = false;
            continue;
        }
        let term = sets.union(upper, chain);
        all = if all == ALL { term } else { sets.intersection(all, term) };
        if all == EMPTY {
            is_last = true;
            break;
        }
    }
    (all, is_last)
}
