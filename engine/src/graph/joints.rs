//! Which groups every path to an object meets: chains of dominators, joined where holders differ.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::graph::heap::id;
use crate::graph::invert::{Pairs, invert};
use crate::graph::sets::{EMPTY, Sets};
use crate::memory::Scratch;
use crate::progress::Progress;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// Not yet known: the set of all groups.
const ALL: u32 = u32::MAX;

/// For each inner object the set of groups that every path from the roots to it meets, itself included, by number;
/// `None` when the graph is too complex for the sets to fit.
///
/// With D(o) that set, D(o) = {group of o} ∪ ⋂ D(p) over the holders p: the greatest solution. Where the immediate
/// dominator d is itself a holder that is D(d) ∪ {group of o}. Only the other objects, here *joints*, need the
/// intersection: an equation between few unknowns, solved by a worklist.
pub(super) fn groups_on_all_paths(
    dominators: &Dominators,
    group_of: &impl Fn(u32) -> u32,
    sets: &mut Sets,
    progress: &Progress,
) -> Result<Option<Scratch<u32>>> {
    let joints = Joints::new(dominators);
    let mut chains = chains(dominators, &joints, group_of, sets, progress)?;
    let Some(above) = equations(dominators, &joints, &chains).solve(sets, progress)? else { return Ok(None) };
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

/// The inner merges that are not held by their immediate dominator, in reverse postorder.
struct Joints {
    merges: Vec<usize>,
}

impl Joints {
    fn new(dominators: &Dominators) -> Joints {
        let inner = dominators.merges.inner(dominators.inner);
        let mut merges: Vec<usize> = (0..inner).filter(|&merge| is_joint(dominators, merge)).collect();
        merges.sort_unstable_by_key(|&merge| dominators.merges.places[merge]);
        Joints { merges }
    }

    /// The number of each joint with its place among the joints, from 1; by number.
    fn by_number(&self, dominators: &Dominators) -> Vec<(u32, u32)> {
        let numbers = self.merges.iter().map(|&merge| dominators.merges.numbers[merge]);
        let mut pairs: Vec<(u32, u32)> = numbers.zip(1..).collect();
        pairs.sort_unstable();
        pairs
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
    group_of: &impl Fn(u32) -> u32,
    sets: &mut Sets,
    progress: &Progress,
) -> Result<Chains> {
    let inner = dominators.inner;
    let mut joint = dominators.room.column(inner as usize + 1)?;
    // Zeros: all sets are EMPTY.
    let mut chain = dominators.room.column(inner as usize + 1)?;
    let mut next = joints.by_number(dominators).into_iter().peekable();
    for number in 1..=inner {
        let above = dominators.dominator[number as usize] as usize;
        let group = group_of(dominators.order[number as usize]);
        let (joint_here, chain_above) = match next.next_if(|&(joint, _)| joint == number) {
            Some((_, index)) => (index, EMPTY),
            None => (joint[above], chain[above]),
        };
        joint[number as usize] = joint_here;
        chain[number as usize] = sets.with(chain_above, group);
        if number.is_multiple_of(65_536) {
            progress.add(65_536)?;
        }
    }
    Ok(Chains { joint, chain })
}

/// Joint j lies below the groups that are in `above[term.0] ∪ term.1` for each of its terms.
struct Equations {
    /// The terms of joint j (from 0) are `terms[starts[j]..starts[j + 1]]`, distinct.
    starts: Vec<usize>,
    /// A joint, counted from 1, or 0 for the roots; and a set.
    terms: Vec<(u32, u32)>,
}

fn equations(dominators: &Dominators, joints: &Joints, chains: &Chains) -> Equations {
    let mut equations = Equations { starts: vec![0], terms: Vec::new() };
    let mut terms = Vec::new();
    for (joint, &merge) in (1u32..).zip(&joints.merges) {
        terms.clear();
        let holders = dominators.merges.holders(merge).iter().map(|&holder| holder as usize);
        // A holder below the joint itself meets at least what the joint meets.
        terms.extend(holders.map(|h| (chains.joint[h], chains.chain[h])).filter(|term| term.0 != joint));
        terms.sort_unstable();
        terms.dedup();
        equations.terms.extend(&terms);
        equations.starts.push(equations.terms.len());
    }
    equations
}

impl Equations {
    /// The greatest solution; `None` when it does not fit.
    fn solve(&self, sets: &mut Sets, progress: &Progress) -> Result<Option<Vec<u32>>> {
        let joints = self.starts.len() - 1;
        let users = invert(self, joints + 1, progress)?;
        let mut above = vec![ALL; joints];
        let mut waits = vec![true; joints];
        let mut queue: BinaryHeap<Reverse<u32>> = (0..id(joints)).map(Reverse).collect();
        let mut evaluated = 0u64;
        while let Some(Reverse(joint)) = queue.pop() {
            waits[joint as usize] = false;
            let found = self.evaluate(joint as usize, &above, sets);
            if std::mem::replace(&mut above[joint as usize], found) != found {
                let users = users.view().of(joint + 1).iter();
                let wakes = |&&user: &&u32| !std::mem::replace(&mut waits[user as usize], true);
                queue.extend(users.filter(wakes).map(|&user| Reverse(user)));
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

    fn terms(&self, joint: usize) -> &[(u32, u32)] {
        &self.terms[self.starts[joint]..self.starts[joint + 1]]
    }

    fn evaluate(&self, joint: usize, above: &[u32], sets: &mut Sets) -> u32 {
        let mut all = ALL;
        for &(from, chain) in self.terms(joint) {
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

/// Joints in a part of parallel work.
const PART: usize = 1 << 16;

/// The users of each joint, counted from 1.
impl Pairs for Equations {
    fn parts(&self) -> usize {
        (self.starts.len() - 1).div_ceil(PART)
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        for joint in self.part(part) {
            for &(from, _) in self.terms(joint) {
                pair(from, id(joint));
            }
        }
    }
}
