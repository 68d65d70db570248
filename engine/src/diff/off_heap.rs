//! Memory outside the heap, by the rows of the buffers that own it.

use super::growth::{Growth, signed};
use super::tree::PathTree;
use crate::language::java::direct::direct_buffers;
use crate::store::Snapshot;
use std::collections::HashMap;

/// By row: bytes outside the heap that the second dump has more than the first.
pub(super) struct OffHeap {
    more: HashMap<u32, i64>,
}

impl OffHeap {
    /// The difference between two dumps of a tree, each with its place there.
    pub(super) fn new(tree: &PathTree, before: (&Snapshot, usize), after: (&Snapshot, usize)) -> OffHeap {
        let mut more: HashMap<u32, i64> = HashMap::new();
        for ((snapshot, dump), sign) in [(before, -1), (after, 1)] {
            for (buffer, bytes) in direct_buffers(snapshot) {
                let row = tree.dumps[dump].row_of[buffer.index()];
                let sum = more.entry(row).or_default();
                *sum = sum.saturating_add(sign * signed(bytes));
            }
        }
        OffHeap { more }
    }

    /// What the buffers in the rows of a growth own more.
    pub(super) fn growth(&self, growth: &Growth) -> i64 {
        if self.more.is_empty() {
            return 0;
        }
        let mut rows: Vec<u32> = growth.parts.iter().map(|part| part.row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.iter().filter_map(|row| self.more.get(row)).sum::<i64>().max(0)
    }
}
