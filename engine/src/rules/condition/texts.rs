//! Strings whose contents repeat.

use super::In;
use crate::id::ObjectId;
use crate::value::{TextReader, elements, field_object};
use std::collections::HashSet;

/// Strings that are read, evenly over all.
const READ: usize = 2_000;

/// Strings that tell; fewer are not worth a finding.
const ENOUGH: usize = 16;

/// Whether at most half of the strings beside that on the path have a content of their own; `None` where the path has
/// none, or what stands beside it are no strings.
pub(super) fn repeat(at: In) -> Option<bool> {
    let strings = beside(at)?;
    let (mut reader, mut text, mut texts) = (TextReader::new(at.snapshot), String::new(), HashSet::new());
    for &string in &strings {
        if !reader.read_into(ObjectId(string), &mut text) {
            return None;
        }
        texts.insert(text.clone());
    }
    Some(strings.len() >= ENOUGH && texts.len() * 2 <= strings.len())
}

/// The strings in the array that holds the one on the path, or in this field of all objects of its holder's class.
fn beside(at: In) -> Option<HashSet<u32>> {
    let steps = &at.path.steps;
    let place = (at.edge..steps.len()).find(|&place| steps[place].kind.name == "java.lang.String")?;
    let (holder, via) = (steps[place.checked_sub(1)?].object?, steps[place].via.as_deref()?);
    if via.starts_with('[') {
        return Some(evenly(&elements(at.snapshot, holder)).map(|string| string.0).collect());
    }
    let alike = at.snapshot.instances(&[at.snapshot.class_of(holder)], at.snapshot.ids());
    let of = |holder: u32| field_object(at.snapshot, ObjectId(holder), via);
    Some(evenly(&alike).filter_map(|&holder| of(holder)).map(|string| string.0).collect())
}

fn evenly<T>(all: &[T]) -> impl Iterator<Item = &T> {
    all.iter().step_by(all.len().div_ceil(READ).max(1))
}
