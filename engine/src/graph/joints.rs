//! Which groups every path to an object meets: chains of dominators, joined where holders differ.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::graph::heap::{at, id};
use crate::graph::invert::invert;
use crate::graph::lowest_first::LowestFirst;
use crate::graph::pairs::Pairs;
use crate::graph::sets::{EMPTY, Sets};
use crate::memory::{Pile, Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// Not yet known: the set of all groups.
const ALL: u32 = u32::MAX;

/// For each inner object the set of groups that every path from the roots to it meets, itself included, by number;
/// `None` when the graph is too complex for the sets to fit.
///
/// With D(o) that set, D(o) = own(o) ∪ ⋂ D(p) over the holders p: the greatest solution; `own` gives the set of an object's
/// own groups, by its id. Where the immediate dominator d is itself a holder that is D(d) ∪ own(o). Only the other objects, here *joints*, need the
/// intersection: an equation between few unknowns, solved by a worklist.
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
struct Joints {
    /// The joints as merges, in reverse postorder.
    merges: Scratch<u32>,
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
struct Chains {
    /// The nearest joint on the way up the dominators, itself included, counted from 1; 0 for none.
    joint: Scratch<u32>,
    /// The set of groups from there down to the object.
    chain: Scratch<u32>,
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

/// Joint j lies below the groups that are in `above[term.0] ∪ term.1` for each of its terms.
struct Equations {
    /// The terms of joint j (from 0) are the first `lengths[j]` from `terms[starts[j]]` on, distinct.
    starts: Scratch<u64>,
    lengths: Scratch<u32>,
    /// A joint, counted from 1, or 0 for the roots; and a set.
    terms: Scratch<[u32; 2]>,
}

impl Equations {
    fn new(
        dominators: &Dominators,
        joints: &Joints,
        chains: &Chains,
        progress: &Progress,
    ) -> Result<Equations> {
        let room = &dominators.room;
        let mut starts = room.column(joints.merges.len() + 1)?;
        let mut end = 0;
        for (&merge, start) in joints.merges.iter().zip(&mut starts[1..]) {
            end += dominators.merges.holders(merge as usize).len();
            *start = end as u64;
        }
        let (mut lengths, mut terms) = (room.column(joints.merges.len())?, room.column(end)?);
        let mut rest = &mut terms[..];
        let mut parts = Vec::new();
        for (part, lengths) in lengths.chunks_mut(PART).enumerate() {
            let first = part * PART;
            let mine = at(starts[first + lengths.len()] - starts[first]);
            let (terms, later) = rest.split_at_mut(mine);
            rest = later;
            parts.push((first, lengths, terms));
        }
        let fill = |(first, lengths, mut terms): (usize, &mut [u32], &mut [[u32; 2]])| {
            for ((joint, &merge), length) in (first..).zip(&joints.merges[first..]).zip(lengths) {
                let holders = dominators.merges.holders(merge as usize);
                let (mine, later) = terms.split_at_mut(holders.len());
                *length = distinct_terms(id(joint + 1), holders, chains, mine);
                terms = later;
            }
            progress.check()
        };
        parts.into_par_iter().try_for_each(fill)?;
        Ok(Equations { starts, lengths, terms })
    }

    /// The greatest solution; `None` when it does not fit.
    fn solve(&self, sets: &mut Sets, room: &Room, progress: &Progress) -> Result<Option<Scratch<u32>>> {
        let joints = self.starts.len() - 1;
        let users = invert(self, joints + 1, room, progress)?;
        let mut above = room.column(joints)?;
        above.fill(ALL);
        let mut waiting = LowestFirst::full(id(joints));
        let mut evaluated = 0u64;
        while let Some(joint) = waiting.pop() {
            let found = self.evaluate(joint as usize, &above, sets);
            if std::mem::replace(&mut above[joint as usize], found) != found {
                users.view().of(joint + 1).iter().for_each(|&user| waiting.insert(user));
            }
            evaluated += 1;
            if evaluated.is_multiple_of(4096) {
                progress.check()?;
            }
            if sets.exhausted() {
                return Ok(None);
            }
        }
        Ok(Some(above))
    }

    fn terms(&self, joint: usize) -> &[[u32; 2]] {
        &self.terms[at(self.starts[joint])..][..self.lengths[joint] as usize]
    }

    fn evaluate(&self, joint: usize, above: &[u32], sets: &mut Sets) -> u32 {
        let mut all = ALL;
        for &[from, chain] in self.terms(joint) {
            let upper = if from == 0 { EMPTY } else { above[from as usize - 1] };
            if upper == ALL {
                continue;
            }
            let term = sets.union(upper, chain);
            all = if all == ALL { term } else { sets.intersection(all, term) };
            if all == EMPTY {
                break;
            }
        }
        all
    }

    fn part(&self, part: usize) -> Range<usize> {
        let joints = self.starts.len() - 1;
        part * PART..joints.min((part + 1) * PART)
    }
}

/// Puts the terms of `joint`, counted from 1, ascending in front of `terms`, which has room for all; how many there are.
fn distinct_terms(joint: u32, holders: &[u32], chains: &Chains, terms: &mut [[u32; 2]]) -> u32 {
    let mut found = 0;
    for &holder in holders {
        let term = [chains.joint[holder as usize], chains.chain[holder as usize]];
        // A holder below the joint itself meets at least what the joint meets.
        if term[0] != joint && (found == 0 || terms[found - 1] != term) {
            terms[found] = term;
            found += 1;
        }
    }
    terms[..found].sort_unstable();
    let mut distinct = 0;
    for place in 0..found {
        if distinct == 0 || terms[distinct - 1] != terms[place] {
            terms[distinct] = terms[place];
            distinct += 1;
        }
    }
    id(distinct)
}

/// Joints in a part of parallel work.
const PART: usize = 1 << 16;

/// The users of each joint, counted from 1.
impl Pairs for Equations {
    fn parts(&self) -> usize {
        (self.starts.len() - 1).div_ceil(PART)
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        for joint in self.part(part) {
            for &[from, _] in self.terms(joint) {
                pair(from, id(joint));
            }
        }
    }
}
