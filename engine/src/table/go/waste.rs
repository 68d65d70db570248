//! The table `waste`: objects of which those who hold them see a part only, as a short view of a large buffer, and maps
//! with room for more entries than they have.

use super::rows::{Cell, Spec};
use crate::format::go::types::Kind as TypeKind;
use crate::id::{ClassId, ObjectId};
use crate::language::go::GoCollections;
use crate::store::Snapshot;
use crate::table::Kind;
use crate::table::batch::column;
use std::cmp::Reverse;

pub(super) const WASTE: Spec = Spec {
    name: "waste",
    doc: "objects that are held for a part of them, the most unseen and spare bytes first: a 16-byte view keeps all of a buffer; and maps that have room for entries that they do not have. Needs types",
    columns: &[
        column("object", Kind::Object, "the object"),
        column("bytes", Kind::Bytes, "bytes of its slot; of a map, of all its places for entries"),
        column(
            "unseen",
            Kind::Bytes,
            "bytes that no typed pointer, slice or text covers, even by its capacity",
        ),
        column(
            "spare",
            Kind::Bytes,
            "bytes that slices have as capacity only, and none as length; of a map, of places without an entry",
        ),
        column("retained", Kind::Bytes, "bytes that it retains"),
    ],
    rows,
};

/// Places that the smallest map has.
const FEWEST_PLACES: u64 = 8;

/// Bytes of an object, those that nothing covers, those that are capacity only.
type Row = (u32, u64, u64, u64);

fn rows(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(unseen) = snapshot.go().and_then(|go| go.unseen.as_ref()) else { return Vec::new() };
    let columns = unseen.object.iter().zip(unseen.outside.iter()).zip(unseen.spare.iter());
    let known = |&(id, ..): &Row| snapshot.ids().contains(&id);
    let parts = columns
        .map(|((&id, &outside), &spare)| (id, 0, outside, spare))
        .filter(known)
        .map(|(id, _, outside, spare)| (id, snapshot.shallow(ObjectId(id)), outside, spare));
    let mut found: Vec<Row> = parts.chain(maps(snapshot)).collect();
    found.sort_unstable_by_key(|&(id, _, outside, spare)| (Reverse(outside.saturating_add(spare)), id));
    let row = |(id, bytes, outside, spare): Row| {
        let id = ObjectId(id);
        let numbers = [bytes, outside, spare, snapshot.retained(id)].map(Cell::Number);
        std::iter::once(Cell::Object(id)).chain(numbers).collect()
    };
    found.into_iter().map(row).collect()
}

/// Maps with more places than the smallest ones have and than they need.
fn maps(snapshot: &Snapshot) -> Vec<Row> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let is_map = |class: &ClassId| {
        go.type_of(*class).is_some_and(|(ty, _)| go.types.get(ty).kind == TypeKind::MapHeader)
    };
    let classes: Vec<ClassId> = snapshot.classes().ids().filter(is_map).collect();
    let collections = GoCollections::new(snapshot);
    let row = |id: u32| {
        let (places, bytes) = collections.places(ObjectId(id)).filter(|places| places.0 > FEWEST_PLACES)?;
        let free = places.saturating_sub(collections.size(ObjectId(id))?).saturating_mul(bytes);
        (free > 0).then(|| (id, places.saturating_mul(bytes), 0, free))
    };
    snapshot.instances(&classes, snapshot.ids()).into_iter().filter_map(row).collect()
}
