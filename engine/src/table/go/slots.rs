//! The tables `spans` and `slack`: how well slots fill pages, and values fill slots.

use super::rows::{Cell, Spec};
use crate::format::go::infer::Shape;
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;
use crate::table::Kind;
use crate::table::batch::column;
use crate::value::Body;
use std::collections::BTreeMap;

pub(super) const SPANS: Spec = Spec {
    name: "spans",
    doc: "size classes of the allocator: how many slots of the pages with objects are in use",
    columns: &[
        column(
            "slot_bytes",
            Kind::Bytes,
            "bytes of a slot; larger ones than the largest class (32 KiB) have spans of their own",
        ),
        column("used", Kind::Count, "slots with an object"),
        column("pages", Kind::Count, "pages of 8 KiB that these slots touch"),
        column("slots", Kind::Count, "slots that these pages have room for"),
        column("free", Kind::Count, "slots without an object: fragmentation"),
        column("free_bytes", Kind::Bytes, "their bytes"),
        column("fill", Kind::Float, "used slots of all, from 0 to 1"),
    ],
    rows: spans,
};

pub(super) const SLACK: Spec = Spec {
    name: "slack",
    doc: "what values leave unused of their slots: the allocator rounds sizes up. Needs types",
    columns: &[
        column("class", Kind::Class, "the class"),
        column("objects", Kind::Count, "its objects"),
        column("bytes", Kind::Bytes, "bytes of their slots"),
        column("slack", Kind::Bytes, "bytes of the slots behind the last value"),
        column(
            "headers",
            Kind::Bytes,
            "bytes of the slots before the first value, which the allocator needs",
        ),
    ],
    rows: slack,
};

/// Bytes of a page of the allocator.
const PAGE: u64 = 8192;

/// Slots of one size.
#[derive(Default)]
struct Size {
    used: u64,
    pages: u64,
    /// The page behind the last one that was counted.
    next: u64,
}

fn spans(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let mut sizes: BTreeMap<u32, Size> = BTreeMap::new();
    let objects = snapshot.objects();
    for (&address, &bytes) in objects.address.iter().zip(objects.length.iter()) {
        let size = sizes.entry(bytes).or_default();
        let last = address.saturating_add(u64::from(bytes).saturating_sub(1)) / PAGE + 1;
        size.used += 1;
        size.pages += last - size.next.max(address / PAGE).min(last);
        size.next = last;
    }
    let row = |(bytes, size): (u32, Size)| {
        let bytes = u64::from(bytes);
        let slots = (size.pages * PAGE).checked_div(bytes).unwrap_or(0).max(size.used);
        let free = slots - size.used;
        vec![
            Cell::Number(bytes),
            Cell::Number(size.used),
            Cell::Number(size.pages),
            Cell::Number(slots),
            Cell::Number(free),
            Cell::Number(free * bytes),
            Cell::Float(part(size.used, slots)),
        ]
    };
    sizes.into_iter().map(row).collect()
}

#[expect(clippy::cast_precision_loss, reason = "no heap has 2^53 slots")]
fn part(used: u64, slots: u64) -> f64 {
    used as f64 / slots.max(1) as f64
}

/// Objects, bytes, slack and headers of a class.
type Sums = [u64; 4];

fn slack(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let mut sums: Vec<Sums> = vec![[0; 4]; snapshot.class_count()];
    let ids = snapshot.ids().map(ObjectId).filter(|&id| go.type_of(snapshot.class_of(id)).is_some());
    for id in ids {
        let Some(body) = Body::of(snapshot, id) else { continue };
        let own = [1, snapshot.shallow(id), unused(&body), body.start as u64];
        let sum = &mut sums[snapshot.class_of(id).index()];
        sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
    let classes = (0..).map(ClassId).zip(sums).filter(|(_, sums)| sums[0] > 0);
    let row = |(class, sums): (ClassId, Sums)| {
        let numbers = sums.map(Cell::Number);
        std::iter::once(Cell::Class(snapshot.name_rank(class))).chain(numbers).collect()
    };
    classes.map(row).collect()
}

/// The bytes behind the last value of an object.
fn unused(body: &Body<'_>) -> u64 {
    let Some((ty, shape)) = body.ty() else { return 0 };
    let count = if shape == Shape::Value { body.count().max(1) } else { body.count() };
    let used = body.go.types.get(ty).size.saturating_mul(count);
    (body.bytes.len() as u64).saturating_sub(used)
}
