//! Which objects and references may be on a path.

use crate::graph::strength::Strength;

/// What may be on a path.
#[derive(Clone, Copy)]
pub struct Limits<'c> {
    /// Whether an object may be on a path between its ends.
    pub may_pass: &'c dyn Fn(u32) -> bool,
    /// Whether the first object holds the second one by a stored reference (strong) or as its referent (other strengths)
    /// that may be on a path. Not asked for locals and class objects.
    pub may_follow: &'c dyn Fn(u32, u32, Strength) -> bool,
}

impl std::fmt::Debug for Limits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits")
    }
}
