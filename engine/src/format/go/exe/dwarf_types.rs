//! Entries of types → rows of the table.

use super::dies::{Entries, TypeEntry};
use super::headers::pointee;
use super::sections::{Slice, text};
use crate::format::go::types::{Field, Kind, Type, TypeId, Types};
use gimli::constants as dw;
use std::collections::HashMap;

/// The rows of types by the offset of their entries in `.debug_info`.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(HashMap<u64, TypeId>);

/// Names for other names that are followed; Go has one after another.
const MOST_ALIASES: usize = 16;

impl Places {
    /// The type of the entry at `offset`.
    pub(super) fn get(&self, offset: u64) -> Option<TypeId> {
        self.0.get(&offset).copied()
    }
}

/// Adds the types of all units, with pointers of `width` bytes; `descriptor` gives addresses of descriptors.
pub(super) fn add_types(
    types: &mut Types,
    units: &[Entries<'_>],
    width: u64,
    descriptor: impl Fn(u64) -> Option<u64>,
) -> Places {
    let mut places = Places::default();
    let mut aliases: HashMap<u64, u64> = HashMap::new();
    for entry in units.iter().flat_map(|unit| &unit.types) {
        match entry.ty.filter(|_| is_alias(entry)) {
            Some(to) => drop(aliases.insert(entry.offset, to)),
            None => drop(places.0.insert(entry.offset, types.push(Type::default()))),
        }
    }
    let resolved: Vec<(u64, TypeId)> = aliases
        .keys()
        .filter_map(|alias| {
            let mut chain = std::iter::successors(Some(*alias), |at| aliases.get(at).copied());
            let end = chain.by_ref().take(MOST_ALIASES).find_map(|at| places.get(at))?;
            Some((*alias, end))
        })
        .collect();
    places.0.extend(resolved);
    for unit in units {
        for entry in &unit.types {
            let Some(id) = places.get(entry.offset).filter(|_| !aliases.contains_key(&entry.offset)) else {
                continue;
            };
            let ty = complete(unit, entry, &places, width);
            if let Some(row) = types.row(id) {
                *row = ty;
            }
            let address = entry.descriptor.filter(|offset| *offset != 0).and_then(&descriptor);
            address.into_iter().for_each(|address| types.tie(address, id));
        }
    }
    for entry in units.iter().flat_map(|unit| &unit.types).filter(|entry| entry.tag == dw::DW_TAG_typedef) {
        behind(types, entry, &places);
    }
    places
}

/// Whether an entry is another name only; maps, channels and interfaces are type definitions too.
fn is_alias(entry: &TypeEntry<'_>) -> bool {
    entry.tag == dw::DW_TAG_typedef && !matches!(kind_of(entry), Kind::Map | Kind::Chan | Kind::Interface)
}

fn kind_of(entry: &TypeEntry<'_>) -> Kind {
    match (entry.tag, Kind::of_abi(entry.kind & 0x1f)) {
        (dw::DW_TAG_pointer_type, _) if entry.ty.is_some() => Kind::Pointer,
        (dw::DW_TAG_pointer_type, _) => Kind::UnsafePointer,
        (dw::DW_TAG_array_type, _) => Kind::Array,
        (dw::DW_TAG_subroutine_type, _) => Kind::Func,
        (dw::DW_TAG_structure_type, kind @ (Kind::Slice | Kind::String)) => kind,
        (dw::DW_TAG_structure_type, _) => Kind::Struct,
        (_, kind) => kind,
    }
}

fn complete(unit: &Entries<'_>, entry: &TypeEntry<'_>, places: &Places, width: u64) -> Type {
    let kind = kind_of(entry);
    let place = |offset: Option<u64>| offset.and_then(|offset| places.get(offset));
    let elem = match kind {
        Kind::Pointer | Kind::Array => place(entry.ty),
        _ => place(entry.elem),
    };
    let size = match kind {
        _ if kind.is_pointer_word() => width,
        Kind::Interface => 2 * width,
        _ => entry.size.unwrap_or(0),
    };
    let has_fields = kind == Kind::Struct;
    let members = unit.members.get(entry.members.clone()).filter(|_| has_fields).unwrap_or_default();
    let fields = members.iter().filter_map(|member| {
        let ty = places.get(member.ty)?;
        Some(Field {
            name: short(member.name, member.embedded),
            offset: member.offset,
            ty,
            embedded: member.embedded,
        })
    });
    Type {
        name: unescaped(&text(entry.name)),
        size,
        kind,
        elem,
        key: place(entry.key),
        inner: None,
        count: entry.count,
        fields: fields.collect(),
    }
}

/// Completes a map, channel or interface by what its definition refers to.
fn behind(types: &mut Types, entry: &TypeEntry<'_>, places: &Places) {
    let target = entry.ty.and_then(|offset| places.get(offset));
    let (Some(id), Some(target)) = (places.get(entry.offset), target) else { return };
    match types.get(id).kind {
        Kind::Interface if types.get(target).name == "runtime.eface" => {
            types.row(id).into_iter().for_each(|row| row.kind = Kind::Eface);
        }
        Kind::Map => head(types, id, pointee(types, Some(target)), Kind::MapHeader),
        Kind::Chan => head(types, id, pointee(types, Some(target)), Kind::ChanHeader),
        _ => {}
    }
}

/// Makes the struct `header` the header of the map or channel `owner`.
fn head(types: &mut Types, owner: TypeId, header: Option<TypeId>, kind: Kind) {
    let Some(header) = header.filter(|header| types.get(*header).kind != Kind::Pointer) else { return };
    let (key, elem) = (types.get(owner).key, types.get(owner).elem);
    let inner = group_of(types, header);
    if let Some(row) = types.row(header) {
        *row = Type { kind, key, elem, inner, ..std::mem::take(row) };
    }
    types.row(owner).into_iter().for_each(|row| row.inner = Some(header));
}

/// The group or bucket behind a map's header.
fn group_of(types: &Types, header: TypeId) -> Option<TypeId> {
    let field = |id: TypeId, name: &str| types.field(id, name).map(|field| field.ty);
    if let Some(buckets) = field(header, "buckets") {
        return pointee(types, Some(buckets));
    }
    let table = pointee(types, pointee(types, field(header, "dirPtr")))?;
    pointee(types, field(field(table, "groups")?, "data"))
}

/// A field's name; those of embedded fields are spelled without their package.
fn short(name: Slice<'_>, embedded: bool) -> String {
    let name = unescaped(&text(name));
    let end = name.find('[').filter(|_| embedded).unwrap_or(name.len());
    match name[..end].rfind('.').filter(|_| embedded) {
        Some(dot) => name[dot + 1..].to_owned(),
        None => name,
    }
}

/// A name without the linker's escapes: `gopkg.in/yaml%2ev3.Node` is `gopkg.in/yaml.v3.Node`.
pub(super) fn unescaped(name: &str) -> String {
    let mut parts = name.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        match code {
            Some(code) => {
                plain.push(char::from(code));
                plain.push_str(&part[2..]);
            }
            None => {
                plain.push('%');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn escapes_of_the_linker_go() {
        assert_eq!(unescaped("gopkg.in/yaml%2ev3.Node"), "gopkg.in/yaml.v3.Node");
        assert_eq!(unescaped("100%"), "100%");
        assert_eq!(unescaped("%zz%2"), "%zz%2");
        assert_eq!(unescaped("%ff"), "%ff");
        assert_eq!(unescaped("main.T"), "main.T");
    }
}
