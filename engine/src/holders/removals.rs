//! What would be freed without some objects or references.

use super::references::strength;
use super::via::{Via, each_reference};
use crate::error::Result;
use crate::graph::{Forest, Holding, Removal, RetainedSet, lost, lost_nearby, subtree, topmost_of};
use crate::id::ObjectId;
use crate::progress::Progress;
use crate::store::Snapshot;
use roaring::RoaringBitmap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// References to cut in thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Who refers.
    pub from: ObjectId,
    /// To what.
    pub to: ObjectId,
    /// By what, spelled as in paths: a field's name, `[i]`, `<local>` …; `None` for all references between the two.
    pub via: Option<String>,
}

/// Answers what would be freed, for one snapshot; one for many questions.
///
/// The second question that the dominator tree alone does not answer makes a forest of shortest paths (one walk over all
/// that is held, then 4 bytes for each object); with it the time for an answer depends on what is freed, not on the heap.
#[derive(Debug, Default)]
pub struct Removals {
    asked: AtomicBool,
    forest: OnceLock<Forest>,
}

/// As [`Removals::retained_set`], for a single question.
///
/// # Errors
/// As there.
pub fn retained_set(snapshot: &Snapshot, set: &RoaringBitmap, progress: &Progress) -> Result<RetainedSet> {
    Removals::default().retained_set(snapshot, set, progress)
}

/// As [`Removals::retained_size`], for a single question.
///
/// # Errors
/// As there.
pub fn retained_size(snapshot: &Snapshot, set: &RoaringBitmap, progress: &Progress) -> Result<u64> {
    Removals::default().retained_size(snapshot, set, progress)
}

/// As [`Removals::whatif`], for a single question.
///
/// # Errors
/// As there.
pub fn whatif(snapshot: &Snapshot, cuts: &[Cut], progress: &Progress) -> Result<RetainedSet> {
    Removals::default().whatif(snapshot, cuts, progress)
}

impl Removals {
    /// The objects of `set` that are held and all that is held only through them, with their bytes. Exact for any set.
    ///
    /// A set below one of its members is that member's part of the dominator tree: O(what is retained). Any other takes a
    /// walk near it or, for the first question and for sets that retain much, over all that is left.
    ///
    /// # Errors
    /// The columns of the index do not fit together, or `progress` was cancelled.
    pub fn retained_set(
        &self,
        snapshot: &Snapshot,
        set: &RoaringBitmap,
        progress: &Progress,
    ) -> Result<RetainedSet> {
        let holding = snapshot.holding(progress)?;
        let objects = match topmost_of(&holding, set, progress)?[..] {
            [] => RoaringBitmap::new(),
            [top] => {
                let mut objects = subtree(&holding, top, progress)?;
                objects.sort_unstable();
                objects.into_iter().collect()
            }
            _ => self.lost(&holding, &Removal { objects: set, references: &[] }, progress)?,
        };
        with_bytes(snapshot, objects, progress)
    }

    /// The bytes of [`Removals::retained_set`]: at once where one member of the set dominates the others.
    ///
    /// # Errors
    /// As [`Removals::retained_set`].
    pub fn retained_size(
        &self,
        snapshot: &Snapshot,
        set: &RoaringBitmap,
        progress: &Progress,
    ) -> Result<u64> {
        let holding = snapshot.holding(progress)?;
        match topmost_of(&holding, set, progress)?[..] {
            [] => Ok(0),
            [top] => Ok(snapshot.retained(ObjectId(top))),
            _ => {
                let lost = self.lost(&holding, &Removal { objects: set, references: &[] }, progress)?;
                Ok(with_bytes(snapshot, lost, progress)?.bytes)
            }
        }
    }

    /// What would no longer be held if the references `cuts` were not there, with its bytes. Exact.
    ///
    /// A reference by one field or element does no harm to others between the same two objects; one that does not exist
    /// or does not hold changes nothing.
    ///
    /// # Errors
    /// As [`Removals::retained_set`].
    pub fn whatif(&self, snapshot: &Snapshot, cuts: &[Cut], progress: &Progress) -> Result<RetainedSet> {
        let holding = snapshot.holding(progress)?;
        let references = severed(snapshot, cuts);
        let removal = Removal { objects: &RoaringBitmap::new(), references: &references };
        let harmless = |&(from, to): &(u32, u32)| !holding.is_held(from) || !holding.is_held(to);
        let objects = match references.iter().all(harmless) {
            true => RoaringBitmap::new(),
            false => self.lost(&holding, &removal, progress)?,
        };
        with_bytes(snapshot, objects, progress)
    }

    fn lost(&self, holding: &Holding, removal: &Removal, progress: &Progress) -> Result<RoaringBitmap> {
        if self.asked.swap(true, Ordering::Relaxed) {
            let forest = self.forest(holding, progress)?;
            // More steps than this take longer than the walk over all.
            let most = holding.heap().objects() as u64;
            if let Some(lost) = lost_nearby(holding, forest, removal, most, progress)? {
                return Ok(lost);
            }
        }
        lost(holding, removal, progress)
    }

    fn forest(&self, holding: &Holding, progress: &Progress) -> Result<&Forest> {
        if let Some(forest) = self.forest.get() {
            return Ok(forest);
        }
        let forest = Forest::new(holding.heap(), holding.strength(), progress)?;
        Ok(self.forest.get_or_init(|| forest))
    }
}

fn with_bytes(snapshot: &Snapshot, objects: RoaringBitmap, progress: &Progress) -> Result<RetainedSet> {
    let (sizes, mut bytes) = (snapshot.sizes(), 0u64);
    for (count, object) in objects.iter().enumerate() {
        bytes = bytes.saturating_add(sizes.shallow(ObjectId(object)));
        if count.is_multiple_of(1 << 20) {
            progress.check()?;
        }
    }
    Ok(RetainedSet { objects, bytes })
}

/// The pairs of objects between which no reference that holds is left, sorted.
fn severed(snapshot: &Snapshot, cuts: &[Cut]) -> Vec<(u32, u32)> {
    let known = |cut: &&Cut| snapshot.ids().contains(&cut.from.0) && snapshot.ids().contains(&cut.to.0);
    let mut cuts: Vec<&Cut> = cuts.iter().filter(known).collect();
    // All references between two objects come before single ones.
    cuts.sort_unstable_by_key(|cut| (cut.from, cut.to, &cut.via));
    let pairs = cuts.chunk_by(|a, b| (a.from, a.to) == (b.from, b.to));
    let severed = pairs.filter(|pair| pair[0].via.is_none() || !is_left(snapshot, pair));
    severed.map(|pair| (pair[0].from.0, pair[0].to.0)).collect()
}

/// Whether a reference that holds is left between the two objects of `cuts`.
fn is_left(snapshot: &Snapshot, cuts: &[&Cut]) -> bool {
    let (from, to) = (cuts[0].from, cuts[0].to);
    let mut left = false;
    each_reference(snapshot, from, |via: Via, object| {
        if object == to && !left && snapshot.weakest().counts(strength(snapshot, from, via, to)) {
            let name = via.to_string();
            left = cuts.iter().all(|cut| cut.via.as_ref() != Some(&name));
        }
    });
    left
}
