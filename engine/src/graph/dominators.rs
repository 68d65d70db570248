//! Immediate dominators of everything that is held, and retained sizes.

use crate::error::{Error, Result};
use crate::graph::ancestry::Ancestry;
use crate::graph::bits::Bits;
use crate::graph::heap::id;
use crate::graph::invert::{Lists, invert};
use crate::graph::merges::Merges;
use crate::graph::pairs::Pairs;
use crate::graph::semidominators::semidominators;
use crate::graph::walk::Walk;
use crate::id::NO_OBJECT;
use crate::memory::{Room, Scratch, shared_u32};
use crate::progress::Progress;
use crate::wide::Wide;
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// The dominator tree below a virtual root that holds the roots, in the numbers of a [`Walk`].
#[derive(Debug)]
pub struct Dominators {
    objects: usize,
    pub(super) order: Scratch<u32>,
    pub(super) inner: u32,
    /// By number, the number of the immediate dominator; 0 is the virtual root.
    pub(super) dominator: Scratch<u32>,
    pub(super) merges: Merges,
    pub(super) room: Room,
}

impl Dominators {
    /// Semi-NCA on the inner objects; a leaf is dominated by the nearest common dominator of its holders.
    ///
    /// Cost O(m log n) for every graph: the climb to the semidominator takes jump pointers.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
    pub fn new(walk: Walk, progress: &Progress) -> Result<Dominators> {
        let Walk { objects, order, inner, parent: mut dominator, merges, room } = walk;
        let inner_merges = merges.inner(inner);
        let tree = &dominator[..=inner as usize];
        let (semidominators, depth, jump) = semidominators(tree, &merges, inner_merges, &room, progress)?;
        let mut ancestry = Ancestry::reusing(depth, jump);
        let mut merged = merges.numbers.iter().zip(&semidominators[..]).peekable();
        for number in 1..=inner {
            let parent = dominator[number as usize];
            if let Some((_, &limit)) = merged.next_if(|&(&merge, _)| merge == number) {
                dominator[number as usize] = ancestry.at_most(parent, limit, &dominator);
            }
            ancestry.enter(number, dominator[number as usize]);
            if number.is_multiple_of(65_536) {
                progress.add(65_536)?;
            }
        }
        let common = |merge: usize| {
            let nearest = |a, &b: &u32| ancestry.nearest_common(a, b, &dominator);
            let holders = merges.holders(merge);
            holders[1..].iter().fold(holders[0], nearest)
        };
        let leaves = merges.len() - inner_merges;
        let mut of_leaves = room.column(leaves)?;
        (inner_merges..merges.len())
            .into_par_iter()
            .map(common)
            .zip(&mut of_leaves[..])
            .for_each(|(common, place)| *place = common);
        for (&number, &common) in merges.numbers[inner_merges..].iter().zip(&of_leaves[..]) {
            dominator[number as usize] = common;
        }
        Ok(Dominators { objects, order, inner, dominator, merges, room })
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
        let mut column = self.room.column(self.objects)?;
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
    /// `shallow` gives the bytes of an object; sums that do not fit 64 bits are cut at the largest number.
    ///
    /// # Errors
    /// There is no room for the column, or `progress` was cancelled.
    pub fn retained(&self, shallow: impl Fn(u32) -> u64 + Sync, progress: &Progress) -> Result<Wide> {
        let first_leaf = self.inner as usize + 1;
        let (order, dominator) = (&self.order[..], &self.dominator[..]);
        let mut sums = self.room.column::<u64>(first_leaf)?;
        let objects = order[1..first_leaf].par_iter();
        sums[1..].par_iter_mut().zip(objects).for_each(|(sum, &object)| *sum = shallow(object));
        let mut column = Retained { low: self.room.column(self.objects)?, large: Vec::new() };
        let leaves = order[first_leaf..].chunks(BATCH).zip(dominator[first_leaf..].chunks(BATCH));
        for (objects, dominators) in leaves {
            for (&object, &dominator) in objects.iter().zip(dominators) {
                let bytes = shallow(object);
                column.set(object, bytes);
                add(&mut sums[dominator as usize], bytes);
            }
            progress.add(objects.len() as u64)?;
        }
        for number in (1..first_leaf).rev() {
            let bytes = sums[number];
            column.set(order[number], bytes);
            add(&mut sums[dominator[number] as usize], bytes);
            if number.is_multiple_of(BATCH) {
                progress.add(BATCH as u64)?;
            }
        }
        Ok(Wide::with_highs(column.low.freeze()?, column.large))
    }
}

/// Objects between two looks at whether the work was cancelled.
const BATCH: usize = 65_536;

/// Retained sizes by object while they are found.
struct Retained {
    low: Scratch<u32>,
    /// The upper half of each size from 4 GiB on, with its object.
    large: Vec<(u32, u32)>,
}

impl Retained {
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    fn set(&mut self, object: u32, bytes: u64) {
        self.low[object as usize] = bytes as u32;
        if bytes >> 32 > 0 {
            self.large.push((object, (bytes >> 32) as u32));
        }
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

fn add(sum: &mut u64, bytes: u64) {
    *sum = sum.saturating_add(bytes);
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
