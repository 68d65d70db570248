//! The system properties of the dumped process, as far as the dump has them.

use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{field_object, static_object, text};

/// Entries that are read; more do not occur, but a corrupt dump may have a cycle of them.
const MAX_ENTRIES: usize = 100_000;

/// The system properties (`java.lang.System.props`) as (key, value), sorted by key; empty where the dump lacks them.
///
/// Layouts: `Properties.map` is a `ConcurrentHashMap` since JDK 9; before, `Properties` is a `Hashtable` itself.
pub fn system_properties(snapshot: &Snapshot) -> Vec<(String, String)> {
    let Some(props) = static_object(snapshot, "java.lang.System", "props") else { return Vec::new() };
    let map = field_object(snapshot, props, "map").unwrap_or(props);
    let mut properties: Vec<(String, String)> = entries(snapshot, map)
        .filter_map(|entry| {
            let key = text(snapshot, field_object(snapshot, entry, "key")?)?;
            let value =
                field_object(snapshot, entry, "val").or_else(|| field_object(snapshot, entry, "value"));
            Some((key, value.and_then(|value| text(snapshot, value)).unwrap_or_default()))
        })
        .collect();
    properties.sort_unstable();
    properties
}

/// The entries of a hash table whose buckets are chains by `next`.
fn entries(snapshot: &Snapshot, map: ObjectId) -> impl Iterator<Item = ObjectId> + '_ {
    let table = field_object(snapshot, map, "table");
    let buckets = table.map(|table| crate::value::elements(snapshot, table)).unwrap_or_default();
    let chain = |bucket| std::iter::successors(Some(bucket), |&entry| field_object(snapshot, entry, "next"));
    buckets.into_iter().flat_map(chain).take(MAX_ENTRIES)
}
