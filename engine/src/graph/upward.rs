//! Paths under conditions: a search upward from the object.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::heap::Heap;
use crate::graph::limits::Limits;
use crate::graph::paths::{Path, Paths};
use crate::graph::referrers::Referrers;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use roaring::RoaringBitmap;

/// Which paths are wanted.
#[derive(Clone, Copy)]
pub struct Conditions<'c> {
    /// What may be on a path.
    pub limits: Limits<'c>,
    /// The instances of a class, ascending.
    pub instances: &'c dyn Fn(u32) -> Vec<u32>,
    /// One of these must be on the path, its ends included; `None`: any path will do.
    pub through: Option<&'c RoaringBitmap>,
}

impl std::fmt::Debug for Conditions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conditions").field("through", &self.through).finish_non_exhaustive()
    }
}

impl Paths<'_> {
    /// Up to `most` paths to `object` that meet `conditions`: one from each starting point that has any, and the shortest
    /// from there; stronger ones first, then shorter ones, then in the order of the search, which takes holders by id.
    ///
    /// A breadth-first search from the object upward for each strength that plays a part; it passes each object once, or
    /// with `through` twice: before and after it met one of those. A path ends at the first starting point at which it
    /// may. With `through` the shortest way may pass an object twice; such ones are left out, though a longer one may
    /// exist (to find that is NP-hard). 4 bytes for each object of the heap (twice with `through`), of which only those
    /// of objects found are touched, and 8 for each object found.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
    pub fn constrained(
        &self,
        heap: &Heap,
        referrers: &Referrers,
        object: u32,
        most: usize,
        conditions: &Conditions,
        progress: &Progress,
    ) -> Result<Vec<Path>> {
        let mut paths: Vec<Path> = Vec::new();
        if most == 0 || object as usize >= self.objects() || self.depth(object) == NO_OBJECT {
            return Ok(paths);
        }
        let mut starts = RoaringBitmap::new();
        let mut phase = Some(self.strength(object));
        while let Some(strength) = phase.filter(|_| paths.len() < most) {
            let search = Upward::new(self, heap, referrers, conditions, strength);
            phase = search.run(object, most, &mut starts, &mut paths, progress)?;
        }
        Ok(paths)
    }
}

/// The end of a path, in the column of next objects, which are counted from 1.
const END: u32 = u32::MAX;

/// An object of the search, and whether one to pass through is on the way down from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    object: u32,
    passed: bool,
}

struct Upward<'u, 'p> {
    paths: &'u Paths<'p>,
    heap: &'u Heap<'u>,
    referrers: &'u Referrers,
    conditions: &'u Conditions<'u>,
    /// The weakest reference that is followed.
    phase: Strength,
    /// The strength of what was not followed in this phase.
    weaker: Option<Strength>,
    /// By `passed`, then object: the next object on the way down from 1, 0 for objects not found, or [`END`].
    next: [Vec<u32>; 2],
    /// Of objects passed: whether they are the last one to pass through.
    turned: Bits,
    queue: Vec<State>,
}

impl<'u, 'p> Upward<'u, 'p> {
    fn new(
        paths: &'u Paths<'p>,
        heap: &'u Heap<'u>,
        referrers: &'u Referrers,
        conditions: &'u Conditions<'u>,
        phase: Strength,
    ) -> Upward<'u, 'p> {
        let column = |wanted: bool| vec![0; if wanted { paths.objects() } else { 0 }];
        let next = [column(conditions.through.is_some()), column(true)];
        let turned = Bits::new(paths.objects());
        Upward { paths, heap, referrers, conditions, phase, weaker: None, next, turned, queue: Vec::new() }
    }

    /// Adds the paths of this phase; returns the next phase.
    fn run(
        mut self,
        object: u32,
        most: usize,
        starts: &mut RoaringBitmap,
        found: &mut Vec<Path>,
        progress: &Progress,
    ) -> Result<Option<Strength>> {
        let passed = self.is_met(object);
        self.next[usize::from(passed)][object as usize] = END;
        self.queue.push(State { object, passed });
        let (mut head, mut holders) = (0, Vec::new());
        while let Some(&state) = self.queue.get(head) {
            if state.passed && self.paths.depth(state.object) == 0 {
                found.extend(self.path(state).filter(|_| starts.insert(state.object)));
                if found.len() == most {
                    return Ok(None);
                }
            } else if head == 0 || (self.conditions.limits.may_pass)(state.object) {
                self.holders(state.object, &mut holders);
                holders.iter().for_each(|&holder| self.enter(holder, state));
            }
            head += 1;
            if head.is_multiple_of(1024) || holders.len() > 1024 {
                progress.check()?;
            }
        }
        Ok(self.weaker)
    }

    fn is_met(&self, object: u32) -> bool {
        self.conditions.through.is_none_or(|through| through.contains(object))
    }

    fn enter(&mut self, holder: u32, below: State) {
        let passed = below.passed || self.is_met(holder);
        let next = &mut self.next[usize::from(passed)][holder as usize];
        if *next != 0 || !self.may_be_on_path(holder) {
            return;
        }
        self.next[usize::from(passed)][holder as usize] = below.object + 1;
        if passed && !below.passed {
            self.turned.insert(holder);
        }
        self.queue.push(State { object: holder, passed });
    }

    fn may_be_on_path(&self, object: u32) -> bool {
        (self.conditions.limits.may_pass)(object) || self.paths.depth(object) == 0
    }

    /// The distinct holders of `object` by references that are followed, ascending.
    fn holders(&mut self, object: u32, holders: &mut Vec<u32>) {
        holders.clear();
        let reached = |holder: u32| self.paths.strength(holder) <= self.phase;
        let may_follow = self.conditions.limits.may_follow;
        let mut before = None;
        for &holder in self.paths.inbound(object) {
            let again = before.replace(holder) == Some(holder);
            if !again && reached(holder) && may_follow(holder, object, Strength::Strong) {
                holders.push(holder);
            }
        }
        for &(_, strength, holder) in self.referrers.others(object) {
            let follows = strength == Strength::Strong || may_follow(holder, object, strength);
            if follows && strength <= self.phase && reached(holder) {
                holders.push(holder);
            }
        }
        for &(_, class) in self.referrers.classes(object) {
            holders.extend((self.conditions.instances)(class).into_iter().filter(|&holder| reached(holder)));
        }
        self.weaker = self.weaker.into_iter().chain(self.weaker_than_phase(object)).min();
        holders.sort_unstable();
        holders.dedup();
    }

    /// The next strength at which `object` has more holders.
    fn weaker_than_phase(&self, object: u32) -> Option<Strength> {
        let stored = self.paths.inbound(object).iter().map(|&holder| self.paths.strength(holder));
        let others = self.referrers.others(object).iter();
        let others = others.map(|&(_, strength, holder)| strength.max(self.paths.strength(holder)));
        // Instances that hold their class object are not looked at again: the next strength may be one of theirs.
        let classes = self.referrers.classes(object).iter().filter_map(|_| self.after_phase());
        let wanted = |&strength: &Strength| strength > self.phase && strength != Strength::Unreachable;
        stored.chain(others).chain(classes).filter(wanted).min()
    }

    fn after_phase(&self) -> Option<Strength> {
        Strength::from_u8(self.phase as u8 + 1)
    }

    /// The path from a starting point; `None` where it passes an object twice.
    fn path(&self, start: State) -> Option<Path> {
        let (mut objects, mut state) = (vec![start.object], start);
        loop {
            let next = self.next[usize::from(state.passed)][state.object as usize];
            if next == END {
                break;
            }
            let passed =
                state.passed && (self.conditions.through.is_none() || !self.turned.has(state.object));
            state = State { object: next - 1, passed };
            objects.push(state.object);
        }
        let mut sorted = objects.clone();
        sorted.sort_unstable();
        if self.conditions.through.is_some() && sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        let holds = objects.windows(2).map(|pair| self.edge(pair[0], pair[1]));
        let strength = holds.max().unwrap_or(Strength::Strong);
        Some(Path { objects, strength })
    }

    /// The strongest reference between two objects that may be on a path.
    fn edge(&self, holder: u32, object: u32) -> Strength {
        let stored = self.paths.inbound(object).binary_search(&holder).is_ok();
        let may_follow = self.conditions.limits.may_follow;
        if self.heap.class_object(holder) == object
            || (stored && may_follow(holder, object, Strength::Strong))
        {
            return Strength::Strong;
        }
        let others = self.referrers.others(object).iter().filter(|other| other.2 == holder);
        let may =
            |strength: &Strength| *strength == Strength::Strong || may_follow(holder, object, *strength);
        others.map(|other| other.1).filter(may).min().unwrap_or(self.phase)
    }
}
