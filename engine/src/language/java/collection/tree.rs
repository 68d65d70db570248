//! The entries of a binary tree from the least to the greatest.

use super::map::Entry;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{Data, Slot, Slots};

/// A red-black tree of all objects that a dump can have is not as deep.
const MOST_DEPTH: usize = 128;

/// The entries below `root`.
///
/// A node deeper than a red-black tree can be is not entered, and no more nodes are entered than the dump has objects.
pub(super) fn entries(snapshot: &Snapshot, root: Option<ObjectId>) -> impl Iterator<Item = Entry> {
    InOrder {
        fields: Slots::new(snapshot, ["left", "right", "key", "value"]),
        open: Vec::new(),
        next: root,
        left: snapshot.object_count(),
    }
}

struct InOrder<'a> {
    fields: Slots<'a, 4>,
    /// Nodes that were entered and not told yet, the deepest last.
    open: Vec<(Data<'a>, [Option<Slot>; 4])>,
    /// The root of what comes next.
    next: Option<ObjectId>,
    /// Nodes that may still be entered.
    left: usize,
}

impl InOrder<'_> {
    /// Enters the nodes from `next` to the left.
    fn descend(&mut self) {
        while let Some(id) = self.next.take() {
            if self.open.len() == MOST_DEPTH || self.left == 0 {
                return;
            }
            self.left -= 1;
            let Some((data, slots)) = self.fields.read(id) else { return };
            self.next = data.object(slots[0]);
            self.open.push((data, slots));
        }
    }
}

impl Iterator for InOrder<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        self.descend();
        let (data, [_, right, key, value]) = self.open.pop()?;
        self.next = data.object(right);
        Some(Entry { key: data.object(key), value: data.object(value), entry: Some(data.id) })
    }
}
