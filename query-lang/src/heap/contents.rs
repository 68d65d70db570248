//! What objects hold: texts, collections, contents as a whole.

use super::{Measure, Pattern, Read};
use crate::cancel::CancelToken;
use crate::dump::Dump;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, UInt32Array};
use heapwise_engine::error::{Error, Result};
use heapwise_engine::id::ObjectId;
use heapwise_engine::language::Collections;
use heapwise_engine::value::{self, Contents, TextReader};
use std::sync::Arc;

/// Objects between two looks at whether the query was stopped: one collection may have millions of entries.
const CHECKED: usize = 256;

/// The values for objects; `others` are the arguments after the first.
pub(super) fn apply(
    read: &Read,
    dump: &Dump,
    ids: &UInt32Array,
    others: &[ArrayRef],
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    match read {
        Read::TextMatches(pattern) => matches(dump, ids, pattern, cancel),
        Read::Measure(measure) => measured(*measure, dump, ids, cancel),
        Read::Get => get(dump, ids, &others[0], cancel),
        Read::Same(other) => Ok(same(dump, ids, other, others[0].as_primitive())),
        _ => Ok(hashes(dump, ids)),
    }
}

fn matches(dump: &Dump, ids: &UInt32Array, pattern: &Pattern, cancel: &CancelToken) -> Result<ArrayRef> {
    let pattern = pattern.own();
    let mut reader = TextReader::new(&dump.snapshot);
    let mut text = String::new();
    let mut is_match = |id| reader.read_into(id, &mut text).then(|| pattern.is_match(&text));
    Ok(Arc::new(BooleanArray::from(each(ids, cancel, &mut is_match)?)))
}

fn measured(measure: Measure, dump: &Dump, ids: &UInt32Array, cancel: &CancelToken) -> Result<ArrayRef> {
    let collections = Collections::new(&dump.snapshot);
    let count = |number: Option<u64>| number.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let size = |id| collections.size(id).or_else(|| length(dump, id));
    Ok(match measure {
        Measure::Size => Arc::new(Int64Array::from(each(ids, cancel, |id| count(size(id)))?)),
        Measure::Capacity => {
            Arc::new(Int64Array::from(each(ids, cancel, |id| count(collections.capacity(id)))?))
        }
        Measure::Collisions => {
            Arc::new(Int64Array::from(each(ids, cancel, |id| count(collections.collisions(id)))?))
        }
        Measure::FillRatio => {
            Arc::new(Float64Array::from(each(ids, cancel, |id| collections.fill_ratio(id))?))
        }
    })
}

/// The elements of an array.
fn length(dump: &Dump, id: ObjectId) -> Option<u64> {
    value::array_length(&dump.snapshot, id)
}

/// A value for each object, computed one after the other; an error when the query was stopped.
fn each<T>(
    ids: &UInt32Array,
    cancel: &CancelToken,
    mut of: impl FnMut(ObjectId) -> Option<T>,
) -> Result<Vec<Option<T>>> {
    let mut values = Vec::with_capacity(ids.len());
    for (i, id) in ids.iter().enumerate() {
        if i.is_multiple_of(CHECKED) && cancel.is_cancelled() {
            return Err(Error::Interrupted);
        }
        values.push(id.and_then(|id| of(ObjectId(id))));
    }
    Ok(values)
}

fn get(dump: &Dump, ids: &UInt32Array, keys: &ArrayRef, cancel: &CancelToken) -> Result<ArrayRef> {
    let collections = Collections::new(&dump.snapshot);
    let mut texts = TextReader::new(&dump.snapshot);
    let keys = keys.as_string::<i32>();
    let mut values = Vec::with_capacity(ids.len());
    for (i, id) in ids.iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(Error::Interrupted);
        }
        let key = keys.is_valid(i).then(|| keys.value(i));
        let found = id.zip(key).and_then(|(id, key)| collections.get(&mut texts, ObjectId(id), key));
        values.push(found.map(|id| id.0));
    }
    Ok(Arc::new(UInt32Array::from(values)))
}

fn hashes(dump: &Dump, ids: &UInt32Array) -> ArrayRef {
    let contents = Contents::new(&dump.snapshot);
    let hash = |id| contents.hash(ObjectId(id)).cast_signed();
    Arc::new(ids.iter().map(|id| id.map(hash)).collect::<Int64Array>())
}

fn same(dump: &Dump, ids: &UInt32Array, other: &Dump, others: &UInt32Array) -> ArrayRef {
    let (one, two) = (Contents::new(&dump.snapshot), Contents::new(&other.snapshot));
    let pairs = ids.iter().zip(others);
    let same = pairs.map(|(a, b)| Some(one.same(ObjectId(a?), &two, ObjectId(b?))));
    Arc::new(same.collect::<BooleanArray>())
}
