//! Which bytes of each array the words that lead to it can see.

use crate::format::go::infer::Shape;
use crate::format::go::types::Kind;
use crate::format::go::{Params, Region};
use crate::id::{Address, ClassId, ObjectId};
use crate::store::{GoIndex, Snapshot};
use crate::value::{Body, each_pointer};

/// What is seen of an object.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// From the first byte to the one behind the last, in the slot; `None` where nothing leads to it, or all is seen.
    pub(super) range: Option<(u32, u32)>,
    /// Words that lead to it.
    pub(super) holders: u32,
    is_all: bool,
}

/// What is seen of all objects, by id.
pub(super) struct Windows<'a> {
    snapshot: &'a Snapshot,
    go: &'a GoIndex,
    /// By class, bytes of an element of its arrays; 0 for classes that are no arrays.
    element: Vec<u64>,
    pub(super) seen: Vec<Seen>,
}

impl<'a> Windows<'a> {
    /// One pass over all objects and roots: a slice sees its capacity, a text its length, anything else all. `None`
    /// without types.
    pub(super) fn new(snapshot: &'a Snapshot) -> Option<Windows<'a>> {
        let go = snapshot.go().filter(|go| !go.types.is_empty())?;
        let element = |class: ClassId| match go.type_of(class) {
            Some((ty, Shape::Array | Shape::Text)) => go.types.get(ty).size,
            _ => 0,
        };
        let element = snapshot.classes().ids().map(element).collect();
        let seen = vec![Seen::default(); snapshot.object_count()];
        let mut windows = Windows { snapshot, go, element, seen };
        snapshot.ids().for_each(|id| windows.object(ObjectId(id)));
        let records = go.records(snapshot.dump().bytes());
        let segments = records.segments.iter().map(|segment| &segment.memory);
        let frames = records.frames.iter().map(|frame| &frame.memory);
        segments.chain(frames).for_each(|region| windows.region(region));
        windows.seen.iter_mut().filter(|seen| seen.is_all).for_each(|seen| seen.range = None);
        Some(windows)
    }

    /// The words of an object; of one without a type each sees all that it leads to.
    fn object(&mut self, id: ObjectId) {
        let Some(body) = Body::of(self.snapshot, id) else { return };
        each_pointer(self.snapshot, id, |place, target| {
            let at = usize::try_from(place.offset()).unwrap_or(usize::MAX);
            let words = Words { params: &self.go.params, bytes: body.bytes, place: at };
            let element = self.element[self.snapshot.class_of(target).index()];
            let bytes = place.ty().and_then(|ty| {
                let row = self.go.types.get(ty);
                match row.kind {
                    Kind::Slice => words.capacity()?.checked_mul(element),
                    Kind::String => words.length(),
                    Kind::Pointer => Some(self.go.types.get(row.elem?).size).filter(|&size| size > 0),
                    _ => None,
                }
            });
            self.see(words.word(0), target, bytes);
        });
    }

    /// The words of a segment or frame, whose types the index does not keep: what looks like a slice is one.
    fn region(&mut self, region: &Region) {
        let dump = self.snapshot.dump().bytes();
        let bytes = dump.get(region.bytes.clone()).unwrap_or_default();
        for &place in &region.pointers {
            let words = Words { params: &self.go.params, bytes, place: place as usize };
            let Some(target) = words.word(0).and_then(|word| self.snapshot.find(Address(word))) else {
                continue;
            };
            let element = self.element[self.snapshot.class_of(target).index()];
            let bytes = words.capacity().and_then(|capacity| capacity.checked_mul(element));
            self.see(words.word(0), target, bytes);
        }
    }

    /// A word that leads to `target` and sees so many bytes from there on; `None`: all.
    fn see(&mut self, word: Option<u64>, target: ObjectId, bytes: Option<u64>) {
        let is_array = self.element[self.snapshot.class_of(target).index()] > 0;
        let room = self.snapshot.objects().length[target.index()];
        let start = word.map_or(0, |word| word.saturating_sub(self.snapshot.address(target).0));
        let start = u32::try_from(start).unwrap_or(0).min(room);
        let seen = &mut self.seen[target.index()];
        seen.holders = seen.holders.saturating_add(1);
        let bytes = bytes.and_then(|bytes| u32::try_from(bytes).ok()).filter(|&bytes| bytes <= room - start);
        match bytes.filter(|_| is_array) {
            Some(bytes) => {
                let (first, last) = seen.range.unwrap_or((u32::MAX, 0));
                seen.range = Some((first.min(start), last.max(start + bytes)));
            }
            None => seen.is_all = true,
        }
    }
}

/// A pointer and the words behind it.
struct Words<'a> {
    params: &'a Params,
    bytes: &'a [u8],
    place: usize,
}

impl Words<'_> {
    fn word(&self, index: usize) -> Option<u64> {
        self.params.word(self.bytes, self.place.checked_add(index * usize::from(self.params.pointer_bytes))?)
    }

    fn length(&self) -> Option<u64> {
        self.word(1)
    }

    /// The capacity of a slice; `None` where the words are none of a slice.
    fn capacity(&self) -> Option<u64> {
        let (length, capacity) = (self.word(1)?, self.word(2)?);
        (length <= capacity && capacity > 0).then_some(capacity)
    }
}
