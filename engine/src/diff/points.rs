//! Accumulation points: where on the way down the dominator tree the retained size drops into many children.

use super::finding::Accumulation;
use super::place::Place;
use crate::error::Result;
use crate::holders::{BigDrop, big_drops};
use crate::id::{NO_OBJECT, ObjectId};
use crate::progress::Progress;
use crate::store::Snapshot;

/// What a single object must retain of a suspect's bytes to be said to hold it.
const MOST: f64 = 0.8;

/// The accumulation points of a dump, the largest first.
pub(super) struct Points<'a> {
    snapshot: &'a Snapshot,
    drops: Vec<BigDrop>,
}

impl<'a> Points<'a> {
    /// Those that retain at least half of `least` bytes.
    ///
    /// # Errors
    /// `progress` was cancelled.
    pub(super) fn new(snapshot: &'a Snapshot, least: u64, progress: &Progress) -> Result<Points<'a>> {
        let mut drops = big_drops(snapshot, Some(least / 2), progress)?;
        drops.sort_by_key(|drop| (std::cmp::Reverse(drop.retained), drop.object));
        Ok(Points { snapshot, drops })
    }

    /// The accumulation point of a suspect: below the lowest object of its path that retains most of its bytes, the one that
    /// retains most; `None` where no single object does, since many hold a part each.
    pub(super) fn of(&self, place: &Place) -> Option<Accumulation> {
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
        let holds = |object: &&u32| {
            self.snapshot.retained(ObjectId(**object)) as f64 >= MOST * place.growth.bytes as f64
        };
        let single = place.spine.objects.iter().rev().find(holds).copied()?;
        let point = self.drops.iter().find(|drop| self.is_below(drop.object.0, single))?;
        let snapshot = self.snapshot;
        Some(Accumulation {
            class: snapshot.class_name(snapshot.class_of(point.object)).to_owned(),
            address: snapshot.address(point.object).to_string(),
            retained: point.retained,
            children: point.children,
            largest_child_retained: point.largest_child_retained,
        })
    }

    /// Whether `object` is `above` or dominated by it.
    fn is_below(&self, object: u32, above: u32) -> bool {
        let dominator = &self.snapshot.held().dominator;
        let next = |&id: &u32| dominator.get(id as usize).copied().filter(|&id| id != NO_OBJECT);
        std::iter::successors(Some(object), next).any(|id| id == above)
    }
}
