//! Values at addresses of a Go heap.

use crate::format::go::types::{Kind, Read, TypeId, Types};
use crate::id::{Address, ObjectId};
use crate::store::Snapshot;
use crate::value::{Body, GoValue};

/// A value in an object: its type, and how many bytes of the object stand before it.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) body: Body<'a>,
    pub(super) ty: TypeId,
    pub(super) offset: u64,
}

impl<'a> Value<'a> {
    /// The value of type `ty` that begins at `address`.
    pub(super) fn at(snapshot: &'a Snapshot, address: u64, ty: TypeId) -> Option<Value<'a>> {
        let id = snapshot.find(Address(address))?;
        let body = Body::of(snapshot, id)?;
        let offset = address.checked_sub(snapshot.address(id).0)?.checked_sub(body.start as u64)?;
        Some(Value { body, ty, offset })
    }

    pub(super) fn types(&self) -> &'a Types {
        &self.body.go.types
    }

    /// A field of a struct.
    pub(super) fn field(&self, name: &str) -> Option<Value<'a>> {
        let field = self.types().field(self.ty, name)?;
        Some(Value { ty: field.ty, offset: self.offset.checked_add(field.offset)?, ..*self })
    }

    /// An element of an array, by the array's type.
    pub(super) fn element(&self, index: u64) -> Option<Value<'a>> {
        let array = self.types().get(self.ty);
        let ty = array.elem.filter(|_| array.kind == Kind::Array && index < array.count)?;
        let offset = self.offset.checked_add(index.checked_mul(self.types().get(ty).size)?)?;
        Some(Value { ty, offset, ..*self })
    }

    /// The number that stands there, of whatever width.
    pub(super) fn number(&self) -> Option<u64> {
        let size = u8::try_from(self.types().get(self.ty).size).ok().filter(|size| (1..=8).contains(size))?;
        match self.body.value(self.offset, Read::Uint(size))? {
            GoValue::Uint(value) => Some(value),
            _ => None,
        }
    }

    /// The value that the pointer there leads to, of type `ty`.
    pub(super) fn follow(&self, ty: TypeId) -> Option<Value<'a>> {
        match self.body.value(self.offset, Read::Pointer)? {
            GoValue::Pointer(address) if address.0 != 0 => Value::at(self.body.snapshot, address.0, ty),
            _ => None,
        }
    }

    /// As [`Value::follow`], from a table's slot that has a pointer where the type does not fit into it.
    pub(super) fn direct(self, ty: Option<TypeId>) -> Option<Value<'a>> {
        let own = self.types().get(self.ty);
        match ty {
            Some(ty) if own.kind == Kind::Pointer && own.elem == Some(ty) && self.ty != ty => self.follow(ty),
            _ => Some(self),
        }
    }

    /// The object that the value is, for queries: what a pointer leads to, the bytes of a text or slice; for any other
    /// value `None`.
    pub(super) fn object(&self) -> Option<ObjectId> {
        let read = self.body.go.types.parts(self.ty, self.body.go.params.pointer_bytes);
        let part = read.first().filter(|part| part.name == "value")?;
        let read = if part.read == Read::Text { Read::Pointer } else { part.read };
        let value = self.body.value(self.offset.checked_add(part.offset)?, read)?;
        self.body.target(&value)
    }

    /// A text or number as text; `None` for pointers and structs.
    pub(super) fn text(&self) -> Option<String> {
        let parts = self.body.go.types.parts(self.ty, self.body.go.params.pointer_bytes);
        let part = parts.first().filter(|part| part.name == "value")?;
        self.body.value(self.offset.checked_add(part.offset)?, part.read)?.shown()
    }
}
