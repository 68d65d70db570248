//! How large collections are, and how well they use their room.

use super::kind::Found;
use super::map::{self, Bins};
use super::sequence;
use super::shape::Shape;
use super::walk::Elements;
use crate::format::hprof::Value;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{Slots, field_object, field_value};

/// What the collection itself would answer, as far as the dump tells; else counted.
pub(super) fn size(of: &Found<'_>) -> Option<u64> {
    match of.kind.shape {
        Shape::Chains(chain) if chain.live => counted(of),
        Shape::Chains(_) | Shape::Linked(_) | Shape::Tree | Shape::Pairs | Shape::Scattered => of.count(1),
        Shape::Universe | Shape::Part => of.count(2),
        Shape::Bins(_) => Some(striped(of.snapshot, of.number(1)?, of.object(2))),
        Shape::SkipList(_) => match of.object(1) {
            Some(adder) => long_adder(of.snapshot, adder),
            None => counted(of),
        },
        Shape::Array | Shape::Links(_) | Shape::Copies if of.has(1) => of.count(1),
        Shape::Array | Shape::References => Some(sequence::array(of).1 as u64),
        Shape::RingTo | Shape::RingOf => Some(sequence::ring(of).2 as u64),
        Shape::Enums => Some(ones(of, 1)),
        Shape::Bits => Some(ones(of, 0)),
        _ => counted(of),
    }
}

fn counted(of: &Found<'_>) -> Option<u64> {
    let number = match map::entries(of) {
        Some(entries) => entries.count(),
        None => sequence::elements(of, 0)?.count(),
    };
    Some(number as u64)
}

fn ones(of: &Found<'_>, field: usize) -> u64 {
    sequence::bits(of, field).map(|word| u64::from(word.count_ones())).sum()
}

/// `java.util.concurrent.atomic.LongAdder.sum`.
fn long_adder(snapshot: &Snapshot, adder: ObjectId) -> Option<u64> {
    let Value::Long(base) = field_value(snapshot, adder, "base")? else { return None };
    Some(striped(snapshot, base, field_object(snapshot, adder, "cells")))
}

/// A count that several threads keep: its base, and what they added in cells of their own.
fn striped(snapshot: &Snapshot, base: i64, cells: Option<ObjectId>) -> u64 {
    let mut fields = Slots::new(snapshot, ["value"]);
    let cells = Elements::or_none(snapshot, cells).objects(false);
    let values = cells.filter_map(|cell| {
        let (data, [value]) = fields.read(cell)?;
        data.integer(value)
    });
    u64::try_from(values.fold(base, i64::wrapping_add)).unwrap_or_default()
}

/// Slots of the table, elements of the array, or bits; `None` where there is no such thing.
pub(super) fn capacity(of: &Found<'_>) -> Option<u64> {
    let length = |field| Elements::or_none(of.snapshot, of.object(field)).len() as u64;
    match of.kind.shape {
        Shape::Chains(_) | Shape::Linked(_) | Shape::Bins(_) | Shape::Scattered => Some(length(0)),
        Shape::Pairs => Some(length(0) / 2),
        Shape::Universe => Some(length(1)),
        Shape::Array | Shape::RingTo | Shape::RingOf => Some(length(0)),
        Shape::References => size(of),
        Shape::Bits => Some(64 * sequence::bits(of, 0).count() as u64),
        _ => None,
    }
}

/// Slots, elements or bits that are in use.
pub(super) fn used(of: &Found<'_>) -> Option<u64> {
    let used = |field| Elements::or_none(of.snapshot, of.object(field)).used() as u64;
    match of.kind.shape {
        Shape::Chains(_) | Shape::Linked(_) | Shape::Scattered => Some(used(0)),
        Shape::Bins(_) => {
            let table = Elements::or_none(of.snapshot, of.object(0));
            Some((Bins::new(of.snapshot, table).count() as u64).min(table.len() as u64))
        }
        Shape::Universe => Some(used(1)),
        Shape::Pairs => counted(of),
        Shape::References => Some(sequence::array(of).0.used() as u64),
        Shape::Array => Some(sequence::array(of).1 as u64),
        Shape::RingTo | Shape::RingOf | Shape::Bits => size(of),
        _ => None,
    }
}

/// Entries that share their slot with an earlier one; `None` for what has no chains.
pub(super) fn collisions(of: &Found<'_>) -> Option<u64> {
    match of.kind.shape {
        Shape::Bins(_) => {
            let table = Elements::or_none(of.snapshot, of.object(0));
            Some(counted(of)?.saturating_sub(Bins::new(of.snapshot, table).count() as u64))
        }
        Shape::Chains(_) | Shape::Linked(_) => Some(counted(of)?.saturating_sub(used(of)?)),
        _ => None,
    }
}
