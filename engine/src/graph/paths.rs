//! Shortest paths from the starting points of a search to an object.

use crate::error::{Error, Result};
use crate::graph::heap::{Csr, Heap, check_csr, equal_range, id};
use crate::graph::limits::Limits;
use crate::graph::reach::ReachColumns;
use crate::graph::referrers::Referrers;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use std::collections::HashMap;

/// Objects at the end of the first path where other paths may leave it.
const MAX_TURNS: usize = 1000;
/// Steps that are looked at to find paths that pass no object twice.
const MAX_STEPS: usize = 1 << 20;

/// A path from a starting point to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The starting point first, the object last.
    pub objects: Vec<u32>,
    /// The weakest reference or object on it.
    pub strength: Strength,
}

/// What it takes to walk from an object up to the starting points.
#[derive(Debug)]
pub struct Paths<'p> {
    inbound: Csr<'p>,
    reach: ReachColumns<'p>,
    /// Holders by other than stored references: (held, strength, holder), sorted.
    others: Vec<(u32, Strength, u32)>,
}

/// One object that holds another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holder {
    /// The weaker of the reference and the holder's own reach.
    strength: Strength,
    /// Of the holder.
    depth: u32,
    object: u32,
}

/// A way to leave the first path: at the object of depth `turn`, to another of its holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    strength: Strength,
    steps: u64,
    /// Objects between the turn and the end of the path.
    from_end: usize,
    holder: u32,
}

impl<'p> Paths<'p> {
    /// Gathers the holders by locals, referents and classes; cost O(objects + references), to check `inbound`.
    ///
    /// `inbound` is the transpose of the heap's stored references, `reach` the result for the wanted starting points.
    ///
    /// # Errors
    /// [`Error::Input`] when `inbound` or `reach` are not columns of this heap.
    pub fn new(heap: &Heap, inbound: Csr<'p>, reach: ReachColumns<'p>) -> Result<Paths<'p>> {
        Paths::within(heap, inbound, reach, None)
    }

    /// As [`Paths::new`], from the result of [`crate::graph::reach_within`] `limits`.
    ///
    /// # Errors
    /// As [`Paths::new`].
    pub fn within(
        heap: &Heap,
        inbound: Csr<'p>,
        reach: ReachColumns<'p>,
        limits: Option<&Limits>,
    ) -> Result<Paths<'p>> {
        let objects = heap.objects();
        check_csr(&inbound, objects)?;
        if reach.depth.len() != objects || reach.strength.len() != objects {
            return Err(Error::Input("reach is that of another heap".into()));
        }
        let referrers = Referrers::new(heap.columns());
        // A referent that is also the reference's class object is held strongly.
        let strength = |&(held, strength, holder): &(u32, Strength, u32)| {
            let strength = if heap.class_object(holder) == held { Strength::Strong } else { strength };
            (held, strength, holder)
        };
        let others = referrers.all_others().iter().map(strength);
        let mut others: Vec<_> = others.chain(nearest_instances(heap, reach, limits)).collect();
        others.sort_unstable();
        Ok(Paths { inbound, reach, others })
    }

    /// A shortest path to `object`; `None` when it is unreachable.
    ///
    /// Upward from the object it takes the holder one step nearer to a starting point, by the strongest kind of
    /// reference, then of the lowest id. Cost: the holders of the objects on the path.
    pub fn shortest(&self, object: u32) -> Option<Path> {
        let mut objects = vec![object];
        let mut here = object;
        while *self.reach.depth.get(here as usize)? != 0 {
            here = self.above(here)?;
            objects.push(here);
        }
        objects.reverse();
        Some(Path { objects, strength: self.reach.strength[object as usize] })
    }

    /// Up to `most` paths to `object` that differ in the object where they join the first, strongest and shortest first.
    ///
    /// The first is [`Paths::shortest`]. Each other one leaves it, upward, at one of its last 1,000 objects (not at its
    /// starting point) to another holder of that object, and goes on by the shortest path to that holder. Ties: the turn
    /// nearest to `object`, then the holder with the lowest id. Paths that pass an object twice are left out; among the
    /// instances that hold a class object only the first of the nearest counts. For an object with millions of
    /// holders that it holds itself the search ends after 2^20 steps.
    pub fn distinct(&self, object: u32, most: usize) -> Vec<Path> {
        let Some(first) = self.shortest(object).filter(|_| most > 0) else { return Vec::new() };
        let turns = self.turns(&first.objects);
        let mut detour = Detour { paths: self, first: &first.objects, joins: HashMap::new(), steps: 0 };
        let other = |turn| detour.path(turn);
        let others: Vec<Path> = turns.into_iter().map_while(other).flatten().take(most - 1).collect();
        std::iter::once(first.clone()).chain(others).collect()
    }

    /// All ways to leave a path, best first.
    fn turns(&self, path: &[u32]) -> Vec<Turn> {
        let mut turns = Vec::new();
        for (from_end, pair) in path.windows(2).rev().take(MAX_TURNS).enumerate() {
            let mut holders: Vec<Holder> =
                self.holders(pair[1]).filter(|holder| holder.object != pair[0]).collect();
            holders.sort_unstable_by_key(|holder| (holder.object, holder.strength));
            holders.dedup_by_key(|holder| holder.object);
            let below = self.reach.strength[path[path.len() - 1] as usize];
            turns.extend(holders.into_iter().map(|holder| Turn {
                strength: holder.strength.max(below),
                steps: u64::from(holder.depth) + 1 + from_end as u64,
                from_end,
                holder: holder.object,
            }));
        }
        turns.sort_unstable();
        turns
    }

    /// The holder of `object` on its shortest path.
    fn above(&self, object: u32) -> Option<u32> {
        self.above_within(object, None)
    }

    /// The holder of `object` on its shortest path within `limits`, with which its reach was found.
    pub(super) fn above_within(&self, object: u32, limits: Option<&Limits>) -> Option<u32> {
        let may_pass =
            |holder: u32| limits.is_none_or(|limits| self.depth(holder) == 0 || (limits.may_pass)(holder));
        let may_follow = |holder: u32, strength: Strength| {
            limits.is_none_or(|limits| (limits.may_follow)(holder, object, strength))
        };
        let strength = self.reach.strength[object as usize];
        let depth = self.reach.depth[object as usize];
        let nearer = |holder: &u32| {
            let holder = *holder as usize;
            self.reach.depth[holder].checked_add(1) == Some(depth)
                && self.reach.strength[holder] <= strength
                && may_pass(id(holder))
        };
        let may_be = |holder: &u32| nearer(holder) && may_follow(*holder, Strength::Strong);
        let stored =
            self.inbound.of(object).iter().copied().find(may_be).map(|holder| (Strength::Strong, holder));
        let others = self.others(object).iter().filter(|other| other.1 <= strength && nearer(&other.2));
        let others = others.filter(|other| other.1 == Strength::Strong || may_follow(other.2, other.1));
        let other = others.map(|&(_, strength, holder)| (strength, holder)).min();
        stored.into_iter().chain(other).min().map(|(_, holder)| holder)
    }

    fn holders(&self, object: u32) -> impl Iterator<Item = Holder> + '_ {
        let stored = self.inbound.of(object).iter().map(|&holder| (Strength::Strong, holder));
        let others = self.others(object).iter().map(|&(_, strength, holder)| (strength, holder));
        stored.chain(others).filter_map(|(strength, object)| {
            let strength = strength.max(self.reach.strength[object as usize]);
            let depth = self.reach.depth[object as usize];
            (depth != NO_OBJECT).then_some(Holder { strength, depth, object })
        })
    }

    fn others(&self, object: u32) -> &[(u32, Strength, u32)] {
        equal_range(&self.others, |other| other.0, object)
    }

    /// The number of objects.
    pub(super) fn objects(&self) -> usize {
        self.reach.depth.len()
    }

    /// Steps from a starting point; [`NO_OBJECT`] when unreachable.
    pub(super) fn depth(&self, object: u32) -> u32 {
        self.reach.depth[object as usize]
    }

    pub(super) fn strength(&self, object: u32) -> Strength {
        self.reach.strength[object as usize]
    }

    /// The holders of `object` by stored references, ascending, repeats included.
    pub(super) fn inbound(&self, object: u32) -> &'p [u32] {
        self.inbound.of(object)
    }
}

/// For each class object that an instance holds on a shortest path, the lowest such instance.
fn nearest_instances(
    heap: &Heap,
    reach: ReachColumns,
    limits: Option<&Limits>,
) -> impl Iterator<Item = (u32, Strength, u32)> {
    let classes = heap.columns().class_objects;
    let mut nearest = vec![NO_OBJECT; classes.len()];
    for (object, &class) in heap.columns().class_of.iter().enumerate() {
        let class_object = classes[class as usize];
        if class_object == NO_OBJECT || nearest[class as usize] != NO_OBJECT {
            continue;
        }
        let nearer = reach.depth[object].checked_add(1) == Some(reach.depth[class_object as usize]);
        let passes = || limits.is_none_or(|limits| reach.depth[object] == 0 || (limits.may_pass)(id(object)));
        if nearer && passes() && reach.strength[object] <= reach.strength[class_object as usize] {
            nearest[class as usize] = id(object);
        }
    }
    let pairs = classes.iter().copied().zip(nearest).filter(|pair| pair.1 != NO_OBJECT);
    pairs
        .map(|(class_object, instance)| (class_object, Strength::Strong, instance))
        .collect::<Vec<_>>()
        .into_iter()
}

/// Finds where the shortest path to another holder comes from the first path.
struct Detour<'d> {
    paths: &'d Paths<'d>,
    first: &'d [u32],
    /// For objects off the first path the depth at which their shortest path leaves it, if it was ever on it.
    joins: HashMap<u32, Option<usize>>,
    steps: usize,
}

impl Detour<'_> {
    /// `None` when the search took too many steps, `Some(None)` when the path would pass an object twice.
    fn path(&mut self, turn: Turn) -> Option<Option<Path>> {
        let turn_depth = self.first.len() - 1 - turn.from_end;
        let mut walked = Vec::new();
        let mut here = turn.holder;
        let join = loop {
            let depth = self.paths.reach.depth[here as usize];
            if self.first.get(depth as usize) == Some(&here) {
                break Some(depth as usize);
            }
            if let Some(&join) =
                self.joins.get(&here).filter(|join| join.is_some_and(|depth| depth >= turn_depth))
            {
                break join;
            }
            walked.push(here);
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            match self.paths.above(here) {
                Some(above) if depth > 0 => here = above,
                _ => break None,
            }
        };
        self.joins.extend(walked.iter().map(|&object| (object, join)));
        if join.is_some_and(|depth| depth >= turn_depth) {
            return Some(None);
        }
        let start = join.map_or(&[][..], |depth| &self.first[..=depth]);
        let objects =
            start.iter().chain(walked.iter().rev()).chain(&self.first[turn_depth..]).copied().collect();
        Some(Some(Path { objects, strength: turn.strength }))
    }
}
