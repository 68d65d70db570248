//! Strings whose contents repeat.

use super::In;
use crate::id::ObjectId;
use crate::value::{TextReader, field_object};
use std::collections::HashSet;

/// Holders whose strings are read, evenly over all.
const READ: usize = 2_000;

/// Strings that tell; fewer are not worth a finding.
const ENOUGH: usize = 16;

/// Whether at most half of the strings in the field of the edge, over all objects of the holder's class, have a content of
/// their own; `None` where the edge is no field that holds a string.
pub(super) fn repeat(at: In) -> Option<bool> {
    let field = at.path.steps[at.edge].via.as_deref()?;
    let class = at.snapshot.class_of(at.owner);
    let holders = at.snapshot.instances(&[class], at.snapshot.ids());
    let every = holders.len().div_ceil(READ).max(1);
    let held = holders.iter().step_by(every);
    let strings: HashSet<u32> = held
        .filter_map(|&holder| field_object(at.snapshot, ObjectId(holder), field))
        .map(|string| string.0)
        .collect();
    let (mut reader, mut text, mut texts) = (TextReader::new(at.snapshot), String::new(), HashSet::new());
    for &string in &strings {
        if !reader.read_into(ObjectId(string), &mut text) {
            return None;
        }
        texts.insert(text.clone());
    }
    Some(strings.len() >= ENOUGH && texts.len() * 2 <= strings.len())
}
