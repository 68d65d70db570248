//! Which groups every path to an object meets: chains of dominators, joined where holders differ.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::graph::equations::Equations;
use crate::graph::heap::id;
use crate::graph::sets::{EMPTY, Sets};
use crate::memory::{Pile, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;

/// For each inner object the set of groups that every path from the roots to it meets, itself included, by number;
/// `None` when the graph is too complex for the sets to fit.
///
/// With D(o) that set, D(o) = own(o) ∪ ⋂ D(p) over the holders p: the greatest solution; `own` gives the set of an object's
/// own groups, by its id. Where the immediate dominator d is itself a holder that is D(d) ∪ own(o). Only the other objects, here
/// *joints*, need the intersection: an equation between few unknowns.
pub(super) fn groups_on_all_paths(
    dominators: &Dominators,
    own: &impl Fn(u32) -> u32,
    sets: &mut Sets,
    progress: &Progress,
) -> Result<Option<Scratch<u32>>> {
    let joints = Joints::new(dominators, progress)?;
    let mut chains = chains(dominators, &joints, own, sets, progress)?;
    let equations = Equations::new(dominators, &joints, &chains, progress)?;
    drop(joints);
    let Some(above) = equations.solve(sets, &dominators.room, progress)? else { return Ok(None) };
    for (chain, &joint) in chains.chain.iter_mut().zip(&chains.joint[..]) {
        *chain = if joint == 0 { *chain } else { sets.union(above[joint as usize - 1], *chain) };
    }
    Ok((!sets.exhausted()).then_some(chains.chain))
}

/// Whether merge `merge` is held by its immediate dominator.
pub(super) fn is_joint(dominators: &Dominators, merge: usize) -> bool {
    let above = dominators.dominator[dominators.merges.numbers[merge] as usize];
    dominators.merges.holders(merge).binary_search(&above).is_err()
}

/// The inner merges that are not held by their immediate dominator.
pub(super) struct Joints {
    /// The joints as merges, in reverse postorder.
    pub(super) merges: Scratch<u32>,
    /// The place of each inner merge among them, from 1; 0 for those that are none.
    places: Scratch<u32>,
}

/// Joints in a part of a pile.
const JOINTS: usize = 1 << 18;

impl Joints {
    fn new(dominators: &Dominators, progress: &Progress) -> Result<Joints> {
        let Dominators { merges: all, room, .. } = dominators;
        let inner = all.inner(dominators.inner);
        let mut found = Pile::new(room, JOINTS);
        for first in (0..inner).step_by(JOINTS) {
            let batch = first..inner.min(first + JOINTS);
            batch.filter(|&merge| is_joint(dominators, merge)).for_each(|merge| found.push(id(merge)));
            progress.check()?;
        }
        let mut merges = room.column(found.len())?;
        found.copy_to(&mut merges)?;
        merges.par_sort_unstable_by_key(|&merge| all.places[merge as usize]);
        let mut places = room.column(inner)?;
        for (place, &merge) in (1..).zip(&merges[..]) {
            places[merge as usize] = place;
        }
        Ok(Joints { merges, places })
    }

    /// The number of each joint with its place among the joints, from 1; by number.
    fn by_number<'a>(&'a self, dominators: &'a Dominators) -> impl Iterator<Item = (u32, u32)> + 'a {
        let numbered = dominators.merges.numbers.iter().copied().zip(self.places.iter().copied());
        numbered.filter(|&(_, place)| place > 0)
    }
}

/// Two columns by number.
pub(super) struct Chains {
    /// The nearest joint on the way up the dominators, itself included, counted from 1; 0 for none.
    pub(super) joint: Scratch<u32>,
    /// The set of groups from there down to the object.
    pub(super) chain: Scratch<u32>,
}

fn chains(
    dominators: &Dominators,
    joints: &Joints,
    own: &impl Fn(u32) -> u32,
    sets: &mut Sets,
    progress: &Progress,
) -> Result<Chains> {
    let inner = dominators.inner;
    let mut joint = dominators.room.column(inner as usize + 1)?;
    // Zeros: all sets are EMPTY.
    let mut chain = dominators.room.column(inner as usize + 1)?;
    let mut next = joints.by_number(dominators).peekable();
    for number in 1..=inner {
        let above = dominators.dominator[number as usize] as usize;
        let set = own(dominators.order[number as usize]);
        let (joint_here, chain_above) = match next.next_if(|&(joint, _)| joint == number) {
            Some((_, index)) => (index, EMPTY),
            None => (joint[above], chain[above]),
        };
        joint[number as usize] = joint_here;
        chain[number as usize] = sets.union(chain_above, set);
        if number.is_multiple_of(65_536) {
            progress.add(65_536)?;
        }
    }
    Ok(Chains { joint, chain })
}
