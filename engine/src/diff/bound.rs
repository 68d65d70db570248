//! Whether the owner of a growth bounds it: a cache that fills is no leak.

use super::confidence::Bound;
use super::place::Place;
use crate::format::hprof::Value;
use crate::id::ObjectId;
use crate::language::java::Collections;
use crate::rules::Types;
use crate::store::Snapshot;
use crate::value::{field_value, fields};

/// How far above the growth an owner is looked for.
const STEPS: usize = 5;
/// Words in the names of fields that bound.
const WORDS: [&str; 6] = ["max", "limit", "bound", "capacity", "cap", "most"];
/// A bound that is so many times as large as what is there bounds nothing that is seen.
const FAR: u64 = 50;

/// What bounds the number of objects at the place where a growth began; `size`: how many there are for one owner.
pub(super) fn bound(snapshot: &Snapshot, place: &Place, size: u64) -> Option<Bound> {
    // What there are more of does not bound its own number.
    let end = if place.growth.objects > 0 { place.began } else { place.began + 1 };
    let above = place.spine.objects.get(..end.min(place.spine.objects.len()))?;
    let mut types = Types::new(snapshot);
    let collections = Collections::new(snapshot);
    for &object in above.iter().rev().take(STEPS) {
        let id = ObjectId(object);
        let kind = types.step(id, None).kind;
        let is_linked = kind.name == LINKED || kind.ancestors.iter().any(|above| above == LINKED);
        let by_access = matches!(field_value(snapshot, id, "accessOrder"), Some(Value::Boolean(true)));
        if let Some(found) = number(snapshot, id, size).or_else(|| array(&collections, &kind.name, id, size))
        {
            return Some(found);
        }
        if is_linked && (by_access || (kind.name != LINKED && kind.application)) {
            return Some(Bound::Evicts(kind.name.clone()));
        }
    }
    None
}

const LINKED: &str = "java.util.LinkedHashMap";

/// The length of the array of a queue that never gets a larger one.
fn array(collections: &Collections, class: &str, id: ObjectId, size: u64) -> Option<Bound> {
    const FIXED: &str = "java.util.concurrent.ArrayBlockingQueue";
    let length = collections.capacity(id).filter(|&length| class == FIXED && length / FAR <= size)?;
    Some(Bound::Field(format!("{FIXED}.items.length"), length))
}

/// A whole number in a field that says that it bounds, and is near the size.
fn number(snapshot: &Snapshot, id: ObjectId, size: u64) -> Option<Bound> {
    let found = fields(snapshot, id).into_iter().find_map(|(field, value)| {
        let value = match value? {
            Value::Int(value) => u64::try_from(value).ok()?,
            Value::Long(value) => u64::try_from(value).ok()?,
            _ => return None,
        };
        let bounds = is_bounding(&field.name) && value >= size && value / FAR <= size;
        bounds.then(|| (format!("{}.{}", snapshot.class_name(field.class), field.name), value))
    });
    found.map(|(name, value)| Bound::Field(name, value))
}

/// Whether one of the words of a field's name, in camel case, says that it bounds.
fn is_bounding(name: &str) -> bool {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || (after_lower && c.is_uppercase());
        after_lower = c.is_lowercase();
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase().filter(|c| c.is_alphabetic()));
        }
    }
    words.iter().any(|word| WORDS.contains(&word.as_str()) || word.starts_with("maxim"))
}

#[cfg(test)]
mod tests {
    use super::is_bounding;

    #[test]
    fn names_of_bounds_are_known_by_their_words() {
        for name in ["max", "maxSize", "MAX_ENTRIES", "maximumSize", "cacheLimit", "capacity", "val$max"] {
            assert!(is_bounding(name), "{name}");
        }
        for name in ["size", "threshold", "maxx", "escaped", "modCount", "unlimited"] {
            assert!(!is_bounding(name), "{name}");
        }
    }
}
