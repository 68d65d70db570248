//! Structures of the runtime and of `sync` whose words need each other to be understood.

use crate::format::go::types::{Field, Kind, Type, TypeId, Types};
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
    /// `atomic.Pointer[T]` and its like: an untyped pointer to a `T`.
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
    /// `runtime.hchan`, and where it has the type of its elements.
    chan: Option<(TypeId, u64)>,
    /// Headers of channels by the type of their elements.
    chans: HashMap<TypeId, TypeId>,
    /// By type, whether its values choose.
    choosing: Vec<bool>,
    /// Rows that were looked at.
    looked_at: usize,
}

impl Specials {
    /// Finds those among the rows that were added since the last time, by name and fields.
    pub(super) fn update(&mut self, types: &mut Types) {
        if self.looked_at == types.len() {
            return;
        }
        let mut nodes = Vec::new();
        for (id, ty) in types.iter().skip(self.looked_at) {
            match ty.kind {
                Kind::MapHeader => self.add_map(types, id),
                Kind::ChanHeader => self.add_chan(types, id),
                Kind::Struct if ty.name == "sync.Pool" => self.add_pool(types, id),
                Kind::Struct if ATOMICS.iter().any(|atomic| ty.name.starts_with(atomic)) => {
                    self.add_atomic(types, id)
                }
                Kind::Struct if ty.name == "runtime.hchan" => {
                    self.chan = types.field(id, "elemtype").map(|field| (id, field.offset));
                }
                Kind::Struct if ty.name == "runtime.maybeTraceableChan" => self.add_blocked(types, id),
                Kind::Struct if NODES.iter().any(|node| ty.name.starts_with(node)) => nodes.push(id),
                _ => {}
            }
        }
        self.looked_at = types.len();
        nodes.into_iter().for_each(|node| self.add_variant(types, node));
        self.choosing.resize(types.len(), false);
        let chan = self.chan.map(|(chan, _)| chan);
        for ty in self.variants.keys().copied().chain(chan) {
            self.choosing.get_mut(ty.index()).into_iter().for_each(|chooses| *chooses = true);
        }
    }

    pub(super) fn get(&self, ty: TypeId) -> Option<Special> {
        self.by_type.get(&ty).copied()
    }

    pub(super) fn has(&self, ty: TypeId) -> bool {
        self.by_type.contains_key(&ty)
    }

    /// Whether a value of this type chooses another one: there is a [`Variant`], or it is a channel of any type.
    #[inline]
    pub(super) fn chooses(&self, ty: TypeId) -> bool {
        self.choosing.get(ty.index()).is_some_and(|chooses| *chooses)
    }

    pub(super) fn variant(&self, ty: TypeId) -> Option<Variant> {
        self.variants.get(&ty).copied()
    }

    /// Where a value of this type has the type of a channel's elements, if it is a channel of any type.
    pub(super) fn any_chan(&self, ty: TypeId) -> Option<u64> {
        self.chan.filter(|(chan, _)| *chan == ty).map(|(_, offset)| offset)
    }

    /// The header of channels with elements of this type.
    pub(super) fn chan_of(&self, elem: TypeId) -> Option<TypeId> {
        self.chans.get(&elem).copied()
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
        if let Some(elem) = types.get(id).elem {
            self.chans.entry(elem).or_insert(id);
        }
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

    /// Of `sync/atomic` the first field is a `[0]*T`; of the runtime's own only the name tells the type.
    fn add_atomic(&mut self, types: &Types, id: TypeId) {
        let ty = types.get(id);
        let marks = ty.fields.iter().map(|field| types.get(field.ty)).find(|ty| ty.kind == Kind::Array);
        let by_field = marks.and_then(|array| types.get(array.elem?).elem);
        let by_name =
            || parameters(&ty.name).first().and_then(|name| types.find(name, |ty| ty.kind != Kind::Unknown));
        if let Some(elem) = by_field.or_else(by_name) {
            let pointer = ty.fields.iter().find(|field| field.offset > 0 || types.get(field.ty).size > 0);
            self.by_type.extend(pointer.map(|field| (id, Special::Atomic { pointer: field.offset, elem })));
        }
    }

    /// What a blocked goroutine waits for (Go 1.26 and later): an untyped pointer to a channel.
    fn add_blocked(&mut self, types: &Types, id: TypeId) {
        let elem = types.find("runtime.hchan", |ty| ty.kind == Kind::Struct);
        self.by_type.extend(elem.map(|elem| (id, Special::Atomic { pointer: 0, elem })));
    }

    /// A node is an entry or an inner node. No variable has the type of an entry, so that it is made here.
    fn add_variant(&mut self, types: &mut Types, id: TypeId) {
        let name = types.get(id).name.clone();
        let clear = types.find(&name.replacen("node[", "indirect[", 1), |ty| ty.kind == Kind::Struct);
        let flag = types.field(id, "isEntry").map(|field| (field.offset, field.ty));
        let parts = parameters(&name);
        let part =
            |row: usize| parts.get(row).and_then(|name| types.find(name, |ty| ty.kind != Kind::Unknown));
        let (Some((flag, bool)), Some(clear), Some(key), Some(value)) = (flag, clear, part(0), part(1))
        else {
            return;
        };
        let set = types.find(&name.replacen("node[", "entry[", 1), |ty| ty.kind == Kind::Struct);
        let set = set.unwrap_or_else(|| {
            let word = types.get(clear).fields.iter().find(|field| types.get(field.ty).kind == Kind::Pointer);
            let width = word.map_or(8, |field| types.get(field.ty).size);
            push_entry(types, name.replacen("node[", "entry[", 1), (bool, key, value), width)
        });
        self.variants.insert(id, Variant { flag, set, clear });
    }
}

/// `internal/sync.entry[K, V]`: the flag, the next entry with the same hash, the key, the value.
fn push_entry(
    types: &mut Types,
    name: String,
    (bool, key, value): (TypeId, TypeId, TypeId),
    width: u64,
) -> TypeId {
    let entry = types.push(Type::default());
    let next = types.push(Type {
        name: format!("*{name}"),
        size: width,
        kind: Kind::Pointer,
        elem: Some(entry),
        ..Type::default()
    });
    let mut end = 0u64;
    let mut fields = Vec::new();
    for (name, ty) in [("isEntry", bool), ("overflow", next), ("key", key), ("value", value)] {
        let offset = end.next_multiple_of(types.align(ty, width));
        fields.push(Field { name: name.to_owned(), offset, ty, embedded: false });
        end = offset.saturating_add(types.get(ty).size);
    }
    let size = end.next_multiple_of(width);
    types.row(entry).into_iter().for_each(|row| {
        *row =
            Type { name: name.clone(), size, kind: Kind::Struct, fields: fields.clone(), ..Type::default() }
    });
    entry
}

/// The type parameters in a name: `interface {}` and `[]int` of `sync.node[interface {},[]int]`.
fn parameters(name: &str) -> Vec<&str> {
    let inside = name.find('[').and_then(|start| name[start + 1..].strip_suffix(']'));
    let Some(inside) = inside else { return Vec::new() };
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0i32);
    for (place, letter) in inside.char_indices() {
        match letter {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts
}

/// Pointers whose type is lost in their one word.
const ATOMICS: [&str; 2] = ["sync/atomic.Pointer[", "internal/runtime/atomic.Pointer["];
/// Nodes of the trie behind `sync.Map` (Go 1.24 and later; 1.23 has it for `unique`).
const NODES: [&str; 2] = ["internal/sync.node[", "internal/concurrent.node["];

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn parameters_are_told_apart() {
        assert_eq!(parameters("p.node[interface {},[]int]"), ["interface {}", "[]int"]);
        assert_eq!(
            parameters("p.M[map[int]func(a, b),struct { x, y int }]"),
            ["map[int]func(a, b)", "struct { x, y int }"]
        );
        assert_eq!(parameters("p.T"), [""; 0]);
    }
}
