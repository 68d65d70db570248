//! What a path alone does not tell: the named conditions that a rule may ask for.

mod counts;
mod keys;

use super::path::Path;
use crate::id::ObjectId;
use crate::store::Snapshot;

/// A condition of a rule: `where = ["stale-key"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `each`: what holds by the edge is about as numerous as what it holds, so that the edge is in each of many places
    /// and not once above a collection.
    Each,
    /// `stale-key`: the edge leaves an entry whose weak key is gone.
    StaleKey,
}

/// Where a condition looks.
#[derive(Clone, Copy)]
struct At<'a> {
    path: &'a Path,
    /// The step whose incoming reference is the implicit one.
    edge: usize,
}

/// As [`At`], in a heap.
#[derive(Clone, Copy)]
struct In<'a> {
    snapshot: &'a Snapshot,
    /// The object that holds by the edge.
    owner: ObjectId,
}

impl Condition {
    /// All of them, in the order of the documentation.
    pub const ALL: [Condition; 2] = [Condition::Each, Condition::StaleKey];

    /// The spelling in files.
    pub fn name(self) -> &'static str {
        match self {
            Condition::Each => "each",
            Condition::StaleKey => "stale-key",
        }
    }

    /// The condition of this spelling.
    pub fn named(name: &str) -> Option<Condition> {
        Condition::ALL.into_iter().find(|condition| condition.name() == name)
    }

    /// Whether it holds for the reference into step `edge` of `path`; one that looks at the heap does not without it.
    pub(super) fn holds(self, path: &Path, edge: usize, heap: Option<&Snapshot>) -> bool {
        let at = At { path, edge };
        if self == Condition::Each {
            return counts::each(at);
        }
        at.in_heap(heap).is_some_and(|at| match self {
            Condition::Each => false,
            Condition::StaleKey => keys::is_stale(at),
        })
    }
}

impl<'a> At<'a> {
    fn in_heap(self, heap: Option<&'a Snapshot>) -> Option<In<'a>> {
        let owner = self.path.object(self.edge.checked_sub(1)?)?;
        Some(In { snapshot: heap?, owner })
    }
}
