//! The breadth-first search for strength and depth.

use crate::error::Result;
use crate::graph::heap::{Heap, SpecialReference};
use crate::graph::limits::Limits;
use crate::graph::reach::{Reach, check_starts};
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::memory::{Pile, Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;

/// An object that a phase begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seed {
    pub(super) depth: u32,
    pub(super) to: u32,
}

fn at_0(starts: impl Iterator<Item = u32>) -> Vec<Seed> {
    starts.map(|to| Seed { depth: 0, to }).collect()
}

/// The depth behind that of `level`, or that of the first seed where there is no level; `None` at the end.
fn next_depth(level: &Pile<u32>, depth: u32, seeds: &[Seed]) -> Option<u32> {
    if level.is_empty() { seeds.first().map(|seed| seed.depth) } else { Some(depth + 1) }
}

/// Objects that are visited together.
const BATCH: usize = 32;
/// Objects of one depth in a part (1 MB).
const PART: usize = 1 << 18;

/// What a visit reads of an object.
#[derive(Clone, Copy, Default)]
struct Visit<'a> {
    object: u32,
    class: u32,
    depth: u32,
    stored: &'a [u32],
}

/// Breadth first through a heap, phase by phase.
pub(super) struct Search<'h, 'a> {
    heap: &'h Heap<'a>,
    pub(super) depth: Scratch<u32>,
    pub(super) strength: Scratch<u8>,
    /// The objects of the next depth, as far as they are found.
    next: Pile<u32>,
    room: &'h Room,
    /// Whether some instance of the class was visited; its first visit reached the class object.
    class_done: Vec<bool>,
    phase: Strength,
    limits: Option<&'h Limits<'h>>,
}

impl<'h, 'a> Search<'h, 'a> {
    /// One that has reached nothing, to begin at `starts` and to stay within `limits`.
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] when a starting point is no object; where neither memory nor the disk has room.
    pub(super) fn new(
        room: &'h Room,
        heap: &'h Heap<'a>,
        starts: &[u32],
        limits: &'h Limits<'h>,
    ) -> Result<Search<'h, 'a>> {
        check_starts(heap, starts)?;
        let objects = heap.objects();
        let mut depth = room.unset(objects)?;
        depth.par_iter_mut().for_each(|depth| *depth = NO_OBJECT);
        let mut strength = room.unset(objects)?;
        strength.par_iter_mut().for_each(|strength| *strength = Strength::Unreachable as u8);
        Ok(Search { limits: Some(limits), ..Search::after(room, heap, Reach { strength, depth }) })
    }

    /// One that has reached strongly what `reach` says.
    pub(super) fn after(room: &'h Room, heap: &'h Heap<'a>, reach: Reach) -> Search<'h, 'a> {
        Search {
            heap,
            depth: reach.depth,
            strength: reach.strength,
            next: Pile::new(room, PART),
            room,
            class_done: vec![false; heap.columns().class_objects.len()],
            phase: Strength::Strong,
            limits: None,
        }
    }

    /// All phases from `starts`.
    pub(super) fn reach(mut self, starts: &[u32], progress: &Progress) -> Result<Reach> {
        progress.check()?;
        self.run(&at_0(starts.iter().copied()), progress)?;
        self.finish(&[], progress)
    }

    /// What is left to do after the strong phase; paths begin at those of `also` too that are reached strongly.
    pub(super) fn finish(mut self, also: &[u32], progress: &Progress) -> Result<Reach> {
        let nearer = at_0(also.iter().copied().filter(|&to| self.depth[to as usize] != NO_OBJECT));
        self.class_done.fill(false);
        self.run(&nearer, progress)?;
        for &phase in &Strength::ALL[1..5] {
            self.phase = phase;
            let seeds = self.seeds();
            self.run(&seeds, progress)?;
        }
        Ok(Reach { strength: self.strength, depth: self.depth })
    }

    /// What referents of this phase's strength reach first, by depth.
    fn seeds(&self) -> Vec<Seed> {
        let references = self.heap.columns().special.iter();
        let mut seeds: Vec<Seed> = references
            .filter(|reference| reference.strength == self.phase && self.may_follow_special(reference))
            .map(|reference| (self.depth[reference.from as usize], reference.to))
            .filter(|&(depth, to)| depth != NO_OBJECT && self.depth[to as usize] == NO_OBJECT)
            .map(|(depth, to)| Seed { depth: depth + 1, to })
            .collect();
        seeds.sort_unstable();
        seeds
    }

    /// Breadth first from the seeds, ascending, depth by depth: a seed comes in with the objects of its depth. What has been
    /// reached strongly goes on only where it is nearer now.
    pub(super) fn run(&mut self, mut seeds: &[Seed], progress: &Progress) -> Result<()> {
        let (mut level, mut depth, mut visited) = (Pile::new(self.room, PART), 0, 0);
        while let Some(next) = next_depth(&level, depth, seeds) {
            for batch in level.parts().flat_map(|part| part.chunks(BATCH)) {
                self.visit_batch(batch, next);
                visited += batch.len() as u64;
                if visited >= 65_536 {
                    progress.add(std::mem::take(&mut visited))?;
                }
            }
            while let Some((seed, rest)) = seeds.split_first().filter(|(seed, _)| seed.depth <= next) {
                self.enter(seed.to, seed.depth);
                seeds = rest;
            }
            self.next.check()?;
            std::mem::swap(&mut level, &mut self.next);
            self.next.clear();
            depth = next;
        }
        progress.add(visited)
    }

    /// Visits a few objects. Reads where their references are for all of them first, so that the cache misses overlap.
    fn visit_batch(&mut self, batch: &[u32], depth: u32) {
        let columns = self.heap.columns();
        let mut visits = [Visit::default(); BATCH];
        for (visit, &object) in visits.iter_mut().zip(batch) {
            let stored = self.heap.stored(object);
            let class = columns.class_of[object as usize];
            *visit = Visit { object, class, stored, depth };
        }
        for visit in &visits[..batch.len()] {
            match self.limits {
                None => self.visit(visit),
                Some(limits) => self.visit_within(limits, visit),
            }
        }
    }

    fn visit_within(&mut self, limits: &Limits, visit: &Visit) {
        if !self.passes(limits, visit.object) {
            return;
        }
        for &to in visit.stored {
            // What is known already need not be asked for.
            if self.depth[to as usize] == NO_OBJECT && (limits.may_follow)(visit.object, to, Strength::Strong)
            {
                self.enter(to, visit.depth);
            }
        }
        self.visit(&Visit { stored: &[], ..*visit });
    }

    /// Whether paths may go on at `object`, which is reached.
    fn passes(&self, limits: &Limits, object: u32) -> bool {
        self.depth[object as usize] == 0 || (limits.may_pass)(object)
    }

    fn may_follow_special(&self, reference: &SpecialReference) -> bool {
        let &SpecialReference { from, to, strength } = reference;
        self.limits.is_none_or(|limits| self.passes(limits, from) && (limits.may_follow)(from, to, strength))
    }

    fn visit(&mut self, visit: &Visit) {
        for &to in visit.stored {
            self.enter(to, visit.depth);
        }
        if !std::mem::replace(&mut self.class_done[visit.class as usize], true) {
            self.enter_class(visit.class as usize, visit.depth);
        }
        if self.heap.has_more(visit.object) {
            self.visit_more(visit.object, visit.depth);
        }
    }

    fn enter_class(&mut self, class: usize, depth: u32) {
        let class_object = self.heap.columns().class_objects[class];
        if class_object != NO_OBJECT {
            self.enter(class_object, depth);
        }
    }

    fn visit_more(&mut self, object: u32, depth: u32) {
        for local in self.heap.locals(object) {
            self.enter(local.1, depth);
        }
        for reference in self.heap.special(object) {
            if reference.strength <= self.phase && self.may_follow_special(reference) {
                self.enter(reference.to, depth);
            }
        }
    }

    fn enter(&mut self, object: u32, depth: u32) {
        let known = &mut self.depth[object as usize];
        if *known > depth && (*known == NO_OBJECT || self.phase == Strength::Strong) {
            *known = depth;
            self.strength[object as usize] = self.phase as u8;
            self.next.push(object);
        }
    }
}
