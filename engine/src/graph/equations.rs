//! The equations between joints, of the groups above each of them, and their greatest solution.

use crate::error::Result;
use crate::graph::dominators::Dominators;
use crate::graph::heap::id;
use crate::graph::joints::{Chains, Joints};
use crate::graph::sets::Sets;
use crate::graph::solution::{ALL, Solution, evaluate};
use crate::memory::prefetch;
use crate::progress::Progress;

/// So many rounds before a worklist: most heaps need a few.
const ROUNDS: usize = 16;

/// Joint j lies below the groups that are in `above[term.0] ∪ term.1` for each of its terms.
///
/// Joints are in reverse postorder, so that most terms are of joints that come before.
pub(super) struct Equations<'e> {
    pub(super) dominators: &'e Dominators,
    pub(super) joints: &'e Joints,
    pub(super) chains: &'e Chains,
}

impl Equations<'_> {
    /// How many joints there are.
    pub(super) fn joints(&self) -> usize {
        self.joints.merges.len()
    }

    /// The most terms that a joint, counted from 0, can have.
    pub(super) fn most_terms(&self, joint: u32) -> usize {
        self.dominators.merges.holders(self.joints.merges[joint as usize] as usize).len()
    }

    /// The terms of a joint, counted from 0: another joint, counted from 1, or 0 for the roots; and a set. A holder below the
    /// joint itself makes none: it meets at least what the joint meets.
    pub(super) fn terms(&self, joint: u32) -> impl Iterator<Item = [u32; 2]> {
        let holders = self.dominators.merges.taken_down(self.joints.merges[joint as usize] as usize);
        holders.map(|holder| self.chains.of(holder)).filter(move |term| term[0] != joint + 1)
    }

    /// Lowers `solution` towards the greatest one that is no greater; whether that is reached. Sets that do not fit end it too.
    ///
    /// The first time each joint is evaluated once, then those that have met a joint before it was; then, as long as there are
    /// any, those that use what is lower now.
    pub(super) fn rounds(
        &self,
        solution: &mut Solution,
        is_first: bool,
        sets: &mut Sets,
        progress: &Progress,
    ) -> Result<bool> {
        let mut early = Vec::new();
        if is_first {
            self.evaluate_all(None, &mut early, solution, sets, progress)?;
        }
        for _ in 0..ROUNDS {
            let mut next = solution.users();
            next.append(&mut early);
            if next.is_empty() || sets.exhausted() {
                return Ok(true);
            }
            next.sort_unstable();
            next.dedup();
            self.evaluate_all(Some(&next), &mut early, solution, sets, progress)?;
        }
        Ok(false)
    }

    /// Evaluates `some` joints, counted from 0, ascending, or for the first time all of them; adds those to `early` that have met
    /// a joint which was not yet evaluated.
    fn evaluate_all(
        &self,
        some: Option<&[u32]>,
        early: &mut Vec<u32>,
        solution: &mut Solution,
        sets: &mut Sets,
        progress: &Progress,
    ) -> Result<()> {
        for place in 0..some.map_or(self.joints(), <[u32]>::len) {
            let joint = some.map_or(id(place), |some| some[place]);
            if some.is_none() {
                self.look_ahead(place);
            }
            let (uses, mut last) = (&mut solution.uses, 0);
            let terms = self.terms(joint).inspect(|&[from, _]| {
                if some.is_none() && from != std::mem::replace(&mut last, from) && from != 0 {
                    uses.push([joint, from]);
                }
            });
            let (found, is_last) = evaluate(terms, &solution.above, sets);
            if !is_last {
                early.push(joint);
            }
            if found != ALL {
                solution.lower(joint + 1, found, sets);
            }
            if place.is_multiple_of(4096) {
                progress.check()?;
            }
            if sets.exhausted() {
                break;
            }
        }
        solution.uses.check()
    }

    /// Begins to read what joints that come after that at `place` will need.
    fn look_ahead(&self, place: usize) {
        let merges = &self.dominators.merges;
        if let Some(&far) = self.joints.merges.get(place + 16) {
            merges.prefetch_start(far as usize);
        }
        if let Some(&near) = self.joints.merges.get(place + 8) {
            merges.prefetch_holders(near as usize);
        }
        if let Some(&next) = self.joints.merges.get(place + 4) {
            let holders = merges.holders(next as usize).iter().take(4);
            holders.for_each(|&holder| prefetch(self.chains.all(), holder as usize));
        }
    }
}
