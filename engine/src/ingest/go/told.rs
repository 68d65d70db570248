//! What is said of a Go dump: what is odd, what was left out, whether its bytes agree with the runtime's own count.

use super::found::Order;
use crate::format::go::Records;

/// Lines for `info`.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What could not be read.
    pub(super) warnings: Vec<String>,
    /// What is usual.
    pub(super) notes: Vec<String>,
}

/// What is said where no executable was named.
pub(super) const NO_TYPES: &str = "a Go dump has no types: objects are told apart by size and pointers; --exe PATH takes types from the executable";

/// Says which slots were left out, and how many overlap.
pub(super) fn odd(told: &mut Told, order: &Order, overlapping: u64) {
    if order.phantoms > 0 {
        told.notes.push(format!(
            "{} records ({} bytes) are no objects but bitmaps at the end of spans, which Go 1.22 and later write by \
             mistake: they are left out",
            order.phantoms, order.phantom_bytes
        ));
    }
    if order.duplicates > 0 {
        told.warnings.push(format!(
            "{} objects stand at an address that another one has: the first one counts",
            order.duplicates
        ));
    }
    if overlapping > 0 {
        told.warnings.push(format!("{overlapping} objects overlap the next one"));
    }
}

/// Compares the bytes of all objects with the runtime's own count.
pub(super) fn reconciled(records: &Records, bytes: u64) -> Option<String> {
    let statistics = records.statistics.as_ref()?;
    let alloc = statistics.get("Alloc")?;
    Some(match i128::from(bytes) - i128::from(alloc) {
        0 => format!("the objects have {bytes} bytes, exactly what the runtime counts (MemStats.Alloc)"),
        difference => format!(
            "the objects have {bytes} bytes, {} {} than the runtime counts (MemStats.Alloc {alloc}): it counts before \
             the spans of an unfinished collection are swept",
            difference.unsigned_abs(),
            if difference > 0 { "more" } else { "fewer" },
        ),
    })
}
