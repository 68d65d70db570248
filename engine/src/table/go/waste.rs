//! The table `waste`: arrays of which those who hold them see a part only, as a short view of a large buffer.

use super::rows::{Cell, Spec};
use super::windows::Windows;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::table::Kind;
use crate::table::batch::column;
use std::cmp::Reverse;

pub(super) const WASTE: Spec = Spec {
    name: "waste",
    doc: "arrays and texts that are held for a part of them: bytes between the first and the last that a slice, text or \
          pointer can see, the most unseen first. Needs types",
    columns: &[
        column("object", Kind::Object, "the array"),
        column("bytes", Kind::Bytes, "bytes of its slot"),
        column("seen", Kind::Bytes, "bytes from the first to the last that something sees"),
        column("unseen", Kind::Bytes, "the rest, which is held all the same"),
        column("holders", Kind::Count, "words that lead to it"),
    ],
    rows,
};

/// Fewer unseen bytes are not worth a row.
const LEAST: u64 = 64;

fn rows(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(windows) = Windows::new(snapshot) else { return Vec::new() };
    let found = windows.seen.iter().zip(snapshot.ids()).filter_map(|(seen, id)| {
        let (start, end) = seen.range?;
        let bytes = snapshot.shallow(ObjectId(id));
        let unseen = bytes.saturating_sub(end.saturating_sub(start).into());
        (unseen >= LEAST).then_some((Reverse(unseen), id, bytes, seen.holders))
    });
    let mut found: Vec<_> = found.collect();
    found.sort_unstable();
    let row = |(Reverse(unseen), id, bytes, holders): (Reverse<u64>, u32, u64, u32)| {
        vec![
            Cell::Object(ObjectId(id)),
            Cell::Number(bytes),
            Cell::Number(bytes - unseen),
            Cell::Number(unseen),
            Cell::Number(holders.into()),
        ]
    };
    found.into_iter().map(row).collect()
}
