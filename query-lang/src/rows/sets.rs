//! Rows about sets of objects.

use super::graph::{patterns, push_objects, sizes};
use super::{Arguments, Call, Cell, Sink};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use heapwise_engine::error::Result;
use heapwise_engine::graph::RetainedSet;
use heapwise_engine::holders::{self, Cut, PathOptions};
use heapwise_engine::id::ObjectId;
use roaring::RoaringBitmap;

/// The objects of the first argument.
fn set(arguments: &Arguments, row: usize) -> Option<RoaringBitmap> {
    arguments.ids(0, row).map(|ids| ids.into_iter().collect())
}

pub(super) fn merged_paths(
    call: &Call,
    arguments: &Arguments,
    row: usize,
    sink: &mut Sink<'_>,
) -> Result<()> {
    let Some(set) = set(arguments, row) else { return Ok(()) };
    let options = PathOptions { avoiding: patterns(arguments.text(1, row)), through: None };
    let merged = holders::merged_paths(&call.dump.snapshot, &set, &options, sink.cancel().progress())?;
    sink.each(&merged.rows, |sink, node| {
        let via = merged.via(node);
        sink.push(&[
            Cell::count(node.node.into()),
            node.parent.map_or(Cell::Null, |parent| Cell::count(parent.into())),
            Cell::count(node.depth.into()),
            Cell::Id(node.object.0),
            via.as_deref().map_or(Cell::Null, Cell::Text),
            Cell::count(node.objects),
            Cell::count(node.shallow),
            Cell::count(node.retained),
        ])
    })
}

pub(super) fn retained_set(
    call: &Call,
    arguments: &Arguments,
    row: usize,
    sink: &mut Sink<'_>,
) -> Result<()> {
    let Some(set) = set(arguments, row) else { return Ok(()) };
    push_set(call, &call.dump.retained_set(&set, sink.cancel())?, sink)
}

fn push_set(call: &Call, found: &RetainedSet, sink: &mut Sink<'_>) -> Result<()> {
    push_objects(call, found.objects.iter().map(ObjectId), sink)
}

/// What is freed when references are cut; without sources all references to the targets.
pub(super) fn what_if(call: &Call, arguments: &Arguments, row: usize, sink: &mut Sink<'_>) -> Result<()> {
    let Some(targets) = arguments.items(1, row) else { return Ok(()) };
    let targets = targets.as_primitive::<UInt32Type>();
    let Some(sources) = arguments.items(0, row) else {
        let set: RoaringBitmap = targets.iter().flatten().collect();
        return push_set(call, &call.dump.retained_set(&set, sink.cancel())?, sink);
    };
    let names = arguments.items(2, row);
    let name = |i: usize| {
        let names = names.as_ref()?.as_string::<i32>();
        names.is_valid(i).then(|| names.value(i).to_owned())
    };
    let ends = sources.as_primitive::<UInt32Type>().iter().zip(targets).enumerate();
    let cuts = ends
        .filter_map(|(i, (from, to))| Some(Cut { from: ObjectId(from?), to: ObjectId(to?), via: name(i) }));
    let cuts: Vec<Cut> = cuts.collect();
    push_set(call, &call.dump.what_if(&cuts, sink.cancel())?, sink)
}

pub(super) fn reachable(call: &Call, arguments: &Arguments, row: usize, sink: &mut Sink<'_>) -> Result<()> {
    let Some(set) = set(arguments, row) else { return Ok(()) };
    let depth = arguments.number(1, row).map(|depth| u32::try_from(depth).unwrap_or(u32::MAX));
    let snapshot = &call.dump.snapshot;
    let reached = holders::reachable(snapshot, &set, depth, sink.cancel().progress())?;
    sink.each(reached, |sink, (id, depth)| {
        let [shallow, retained] = sizes(snapshot, id);
        sink.push(&[Cell::Id(id.0), Cell::count(depth.into()), shallow, retained])
    })
}
