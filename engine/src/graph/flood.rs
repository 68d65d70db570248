//! The breadth-first search for what is reached strongly: with a bit for each object, and what it reaches in order.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::heap::{Heap, at, id};
use crate::graph::queue::{PART, Queue};
use crate::graph::reach::{Reach, check_starts};
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::memory::{Room, prefetch, shared_u32};
use crate::progress::Progress;
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// Objects that are visited together.
const BATCH: usize = 32;

/// What is reached strongly from starting points, nearest first.
///
/// What is read at random meanwhile is a bit for each object, which lies near the processor where a column of depths does not.
pub struct Flood {
    reached: Bits,
    /// The objects that are reached, by depth.
    order: Queue,
    /// The places in that order at which a depth begins.
    begins: Bits,
    /// By class, the class object, as long as only an instance may reach it.
    waiting: Vec<u32>,
    /// How many of these there are.
    waits: usize,
}

impl Flood {
    /// Everything that `starts` (depth 0; repeats do no harm) reach by strong references. Cost O(objects + references), in order
    /// of depth; a quarter of a byte for each object and 4 for each one that is reached.
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] when a starting point is no object; [`crate::error::Error::Interrupted`] when `progress` was
    /// cancelled; where neither memory nor the disk has room.
    pub fn new(room: &Room, heap: &Heap, starts: &[u32], progress: &Progress) -> Result<Flood> {
        check_starts(heap, starts)?;
        progress.check()?;
        let none = || Bits::new(heap.objects());
        let (reached, begins, waiting) =
            (none(), none(), vec![NO_OBJECT; heap.columns().class_objects.len()]);
        let mut flood = Flood { reached, order: Queue::new(room), begins, waiting, waits: 0 };
        starts.iter().for_each(|&start| flood.enter(start));
        flood.wait(heap);
        flood.run(heap, progress)?;
        Ok(flood)
    }

    /// Finds out which class objects wait for an instance: most often all of them are starting points.
    fn wait(&mut self, heap: &Heap) {
        for (waiting, &object) in self.waiting.iter_mut().zip(heap.columns().class_objects) {
            if object != NO_OBJECT && !self.reached.has(object) {
                *waiting = object;
                self.waits += 1;
            }
        }
    }

    /// Depth by depth: at the end of one, all of the next one is in the queue.
    fn run(&mut self, heap: &Heap, progress: &Progress) -> Result<()> {
        let (mut place, mut told) = (0, 0);
        while place < self.order.len() {
            self.begins.insert(id(place));
            let end = self.order.len();
            while place < end {
                let batch = place..end.min(place + BATCH);
                place = batch.end;
                self.visit(heap, batch);
                if place - told >= 65_536 {
                    progress.add((place - told) as u64)?;
                    told = place;
                }
            }
            self.order.check()?;
        }
        progress.add((place - told) as u64)
    }

    /// Visits the objects at these places. Reads where their references are for all of them first, so that the cache misses overlap.
    fn visit(&mut self, heap: &Heap, batch: std::ops::Range<usize>) {
        let columns = heap.columns();
        let mut objects = [0; BATCH];
        let objects = &mut objects[..batch.len()];
        self.order.read(batch.start, objects);
        self.order.ahead(batch.end, BATCH, |object| prefetch(columns.strong.starts.low, object as usize));
        for &object in &*objects {
            prefetch(columns.strong.targets, at(columns.strong.starts.get(object as usize)));
        }
        for &object in &*objects {
            heap.stored(object).iter().for_each(|&to| self.enter(to));
            if self.waits > 0 {
                self.enter_class(columns.class_of[object as usize] as usize);
            }
            if heap.has_more(object) {
                self.enter_more(heap, object);
            }
        }
    }

    #[inline]
    fn enter(&mut self, object: u32) {
        if self.reached.insert(object) {
            self.order.push(object);
        }
    }

    /// The first instance of a class that is visited reaches its class object.
    fn enter_class(&mut self, class: usize) {
        let object = std::mem::replace(&mut self.waiting[class], NO_OBJECT);
        if object != NO_OBJECT {
            self.waits -= 1;
            self.enter(object);
        }
    }

    fn enter_more(&mut self, heap: &Heap, object: u32) {
        heap.locals(object).iter().for_each(|local| self.enter(local.1));
        let strong = heap.special(object).iter().filter(|special| special.strength == Strength::Strong);
        strong.for_each(|special| self.enter(special.to));
    }

    /// Strength and depth of each object, as far as strong references tell. In parallel.
    ///
    /// # Errors
    /// Neither memory nor the disk has room.
    pub fn reach(self, room: &Room) -> Result<Reach> {
        let objects = self.reached.objects();
        let (mut strength, mut depth) = (room.unset(objects)?, room.unset(objects)?);
        let rows = (&mut depth[..], &mut strength[..]).into_par_iter().enumerate();
        rows.for_each(|(object, (depth, strength))| {
            let reached = self.reached.has(id(object));
            *depth = NO_OBJECT;
            *strength = if reached { Strength::Strong } else { Strength::Unreachable } as u8;
        });
        let (shared, begins, mut depths) = (shared_u32(&mut depth), &self.begins, 0);
        let parts = self.order.into_parts().into_iter().zip((0..).step_by(PART)).map(|(part, first)| {
            let before = depths;
            depths += begins.count_in(first..first + part.len());
            (part, first, before)
        });
        parts.collect::<Vec<_>>().into_par_iter().for_each(|(part, first, before)| {
            // Of the first depth, 0, the beginning counts too.
            let mut depth = before.wrapping_sub(1);
            for (&object, place) in part.iter().zip(first..) {
                depth = depth.wrapping_add(u32::from(begins.has(id(place))));
                shared[object as usize].store(depth, Ordering::Relaxed);
            }
        });
        Ok(Reach { strength, depth })
    }
}
