//! The table of types.

use super::kind::Kind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A row of [`Types`]: dense, valid with that table only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TypeId(pub u32);

impl TypeId {
    /// The position of this type in a column.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A type of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Type {
    /// As Go spells it, with the whole path of its package: `net/http.Request`, `[]uint8`, `map[string]*main.Session`.
    pub name: String,
    /// Bytes of a value.
    pub size: u64,
    /// Its sort.
    pub kind: Kind,
    /// Of pointers, slices, arrays, channels and their headers the element; of maps and their headers the value.
    pub elem: Option<TypeId>,
    /// Of maps and their headers the key.
    pub key: Option<TypeId>,
    /// Of maps and channels the header; of a map's header the group (Go 1.24 and later) or bucket.
    pub inner: Option<TypeId>,
    /// Elements of an array.
    pub count: u64,
    /// The fields of a struct, a header or a closure, in the order of their offsets.
    pub fields: Vec<Field>,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name; of an embedded one the name of its type without the package.
    pub name: String,
    /// Bytes before it.
    pub offset: u64,
    /// Its type.
    pub ty: TypeId,
    /// Whether its own fields are also the struct's.
    pub embedded: bool,
}

/// Types, and what leads to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Types {
    rows: Vec<Type>,
    /// By address of the runtime's type descriptor, as the executable was linked.
    #[serde(skip)]
    descriptors: HashMap<u64, TypeId>,
}

/// Types that are looked at for the alignment of one.
const MOST_LOOKS: usize = 1 << 12;

/// What stands for a type that is not in the table.
const NOTHING: &Type = &Type {
    name: String::new(),
    size: 0,
    kind: Kind::Unknown,
    elem: None,
    key: None,
    inner: None,
    count: 0,
    fields: Vec::new(),
};

impl Types {
    /// The number of types.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The type of this row; an unknown one of no size where the table has no such row.
    pub fn get(&self, id: TypeId) -> &Type {
        self.rows.get(id.index()).unwrap_or(NOTHING)
    }

    /// All rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        (0..).map(TypeId).zip(&self.rows)
    }

    /// The type with the descriptor at this address (as linked: without the slide of a PIE).
    pub fn by_descriptor(&self, address: u64) -> Option<TypeId> {
        self.descriptors.get(&address).copied()
    }

    /// The first type of this name that `fits`.
    pub fn find(&self, name: &str, fits: impl Fn(&Type) -> bool) -> Option<TypeId> {
        self.iter().find(|(_, ty)| ty.name == name && fits(ty)).map(|(id, _)| id)
    }

    /// The field of this name that the type itself declares.
    pub fn field(&self, id: TypeId, name: &str) -> Option<&Field> {
        self.get(id).fields.iter().find(|field| field.name == name)
    }

    /// The alignment of a type in bytes, where pointers have `width` bytes.
    pub fn align(&self, id: TypeId, width: u64) -> u64 {
        let (mut open, mut most, mut looks) = (vec![id], 1, 0);
        while let Some(id) = open.pop().filter(|_| looks.max(open.len()) < MOST_LOOKS && most < width) {
            looks += 1;
            let ty = self.get(id);
            match ty.kind {
                Kind::Array => open.extend(ty.elem),
                Kind::Complex => most = most.max(ty.size / 2),
                Kind::Bool | Kind::Int | Kind::Uint | Kind::Float => most = most.max(ty.size),
                Kind::Struct => open.extend(ty.fields.iter().map(|field| field.ty)),
                _ => most = width,
            }
        }
        most.min(width)
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, ty: Type) -> TypeId {
        let id = TypeId(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        self.rows.push(ty);
        id
    }

    /// The row itself, to be completed.
    pub(in crate::format::go) fn row(&mut self, id: TypeId) -> Option<&mut Type> {
        self.rows.get_mut(id.index())
    }

    /// Ties a descriptor to a row; the first one stays.
    pub(in crate::format::go) fn tie(&mut self, descriptor: u64, id: TypeId) {
        self.descriptors.entry(descriptor).or_insert(id);
    }

    /// The descriptors with their types, in no order.
    pub(in crate::format::go) fn descriptors(&self) -> impl Iterator<Item = (u64, TypeId)> {
        self.descriptors.iter().map(|(address, id)| (*address, *id))
    }
}
