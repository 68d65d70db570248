//! The tables `memprof` and `samples`: where objects were allocated, as far as the memory profile knows.

use super::rows::{Cell, Spec, object, text};
use crate::format::go::{Bucket, Call};
use crate::store::Snapshot;
use crate::table::Kind;
use crate::table::batch::column;
use std::collections::HashMap;

pub(super) const MEMPROF: Spec = Spec {
    name: "memprof",
    doc: "allocation sites of the memory profile, sampled since the process began (GODEBUG=memprofilerate=1 samples all)",
    columns: &[
        column("bucket", Kind::Address, "the site, by which samples name it"),
        column("size", Kind::Bytes, "bytes of one object"),
        column("function", Kind::Text, "the function that allocates"),
        column("stack", Kind::Text, "the calls that lead there, the innermost first"),
        column("allocations", Kind::Count, "sampled allocations"),
        column("frees", Kind::Count, "those that were freed"),
        column("live", Kind::Count, "those that were not"),
        column("objects", Kind::Count, "samples that the dump has as objects"),
    ],
    rows: sites,
};

pub(super) const SAMPLES: Spec = Spec {
    name: "samples",
    doc: "objects of which the memory profile knows the allocation",
    columns: &[
        column("object", Kind::Object, "the object"),
        column("bucket", Kind::Address, "its allocation site, a row of memprof"),
        column("function", Kind::Text, "the function that allocated it"),
        column("stack", Kind::Text, "the calls that led there, the innermost first"),
    ],
    rows: samples,
};

fn sites(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let records = go.records(snapshot.dump().bytes());
    let mut sampled: HashMap<u64, u64> = HashMap::new();
    for sample in &records.samples {
        if object(snapshot, sample.object) != Cell::Null {
            *sampled.entry(sample.bucket).or_default() += 1;
        }
    }
    let row = |bucket: &Bucket| {
        vec![
            Cell::Number(bucket.address),
            Cell::Number(bucket.size),
            function(bucket),
            stack(bucket),
            Cell::Number(bucket.allocations),
            Cell::Number(bucket.frees),
            Cell::Number(bucket.allocations.saturating_sub(bucket.frees)),
            Cell::Number(sampled.get(&bucket.address).copied().unwrap_or(0)),
        ]
    };
    records.buckets.iter().map(row).collect()
}

fn samples(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let records = go.records(snapshot.dump().bytes());
    let buckets: HashMap<u64, &Bucket> =
        records.buckets.iter().map(|bucket| (bucket.address, bucket)).collect();
    let row = |sample: &crate::format::go::Sample| {
        let bucket = buckets.get(&sample.bucket);
        vec![
            object(snapshot, sample.object),
            Cell::Number(sample.bucket),
            bucket.map_or(Cell::Null, |bucket| function(bucket)),
            bucket.map_or(Cell::Null, |bucket| stack(bucket)),
        ]
    };
    records.samples.iter().map(row).collect()
}

/// The first function that is not the allocator's.
fn function(bucket: &Bucket) -> Cell {
    let is_own = |call: &&Call| !call.function.starts_with("runtime.");
    let call = bucket.stack.iter().find(is_own).or(bucket.stack.first());
    call.map_or(Cell::Null, |call| text(&call.function))
}

fn stack(bucket: &Bucket) -> Cell {
    let call = |call: &Call| format!("{} ({}:{})", call.function, call.file, call.line);
    text(&bucket.stack.iter().map(call).collect::<Vec<_>>().join(" < "))
}
