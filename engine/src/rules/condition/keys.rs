//! Entries and their keys.

use super::In;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::field_object;
use std::collections::{HashSet, VecDeque};

/// Objects that are looked at behind a value; its key is near, or the value leads all over the heap.
const MOST_BEHIND: usize = 10_000;

/// Whether the entry that holds by the edge has lost its weak key.
pub(super) fn is_stale(at: In) -> bool {
    field_object(at.snapshot, at.owner, "referent").is_none()
}

/// Whether the key of the weak entry that holds by the edge is on the path behind it, or near behind its value.
pub(super) fn value_holds_key(at: In) -> bool {
    let Some(key) = field_object(at.snapshot, at.owner, "referent") else { return false };
    let on_path = at.path.steps[at.edge..].iter().any(|step| step.object == Some(key));
    on_path || leads_to(at.snapshot, at.held, key)
}

fn leads_to(snapshot: &Snapshot, from: ObjectId, to: ObjectId) -> bool {
    let mut seen = HashSet::from([from.0]);
    let mut waiting = VecDeque::from([from.0]);
    while let Some(object) = waiting.pop_front() {
        if object == to.0 {
            return true;
        }
        for &next in snapshot.outbound().of(object as usize) {
            if seen.len() < MOST_BEHIND && seen.insert(next) {
                waiting.push_back(next);
            }
        }
    }
    false
}
