//! Walks in the dominator tree.

use crate::id::{NO_OBJECT, ObjectId};
use crate::store::Snapshot;
use rayon::prelude::*;
use std::cmp::Reverse;

/// The dominators of an object, the nearest first; empty under the virtual root and for what is not held.
pub fn dominator_chain(snapshot: &Snapshot, id: ObjectId) -> Vec<ObjectId> {
    // A dominator tree has no cycle; the bound is for an index that was tampered with.
    std::iter::successors(snapshot.dominator(id), |&above| snapshot.dominator(above))
        .take(snapshot.object_count())
        .collect()
}

/// What `id` dominates immediately (`None`: what the virtual root does), the largest retained size first, then by id;
/// at most `limit` objects.
pub fn dominated(snapshot: &Snapshot, id: Option<ObjectId>, limit: usize) -> Vec<ObjectId> {
    let wanted = id.map_or(NO_OBJECT, |id| id.0);
    let held = snapshot.held();
    // What is not held has no dominator either, and retains nothing.
    let ids = snapshot.ids().into_par_iter().filter(|&id| held.dominator[id as usize] == wanted);
    let sized = ids.map(|id| (Reverse(held.retained.get(id as usize)), id));
    let mut children: Vec<(Reverse<u64>, u32)> = sized.filter(|child| child.0.0 > 0).collect();
    children.par_sort_unstable();
    children.into_iter().take(limit).map(|(_, id)| ObjectId(id)).collect()
}
