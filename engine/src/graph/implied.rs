//! Instances hold their class object: which of these references the dominators contradict that were found without them.

use crate::error::Result;
use crate::graph::heap::id;
use crate::graph::merges::{Again, Merges, again};
use crate::graph::narrow::NarrowRef;
use crate::graph::postorder::{reverse_postorder, sizes};
use crate::graph::walk::Walk;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;

/// Numbers in a part of parallel work.
const PART: usize = 1 << 16;
/// Of so many references of a class in a part, one most often settles it for all others.
const MOST: usize = 16;

/// The references from instances to their class object, all of them, whether the walk took them down or not; by number.
pub(super) struct Implied<'w> {
    /// By number, the class.
    class: NarrowRef<'w>,
    /// By class, the number of the class object; 0 where that does not matter.
    objects: &'w [u32],
    /// The last number of an inner object.
    inner: u32,
    /// By number, the immediate dominator without those references that were not taken down.
    dominator: &'w [u32],
    /// What was taken down.
    merges: &'w Merges,
}

impl<'w> Implied<'w> {
    /// Those of a walk in which dominators are already in the place of the parents; `class` is by number.
    pub(super) fn of(walk: &'w Walk, class: NarrowRef<'w>) -> Implied<'w> {
        let Walk { class_objects: objects, inner, parent: dominator, merges, .. } = walk;
        Implied { class, objects, inner: *inner, dominator, merges }
    }

    /// Some of the references that contradict the dominators, as [class object, instance]; none if none does. A leaf is
    /// replaced by its holders.
    ///
    /// One from v to w contradicts nothing where the immediate dominator of w dominates v. Cost O(objects), in parallel but
    /// for one pass over the tree.
    pub(super) fn contradicted(&self, room: &Room, progress: &Progress) -> Result<Again> {
        let tops: Vec<u32> = self.objects.iter().map(|&object| self.dominator[object as usize]).collect();
        if tops.iter().all(|&top| top == 0) {
            return Ok(again(room));
        }
        let tops = Tops::new(&tops, &self.dominator[..=self.inner as usize], room, progress)?;
        let contradicts = |number: u32| {
            let inner = if number <= self.inner { number } else { self.dominator[number as usize] };
            !tops.dominate(self.class.get(number as usize), inner)
        };
        self.collect((room, MOST), contradicts, progress)
    }

    /// All of the references, as [`Implied::contradicted`] gives them.
    pub(super) fn all(&self, room: &Room, progress: &Progress) -> Result<Again> {
        self.collect((room, usize::MAX), |_| true, progress)
    }

    /// The references of which `counts` holds for the instance, at most `most` of a class in each part.
    fn collect(
        &self,
        (room, most): (&Room, usize),
        counts: impl Fn(u32) -> bool + Sync,
        progress: &Progress,
    ) -> Result<Again> {
        let mut found = again(room);
        let parts: Vec<Range<usize>> = (1..self.class.len())
            .step_by(PART)
            .map(|first| first..self.class.len().min(first + PART))
            .collect();
        // Few parts at a time, since all references together may be many.
        for parts in parts.chunks(2 * rayon::current_num_threads()) {
            let of_part = |part: &Range<usize>| self.of_part(part.clone(), &counts, most);
            let pairs: Vec<Vec<[u32; 2]>> = parts.par_iter().map(of_part).collect();
            pairs.into_iter().flatten().for_each(|pair| found.push(pair));
            progress.check()?;
        }
        found.check()?;
        Ok(found)
    }

    fn of_part(&self, part: Range<usize>, counts: &impl Fn(u32) -> bool, most: usize) -> Vec<[u32; 2]> {
        let (mut pairs, mut taken) = (Vec::new(), HashMap::new());
        for (number, class) in part.map(|number| (id(number), self.class.get(number))) {
            let object = self.objects[class as usize];
            if object == 0 || !counts(number) {
                continue;
            }
            let taken: &mut usize = taken.entry(class).or_default();
            if *taken < most {
                *taken += 1;
                self.each_holder(number, |holder| pairs.push([object, holder]));
            }
        }
        pairs
    }

    /// The instance of this number itself, or the holders of a leaf.
    fn each_holder(&self, number: u32, mut holder: impl FnMut(u32)) {
        if number <= self.inner {
            return holder(number);
        }
        match self.merges.numbers.binary_search(&number) {
            Ok(merge) => self.merges.holders(merge).iter().copied().for_each(holder),
            Err(_) => holder(self.dominator[number as usize]),
        }
    }
}

/// The immediate dominators of the class objects.
struct Tops {
    /// By class, which of them; 0 for the virtual root.
    of_class: Vec<u32>,
    /// By number, which of them is the nearest that dominates the inner object, itself included.
    nearest: Scratch<u32>,
    /// By which: the places in reverse postorder that belong to what it dominates, itself first.
    below: Vec<Range<u32>>,
}

impl Tops {
    /// `tops` by class, `dominator` by number; 0 is the virtual root.
    fn new(tops: &[u32], dominator: &[u32], room: &Room, progress: &Progress) -> Result<Tops> {
        let mut distinct = tops.to_vec();
        distinct.push(0);
        distinct.sort_unstable();
        distinct.dedup();
        let mut nearest = room.unset(dominator.len())?;
        nearest[0] = 0;
        let mut next = (0u32..).zip(&distinct).skip(1).peekable();
        for number in 1..id(dominator.len()) {
            let here = next.next_if(|&(_, &top)| top == number).map(|(which, _)| which);
            nearest[number as usize] = here.unwrap_or(nearest[dominator[number as usize] as usize]);
            if number.is_multiple_of(65_536) {
                progress.check()?;
            }
        }
        let which = |top: &u32| id(distinct.partition_point(|other| other < top));
        let of_class = tops.iter().map(which).collect();
        let above: Vec<u32> = distinct.iter().map(|&top| nearest[dominator[top as usize] as usize]).collect();
        let (place, size) = (reverse_postorder(&above, room, progress)?, sizes(&above, room, progress)?);
        let below = place.iter().zip(&size[..]).map(|(&place, &size)| place..place + size).collect();
        Ok(Tops { of_class, nearest, below })
    }

    /// Whether the immediate dominator of the object of `class` dominates the inner object of this number.
    fn dominate(&self, class: u32, number: u32) -> bool {
        let below = &self.below[self.of_class[class as usize] as usize];
        below.contains(&self.below[self.nearest[number as usize] as usize].start)
    }
}
