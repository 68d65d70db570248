//! What a path alone does not tell: the named conditions that a rule may ask for.

mod keys;
mod hashes;
mod formula;
mod tasks;
mod views;
mod windows;
mod texts;

use super::fan::Fan;
use super::path::{Path, Runtime};
use crate::id::ObjectId;
use crate::store::Snapshot;

/// A condition of a rule: `where = ["stale-key"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`meaning` is the documentation")]
pub enum Condition {
    Each,
    Gathers,
    StaleKey,
    ValueHoldsKey,
    ChangedKey,
    Cancelled,
    Waiting,
    SmallView,
    Bounded,
    DuplicateStrings,
}

/// A reference in a heap, for conditions.
#[derive(Clone, Copy)]
struct In<'a> {
    snapshot: &'a Snapshot,
    path: &'a Path,
    /// The step whose incoming reference is the implicit one.
    edge: usize,
    /// The object that holds by the edge.
    owner: ObjectId,
    /// The object that it holds.
    held: ObjectId,
}

impl Condition {
    /// All of them, in the order of the documentation.
    pub const ALL: [Condition; 10] = [
        Condition::Each,
        Condition::Gathers,
        Condition::StaleKey,
        Condition::ValueHoldsKey,
        Condition::ChangedKey,
        Condition::Cancelled,
        Condition::Waiting,
        Condition::SmallView,
        Condition::Bounded,
        Condition::DuplicateStrings,
    ];

    /// The spelling in files.
    pub fn name(self) -> &'static str {
        match self {
            Condition::Each => "each",
            Condition::Gathers => "gathers",
            Condition::StaleKey => "stale-key",
            Condition::ValueHoldsKey => "value-holds-key",
            Condition::ChangedKey => "changed-key",
            Condition::Cancelled => "cancelled",
            Condition::Waiting => "waiting",
            Condition::SmallView => "small-view",
            Condition::Bounded => "bounded",
            Condition::DuplicateStrings => "duplicate-strings",
        }
    }

    /// What it says of the edge (the implicit reference), for the documentation.
    pub fn meaning(self) -> &'static str {
        match self {
            Condition::Each => {
                "The edge is behind the place where the path fans out most (see below), or there is none: it is in each \
                 of many objects, not once above them"
            }
            Condition::Gathers => "The edge leads to the collection where the path fans out most",
            Condition::StaleKey => "The entry that holds by the edge has lost its weak key",
            Condition::ValueHoldsKey => {
                "The value that a weak map's entry holds by the edge leads back to the entry's key (searched for in \
                 the first 10,000 objects behind the value)"
            }
            Condition::ChangedKey => {
                "The hash in the node that holds by the edge is not that of its key's contents. How the key's class \
                 makes its hash is found out from the other keys of the table; where that is not certain, the \
                 condition does not hold"
            }
            Condition::Cancelled => "The first task behind the edge was cancelled",
            Condition::Waiting => "The thread that holds by the edge waits or is blocked",
            Condition::SmallView => {
                "What holds by the edge is a view of at most a quarter of what it holds, with at least 256 elements \
                 left unseen; in Go, a slice or string that sees so little of the array behind it"
            }
            Condition::Bounded => {
                "The collection behind the edge has an upper bound: a class of the application that extends \
                 LinkedHashMap, a queue with a capacity, a cache of Guava or Caffeine with a maximum"
            }
            Condition::DuplicateStrings => {
                "Of the strings that are in the array on the path, or that objects of the holder's class have in this \
                 field, at most half have a content of their own (2,000 are read)"
            }
        }
    }

    /// The condition of this spelling.
    pub fn named(name: &str) -> Option<Condition> {
        Condition::ALL.into_iter().find(|condition| condition.name() == name)
    }

    /// Whether it looks at objects, not only at how many there are.
    pub fn looks_at_heap(self) -> bool {
        !matches!(self, Condition::Each | Condition::Gathers)
    }

    /// Whether it holds for the reference into step `edge` of `path`, which fans out most at `fan`; one that looks at the
    /// heap does not hold without it, nor in a heap of Go.
    pub(super) fn holds(self, path: &Path, edge: usize, fan: &Fan, heap: Option<&Snapshot>) -> bool {
        match self {
            Condition::Each => fan.is_before(edge),
            Condition::Gathers => fan.begins_at(edge),
            Condition::SmallView if path.runtime == Runtime::Go => {
                heap.and_then(|heap| windows::is_small(heap, path, edge)).unwrap_or(false)
            }
            _ => In::new(path, edge, heap).is_some_and(|at| self.holds_in(at)),
        }
    }

    fn holds_in(self, at: In) -> bool {
        match self {
            Condition::Each | Condition::Gathers => false,
            Condition::StaleKey => keys::is_stale(at),
            Condition::ValueHoldsKey => keys::value_holds_key(at),
            Condition::ChangedKey => hashes::is_changed(at).unwrap_or(false),
            Condition::Cancelled => tasks::is_cancelled(at),
            Condition::Waiting => tasks::waits(at),
            Condition::SmallView => views::is_small(at).unwrap_or(false),
            Condition::Bounded => views::is_bounded(at),
            Condition::DuplicateStrings => texts::repeat(at).unwrap_or(false),
        }
    }
}

impl<'a> In<'a> {
    fn new(path: &'a Path, edge: usize, heap: Option<&'a Snapshot>) -> Option<In<'a>> {
        let snapshot = heap.filter(|_| path.runtime == Runtime::Java)?;
        let owner = path.object(edge.checked_sub(1)?)?;
        Some(In { snapshot, path, edge, owner, held: path.object(edge)? })
    }
}
