//! Maps since Go 1.24: groups of 8 entries, in tables that a directory lists (`internal/runtime/maps`).

use super::memory::Value;
use crate::format::go::types::{Kind, TypeId};

/// Entries of a group.
const PLACES: u64 = 8;
/// Set in the control byte of a place that is empty or deleted.
const NOT_FULL: u64 = 0x80;

/// A key and its value.
type Pair<'a> = super::buckets::Pair<'a>;

/// The entries of the map with this header, by tables, groups and places.
pub(super) fn entries<'a>(map: Value<'a>) -> Option<Box<dyn Iterator<Item = Pair<'a>> + 'a>> {
    let group = map.types().get(map.ty).inner?;
    let directory = map.field("dirPtr")?;
    let length = map.field("dirLen")?.number()?;
    if length == 0 {
        // A small map is one group.
        return Some(Box::new(directory.follow(group).into_iter().flat_map(pairs)));
    }
    let tables = tables(directory, length)?;
    Some(Box::new(tables.flat_map(move |table| groups(table, group)).flat_map(pairs)))
}

/// The places of the map with this header, and the bytes of each; those of its only group where it has no table.
pub(super) fn places(map: Value<'_>) -> Option<(u64, u64)> {
    let types = map.types();
    let group = types.get(map.ty).inner?;
    let slots = types.field(group, "slots")?.ty;
    let entry = types.get(types.get(slots).elem?).size;
    let directory = map.field("dirPtr")?;
    let count = match map.field("dirLen")?.number()? {
        0 => directory.follow(group).map_or(0, |_| PLACES),
        length => tables(directory, length)?.map(|table| groups(table, group).count() as u64 * PLACES).sum(),
    };
    Some((count, entry))
}

/// The tables that a directory lists, each once: places that share a table stand together.
fn tables<'a>(directory: Value<'a>, length: u64) -> Option<impl Iterator<Item = Value<'a>>> {
    let types = directory.types();
    // **table: the directory is an array of pointers.
    let pointer = types.get(directory.ty).elem?;
    let table = types.get(pointer).elem?;
    let first = directory.follow(pointer)?;
    let width = u64::from(first.body.go.params.pointer_bytes);
    let room = (first.body.bytes.len() as u64).saturating_sub(first.offset) / width.max(1);
    let mut last = None;
    Some((0..length.min(room)).filter_map(move |index| {
        let place = Value { offset: first.offset + index * width, ..first };
        let found = place.follow(table)?;
        let is_new = last.replace((found.body.id, found.offset)) != Some((found.body.id, found.offset));
        is_new.then_some(found)
    }))
}

fn groups<'a>(table: Value<'a>, group: TypeId) -> impl Iterator<Item = Value<'a>> + use<'a> {
    let reference = table.field("groups");
    let first = reference.and_then(|groups| groups.field("data")?.follow(group));
    let mask = reference.and_then(|groups| groups.field("lengthMask")?.number()).unwrap_or(0);
    first.into_iter().flat_map(move |first| {
        let size = first.types().get(group).size;
        let room =
            (first.body.bytes.len() as u64).saturating_sub(first.offset).checked_div(size).unwrap_or(0);
        (0..mask.saturating_add(1).min(room))
            .map(move |index| Value { offset: first.offset + index * size, ..first })
    })
}

fn pairs<'a>(group: Value<'a>) -> impl Iterator<Item = Pair<'a>> + use<'a> {
    let control = group.field("ctrl").and_then(|control| control.number());
    let slots = group.field("slots").filter(|slots| group.types().get(slots.ty).kind == Kind::Array);
    (0..PLACES).filter_map(move |place| {
        let is_full = control? >> (8 * place) & NOT_FULL == 0;
        let slot = slots.filter(|_| is_full)?.element(place)?;
        Some((slot.field("key")?, slot.field("elem")?))
    })
}
