//! Structures of the runtime and of `sync` whose words need each other to be understood.

use crate::format::go::types::{Kind, TypeId, Types};
use std::collections::HashMap;

/// One such structure; numbers are offsets of fields in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    /// `internal/runtime/maps.Map`: `directory` leads to one group where `length` is 0, else to so many tables.
    Swiss { directory: u64, length: u64, group: TypeId, table: TypeId },
    /// `internal/runtime/maps.table`: `data` leads to `mask` + 1 groups.
    Table { data: u64, mask: u64, group: TypeId },
    /// `runtime.hmap`: both lead to buckets that fill their slot; `extra` lists those that overflowed.
    Buckets { buckets: u64, old: u64, extra: u64, bucket: TypeId },
    /// A bucket: `overflow` leads to the next one.
    Bucket { overflow: u64 },
    /// `runtime.hchan`: `buffer` leads to `capacity` elements.
    Chan { buffer: u64, capacity: u64, elem: TypeId },
    /// `sync.Pool`: two pairs of a pointer and a count.
    Pool { local: [u64; 2], size: [u64; 2], elem: TypeId },
    /// `atomic.Pointer[T]`: an untyped pointer to a `T`.
    Atomic { pointer: u64, elem: TypeId },
}

/// A type that stands for one of two others: `internal/sync.node`, by a flag in the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// The offset of the flag.
    pub(super) flag: u64,
    /// The type where the flag is set, and where it is not.
    pub(super) set: TypeId,
    pub(super) clear: TypeId,
}

/// All such structures of a program.
#[derive(Debug, Default)]
pub(super) struct Specials {
    by_type: HashMap<TypeId, Special>,
    variants: HashMap<TypeId, Variant>,
    /// Rows that were looked at.
    looked_at: usize,
}

impl Specials {
    /// Finds those among the rows that were added since the last time, by name and fields.
    pub(super) fn update(&mut self, types: &Types) {
        for (id, ty) in types.iter().skip(self.looked_at) {
            match ty.kind {
                Kind::MapHeader => self.add_map(types, id),
                Kind::ChanHeader => self.add_chan(types, id),
                Kind::Struct if ty.name == "sync.Pool" => self.add_pool(types, id),
                Kind::Struct if ty.name.starts_with("sync/atomic.Pointer[") => self.add_atomic(types, id),
                Kind::Struct if NODES.iter().any(|node| ty.name.starts_with(node)) => {
                    self.add_variant(types, id);
                }
                _ => {}
            }
        }
        self.looked_at = types.len();
    }

    pub(super) fn get(&self, ty: TypeId) -> Option<Special> {
        self.by_type.get(&ty).copied()
    }

    pub(super) fn has(&self, ty: TypeId) -> bool {
        self.by_type.contains_key(&ty)
    }

    pub(super) fn variant(&self, ty: TypeId) -> Option<Variant> {
        self.variants.get(&ty).copied()
    }

    /// Whether the field at `offset` is understood with others, and not by its type.
    pub(super) fn hides(&self, ty: TypeId, offset: u64) -> bool {
        match self.get(ty) {
            Some(Special::Swiss { directory, .. }) => offset == directory,
            Some(Special::Table { data, .. }) => offset == data,
            Some(Special::Buckets { buckets, old, .. }) => offset == buckets || offset == old,
            Some(Special::Bucket { overflow }) => offset == overflow,
            _ => false,
        }
    }

    fn add_map(&mut self, types: &Types, id: TypeId) {
        let Some(inner) = types.get(id).inner else { return };
        if let (Some(buckets), Some(old)) = (types.field(id, "buckets"), types.field(id, "oldbuckets")) {
            let extra = types.field(id, "extra").map_or(u64::MAX, |field| field.offset);
            let special = Special::Buckets { buckets: buckets.offset, old: old.offset, extra, bucket: inner };
            self.by_type.insert(id, special);
            let overflow = types.field(inner, "overflow").map(|field| field.offset);
            self.by_type.extend(overflow.map(|overflow| (inner, Special::Bucket { overflow })));
            return;
        }
        let (Some(directory), Some(length)) = (types.field(id, "dirPtr"), types.field(id, "dirLen")) else {
            return;
        };
        let pointer = types.get(directory.ty).elem;
        let Some(table) = pointer.and_then(|pointer| types.get(pointer).elem) else { return };
        let (directory, length) = (directory.offset, length.offset);
        self.by_type
            .insert(id, Special::Swiss { directory, length, group: inner, table: pointer.unwrap_or(table) });
        let Some(groups) = types.field(table, "groups") else { return };
        let inside = |name| types.field(groups.ty, name).map(|field| groups.offset + field.offset);
        if let (Some(data), Some(mask)) = (inside("data"), inside("lengthMask")) {
            self.by_type.insert(table, Special::Table { data, mask, group: inner });
        }
    }

    fn add_chan(&mut self, types: &Types, id: TypeId) {
        let offset = |name| types.field(id, name).map(|field| field.offset);
        if let (Some(buffer), Some(capacity), Some(elem)) =
            (offset("buf"), offset("dataqsiz"), types.get(id).elem)
        {
            self.by_type.insert(id, Special::Chan { buffer, capacity, elem });
        }
    }

    fn add_pool(&mut self, types: &Types, id: TypeId) {
        let offset = |name| types.field(id, name).map(|field| field.offset);
        let fields = (offset("local"), offset("localSize"), offset("victim"), offset("victimSize"));
        let elem = types.find("sync.poolLocal", |ty| ty.kind == Kind::Struct);
        if let ((Some(local), Some(size), Some(victim), Some(victims)), Some(elem)) = (fields, elem) {
            let special = Special::Pool { local: [local, victim], size: [size, victims], elem };
            self.by_type.insert(id, special);
        }
    }

    /// Its first field is a `[0]*T` that ties it to its parameter.
    fn add_atomic(&mut self, types: &Types, id: TypeId) {
        let ty = types.get(id);
        let pointers = ty.fields.iter().map(|field| types.get(field.ty)).find(|ty| ty.kind == Kind::Array);
        let elem = pointers.and_then(|array| types.get(array.elem?).elem);
        let pointer = ty.fields.iter().find(|field| types.get(field.ty).kind == Kind::UnsafePointer);
        if let (Some(elem), Some(pointer)) = (elem, pointer) {
            self.by_type.insert(id, Special::Atomic { pointer: pointer.offset, elem });
        }
    }

    fn add_variant(&mut self, types: &Types, id: TypeId) {
        let name = &types.get(id).name;
        let other = |word: &str| {
            let name = name.replacen("node[", word, 1);
            types.find(&name, |ty| ty.kind == Kind::Struct)
        };
        let flag = types.field(id, "isEntry").map(|field| field.offset);
        if let (Some(flag), Some(set), Some(clear)) = (flag, other("entry["), other("indirect[")) {
            self.variants.insert(id, Variant { flag, set, clear });
        }
    }
}

/// Nodes of the trie behind `sync.Map` (Go 1.24 and later; 1.23 has it for `unique`).
const NODES: [&str; 2] = ["internal/sync.node[", "internal/concurrent.node["];
