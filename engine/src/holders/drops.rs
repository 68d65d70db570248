//! Where the dominator tree drops: objects that retain much, none of whose children retains most of it.

use crate::error::Result;
use crate::id::{NO_OBJECT, ObjectId};
use crate::progress::Progress;
use crate::store::Snapshot;
use rayon::prelude::*;
use std::cmp::Reverse;

/// An object that retains much through many or small children: an accumulation point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BigDrop {
    /// The object.
    pub object: ObjectId,
    /// What it retains, in bytes.
    pub retained: u64,
    /// The child in the dominator tree that retains most, the lowest id of several; `None` where it has no children.
    pub largest_child: Option<ObjectId>,
    /// What that child retains, in bytes; 0 without one.
    pub largest_child_retained: u64,
    /// By how much less that is, in bytes.
    pub drop: u64,
    /// Children in the dominator tree.
    pub children: u64,
}

/// The objects that retain at least `threshold` bytes (`None`: a hundredth of all that is held), and none of whose
/// children in the dominator tree retains half of that or more; the largest drop first, then by id.
///
/// As Eclipse MAT's "big drops in dominator tree". Two passes over the columns; memory for the large objects alone.
///
/// # Errors
/// `progress` was cancelled.
pub fn big_drops(snapshot: &Snapshot, threshold: Option<u64>, progress: &Progress) -> Result<Vec<BigDrop>> {
    let held = snapshot.held();
    let threshold = threshold.unwrap_or(snapshot.info().retained_total / 100).max(1);
    let retained = held.retained.view();
    let large = snapshot.ids().into_par_iter().filter(|&id| retained.get(id as usize) >= threshold);
    let ids: Vec<u32> = large.collect();
    progress.check()?;
    let drop = |&id: &u32| BigDrop {
        object: ObjectId(id),
        retained: retained.get(id as usize),
        largest_child: None,
        largest_child_retained: 0,
        drop: 0,
        children: 0,
    };
    let mut drops: Vec<BigDrop> = ids.par_iter().map(drop).collect();
    for (id, (&above, bytes)) in (0u32..).zip(held.dominator.iter().zip(retained.iter())) {
        if id.is_multiple_of(65_536) {
            progress.check()?;
        }
        let is_large = above != NO_OBJECT && retained.get(above as usize) >= threshold;
        if let Some(place) = is_large.then(|| ids.binary_search(&above).ok()).flatten() {
            drops[place].add(ObjectId(id), bytes);
        }
    }
    drops.retain(|drop| drop.largest_child_retained < drop.retained.div_ceil(2));
    drops.iter_mut().for_each(|drop| drop.drop = drop.retained - drop.largest_child_retained);
    progress.check()?;
    drops.par_sort_unstable_by_key(|drop| (Reverse(drop.drop), drop.object));
    Ok(drops)
}

impl BigDrop {
    /// Takes a child into account; children come by ascending id.
    fn add(&mut self, child: ObjectId, retained: u64) {
        self.children += 1;
        if retained > self.largest_child_retained {
            (self.largest_child, self.largest_child_retained) = (Some(child), retained);
        }
    }
}
