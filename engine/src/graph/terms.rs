//! The terms of all equations as a table, for graphs that a few rounds do not settle.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::equations::Equations;
use crate::graph::heap::{at, id};
use crate::graph::invert::invert;
use crate::graph::lowest_first::LowestFirst;
use crate::graph::pairs::Pairs;
use crate::graph::sets::Sets;
use crate::graph::solution::{ALL, Solution, evaluate};
use crate::memory::{Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;

/// The distinct terms of each joint.
pub(super) struct Terms {
    /// The terms of joint j (from 0) are the first `lengths[j]` from `terms[starts[j]]` on, ascending.
    starts: Scratch<u64>,
    lengths: Scratch<u32>,
    /// A joint, counted from 1, or 0 for the roots; and a set.
    terms: Scratch<[u32; 2]>,
}

/// Joints in a part of parallel work.
const PART: usize = 1 << 16;

impl Terms {
    pub(super) fn new(equations: &Equations, room: &Room, progress: &Progress) -> Result<Terms> {
        let joints = equations.joints();
        let mut starts = room.unset(joints + 1)?;
        starts[0] = 0;
        let mut end = 0;
        for (joint, start) in starts[1..].iter_mut().enumerate() {
            end += equations.most_terms(id(joint)) as u64;
            *start = end;
        }
        let (mut lengths, mut terms) = (room.unset(joints)?, room.unset(at(end))?);
        let fill = |(part, (lengths, mut terms)): (usize, (&mut [u32], &mut [[u32; 2]]))| {
            for (joint, length) in (part * PART..).map(id).zip(lengths) {
                let (mine, later) = terms.split_at_mut(equations.most_terms(joint));
                *length = distinct(equations.terms(joint), mine);
                terms = later;
            }
            progress.check()
        };
        let terms_of = parts(&starts, &mut terms);
        lengths.par_chunks_mut(PART).zip(terms_of).enumerate().try_for_each(fill)?;
        Ok(Terms { starts, lengths, terms })
    }

    /// Lowers `solution` to the greatest one that is no greater, by a worklist. Sets that do not fit end it too.
    pub(super) fn solve(
        &self,
        solution: &mut Solution,
        (sets, room): (&mut Sets, &Room),
        progress: &Progress,
    ) -> Result<()> {
        let joints = self.lengths.len();
        solution.fewer = Bits::new(joints + 1);
        let users = invert(self, joints + 1, room, &|_| progress.check())?;
        let mut waiting = LowestFirst::full(id(joints));
        let mut evaluated = 0u64;
        while let Some(joint) = waiting.pop() {
            let (found, _) = evaluate(self.of(joint as usize).iter().copied(), &solution.above, sets);
            if found != ALL && solution.lower(joint + 1, found, sets) {
                users.view().of(joint + 1).iter().for_each(|&user| waiting.insert(user));
            }
            evaluated += 1;
            if evaluated.is_multiple_of(4096) {
                progress.check()?;
            }
            if sets.exhausted() {
                break;
            }
        }
        Ok(())
    }

    fn of(&self, joint: usize) -> &[[u32; 2]] {
        &self.terms[at(self.starts[joint])..][..self.lengths[joint] as usize]
    }

    fn part(&self, part: usize) -> Range<usize> {
        part * PART..self.lengths.len().min((part + 1) * PART)
    }
}

/// Puts the distinct ones of `terms`, ascending, in front of `place`, which has room for all; how many there are.
fn distinct(terms: impl Iterator<Item = [u32; 2]>, place: &mut [[u32; 2]]) -> u32 {
    let mut found = 0;
    for term in terms {
        place[found] = term;
        found += 1;
    }
    place[..found].sort_unstable();
    let mut distinct = 0;
    for next in 0..found {
        if distinct == 0 || place[distinct - 1] != place[next] {
            place[distinct] = place[next];
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

/// The users of each joint, counted from 1.
impl Pairs for Terms {
    fn parts(&self) -> usize {
        self.lengths.len().div_ceil(PART)
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        for joint in self.part(part) {
            for &[from, _] in self.of(joint) {
                pair(from, id(joint));
            }
        }
    }
}
