//! How near some objects are behind all others that are reached.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::heap::{Heap, id};
use crate::graph::search::Seed;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// References that are looked at together.
const CHUNK: usize = 1 << 16;

/// Looks for the strong references that lead to `objects`.
pub(super) struct Nearest<'a> {
    /// Ascending.
    objects: &'a [u32],
    /// The same as bits.
    all: &'a Bits,
    /// By object of the heap: how near it is; [`NO_OBJECT`] where it is not reached, as none of `objects` is.
    depth: &'a [u32],
    /// By object of `objects`.
    found: Vec<AtomicU32>,
}

impl<'a> Nearest<'a> {
    pub(super) fn new(objects: &'a [u32], all: &'a Bits, depth: &'a [u32]) -> Nearest<'a> {
        let found = objects.iter().map(|_| AtomicU32::new(NO_OBJECT)).collect();
        Nearest { objects, all, depth, found }
    }

    /// The objects that are reached from others, with how near; ascending by that. One pass over all references.
    pub(super) fn seeds(self, heap: &Heap, progress: &Progress) -> Result<Vec<Seed>> {
        self.stored(heap, progress)?;
        self.classes(heap);
        self.others(heap);
        let found = self.objects.iter().zip(self.found);
        let seeds = found.map(|(&to, depth)| Seed { depth: depth.into_inner(), to });
        let mut seeds: Vec<Seed> = seeds.filter(|seed| seed.depth != NO_OBJECT).collect();
        seeds.sort_unstable();
        Ok(seeds)
    }

    /// Notes that `from` refers to `to`.
    fn meet(&self, from: u32, to: u32) {
        let depth = self.depth[from as usize];
        if let (true, Ok(place)) = (depth != NO_OBJECT, self.objects.binary_search(&to)) {
            self.found[place].fetch_min(depth + 1, Ordering::Relaxed);
        }
    }

    /// Reads targets alone: only for one that is wanted its source is looked for.
    fn stored(&self, heap: &Heap, progress: &Progress) -> Result<()> {
        let strong = heap.columns().strong;
        let source = |place| id(strong.starts.partition_point(|start| start <= place) - 1);
        let chunks = strong.targets.par_chunks(CHUNK).enumerate();
        chunks.try_for_each(|(chunk, targets)| {
            let places = (chunk * CHUNK) as u64..;
            let wanted = places.zip(targets).filter(|(_, to)| self.all.has(**to));
            wanted.for_each(|(place, &to)| self.meet(source(place), to));
            progress.check()
        })
    }

    /// Instances refer to their class object.
    fn classes(&self, heap: &Heap) {
        let is_wanted = |&object: &u32| object != NO_OBJECT && self.all.has(object);
        let wanted: Vec<bool> = heap.columns().class_objects.iter().map(is_wanted).collect();
        let objects = (0..id(heap.objects())).into_par_iter().zip(heap.columns().class_of);
        let instances = objects.filter(|(_, class)| wanted[**class as usize]);
        instances.for_each(|(object, _)| self.meet(object, heap.class_object(object)));
    }

    fn others(&self, heap: &Heap) {
        heap.columns().locals.iter().for_each(|&(thread, local)| self.meet(thread, local));
        let special = heap.columns().special.iter().filter(|special| special.strength == Strength::Strong);
        special.for_each(|special| self.meet(special.from, special.to));
    }
}
