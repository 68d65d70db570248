//! Views of something larger, and collections with an upper bound.

use super::In;
use crate::format::hprof::Value;
use crate::id::ObjectId;
use crate::language::java::Collections;
use crate::store::Snapshot;
use crate::value::field_value;

/// What a view leaves unseen has at least this many elements; less is not worth a finding.
pub(super) const WORTH: u64 = 256;

/// Whether the view that holds by the edge shows less than a quarter of what it holds; `None` where it is no view.
pub(super) fn is_small(at: In) -> Option<bool> {
    let shown = ["size", "capacity", "count"].iter().find_map(|name| number(at.snapshot, at.owner, name))?;
    let all = match at.snapshot.objects().length[at.held.index()] {
        0 => Collections::new(at.snapshot)
            .size(at.held)
            .or_else(|| number(at.snapshot, at.held, "capacity"))?,
        length => length.into(),
    };
    Some(shown.saturating_mul(4) <= all && all - shown >= WORTH)
}

/// Whether the collection behind the edge cannot grow for ever: a `LinkedHashMap` that a class of the application extends
/// does so to override `removeEldestEntry`; queues and caches have their bound in a field.
pub(super) fn is_bounded(at: In) -> bool {
    let kind = &at.path.steps[at.edge].kind;
    let is = |class: &str| kind.name == class || kind.ancestors.iter().any(|above| above == class);
    if kind.application && is("java.util.LinkedHashMap") || is("java.util.concurrent.ArrayBlockingQueue") {
        return true;
    }
    let bound = |name: &str, none: u64| number(at.snapshot, at.held, name).is_some_and(|bound| bound < none);
    let unbounded = i32::MAX.unsigned_abs().into();
    match () {
        () if is("java.util.concurrent.LinkedBlockingQueue") => bound("capacity", unbounded),
        () if is("java.util.concurrent.LinkedBlockingDeque") => bound("capacity", unbounded),
        () if is("com.google.common.cache.LocalCache") => bound("maxWeight", u64::MAX),
        () => is("com.github.benmanes.caffeine.cache.BoundedLocalCache"),
    }
}

/// A field that counts something; `None` too where it is negative.
fn number(snapshot: &Snapshot, object: ObjectId, name: &str) -> Option<u64> {
    match field_value(snapshot, object, name)? {
        Value::Int(value) => u64::try_from(value).ok(),
        Value::Long(value) => u64::try_from(value).ok(),
        _ => None,
    }
}
