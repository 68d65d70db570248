//! Slices and strings of Go that see a small part of the array behind them.

use super::super::path::Path;
use super::views::WORTH;
use crate::format::go::Params;
use crate::format::go::types::Kind;
use crate::id::ObjectId;
use crate::store::{GoIndex, Snapshot};
use crate::value::{Body, each_pointer};

/// A slice or string that lies in some bytes.
#[derive(Clone, Copy)]
struct Window<'a> {
    params: &'a Params,
    bytes: &'a [u8],
    place: usize,
    is_slice: bool,
}

impl Window<'_> {
    fn word(&self, index: usize) -> Option<u64> {
        self.params.word(self.bytes, self.place.checked_add(index * usize::from(self.params.pointer_bytes))?)
    }

    /// Whether it sees at most a quarter of an object at `start` of `room` bytes, whose elements have `element` bytes: by
    /// its length where it begins behind the object's start, as only a part of another does; else by its capacity, for a
    /// buffer may be filled up to it.
    fn is_small(&self, start: u64, room: u64, element: u64) -> Option<bool> {
        let begins = self.word(0)?.checked_sub(start)?;
        let length = self.word(1)?;
        let capacity = if self.is_slice { self.word(2)? } else { length };
        let seen = if begins >= element.max(16) { length } else { capacity }.checked_mul(element)?;
        Some(length <= capacity && seen.saturating_mul(4) <= room && room - seen >= WORTH)
    }
}

/// Whether what holds step `edge`, a part of an object or a global variable, sees a small part of it; `None` where that
/// cannot be told.
pub(super) fn is_small(snapshot: &Snapshot, path: &Path, edge: usize) -> Option<bool> {
    let go = snapshot.go()?;
    let held = path.object(edge)?;
    let (ty, _) = go.type_of(snapshot.class_of(held))?;
    let room = snapshot.objects().length[held.index()].into();
    let small = |window: Window| window.is_small(snapshot.address(held).0, room, go.types.get(ty).size);
    match edge.checked_sub(1) {
        Some(before) => {
            let via = path.steps[edge].via.as_deref()?;
            small(part(snapshot, go, path.object(before)?, (via, held))?)
        }
        None => {
            let windows = globals(snapshot, go, held);
            (!windows.is_empty()).then(|| windows.into_iter().all(|window| small(window) == Some(true)))
        }
    }
}

/// The part `via` of an object, which leads to `held`.
fn part<'a>(
    snapshot: &'a Snapshot,
    go: &'a GoIndex,
    owner: ObjectId,
    (via, held): (&str, ObjectId),
) -> Option<Window<'a>> {
    let body = Body::of(snapshot, owner)?;
    let mut found = None;
    each_pointer(snapshot, owner, |place, target| {
        let kind = place.ty().map(|ty| go.types.get(ty).kind);
        let is_slice = kind == Some(Kind::Slice);
        if target == held && (is_slice || kind == Some(Kind::String)) && place.to_string() == via {
            let place = usize::try_from(place.offset()).unwrap_or(usize::MAX);
            found = found.or(Some(Window { params: &go.params, bytes: body.bytes, place, is_slice }));
        }
    });
    found
}

/// The global variables that lead to `held` and look like slices.
fn globals<'a>(snapshot: &'a Snapshot, go: &'a GoIndex, held: ObjectId) -> Vec<Window<'a>> {
    let dump = snapshot.dump().bytes();
    let (start, room) = (snapshot.address(held).0, u64::from(snapshot.objects().length[held.index()]));
    let mut windows = Vec::new();
    for segment in &go.records(dump).segments {
        let bytes = dump.get(segment.memory.bytes.clone()).unwrap_or_default();
        for &place in &segment.memory.pointers {
            let window = Window { params: &go.params, bytes, place: place as usize, is_slice: true };
            if window.word(0).is_some_and(|word| (start..start.saturating_add(room)).contains(&word)) {
                windows.push(window);
            }
        }
    }
    windows
}
