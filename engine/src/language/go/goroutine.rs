//! Goroutines as threads.

use crate::format::go::{Goroutine, Records};
use crate::language::java::ThreadFacts;

/// What the threads of a Go dump are called and do, in the order of its goroutines.
pub fn goroutine_facts(records: &Records) -> Vec<ThreadFacts> {
    records.goroutines.iter().map(facts).collect()
}

fn facts(goroutine: &Goroutine) -> ThreadFacts {
    let reason = goroutine.reason();
    let reason = if reason.is_empty() { String::new() } else { format!(" [{reason}]") };
    ThreadFacts {
        name: Some(format!("goroutine {}{reason}", goroutine.id)),
        daemon: Some(goroutine.is_system),
        state: Some(goroutine.status_name()),
    }
}
