//! What is lost with a few objects or references, found without a walk over the whole heap.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::forest::{ABOVE_ROOTS, Forest};
use crate::graph::holding::Holding;
use crate::graph::removal::Removal;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use roaring::RoaringBitmap;

/// As [`crate::graph::lost`], in time that depends on what is lost; `None` after about `most` steps.
///
/// What is lost is reachable from what is removed. An object whose path in the `forest` does not meet anything removed
/// or in doubt is held still, and nothing behind it is looked at; the others are in doubt. Then the objects in doubt
/// that something outside of the doubt holds are held still, and what they hold; the rest is lost.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn lost_nearby(
    holding: &Holding,
    forest: &Forest,
    removal: &Removal,
    most: u64,
    progress: &Progress,
) -> Result<Option<RoaringBitmap>> {
    let objects = holding.objects();
    let doubt = Doubt {
        holding,
        forest,
        removal,
        held: Bits::new(objects),
        shaken: Bits::new(objects),
        in_doubt: Bits::new(objects),
        removed: Bits::new(objects),
        found: Vec::new(),
        trail: Vec::new(),
        steps: Steps { left: most, since: 0, progress },
    };
    doubt.lost()
}

/// A budget that is also the time to look whether the caller has cancelled.
struct Steps<'p> {
    left: u64,
    since: u64,
    progress: &'p Progress,
}

impl Steps<'_> {
    /// Whether `steps` more may be taken.
    fn take(&mut self, steps: usize) -> Result<bool> {
        self.since += steps as u64;
        if self.since >= 65_536 {
            self.since = 0;
            self.progress.check()?;
        }
        let left = self.left.checked_sub(steps as u64);
        self.left = left.unwrap_or(0);
        Ok(left.is_some())
    }
}

struct Doubt<'d, 'a> {
    holding: &'d Holding<'a>,
    forest: &'d Forest,
    removal: &'d Removal<'d>,
    /// Known to be held still.
    held: Bits,
    /// Not yet in doubt, but their path in the forest is lost.
    shaken: Bits,
    /// Removed or in doubt.
    in_doubt: Bits,
    removed: Bits,
    /// The members of `in_doubt`; the removed ones first.
    found: Vec<u32>,
    trail: Vec<u32>,
    steps: Steps<'d>,
}

impl Doubt<'_, '_> {
    fn lost(mut self) -> Result<Option<RoaringBitmap>> {
        if !self.begin()? || !self.spread()? {
            return Ok(None);
        }
        let Some(safe) = self.safe()? else { return Ok(None) };
        if !self.rescue(safe)? {
            return Ok(None);
        }
        let mut lost = self.found;
        lost.retain(|&object| self.removed.has(object) || !self.held.has(object));
        lost.sort_unstable();
        self.steps.progress.check()?;
        Ok(Some(lost.into_iter().collect()))
    }

    /// The removed objects, and the targets of the removed references.
    fn begin(&mut self) -> Result<bool> {
        let mut members = self.removal.objects.iter();
        while let Some(object) = members.next().filter(|&object| (object as usize) < self.held.objects()) {
            if self.holding.is_held(object) {
                self.removed.insert(object);
                self.in_doubt.insert(object);
                self.found.push(object);
            }
            if !self.steps.take(1)? {
                return Ok(false);
            }
        }
        let removal = self.removal;
        for &(from, to) in removal.references {
            if self.holding.is_held(from) && self.holding.is_held(to) && !self.meet(to)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What those in doubt hold comes into doubt.
    fn spread(&mut self) -> Result<bool> {
        let (holding, mut targets) = (self.holding, Vec::new());
        let mut next = 0;
        while let Some(&object) = self.found.get(next) {
            targets.clear();
            holding.edges().each(object, |to| targets.push(to));
            for &to in &targets {
                if !self.removal.cuts(object, to) && !self.meet(to)? {
                    return Ok(false);
                }
            }
            next += 1;
        }
        Ok(true)
    }

    /// Decides whether `object` is in doubt; false when the steps are used up.
    fn meet(&mut self, object: u32) -> Result<bool> {
        if self.in_doubt.has(object) || self.held.has(object) {
            return self.steps.take(1);
        }
        self.trail.clear();
        let mut here = object;
        let held = loop {
            if self.held.has(here) {
                break true;
            }
            if self.in_doubt.has(here) || self.shaken.has(here) {
                break false;
            }
            self.trail.push(here);
            match self.forest.parent[here as usize] {
                ABOVE_ROOTS => break true,
                NO_OBJECT => break false,
                parent if self.removal.cuts(parent, here) => break false,
                parent => here = parent,
            }
            if !self.steps.take(1)? {
                return Ok(false);
            }
        };
        let marks = if held { &mut self.held } else { &mut self.shaken };
        for &passed in &self.trail {
            marks.insert(passed);
        }
        if !held {
            self.in_doubt.insert(object);
            self.found.push(object);
        }
        self.steps.take(1)
    }

    /// Those in doubt that something else holds.
    fn safe(&mut self) -> Result<Option<Vec<u32>>> {
        let inside = self.inside();
        let mut safe = Vec::new();
        for index in 0..self.found.len() {
            let object = self.found[index];
            if self.removed.has(object) {
                continue;
            }
            let mut looked_at = 0;
            let (holding, removal) = (self.holding, self.removal);
            let other = holding.holders(object).inspect(|_| looked_at += 1).any(|holder| {
                !self.in_doubt.has(holder) && holding.is_held(holder) && !removal.cuts(holder, object)
            });
            if other || self.is_root(object) || self.instances_hold(object, &inside) {
                safe.push(object);
            }
            if !self.steps.take(1 + looked_at)? {
                return Ok(None);
            }
        }
        Ok(Some(safe))
    }

    fn is_root(&self, object: u32) -> bool {
        self.holding.heap.columns().roots.binary_search(&object).is_ok()
    }

    /// By class, how many of its held instances do not hold the class object any more, or are in doubt.
    fn inside(&self) -> Vec<u32> {
        let class_of = self.holding.heap.columns().class_of;
        let mut inside = vec![0; self.forest.held_instances.len()];
        for &object in &self.found {
            inside[class_of[object as usize] as usize] += 1;
        }
        let mut before = None;
        for &(from, to) in self.removal.references {
            let repeated = before.replace((from, to)) == Some((from, to));
            let counts = self.holding.is_held(from) && !self.in_doubt.has(from);
            if counts && !repeated && self.holding.heap.class_object(from) == to {
                inside[class_of[from as usize] as usize] += 1;
            }
        }
        inside
    }

    fn instances_hold(&self, object: u32, inside: &[u32]) -> bool {
        let classes = self.holding.referrers.classes(object).iter();
        classes
            .map(|&(_, class)| class as usize)
            .any(|class| self.forest.held_instances[class] > inside[class])
    }

    /// What the `safe` ones hold is held.
    fn rescue(&mut self, mut safe: Vec<u32>) -> Result<bool> {
        for &object in &safe {
            self.held.insert(object);
        }
        while let Some(object) = safe.pop() {
            let mut looked_at = 1;
            let (in_doubt, removed, held, removal) =
                (&self.in_doubt, &self.removed, &mut self.held, self.removal);
            self.holding.edges().each(object, |to| {
                looked_at += 1;
                let saves = in_doubt.has(to) && !removed.has(to) && !removal.cuts(object, to);
                if saves && held.insert(to) {
                    safe.push(to);
                }
            });
            if !self.steps.take(looked_at)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
