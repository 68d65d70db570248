//! Collections of the JDK by their real layouts: what is in them, how large they are, how well they use their room.

mod shape;
mod layouts;
mod kind;
mod walk;
mod map;
mod tree;
mod sequence;
mod measure;

pub use map::{Entries, Entry};
pub use sequence::Objects;

use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::TextReader;
use kind::{Found, Kind};
use shape::Shape;

/// Collections that are seen through before one holds something itself; a corrupt dump may have a cycle of them.
const MOST_VIEWS: usize = 16;

/// The collections of a snapshot: made once (some bytes per class), asked for any number of objects by any thread.
///
/// Which classes are known, with their layouts from JDK 8 to 25, is the table in `layouts.rs`; classes below them count
/// as they do. Arrays of references are collections too. All methods give `None` for other objects. What a corrupt dump
/// has in the place of a collection ends, and gives no more nodes than the dump has objects.
#[derive(Clone, Debug)]
pub struct Collections<'a> {
    snapshot: &'a Snapshot,
    /// By class, the place of its kind in `kinds`.
    places: Vec<Option<u32>>,
    kinds: Vec<Kind>,
}

impl<'a> Collections<'a> {
    /// Looks up the classes of `snapshot` in the table of layouts.
    pub fn new(snapshot: &'a Snapshot) -> Collections<'a> {
        let (places, kinds) = kind::kinds(snapshot);
        Collections { snapshot, places, kinds }
    }

    /// Whether the table knows the class of an object.
    pub fn knows(&self, id: ObjectId) -> bool {
        self.kind(id).is_some()
    }

    /// The entries of a map, in the order in which the map goes through them; of `Map.of`, whose order differs from run
    /// to run, in that of its table. A weak map's entries without a key are gone.
    pub fn entries(&self, map: ObjectId) -> Option<Entries<'a>> {
        map::entries(&self.shown(map)?)
    }

    /// The elements of a list, set, queue or array of references, in the order in which it goes through them (`Set.of` as
    /// [`Collections::entries`] of `Map.of`); null is an element where the collection can hold it.
    pub fn elements(&self, id: ObjectId) -> Option<Objects<'a>> {
        self.elements_from(id, 0, MOST_VIEWS)
    }

    /// The number of entries or elements as the collection itself answers it, counted where it would count; of a
    /// `BitSet`, that of bits that are set.
    pub fn size(&self, id: ObjectId) -> Option<u64> {
        measure::size(&self.room(id).or_else(|| self.shown(id))?)
    }

    /// The slots of the hash table, or the length of the array, for both of which a set's are its map's; `None` too
    /// where there is no such thing, as in lists of nodes and trees.
    pub fn capacity(&self, id: ObjectId) -> Option<u64> {
        measure::capacity(&self.room(id)?)
    }

    /// The part of the capacity that is in use, from 0 to 1: slots that are not empty, elements before the size; `None`
    /// where there is no capacity, or 0.
    pub fn fill_ratio(&self, id: ObjectId) -> Option<f64> {
        let room = self.room(id)?;
        let capacity = measure::capacity(&room).filter(|&capacity| capacity > 0)?;
        Some(ratio(measure::used(&room)?, capacity))
    }

    /// The entries of a hash table that share their slot with an earlier one; `None` for what has no chains.
    pub fn collisions(&self, id: ObjectId) -> Option<u64> {
        measure::collisions(&self.room(id)?)
    }

    /// The value of the first entry of `map` whose key's text is `key`.
    pub fn get(&self, texts: &mut TextReader<'_>, map: ObjectId, key: &str) -> Option<ObjectId> {
        let mut text = String::new();
        let mut is =
            |entry: &Entry| entry.key.is_some_and(|id| texts.read_into(id, &mut text) && text == key);
        self.entries(map)?.find(|entry| is(entry))?.value
    }

    fn kind(&self, id: ObjectId) -> Option<Kind> {
        let place = (*self.places.get(self.snapshot.class_of(id).index())?)?;
        self.kinds.get(place as usize).copied()
    }

    fn found(&self, id: ObjectId) -> Option<Found<'a>> {
        Some(Found::new(self.snapshot, id, self.kind(id)?))
    }

    /// The collection that `id` shows: itself, or what wrappers lead to.
    fn shown(&self, id: ObjectId) -> Option<Found<'a>> {
        let is_view = |found: &Found<'_>| matches!(found.kind.shape, Shape::Behind);
        self.behind(id, is_view)
    }

    /// The collection whose room `id` uses: as [`Collections::shown`], and of a map's keys or values the map.
    fn room(&self, id: ObjectId) -> Option<Found<'a>> {
        let is_view = |found: &Found<'_>| {
            matches!(found.kind.shape, Shape::Behind | Shape::Keys | Shape::Values | Shape::Nodes)
        };
        self.behind(id, is_view)
    }

    fn behind(&self, id: ObjectId, is_view: impl Fn(&Found<'_>) -> bool) -> Option<Found<'a>> {
        let mut found = self.found(id)?;
        for _ in 0..MOST_VIEWS {
            if !is_view(&found) {
                return Some(found);
            }
            found = self.found(found.object(0)?)?;
        }
        None
    }

    /// The elements from the place `skip` on, through at most `views` lists of which each is a part of the next.
    fn elements_from(&self, id: ObjectId, skip: usize, views: usize) -> Option<Objects<'a>> {
        let found = self.shown(id)?;
        let entries = || self.entries(found.object(0)?);
        Some(match found.kind.shape {
            Shape::Keys => Box::new(entries()?.map(|entry| entry.key).skip(skip)),
            Shape::Values => Box::new(entries()?.map(|entry| entry.value).skip(skip)),
            Shape::Nodes => Box::new(entries()?.map(|entry| entry.entry).skip(skip)),
            Shape::Part => {
                let number = |field| found.count(field).and_then(|number| usize::try_from(number).ok());
                let (offset, size) = (number(1)?, number(2)?);
                let whole =
                    self.elements_from(found.object(0)?, offset.saturating_add(skip), views.checked_sub(1)?)?;
                Box::new(whole.take(size.saturating_sub(skip)))
            }
            _ => sequence::elements(&found, skip)?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "no array has 2^53 elements")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}
