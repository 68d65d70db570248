//! Collections of whatever runtime wrote the dump.

use super::go::GoCollections;
use super::java;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::TextReader;

pub use super::go::{Entries, Entry};

/// Objects, one by one; `None` for a null element.
pub type Objects<'a> = Box<dyn Iterator<Item = Option<ObjectId>> + 'a>;

/// The collections of a snapshot: made once, asked for any number of objects by any thread.
///
/// All methods give `None` for objects that are no collections, or have no such number.
#[derive(Clone, Debug)]
pub enum Collections<'a> {
    /// Those of the JDK.
    Java(java::Collections<'a>),
    /// Maps, arrays and channels of Go.
    Go(GoCollections<'a>),
}

impl<'a> Collections<'a> {
    /// The collections of `snapshot`.
    pub fn new(snapshot: &'a Snapshot) -> Collections<'a> {
        match snapshot.go() {
            Some(_) => Collections::Go(GoCollections::new(snapshot)),
            None => Collections::Java(java::Collections::new(snapshot)),
        }
    }

    /// The entries of a map, in the order in which the map keeps them.
    pub fn entries(&self, map: ObjectId) -> Option<Entries<'a>> {
        match self {
            Collections::Java(java) => Some(Box::new(java.entries(map)?.map(|entry| Entry {
                key: entry.key,
                value: entry.value,
                entry: entry.entry,
                ..Entry::default()
            }))),
            Collections::Go(go) => go.entries(map),
        }
    }

    /// The elements of a list, set, queue or array of references.
    pub fn elements(&self, id: ObjectId) -> Option<Objects<'a>> {
        match self {
            Collections::Java(java) => java.elements(id),
            Collections::Go(go) => go.elements(id),
        }
    }

    /// The number of entries or elements.
    pub fn size(&self, id: ObjectId) -> Option<u64> {
        match self {
            Collections::Java(java) => java.size(id),
            Collections::Go(go) => go.size(id),
        }
    }

    /// How many there is room for.
    pub fn capacity(&self, id: ObjectId) -> Option<u64> {
        match self {
            Collections::Java(java) => java.capacity(id),
            Collections::Go(go) => go.capacity(id),
        }
    }

    /// The part of the capacity that is in use, from 0 to 1.
    pub fn fill_ratio(&self, id: ObjectId) -> Option<f64> {
        match self {
            Collections::Java(java) => java.fill_ratio(id),
            Collections::Go(_) => None,
        }
    }

    /// The entries of a hash table that share their slot with an earlier one.
    pub fn collisions(&self, id: ObjectId) -> Option<u64> {
        match self {
            Collections::Java(java) => java.collisions(id),
            Collections::Go(_) => None,
        }
    }

    /// The value of the first entry of `map` whose key's text is `key`.
    pub fn get(&self, texts: &mut TextReader<'_>, map: ObjectId, key: &str) -> Option<ObjectId> {
        match self {
            Collections::Java(java) => java.get(texts, map, key),
            Collections::Go(go) => {
                go.entries(map)?.find(|entry| entry.key_text.as_deref() == Some(key))?.value
            }
        }
    }
}
