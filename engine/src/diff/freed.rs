//! What would be freed if the reference that leaks were cut.

use super::place::Place;
use super::tree::PathTree;
use crate::error::Result;
use crate::holders::{Cut, Removals};
use crate::id::ObjectId;
use crate::progress::Progress;
use crate::store::Snapshot;
use roaring::RoaringBitmap;

/// More references than these are not cut one by one.
const MOST_CUTS: usize = 4_000_000;

/// Bytes that are freed in dump `dump` of the tree when all references of the implicit reference's kind, or else those where
/// the growth began, are cut between their two rows: computed, not guessed. `None` where nothing can be cut.
pub(super) fn freed(
    tree: &PathTree,
    snapshot: &Snapshot,
    dump: usize,
    place: &Place,
    removals: &Removals,
    progress: &Progress,
) -> Result<Option<u64>> {
    let edge = place.found.as_ref().map_or(place.began, |found| found.edge);
    let census = &tree.dumps[dump];
    let Some(&target) = place.spine.rows.get(edge) else { return Ok(None) };
    let Some(&source) = edge.checked_sub(1).and_then(|before| place.spine.rows.get(before)) else {
        let set: RoaringBitmap = census.objects(target).collect();
        return removals.retained_size(snapshot, &set, progress).map(Some);
    };
    let holding = snapshot.holding()?;
    let heap = holding.heap();
    let mut cuts = Vec::new();
    for from in census.objects(source) {
        let special = heap.special(from).iter().map(|special| special.to);
        let locals = heap.locals(from).iter().map(|local| local.1);
        let class_object = Some(heap.class_object(from));
        let targets = heap.stored(from).iter().copied().chain(special).chain(locals).chain(class_object);
        for to in targets.filter(|&to| census.row_of.get(to as usize) == Some(&target)) {
            cuts.push(Cut { from: ObjectId(from), to: ObjectId(to), via: None });
        }
        if cuts.len() > MOST_CUTS {
            return Ok(None);
        }
    }
    if cuts.is_empty() {
        return Ok(None);
    }
    removals.whatif(snapshot, &cuts, progress).map(|freed| Some(freed.bytes))
}
