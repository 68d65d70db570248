//! The system properties of the dumped process, as far as the dump has them.

use super::collection::Collections;
use crate::store::Snapshot;
use crate::value::{static_object, text};

/// Entries that are read; more do not occur, but a corrupt dump may have a cycle of them.
const MAX_ENTRIES: usize = 100_000;

/// The system properties (`java.lang.System.props`) as (key, value), sorted by key; empty where the dump lacks them.
pub fn system_properties(snapshot: &Snapshot) -> Vec<(String, String)> {
    let props = static_object(snapshot, "java.lang.System", "props");
    let Some(entries) = props.and_then(|props| Collections::new(snapshot).entries(props)) else {
        return Vec::new();
    };
    let mut properties: Vec<(String, String)> = entries
        .take(MAX_ENTRIES)
        .filter_map(|entry| {
            let value = entry.value.and_then(|value| text(snapshot, value));
            Some((text(snapshot, entry.key?)?, value.unwrap_or_default()))
        })
        .collect();
    properties.sort_unstable();
    properties
}
