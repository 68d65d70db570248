//! Maps before Go 1.24: an array of buckets of 8 entries, with lists of more buckets behind them (`runtime/map.go`).

use super::memory::Value;
use crate::format::go::types::{Kind, TypeId};
use std::collections::HashSet;
use std::iter;

/// A top byte of a hash below this one says that the place is empty or that the entry has moved.
const FIRST_HASH: u64 = 5;
/// These say that the bucket's entries have moved while the map grew.
const MOVED: std::ops::Range<u64> = 2..FIRST_HASH;
/// Entries of a bucket.
const PLACES: u64 = 8;
/// The highest number of bits of a number of buckets that any memory holds.
const MOST_BITS: u64 = 40;

/// A key and its value.
pub(super) type Pair<'a> = (Value<'a>, Value<'a>);

/// The entries of the map with this header, by buckets; while the map grows, those that have not moved yet last.
pub(super) fn entries<'a>(map: Value<'a>) -> Option<Box<dyn Iterator<Item = Pair<'a>> + 'a>> {
    let bucket = map.types().get(map.ty).inner?;
    let bits = map.field("B")?.number().filter(|&bits| bits < MOST_BITS)?;
    let new = buckets(map.field("buckets")?, bucket, 1 << bits);
    let is_same_size =
        map.field("flags").and_then(|flags| flags.number()).is_some_and(|flags| flags & 8 != 0);
    let before = if is_same_size { 1 << bits } else { (1 << bits) / 2 };
    let old = map.field("oldbuckets").map(|old| buckets(old, bucket, before)).into_iter().flatten();
    let old = old.filter(|bucket| !has_moved(bucket));
    Some(Box::new(new.chain(old).flat_map(chain).flat_map(pairs)))
}

/// The places of the map with this header, and the bytes of each; without those of buckets that overflowed, which exist
/// because the others of their list are full, and of the old ones of a map that grows.
pub(super) fn places(map: Value<'_>) -> Option<(u64, u64)> {
    let types = map.types();
    let bucket = types.get(map.ty).inner?;
    let bits = map.field("B")?.number().filter(|&bits| bits < MOST_BITS)?;
    let size = |name| types.field(bucket, name).map(|field| types.get(field.ty).size / PLACES);
    let entry = size("keys")? + size("values").or_else(|| size("elems"))?;
    let count = buckets(map.field("buckets")?, bucket, 1 << bits).count() as u64 * PLACES;
    Some((count, entry))
}

/// The buckets that a pointer leads to; at most `count`.
fn buckets<'a>(pointer: Value<'a>, bucket: TypeId, count: u64) -> impl Iterator<Item = Value<'a>> + use<'a> {
    let first = pointer.follow(bucket);
    first.into_iter().flat_map(move |first| {
        let size = first.types().get(bucket).size;
        let room =
            (first.body.bytes.len() as u64).saturating_sub(first.offset).checked_div(size).unwrap_or(0);
        (0..count.min(room)).map(move |index| Value { offset: first.offset + index * size, ..first })
    })
}

/// A bucket and those that overflowed from it; ends where a corrupt dump has a cycle.
fn chain<'a>(bucket: Value<'a>) -> impl Iterator<Item = Value<'a>> + use<'a> {
    let mut seen = HashSet::new();
    iter::successors(Some(bucket), move |bucket| {
        let next = bucket.field("overflow")?.follow(bucket.ty)?;
        seen.insert((next.body.id, next.offset)).then_some(next)
    })
}

fn has_moved(bucket: &Value<'_>) -> bool {
    let first = bucket.field("tophash").and_then(|hashes| hashes.element(0)).and_then(|hash| hash.number());
    first.is_some_and(|hash| MOVED.contains(&hash))
}

fn pairs<'a>(bucket: Value<'a>) -> impl Iterator<Item = Pair<'a>> + use<'a> {
    let fields = || {
        let values = bucket.field("values").or_else(|| bucket.field("elems"))?;
        Some((bucket.field("tophash")?, bucket.field("keys")?, values))
    };
    let fields = fields();
    (0..PLACES).filter_map(move |place| {
        let (hashes, keys, values) = fields?;
        let is_full = hashes.element(place)?.number()? >= FIRST_HASH;
        is_full.then(|| Some((element(keys, place)?, element(values, place)?)))?
    })
}

/// An element of an array of keys or values; of no size they are all the same.
fn element<'a>(array: Value<'a>, place: u64) -> Option<Value<'a>> {
    match array.types().get(array.ty).kind {
        Kind::Array => array.element(place),
        _ => Some(array),
    }
}
