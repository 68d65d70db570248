//! Accumulation points: where on the way down the dominator tree the retained size drops into many children.

use super::census::Census;
use super::finding::Accumulation;
use super::place::Place;
use crate::error::Result;
use crate::holders::{BigDrop, big_drops};
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use crate::store::Snapshot;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Objects of a suspect whose dominators are looked at, and how many of each: lists are long.
const SAMPLES: usize = 64;
const MOST_STEPS: usize = 4096;

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
        drops.sort_by_key(|drop| (Reverse(drop.retained), drop.object));
        Ok(Points { snapshot, drops })
    }

    /// The accumulation point of a suspect: the smallest that dominates most of the objects that pile up (sampled); `None` where
    /// no single object does, since many hold a part each.
    pub(super) fn of(&self, census: &Census, place: &Place) -> Option<Accumulation> {
        let objects = census.objects(place.growth.row);
        let step = objects.len().div_ceil(SAMPLES).max(1);
        let mut hits: BTreeMap<u32, usize> = BTreeMap::new();
        let mut sampled = 0;
        for &object in objects.iter().step_by(step) {
            sampled += 1;
            self.above(object).for_each(|point| *hits.entry(point).or_default() += 1);
        }
        let holds = |drop: &&BigDrop| hits.get(&drop.object.0).is_some_and(|&count| 2 * count > sampled);
        // They are in the order of their size.
        let point = self.drops.iter().rev().find(holds)?;
        let snapshot = self.snapshot;
        Some(Accumulation {
            class: snapshot.class_name(snapshot.class_of(point.object)).to_owned(),
            address: snapshot.address(point.object).to_string(),
            retained: point.retained,
            children: point.children,
            largest_child_retained: point.largest_child_retained,
        })
    }

    /// An object and what dominates it, upward.
    fn above(&self, object: u32) -> impl Iterator<Item = u32> + '_ {
        let dominator = &self.snapshot.held().dominator;
        let next = |&id: &u32| dominator.get(id as usize).copied().filter(|&id| id != NO_OBJECT);
        std::iter::successors(Some(object), next).take(MOST_STEPS)
    }
}
