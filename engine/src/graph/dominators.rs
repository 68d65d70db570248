//! Immediate dominators of everything that is held.

use crate::error::{Error, Result};
use crate::graph::ancestry::Ancestry;
use crate::graph::bits::Bits;
use crate::graph::heap::Heap;
use crate::graph::implied::Implied;
use crate::graph::merges::{Again, Merges};
use crate::graph::narrow::{Narrow, NarrowRef};
use crate::graph::semidominators::semidominators;
use crate::graph::walk::Walk;
use crate::id::NO_OBJECT;
use crate::memory::{Room, Scratch, shared_u32};
use crate::progress::Progress;
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// The dominator tree below a virtual root that holds the roots, in the numbers of a [`Walk`].
#[derive(Debug)]
pub struct Dominators {
    pub(super) objects: usize,
    pub(super) order: Scratch<u32>,
    pub(super) inner: u32,
    /// By number, the number of the immediate dominator; 0 is the virtual root.
    pub(super) dominator: Scratch<u32>,
    /// By number, the class.
    pub(super) class: Narrow,
    /// See [`Walk::class_objects`].
    pub(super) class_objects: Vec<u32>,
    pub(super) merges: Merges,
    pub(super) room: Room,
}

impl Dominators {
    /// Semi-NCA on the inner objects of a walk through `heap`; a leaf is dominated by the nearest common dominator of its holders.
    ///
    /// Cost O(m log n) for every graph: the climb to the semidominator takes jump pointers. Where a reference to a class
    /// object that the walk did not take down contradicts what was found, it is taken down, and all is done again; after a third
    /// time with all of these references.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
    pub fn new(mut walk: Walk, heap: &Heap, progress: &Progress) -> Result<Dominators> {
        if walk.objects != heap.objects() {
            return Err(Error::Input("the walk is one of another heap".into()));
        }
        dominate(&mut walk, progress)?;
        // Not before: that took more memory than anything else.
        let class = classes(&walk, heap)?;
        let mut attempt = 1;
        while let Some(more) = missing(&walk, class.view(), attempt, progress)? {
            for (merge, &number) in walk.merges.numbers.iter().enumerate() {
                walk.parent[number as usize] = walk.merges.parent(merge);
            }
            walk.merges.add(&more, &walk.parent, &walk.room, progress)?;
            dominate(&mut walk, progress)?;
            attempt += 1;
        }
        Ok(Dominators::of(walk, class))
    }

    /// Those of a walk in which they are in the place of the parents.
    fn of(walk: Walk, class: Narrow) -> Dominators {
        let Walk { objects, order, inner, parent: dominator, class_objects, merges, room, .. } = walk;
        Dominators { objects, order, inner, dominator, class, class_objects, merges, room }
    }

    /// Where columns are built.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// The objects that are held, each behind its dominator.
    pub fn order(&self) -> &[u32] {
        &self.order[1..]
    }

    /// The objects that are held, as a set.
    pub fn reached(&self) -> Bits {
        let mut reached = Bits::new(self.objects);
        for &object in self.order() {
            reached.insert(object);
        }
        reached
    }

    /// The objects below the virtual root.
    pub fn tops(&self) -> impl Iterator<Item = u32> + '_ {
        let numbered = self.order.iter().zip(&self.dominator[..]).skip(1);
        numbered.filter(|(_, dominator)| **dominator == 0).map(|(&object, _)| object)
    }

    /// The immediate dominator of each object; [`NO_OBJECT`] below the virtual root and where not held.
    ///
    /// # Errors
    /// There is no room for the column.
    pub fn by_object(&self) -> Result<Scratch<u32>> {
        let mut column = self.room.unset(self.objects)?;
        column.fill(NO_OBJECT);
        let shared = shared_u32(&mut column);
        let order = &self.order[..];
        order.par_iter().zip(&self.dominator[..]).skip(1).for_each(|(&object, &dominator)| {
            shared[object as usize].store(order[dominator as usize], Ordering::Relaxed);
        });
        Ok(column)
    }
}

/// Puts the immediate dominators in the place of the parents of `walk`.
fn dominate(walk: &mut Walk, progress: &Progress) -> Result<()> {
    let Walk { inner, parent: dominator, merges, room, .. } = walk;
    let (inner, inner_merges) = (*inner, merges.inner(*inner));
    let tree = &dominator[..=inner as usize];
    let (semidominators, nodes) = semidominators(tree, merges, inner_merges, room, progress)?;
    let mut ancestry = Ancestry::reusing(nodes);
    let mut merged = merges.numbers.iter().zip(&semidominators[..]).peekable();
    for number in 1..=inner {
        let parent = dominator[number as usize];
        if let Some((_, &limit)) = merged.next_if(|&(&merge, _)| merge == number) {
            dominator[number as usize] = ancestry.at_most(parent, limit, dominator);
        }
        ancestry.enter(number, dominator[number as usize]);
        if number.is_multiple_of(65_536) {
            progress.add(65_536)?;
        }
    }
    let common = |merge: usize| {
        let nearest = |a, &b: &u32| ancestry.nearest_common(a, b, dominator);
        let holders = merges.holders(merge);
        holders[1..].iter().fold(holders[0], nearest)
    };
    let mut of_leaves = room.unset(merges.len() - inner_merges)?;
    let leaves = (inner_merges..merges.len()).into_par_iter().map(common).zip(&mut of_leaves[..]);
    leaves.for_each(|(common, place)| *place = common);
    for (&number, &common) in merges.numbers[inner_merges..].iter().zip(&of_leaves[..]) {
        dominator[number as usize] = common;
    }
    Ok(())
}

/// The classes by number.
fn classes(walk: &Walk, heap: &Heap) -> Result<Narrow> {
    let (order, columns) = (&walk.order[..], heap.columns());
    let class = |number: usize| columns.class_of.get(order[number] as usize).copied().unwrap_or(0);
    Narrow::new((order.len(), columns.class_objects.len()), &walk.room, class)
}

/// The references to class objects that are to be taken down after `attempt`, from 1; `None` where nothing is missing.
fn missing(walk: &Walk, class: NarrowRef, attempt: u32, progress: &Progress) -> Result<Option<Again>> {
    if attempt > walk.attempts {
        return Ok(None);
    }
    let implied = Implied::of(walk, class);
    let contradicted = implied.contradicted(&walk.room, progress)?;
    if contradicted.is_empty() {
        return Ok(None);
    }
    Ok(Some(if attempt == walk.attempts { implied.all(&walk.room, progress)? } else { contradicted }))
}
