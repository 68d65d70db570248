//! What a set of objects reaches, and what dominates it.

use crate::error::Result;
use crate::graph;
use crate::id::ObjectId;
use crate::progress::Progress;
use crate::store::Snapshot;
use roaring::RoaringBitmap;

/// The objects within `depth` references (`None`: any number) of a member of `set`, with that number: breadth first, by
/// id within a depth; the members first, with depth 0.
///
/// Followed are references of fields and elements, of class objects (static fields, superclass, loader …), of threads to
/// their locals, and to referents where they hold; not the reference that every object has to its class.
///
/// # Errors
/// The columns of the index do not fit together, or `progress` was cancelled.
pub fn reachable(
    snapshot: &Snapshot,
    set: &RoaringBitmap,
    depth: Option<u32>,
    progress: &Progress,
) -> Result<Vec<(ObjectId, u32)>> {
    let rows = graph::reachable(&snapshot.heap()?, snapshot.weakest(), set, depth, progress)?;
    Ok(rows.into_iter().map(|(object, depth)| (ObjectId(object), depth)).collect())
}

/// The nearest object that dominates every member of `set` that is held; a member may be it. `None`: only the virtual root
/// does, or no member is held. O(dominators above the members).
///
/// # Errors
/// As [`reachable`].
pub fn common_dominator(
    snapshot: &Snapshot,
    set: &RoaringBitmap,
    progress: &Progress,
) -> Result<Option<ObjectId>> {
    Ok(graph::common_dominator(&snapshot.holding(progress)?, set, progress)?.map(ObjectId))
}
