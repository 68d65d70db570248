//! Immediate dominators of everything that is held, and retained sizes.

use crate::error::{Error, Result};
use crate::graph::ancestry::Ancestry;
use crate::graph::bits::Bits;
use crate::graph::heap::{Heap, id};
use crate::graph::implied::Implied;
use crate::graph::invert::{Lists, invert};
use crate::graph::merges::{Again, Merges};
use crate::graph::narrow::{Narrow, NarrowRef};
use crate::graph::pairs::Pairs;
use crate::graph::semidominators::semidominators;
use crate::graph::walk::Walk;
use crate::id::NO_OBJECT;
use crate::memory::{Room, Scratch, shared_u32};
use crate::progress::Progress;
use crate::wide::Wide;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

/// The dominator tree below a virtual root that holds the roots, in the numbers of a [`Walk`].
#[derive(Debug)]
pub struct Dominators {
    objects: usize,
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
        let mut parents = dominate(&mut walk, progress)?;
        // Not before: that took more memory than anything else.
        let class = classes(&walk, heap)?;
        let mut attempt = 1;
        while let Some(more) = missing(&walk, class.view(), attempt, progress)? {
            for (&number, &parent) in walk.merges.numbers.iter().zip(&parents[..]) {
                walk.parent[number as usize] = parent;
            }
            walk.merges.add(&more, &walk.parent, &walk.room, progress)?;
            parents = dominate(&mut walk, progress)?;
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

    /// Retained size in bytes of each object; 0 for what is not held.
    ///
    /// `shallow` gives the bytes of an object, by its id and its class; sums that do not fit 64 bits are cut at the largest
    /// number.
    ///
    /// # Errors
    /// There is no room for the column, or `progress` was cancelled.
    pub fn retained(&self, shallow: impl Fn(u32, u32) -> u64 + Sync, progress: &Progress) -> Result<Wide> {
        let first_leaf = self.inner as usize + 1;
        let (order, class, dominator) = (&self.order[..], self.class.view(), &self.dominator[..]);
        let mut sums = Sums::new(self.objects, &self.room)?;
        for first in (first_leaf..order.len()).step_by(BATCH) {
            let batch = first..order.len().min(first + BATCH);
            progress.add(batch.len() as u64)?;
            for number in batch {
                let bytes = shallow(order[number], class.get(number));
                sums.add(order[number], bytes);
                sums.add(order[dominator[number] as usize], bytes);
            }
        }
        for number in (1..first_leaf).rev() {
            let bytes = sums.add(order[number], shallow(order[number], class.get(number)));
            sums.add(order[dominator[number] as usize], bytes);
            if number.is_multiple_of(BATCH) {
                progress.add(BATCH as u64)?;
            }
        }
        Ok(sums.finish())
    }
}

/// Puts the immediate dominators in the place of the parents of `walk`; by merge those parents.
fn dominate(walk: &mut Walk, progress: &Progress) -> Result<Scratch<u32>> {
    let Walk { inner, parent: dominator, merges, room, .. } = walk;
    let (inner, inner_merges) = (*inner, merges.inner(*inner));
    let mut parents = room.unset_sequential(merges.len())?;
    let numbers = merges.numbers.par_iter();
    parents.par_iter_mut().zip(numbers).for_each(|(parent, &number)| *parent = dominator[number as usize]);
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
    Ok(parents)
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

/// Objects between two looks at whether the work was cancelled.
const BATCH: usize = 65_536;

/// Sums of bytes by object: in 4 bytes each, but for the few that need more.
struct Sums {
    /// [`u32::MAX`] for what is in `large`.
    small: Scratch<u32>,
    large: HashMap<u32, u64>,
}

impl Sums {
    fn new(objects: usize, room: &Room) -> Result<Sums> {
        Ok(Sums { small: room.column(objects)?, large: HashMap::new() })
    }

    /// Adds bytes to the sum of an object, and returns that; what does not fit 64 bits is cut at the largest number. Nothing for
    /// the virtual root, which is no object.
    #[inline]
    fn add(&mut self, object: u32, bytes: u64) -> u64 {
        let Some(small) = self.small.get_mut(object as usize) else { return 0 };
        let sum = u64::from(*small).saturating_add(bytes);
        match u32::try_from(sum) {
            Ok(sum) if sum < u32::MAX => *small = sum,
            _ => return self.add_large(object, bytes),
        }
        sum
    }

    #[cold]
    fn add_large(&mut self, object: u32, bytes: u64) -> u64 {
        let small = std::mem::replace(&mut self.small[object as usize], u32::MAX);
        let sum = self.large.entry(object).or_insert(small.into());
        *sum = sum.saturating_add(bytes);
        *sum
    }

    /// The sums by object.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    fn finish(mut self) -> Wide {
        let set = |(object, sum): (u32, u64)| {
            self.small[object as usize] = sum as u32;
            (object, (sum >> 32) as u32)
        };
        let highs = self.large.into_iter().map(set).filter(|row| row.1 > 0).collect();
        Wide::with_highs(self.small.freeze(), highs)
    }
}

/// The objects that each object dominates immediately, ascending, from the column of dominators: one list for each
/// object, and one more with what the virtual root dominates of the objects `reached`.
///
/// # Errors
/// [`Error::Input`] when the columns differ in length or a dominator is no object; [`Error::Interrupted`] when `progress`
/// was cancelled.
pub fn children(dominator: &[u32], reached: &Bits, progress: &Progress) -> Result<Lists> {
    let is_object = |&dominator: &u32| (dominator as usize) < reached.objects() || dominator == NO_OBJECT;
    if dominator.len() != reached.objects() || !dominator.par_iter().all(is_object) {
        return Err(Error::Input("dominators are those of another heap".into()));
    }
    invert(&ByDominator { dominator, reached }, dominator.len() + 1, &Room::unbounded(), &|_| {
        progress.check()
    })
}

/// Objects in a part of parallel work.
const PART: usize = 1 << 18;

struct ByDominator<'t> {
    dominator: &'t [u32],
    reached: &'t Bits,
}

impl Pairs for ByDominator<'_> {
    fn parts(&self) -> usize {
        self.dominator.len().div_ceil(PART)
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        let last = self.dominator.len().min((part + 1) * PART);
        for object in part * PART..last {
            match self.dominator[object] {
                NO_OBJECT if self.reached.has(id(object)) => pair(id(self.dominator.len()), id(object)),
                NO_OBJECT => {}
                dominator => pair(dominator, id(object)),
            }
        }
    }
}
