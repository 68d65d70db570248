//! The runtime's own structures behind maps and channels, for executables without debug information.
//!
//! They have the fields, and the types behind these, that debug information gives them.

use crate::format::go::types::{Field, Kind, Type, TypeId, Types};

/// What the structures of one executable are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    width: u64,
    /// Rows of `uint8`, `uint16`, `uint32`, `uint64`, `int` and `unsafe.Pointer`.
    numbers: [TypeId; 4],
    int: TypeId,
    pointer: TypeId,
    /// Whether maps are Swiss tables (Go 1.24 and later).
    has_groups: bool,
    /// Whether channels know their timer (Go 1.23 and later).
    has_timer: bool,
}

impl Parts {
    /// The parts for an executable with pointers of `width` bytes.
    pub(super) fn new(types: &mut Types, width: u64, minor: u32, has_groups: bool) -> Parts {
        let mut base = |name: &str, kind, size| {
            types.push(Type { name: name.to_owned(), kind, size, ..Type::default() })
        };
        let numbers = [("uint8", 1), ("uint16", 2), ("uint32", 4), ("uint64", 8)];
        Parts {
            width,
            numbers: numbers.map(|(name, size)| base(name, Kind::Uint, size)),
            int: base("int", Kind::Int, width),
            pointer: base("unsafe.Pointer", Kind::UnsafePointer, width),
            has_groups,
            has_timer: minor >= 23,
        }
    }

    /// The header of the map type `map`, whose `inner` is the group or bucket yet.
    pub(super) fn map_header(&self, types: &mut Types, map: &Type) -> TypeId {
        let group = map.inner.map(|group| self.to(types, group));
        let fields = if self.has_groups { self.swiss(types, group) } else { self.buckets(group) };
        let header = Type { key: map.key, elem: map.elem, ..Type::default() };
        types.push(Type { inner: map.inner, ..fields.done("", Kind::MapHeader, header) })
    }

    /// `internal/runtime/maps.Map`.
    fn swiss(&self, types: &mut Types, group: Option<TypeId>) -> Layout {
        let [byte, half, _, long] = self.numbers;
        let data = group.unwrap_or(self.pointer);
        let groups = self.fields().add("data", data, self.width).add("lengthMask", long, 8);
        let groups = types.push(groups.done("groupReference", Kind::Struct, Type::default()));
        let size = types.get(groups).size;
        let table = self.fields().add("used", half, 2).add("capacity", half, 2).add("growthLeft", half, 2);
        let table =
            table.add("localDepth", byte, 1).add("index", self.int, self.width).add("groups", groups, size);
        let table = types.push(table.done("table", Kind::Struct, Type::default()));
        let table = self.to(types, table);
        let directory = self.to(types, table);
        let map = self.fields().add("used", long, 8).add("seed", self.int, self.width);
        let map = map.add("dirPtr", directory, self.width).add("dirLen", self.int, self.width);
        let map = map.add("globalDepth", byte, 1).add("globalShift", byte, 1).add("writing", byte, 1);
        map.add("clearSeq", long, 8)
    }

    /// `runtime.hmap`.
    fn buckets(&self, bucket: Option<TypeId>) -> Layout {
        let [byte, half, number, _] = self.numbers;
        let bucket = bucket.unwrap_or(self.pointer);
        let map = self.fields().add("count", self.int, self.width).add("flags", byte, 1).add("B", byte, 1);
        let map = map.add("noverflow", half, 2).add("hash0", number, 4).add("buckets", bucket, self.width);
        let map = map.add("oldbuckets", bucket, self.width).add("nevacuate", self.int, self.width);
        map.add("extra", self.pointer, self.width)
    }

    /// The header of the channel type `chan`: `runtime.hchan`, without its queues of goroutines.
    pub(super) fn chan_header(&self, types: &mut Types, chan: &Type) -> TypeId {
        let [_, half, number, _] = self.numbers;
        let fields = self.fields().add("qcount", self.int, self.width).add("dataqsiz", self.int, self.width);
        let fields =
            fields.add("buf", self.pointer, self.width).add("elemsize", half, 2).add("closed", number, 4);
        let fields = if self.has_timer { fields.add("timer", self.pointer, self.width) } else { fields };
        let fields = fields.add("elemtype", self.pointer, self.width).add("sendx", self.int, self.width);
        let fields = fields.add("recvx", self.int, self.width);
        let header = Type { elem: chan.elem, ..Type::default() };
        types.push(fields.done("", Kind::ChanHeader, header))
    }

    fn to(&self, types: &mut Types, elem: TypeId) -> TypeId {
        types.push(Type { kind: Kind::Pointer, size: self.width, elem: Some(elem), ..Type::default() })
    }

    fn fields(&self) -> Layout {
        Layout { width: self.width, end: 0, fields: Vec::new() }
    }
}

/// Fields one after another, aligned as Go aligns them.
struct Layout {
    width: u64,
    end: u64,
    fields: Vec<Field>,
}

impl Layout {
    fn add(mut self, name: &str, ty: TypeId, size: u64) -> Layout {
        let offset = self.end.next_multiple_of(size.min(self.width));
        self.fields.push(Field { name: name.to_owned(), offset, ty, embedded: false });
        self.end = offset + size;
        self
    }

    fn done(self, name: &str, kind: Kind, rest: Type) -> Type {
        let size = self.end.next_multiple_of(self.width);
        Type { name: name.to_owned(), kind, size, fields: self.fields, ..rest }
    }
}

/// Names what maps and channels of the rows from `first` are made of, after the names of their keys and elements.
pub(super) fn name_headers(types: &mut Types, first: usize) {
    let new = types.iter().skip(first);
    let owners: Vec<TypeId> =
        new.filter(|(_, ty)| matches!(ty.kind, Kind::Map | Kind::Chan)).map(|(id, _)| id).collect();
    let alone = types.iter().skip(first).filter_map(|(id, ty)| Some((id, group_name(types, ty)?)));
    let alone: Vec<(TypeId, String)> = alone.collect();
    for (group, name) in alone {
        rename(types, group, name);
    }
    for owner in owners {
        name_header(types, owner);
    }
}

fn name_header(types: &mut Types, owner: TypeId) {
    let ty = types.get(owner);
    let Some(header) = ty.inner else { return };
    let name = |id: Option<TypeId>| id.map_or("?", |id| types.get(id).name.as_str());
    let (elem, key) = (name(ty.elem).to_owned(), name(ty.key).to_owned());
    if ty.kind == Kind::Chan {
        return rename(types, header, format!("chan {elem}"));
    }
    let inner = types.get(header).inner;
    let kind = if types.field(header, "buckets").is_some() { "bucket" } else { "group" };
    rename(types, header, format!("map[{key}]{elem}"));
    inner.into_iter().for_each(|inner| rename(types, inner, format!("{kind}<{key},{elem}>")));
    let directory = types.field(header, "dirPtr").map(|field| field.ty);
    if let Some(table) = pointee(types, pointee(types, directory)) {
        rename(types, table, format!("table<{key},{elem}>"));
    }
}

/// The name of a group or bucket of which the map's own type is not known, after the keys and values that it holds.
fn group_name(types: &Types, ty: &Type) -> Option<String> {
    let field =
        |ty: &Type, name: &str| ty.fields.iter().find(|field| field.name == name).map(|field| field.ty);
    let elem = |id: TypeId| types.get(id).elem;
    let (kind, key, value) = if ty.name.contains("map.group[") {
        let slot = types.get(elem(field(ty, "slots")?)?);
        ("group", field(slot, "key")?, field(slot, "elem")?)
    } else if ty.name.contains("map.bucket[") {
        ("bucket", elem(field(ty, "keys")?)?, elem(field(ty, "elems")?)?)
    } else {
        return None;
    };
    (ty.kind == Kind::Struct).then(|| format!("{kind}<{},{}>", types.get(key).name, types.get(value).name))
}

/// What a pointer type points to.
pub(super) fn pointee(types: &Types, pointer: Option<TypeId>) -> Option<TypeId> {
    let ty = types.get(pointer?);
    if ty.kind == Kind::Pointer { ty.elem } else { None }
}

fn rename(types: &mut Types, id: TypeId, name: String) {
    if let Some(row) = types.row(id) {
        row.name = name;
    }
}
