//! What an object of a Go heap refers to, and by which part of it.

use super::body::Body;
use crate::format::go::Object;
use crate::format::go::infer::Shape;
use crate::format::go::types::TypeId;
use crate::id::{Address, ObjectId};
use crate::store::{GoIndex, Snapshot};
use std::fmt;

/// A word of an object. `Display` gives what Go calls it: `Profile`, `[3].key`; without a type `+0x18`.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    go: &'a GoIndex,
    class: crate::id::ClassId,
    /// Bytes before it from the first value on.
    offset: u64,
}

impl Place<'_> {
    /// Bytes of the object before it, from its first value on.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The type of the part that begins there; `None` where it is unknown.
    pub fn ty(&self) -> Option<TypeId> {
        let (ty, _) = self.go.type_of(self.class)?;
        let size = self.go.types.get(ty).size.max(1);
        let (ty, inside) = self.go.types.at(ty, self.offset % size);
        (inside == 0).then_some(ty)
    }
}

impl Eq for Place<'_> {}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.class, self.offset) == (other.class, other.offset)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((ty, shape)) = self.go.type_of(self.class) else {
            return write!(f, "+0x{:x}", self.offset);
        };
        let types = &self.go.types;
        let size = types.get(ty).size;
        let index = self.offset.checked_div(size).unwrap_or(0);
        let path = types.path(ty, self.offset - index * size);
        match (shape, index) {
            (Shape::Value, 0) if path.is_empty() => f.write_str("value"),
            (Shape::Value, 0) => f.write_str(path.strip_prefix('.').unwrap_or(&path)),
            _ => write!(f, "[{index}]{path}"),
        }
    }
}

/// Calls `take` for each pointer of an object that leads to one, in the order of its words, with where it leads.
pub(crate) fn each_pointer<'a>(
    snapshot: &'a Snapshot,
    id: ObjectId,
    mut take: impl FnMut(Place<'a>, ObjectId),
) {
    let Some(body) = Body::of(snapshot, id) else { return };
    let offset = snapshot.objects().offset.get(id.index());
    let Some(object) = offset.and_then(|&offset| Object::at(snapshot.dump().bytes(), offset)) else { return };
    let class = snapshot.class_of(id);
    for place in object.pointers() {
        let Some(offset) = place.checked_sub(body.start) else { continue };
        let Some(address) = body.go.params.word(body.bytes, offset) else { continue };
        if let Some(target) = snapshot.find_near(id, Address(address)) {
            take(Place { go: body.go, class, offset: offset as u64 }, target);
        }
    }
}
