//! What would be freed if the reference that leaks were cut.

use super::place::Place;
use super::rows::NO_ROW;
use super::tree::PathTree;
use crate::error::Result;
use crate::graph::Strength;
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
    let edge = place.spine.rows.get(edge).copied();
    // Who mends a reference mends it for all that it holds: a goroutine that ends lets go of every local.
    let like = |row: &u32| {
        edge.is_some_and(|edge| {
            let rows = &tree.rows;
            rows.parent[*row as usize] == rows.parent[edge as usize]
                && rows.via[*row as usize] == rows.via[edge as usize]
                && rows.parent[edge as usize] != NO_ROW
        })
    };
    let beside = place.growth.parts.iter().map(|part| part.row).filter(like);
    let mut targets: Vec<u32> = edge.into_iter().chain(place.joined.iter().copied()).chain(beside).collect();
    targets.sort_unstable();
    targets.dedup();
    if targets.iter().any(|&row| tree.rows.strength[row as usize] == Strength::Unreachable) {
        return Ok(None);
    }
    let mut sources: Vec<u32> = targets.iter().map(|&row| tree.rows.parent[row as usize]).collect();
    sources.sort_unstable();
    sources.dedup();
    if sources.contains(&NO_ROW) {
        let set: RoaringBitmap = targets.iter().flat_map(|&row| census.objects(row)).copied().collect();
        return removals.retained_size(snapshot, &set, progress).map(Some);
    }
    let heap = snapshot.heap()?;
    let mut cuts = Vec::new();
    let from_sources =
        sources.iter().flat_map(|&row| census.objects(row).iter().map(move |&from| (from, row)));
    for (from, source) in from_sources {
        let special = heap.special(from).iter().map(|special| special.to);
        let locals = heap.locals(from).iter().map(|local| local.1);
        let class_object = Some(heap.class_object(from));
        let all = heap.stored(from).iter().copied().chain(special).chain(locals).chain(class_object);
        let is_target = |to: &u32| {
            census.row_of.get(*to as usize).is_some_and(|row| targets.contains(row) && *row != source)
        };
        cuts.extend(all.filter(is_target).map(|to| Cut {
            from: ObjectId(from),
            to: ObjectId(to),
            via: None,
        }));
        if cuts.len() > MOST_CUTS {
            return Ok(None);
        }
    }
    if cuts.is_empty() {
        return Ok(None);
    }
    removals.whatif(snapshot, &cuts, progress).map(|freed| Some(freed.bytes))
}
