//! The tables `memstats`, `finalizers` and `itabs`: what the runtime says of itself.

use super::rows::{Cell, Spec, object, text};
use crate::format::go::{Finalizer, Itab, Statistics, TypeRecord};
use crate::store::Snapshot;
use crate::table::Kind;
use crate::table::batch::column;
use std::collections::HashMap;

pub(super) const MEMSTATS: Spec = Spec {
    name: "memstats",
    doc: "runtime.MemStats of the moment of the dump",
    columns: &[
        column("name", Kind::Text, "as runtime.MemStats has it"),
        column(
            "value",
            Kind::Count,
            "bytes, but for counts (Lookups, Mallocs, Frees, HeapObjects, NumGC), LastGC (nanoseconds since 1970) and PauseTotalNs",
        ),
    ],
    rows: statistics,
};

pub(super) const FINALIZERS: Spec = Spec {
    name: "finalizers",
    doc: "finalizers of objects; cleanups, which Go has since 1.24, are in no dump",
    columns: &[
        column("object", Kind::Object, "the object that it waits for"),
        column("queued", Kind::Bool, "whether the object is gone and the finalizer waits to run"),
        column("closure", Kind::Object, "the function with what it captured; null where it captured nothing"),
        column("code", Kind::Address, "the function's code"),
        column("object_type", Kind::Address, "the type descriptor of the pointer to the object"),
    ],
    rows: finalizers,
};

pub(super) const ITABS: Spec = Spec {
    name: "itabs",
    doc: "interface tables: the concrete types that stand behind interface values with methods",
    columns: &[
        column("itab", Kind::Address, "the table: the first word of such values"),
        column("type", Kind::Address, "the descriptor of the concrete type"),
        column("name", Kind::Text, "the type's name; of a pointer type the dump has its package alone"),
        column("size", Kind::Bytes, "bytes of a value of it"),
    ],
    rows: itabs,
};

fn statistics(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let Some(statistics) = &go.records(snapshot.dump().bytes()).statistics else { return Vec::new() };
    let pairs = Statistics::NAMES.iter().zip(&statistics.values);
    pairs.map(|(name, &value)| vec![text(name), Cell::Number(value)]).collect()
}

fn finalizers(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let row = |finalizer: &Finalizer| {
        vec![
            object(snapshot, finalizer.object),
            Cell::Bool(finalizer.is_queued),
            object(snapshot, finalizer.closure),
            Cell::Number(finalizer.code),
            Cell::Number(finalizer.object_type),
        ]
    };
    go.records(snapshot.dump().bytes()).finalizers.iter().map(row).collect()
}

fn itabs(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let records = go.records(snapshot.dump().bytes());
    let types: HashMap<u64, &TypeRecord> = records.types.iter().map(|ty| (ty.address, ty)).collect();
    let row = |itab: &Itab| {
        let ty = types.get(&itab.type_address);
        vec![
            Cell::Number(itab.address),
            Cell::Number(itab.type_address),
            ty.map_or(Cell::Null, |ty| text(&ty.name)),
            ty.map_or(Cell::Null, |ty| Cell::Number(ty.size)),
        ]
    };
    records.itabs.iter().map(row).collect()
}
