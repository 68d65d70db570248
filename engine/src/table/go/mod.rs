//! Tables that only Go dumps have.

mod rows;
mod goroutines;
mod groups;
mod profile;
mod runtime;
mod slots;
mod waste;

use super::Table;
use crate::store::Snapshot;
use std::sync::Arc;

/// The tables of a Go dump, in the order in which they are listed; none of other dumps.
pub(super) fn tables(snapshot: &Arc<Snapshot>) -> Vec<Arc<dyn Table>> {
    if snapshot.go().is_none() {
        return Vec::new();
    }
    let made = [
        goroutines::GOROUTINES,
        groups::GOROUTINE_GROUPS,
        slots::SPANS,
        slots::SLACK,
        waste::WASTE,
        runtime::MEMSTATS,
        profile::MEMPROF,
        profile::SAMPLES,
        runtime::FINALIZERS,
        runtime::ITABS,
    ];
    made.into_iter().map(|spec| Arc::new(rows::Rows::new(Arc::clone(snapshot), spec)) as _).collect()
}
