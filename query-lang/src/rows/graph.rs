//! Rows about single objects in the graph, and about the dominator tree.

use super::{Arguments, Call, Cell, Sink};
use crate::functions::TableFunction;
use heapwise_engine::error::Result;
use heapwise_engine::holders::{self, By, Path, PathFinder, PathOptions};
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use roaring::RoaringBitmap;

/// The object of the first argument.
fn object(arguments: &Arguments, row: usize) -> Option<ObjectId> {
    arguments.id(0, row).map(ObjectId)
}

/// Patterns that a text separates by commas.
pub(super) fn patterns(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Paths to objects, looked for with what a search needs to know of the whole graph.
pub(super) fn paths<'a>(
    call: &'a Call,
    arguments: &Arguments,
    row: usize,
    finder: &mut Option<PathFinder<'a>>,
    sink: &mut Sink<'_>,
) -> Result<()> {
    let Some(id) = object(arguments, row) else { return Ok(()) };
    let count = usize::try_from(arguments.number(1, row).unwrap_or(1)).unwrap_or(0);
    let finder = match finder {
        Some(finder) => finder,
        None => finder.insert(PathFinder::new(&call.dump.snapshot, sink.cancel().progress())?),
    };
    let avoiding = patterns(arguments.text(2, row));
    let through = through(&call.dump.snapshot, arguments, row);
    let found = if avoiding.is_empty() && through.is_none() {
        finder.paths(id, count)
    } else {
        let options = PathOptions { avoiding, through };
        finder.search(&options)?.paths(id, count, sink.cancel().progress())?
    };
    sink.each(found.iter().zip(1_i64..), |sink, (path, number)| push_path(path, number, sink))
}

fn push_path(path: &Path, number: i64, sink: &mut Sink<'_>) -> Result<bool> {
    sink.each(path.steps.iter().zip(0_i64..), |sink, (step, place)| {
        let first = place == 0;
        let via = step.via.as_deref().map_or(Cell::Null, Cell::Text);
        let root = if first { Cell::Text(&path.root) } else { Cell::Null };
        let thread = Cell::object(path.thread.filter(|_| first));
        sink.push(&[Cell::Number(number), Cell::Number(place), Cell::Id(step.object.0), via, root, thread])
    })?;
    Ok(!sink.is_done())
}

/// The objects of which one must be on the path: given, or those of the class of that name and below.
fn through(snapshot: &Snapshot, arguments: &Arguments, row: usize) -> Option<RoaringBitmap> {
    if let Some(class) = arguments.text(3, row) {
        let classes: Vec<_> =
            snapshot.classes_named(class).into_iter().flat_map(|class| snapshot.subclasses(class)).collect();
        return Some(snapshot.instances(&classes, snapshot.ids()).into_iter().collect());
    }
    arguments.ids(3, row).map(|ids| ids.into_iter().collect())
}

/// The objects with their sizes.
pub(super) fn push_objects(
    call: &Call,
    ids: impl Iterator<Item = ObjectId>,
    sink: &mut Sink<'_>,
) -> Result<()> {
    sink.each(ids, |sink, id| {
        let [shallow, retained] = sizes(&call.dump.snapshot, id);
        sink.push(&[Cell::Id(id.0), shallow, retained])
    })
}

/// Shallow and retained size.
pub(super) fn sizes(snapshot: &Snapshot, id: ObjectId) -> [Cell<'static>; 2] {
    [Cell::count(snapshot.shallow(id)), Cell::count(snapshot.retained(id))]
}

pub(super) fn dominated(call: &Call, arguments: &Arguments, row: usize, sink: &mut Sink<'_>) -> Result<()> {
    let Some(id) = object(arguments, row) else { return Ok(()) };
    push_objects(call, call.dump.dominated(id, sink.cancel())?.into_iter(), sink)
}

pub(super) fn dominators(call: &Call, arguments: &Arguments, row: usize, sink: &mut Sink<'_>) -> Result<()> {
    let Some(id) = object(arguments, row) else { return Ok(()) };
    let chain = holders::dominator_chain(&call.dump.snapshot, id);
    sink.each(chain.into_iter().zip(1_i64..), |sink, (above, step)| {
        let [shallow, retained] = sizes(&call.dump.snapshot, above);
        sink.push(&[Cell::Number(step), Cell::Id(above.0), shallow, retained])
    })
}

/// What an object refers to, or what refers to it.
pub(super) fn references(call: &Call, arguments: &Arguments, row: usize, sink: &mut Sink<'_>) -> Result<()> {
    let Some(id) = object(arguments, row) else { return Ok(()) };
    let snapshot = &call.dump.snapshot;
    let found = match call.function {
        TableFunction::Outbound => holders::outbound(snapshot, id)?,
        _ => holders::inbound(snapshot, id, sink.cancel().progress())?,
    };
    sink.each(found, |sink, reference| {
        let [shallow, retained] = sizes(snapshot, reference.object);
        let strength = Cell::Text(reference.strength.name());
        let via = Cell::Text(&reference.via);
        sink.push(&[via, Cell::Id(reference.object.0), shallow, retained, strength])
    })
}

pub(super) fn dominator_tree(
    call: &Call,
    arguments: &Arguments,
    row: usize,
    sink: &mut Sink<'_>,
) -> Result<()> {
    let depth = u32::try_from(arguments.number(0, row).unwrap_or(1)).unwrap_or(u32::MAX);
    let by = match arguments.text(1, row).unwrap_or("object").to_lowercase().as_str() {
        "class" => By::Class,
        "package" => By::Package,
        "loader" => By::Loader,
        _ => By::Object,
    };
    let snapshot = &call.dump.snapshot;
    let tree = call.dump.dominator_tree(depth, by, sink.cancel())?;
    sink.each(tree, |sink, node| {
        let class = node.object.map(|object| snapshot.class_name(snapshot.class_of(object)));
        let name = node.name.as_deref().or(class);
        sink.push(&[
            Cell::count(node.node.into()),
            node.parent.map_or(Cell::Null, |parent| Cell::count(parent.into())),
            Cell::count(node.depth.into()),
            name.map_or(Cell::Null, Cell::Text),
            Cell::object(node.object),
            Cell::count(node.objects),
            Cell::count(node.shallow),
            Cell::count(node.retained),
        ])
    })
}

pub(super) fn big_drops(call: &Call, arguments: &Arguments, row: usize, sink: &mut Sink<'_>) -> Result<()> {
    let least = arguments.number(0, row).and_then(|least| u64::try_from(least).ok());
    let drops = holders::big_drops(&call.dump.snapshot, least, sink.cancel().progress())?;
    sink.each(drops, |sink, drop| {
        sink.push(&[
            Cell::Id(drop.object.0),
            Cell::count(drop.retained),
            Cell::object(drop.largest_child),
            Cell::count(drop.largest_child_retained),
            Cell::count(drop.drop),
            Cell::count(drop.children),
        ])
    })
}
