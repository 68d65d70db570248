//! Maps, arrays behind slices, and channels of a Go program: what is in them, and how large they are.

use super::memory::Value;
use super::{buckets, swiss};
use crate::format::go::infer::Shape;
use crate::format::go::types::Kind;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::Body;

/// An entry of a map. Keys and values are no objects: they stand in the map's groups or buckets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What the key leads to: of a pointer the object, of a text its bytes.
    pub key: Option<ObjectId>,
    /// What the value leads to.
    pub value: Option<ObjectId>,
    /// The group or bucket that holds both.
    pub entry: Option<ObjectId>,
    /// A key that is a text or a number, as text.
    pub key_text: Option<String>,
    /// A value that is a text or a number, as text.
    pub value_text: Option<String>,
}

/// Entries, one by one.
pub type Entries<'a> = Box<dyn Iterator<Item = Entry> + 'a>;

/// The collections of a Go snapshot. All methods give `None` for other objects.
#[derive(Clone, Copy, Debug)]
pub struct GoCollections<'a> {
    snapshot: &'a Snapshot,
}

impl<'a> GoCollections<'a> {
    /// The collections of `snapshot`.
    pub fn new(snapshot: &'a Snapshot) -> GoCollections<'a> {
        GoCollections { snapshot }
    }

    /// The header of a map or channel.
    fn header(&self, id: ObjectId, kind: Kind) -> Option<Value<'a>> {
        let body = Body::of(self.snapshot, id)?;
        let (ty, shape) = body.ty()?;
        let is_header = shape == Shape::Value && body.go.types.get(ty).kind == kind;
        is_header.then_some(Value { body, ty, offset: 0 })
    }

    /// The entries of a map, by its tables.
    pub fn entries(&self, map: ObjectId) -> Option<Entries<'a>> {
        let map = self.header(map, Kind::MapHeader)?;
        let pairs = match map.field("buckets") {
            Some(_) => buckets::entries(map)?,
            None => swiss::entries(map)?,
        };
        let row = map.types().get(map.ty);
        Some(Box::new(pairs.filter_map(|(key, value)| {
            let entry = Some(key.body.id);
            let (key, value) = (key.direct(row.key)?, value.direct(row.elem)?);
            let (key_text, value_text) = (key.text(), value.text());
            Some(Entry { key: key.object(), value: value.object(), entry, key_text, value_text })
        })))
    }

    /// What the elements of an array lead to.
    pub fn elements(&self, id: ObjectId) -> Option<Box<dyn Iterator<Item = Option<ObjectId>> + 'a>> {
        let body = Body::of(self.snapshot, id)?;
        let (ty, shape) = body.ty()?;
        let row = body.go.types.get(ty);
        let ty = match (shape, row.kind) {
            (Shape::Array, _) => ty,
            (Shape::Value, Kind::Array) => row.elem?,
            _ => return None,
        };
        let size = body.go.types.get(ty).size;
        let at = move |index: u64| Value { body, ty, offset: index.saturating_mul(size) }.object();
        Some(Box::new((0..body.length()?).map(at)))
    }

    /// The entries of a map, the values that wait in a channel, the elements of an array.
    pub fn size(&self, id: ObjectId) -> Option<u64> {
        if let Some(map) = self.header(id, Kind::MapHeader) {
            return map.field("used").or_else(|| map.field("count"))?.number();
        }
        if let Some(channel) = self.header(id, Kind::ChanHeader) {
            return channel.field("qcount")?.number();
        }
        Body::of(self.snapshot, id)?.length()
    }

    /// The places for entries of a map, and the bytes of each; those of its only group or bucket where it is small.
    pub fn places(&self, map: ObjectId) -> Option<(u64, u64)> {
        let map = self.header(map, Kind::MapHeader)?;
        match map.field("buckets") {
            Some(_) => buckets::places(map),
            None => swiss::places(map),
        }
    }

    /// The places of a map, the values that a channel can hold, the elements that an array has room for.
    pub fn capacity(&self, id: ObjectId) -> Option<u64> {
        if let Some((places, _)) = self.places(id) {
            return Some(places);
        }
        if let Some(channel) = self.header(id, Kind::ChanHeader) {
            return channel.field("dataqsiz")?.number();
        }
        Body::of(self.snapshot, id)?.length()
    }
}
