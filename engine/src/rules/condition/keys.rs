//! Entries and their keys.

use super::In;
use crate::value::field_object;

/// Whether the entry that holds by the edge has lost its weak key.
pub(super) fn is_stale(at: In) -> bool {
    field_object(at.snapshot, at.owner, "referent").is_none()
}
