//! The table `waste`: objects of which those who hold them see a part only, as a short view of a large buffer.

use super::rows::{Cell, Spec};
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::table::Kind;
use crate::table::batch::column;
use std::cmp::Reverse;

pub(super) const WASTE: Spec = Spec {
    name: "waste",
    doc: "objects that are held for a part of them, the most unseen and spare bytes first: a 16-byte view keeps all of a buffer. Needs types",
    columns: &[
        column("object", Kind::Object, "the object"),
        column("bytes", Kind::Bytes, "bytes of its slot"),
        column(
            "unseen",
            Kind::Bytes,
            "bytes that no typed pointer, slice or text covers, even by its capacity",
        ),
        column("spare", Kind::Bytes, "bytes that slices have as capacity only, and none as length"),
        column("retained", Kind::Bytes, "bytes that it retains"),
    ],
    rows,
};

fn rows(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(unseen) = snapshot.go().and_then(|go| go.unseen.as_ref()) else { return Vec::new() };
    let columns = unseen.object.iter().zip(unseen.outside.iter()).zip(unseen.spare.iter());
    let known = |&(id, _, _): &(u32, u64, u64)| snapshot.ids().contains(&id);
    let mut found: Vec<(u32, u64, u64)> =
        columns.map(|((&id, &outside), &spare)| (id, outside, spare)).filter(known).collect();
    found.sort_unstable_by_key(|&(id, outside, spare)| (Reverse(outside.saturating_add(spare)), id));
    let row = |(id, outside, spare): (u32, u64, u64)| {
        let id = ObjectId(id);
        let numbers = [snapshot.shallow(id), outside, spare, snapshot.retained(id)].map(Cell::Number);
        std::iter::once(Cell::Object(id)).chain(numbers).collect()
    };
    found.into_iter().map(row).collect()
}
