//! Lists of objects: slices, neighbours in the graph, and what sets have together.

use super::Read;
use crate::cancel::CancelToken;
use crate::dump::Dump;
use arrow_array::builder::{ListBuilder, UInt32Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Int64Array, ListArray, UInt32Array};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Field;
use heapwise_engine::error::{Error, Result};
use heapwise_engine::holders;
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::objects;
use heapwise_engine::value::{self, FieldKind};
use roaring::RoaringBitmap;
use std::sync::Arc;

/// Elements `from` to `to` of each array, both included; negative indexes count from the end, what is out of range is
/// left out. Null for what is no array.
pub(super) fn slice(
    snapshot: &Snapshot,
    ids: &UInt32Array,
    ends: &[ArrayRef],
    kind: FieldKind,
) -> Result<ArrayRef> {
    let column = objects::COLUMNS.iter().position(|column| column.name == "length").unwrap_or(0);
    let lengths = super::attribute(snapshot, column, ids)?;
    let lengths = lengths.as_primitive::<Int64Type>();
    let (from, to) = (ends[0].as_primitive::<Int64Type>(), ends[1].as_primitive::<Int64Type>());
    let (mut arrays, mut indexes) = (Vec::new(), Vec::new());
    let mut counts = Vec::with_capacity(ids.len());
    for row in 0..ids.len() {
        let known = ids.is_valid(row) && lengths.is_valid(row) && from.is_valid(row) && to.is_valid(row);
        let range = known.then(|| range(lengths.value(row), from.value(row), to.value(row)));
        let range = range.unwrap_or(0..0);
        counts.push(usize::try_from(range.end - range.start).unwrap_or(0));
        arrays.extend(range.clone().map(|_| ids.value(row)));
        indexes.extend(range);
    }
    let items = value::read_element(snapshot, &UInt32Array::from(arrays), &Int64Array::from(indexes), kind)?;
    let nulls = NullBuffer::from_iter((0..ids.len()).map(|row| ids.is_valid(row) && lengths.is_valid(row)));
    list(items, counts, Some(nulls))
}

/// `from..to + 1` within the length, negative ends counted from it.
fn range(length: i64, from: i64, to: i64) -> std::ops::Range<i64> {
    let place = |end: i64| if end < 0 { end.saturating_add(length) } else { end };
    let start = place(from).clamp(0, length);
    start..place(to).saturating_add(1).clamp(start, length)
}

fn list(items: ArrayRef, counts: Vec<usize>, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
    let total: usize = counts.iter().sum();
    if i32::try_from(total).is_err() {
        return Err(Error::Input(
            "lists of more than 2^31 elements do not fit: select fewer rows at a time".into(),
        ));
    }
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    let lists = ListArray::try_new(field, OffsetBuffer::from_lengths(counts), items, nulls);
    lists.map(|lists| Arc::new(lists) as ArrayRef).map_err(|error| Error::Input(error.to_string()))
}

/// For each object the objects next to it, each once and by id; those it dominates by what they retain.
pub(super) fn neighbours(
    read: &Read,
    dump: &Dump,
    ids: &UInt32Array,
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    let mut lists = ListBuilder::new(UInt32Builder::new());
    for id in ids {
        if cancel.is_cancelled() {
            return Err(Error::Interrupted);
        }
        let Some(id) = id.map(ObjectId) else {
            lists.append_null();
            continue;
        };
        for found in next_to(read, dump, id, cancel)? {
            lists.values().append_value(found);
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

fn next_to(read: &Read, dump: &Dump, id: ObjectId, cancel: &CancelToken) -> Result<Vec<u32>> {
    let references = match read {
        Read::Dominated => return Ok(dump.dominated(id, cancel)?.into_iter().map(|id| id.0).collect()),
        Read::Outbounds => holders::outbound(&dump.snapshot, id)?,
        _ => holders::inbound(&dump.snapshot, id, cancel.progress())?,
    };
    let mut found: Vec<u32> = references.into_iter().map(|reference| reference.object.0).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What each list of objects has together; an empty list retains nothing.
pub(super) fn of_sets(read: &Read, dump: &Dump, sets: &ListArray, cancel: &CancelToken) -> Result<ArrayRef> {
    let mut sizes = Vec::with_capacity(sets.len());
    let mut dominators = Vec::with_capacity(sets.len());
    for set in sets.iter() {
        if cancel.is_cancelled() {
            return Err(Error::Interrupted);
        }
        let Some(set) = set else {
            sizes.push(None);
            dominators.push(None);
            continue;
        };
        let objects: RoaringBitmap = set.as_primitive::<UInt32Type>().iter().flatten().collect();
        match read {
            Read::RetainedSize => {
                let bytes = dump.retained_size(&objects, cancel)?;
                sizes.push(Some(i64::try_from(bytes).unwrap_or(i64::MAX)));
            }
            _ => {
                let found = holders::common_dominator(&dump.snapshot, &objects, cancel.progress())?;
                dominators.push(found.map(|id| id.0));
            }
        }
    }
    Ok(match read {
        Read::RetainedSize => Arc::new(Int64Array::from(sizes)),
        _ => Arc::new(UInt32Array::from(dominators)),
    })
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn slices_include_both_ends() {
        let check = |length, from, to, expected: std::ops::Range<i64>| {
            assert_eq!(range(length, from, to), expected, "[{from}:{to}] of {length}");
        };
        check(5, 0, -1, 0..5);
        check(5, 1, 3, 1..4);
        check(5, -2, -1, 3..5);
        check(5, 3, 1, 3..3);
        check(5, 0, 99, 0..5);
        check(5, 9, 99, 5..5);
        check(0, 0, -1, 0..0);
        check(5, i64::MIN, i64::MAX, 0..5);
    }
}
