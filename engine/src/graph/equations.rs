//! The equations between joints, of the groups above each of them, and their greatest solution.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::graph::heap::{at, id};
use crate::graph::invert::invert;
use crate::graph::joints::{Chains, Joints};
use crate::graph::lowest_first::LowestFirst;
use crate::graph::pairs::Pairs;
use crate::graph::sets::{EMPTY, Sets};
use crate::memory::{Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// Not yet known: the set of all groups.
const ALL: u32 = u32::MAX;

/// Joint j lies below the groups that are in `above[term.0] ∪ term.1` for each of its terms.
pub(super) struct Equations {
    /// The terms of joint j (from 0) are the first `lengths[j]` from `terms[starts[j]]` on, distinct.
    starts: Scratch<u64>,
    lengths: Scratch<u32>,
    /// A joint, counted from 1, or 0 for the roots; and a set.
    terms: Scratch<[u32; 2]>,
}

impl Equations {
    pub(super) fn new(
        dominators: &Dominators,
        joints: &Joints,
        chains: &Chains,
        progress: &Progress,
    ) -> Result<Equations> {
        let room = &dominators.room;
        let holders_of = |&merge: &u32| dominators.merges.holders(merge as usize);
        let mut starts = room.column(joints.merges.len() + 1)?;
        let mut end = 0;
        for (merge, start) in joints.merges.iter().zip(&mut starts[1..]) {
            end += holders_of(merge).len();
            *start = end as u64;
        }
        let (mut lengths, mut terms) = (room.column(joints.merges.len())?, room.column(end)?);
        let fill = |(part, (lengths, mut terms)): (usize, (&mut [u32], &mut [[u32; 2]]))| {
            let first = part * PART;
            for ((joint, merge), length) in (first..).zip(&joints.merges[first..]).zip(lengths) {
                let (mine, later) = terms.split_at_mut(holders_of(merge).len());
                *length = distinct_terms(id(joint + 1), holders_of(merge), chains, mine);
                terms = later;
            }
            progress.check()
        };
        let terms_of = parts(&starts, &mut terms);
        lengths.par_chunks_mut(PART).zip(terms_of).enumerate().try_for_each(fill)?;
        Ok(Equations { starts, lengths, terms })
    }

    /// The greatest solution, by a worklist; `None` when it does not fit.
    pub(super) fn solve(
        &self,
        sets: &mut Sets,
        room: &Room,
        progress: &Progress,
    ) -> Result<Option<Scratch<u32>>> {
        let joints = self.starts.len() - 1;
        let users = invert(self, joints + 1, room, &|_| progress.check())?;
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

/// Room for the terms of each part of joints, which begin at `starts`.
fn parts<'t>(starts: &[u64], mut terms: &'t mut [[u32; 2]]) -> Vec<&'t mut [[u32; 2]]> {
    let mut parts = Vec::new();
    for first in (0..starts.len() - 1).step_by(PART) {
        let last = (starts.len() - 1).min(first + PART);
        let (mine, later) = terms.split_at_mut(at(starts[last] - starts[first]));
        parts.push(mine);
        terms = later;
    }
    parts
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
