//! One pass over the debug information: entries of types, global variables and functions.

use super::sections::Slice;
use gimli::{AttributeValue, DebugInfoOffset, DwAt, DwTag, Reader, UnitHeader, UnitRef, constants as dw};

/// Attributes of Go's own (`cmd/internal/dwarf`).
pub(super) const GO_KIND: DwAt = DwAt(0x2900);
const GO_KEY: DwAt = DwAt(0x2901);
const GO_ELEM: DwAt = DwAt(0x2902);
const GO_EMBEDDED: DwAt = DwAt(0x2903);
const GO_RUNTIME_TYPE: DwAt = DwAt(0x2904);

/// An entry of a type as it stands there; other entries are named by their offset in `.debug_info`.
#[derive(Clone, Debug)]
pub(super) struct TypeEntry<'a> {
    pub(super) offset: u64,
    pub(super) tag: DwTag,
    pub(super) name: Slice<'a>,
    pub(super) size: Option<u64>,
    /// Of `internal/abi.Kind`, 0 for none.
    pub(super) kind: u8,
    pub(super) ty: Option<u64>,
    pub(super) elem: Option<u64>,
    pub(super) key: Option<u64>,
    /// Where the runtime's descriptor is, from the first one.
    pub(super) descriptor: Option<u64>,
    /// Elements of an array.
    pub(super) count: u64,
    /// `members[from..to]` of [`Entries`].
    pub(super) members: std::ops::Range<usize>,
}

/// A field of a struct as it stands there.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub(super) name: Slice<'a>,
    pub(super) offset: u64,
    pub(super) ty: u64,
    pub(super) embedded: bool,
}

/// A global variable with a fixed address.
#[derive(Clone, Debug)]
pub(super) struct Variable<'a> {
    pub(super) name: Slice<'a>,
    pub(super) address: u64,
    pub(super) ty: u64,
}

/// A function with code: where it begins and where its entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Function {
    pub(super) entry: u64,
    /// The offset of the unit in `.debug_info`.
    pub(super) unit: u64,
    /// The offset of the function in the unit.
    pub(super) offset: u64,
}

/// What one unit holds.
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    pub(super) types: Vec<TypeEntry<'a>>,
    pub(super) members: Vec<Member<'a>>,
    pub(super) variables: Vec<Variable<'a>>,
    pub(super) functions: Vec<Function>,
}

/// All attributes of an entry that matter here.
#[derive(Clone, Debug, Default)]
struct Attributes<'a> {
    name: Slice<'a>,
    size: Option<u64>,
    kind: u8,
    ty: Option<u64>,
    elem: Option<u64>,
    key: Option<u64>,
    descriptor: Option<u64>,
    count: Option<u64>,
    offset: u64,
    embedded: bool,
    entry: Option<u64>,
    address: Option<u64>,
}

impl<'a> Entries<'a> {
    /// Reads a unit of a Go package; one of another language gives nothing.
    ///
    /// Errors: entries that do not follow their abbreviations; what stands before is given all the same.
    pub(super) fn read(
        &mut self,
        dwarf: &gimli::Dwarf<Slice<'a>>,
        header: UnitHeader<Slice<'a>>,
    ) -> gimli::Result<()> {
        let unit = dwarf.unit(header)?;
        let unit = unit.unit_ref(dwarf);
        let base = unit.header.debug_info_offset().unwrap_or(DebugInfoOffset(0)).0;
        let mut entries = unit.entries_raw(None)?;
        // Whether the last type takes the members that follow.
        let mut takes = false;
        while !entries.is_empty() {
            let (depth, offset) = (entries.next_depth(), entries.next_offset());
            let Some(shape) = entries.read_abbreviation()? else { continue };
            let wanted = match depth {
                0 => shape.tag() == dw::DW_TAG_compile_unit,
                1 => is_wanted(shape.tag()),
                2 => takes && matches!(shape.tag(), dw::DW_TAG_member | dw::DW_TAG_subrange_type),
                _ => false,
            };
            takes &= depth != 1;
            if !wanted {
                entries.skip_attributes(shape.attributes())?;
                continue;
            }
            let mut read = Attributes::default();
            for spec in shape.attributes() {
                let attribute = entries.read_attribute(*spec)?;
                if attribute.name() == dw::DW_AT_language
                    && attribute.value() != AttributeValue::Language(dw::DW_LANG_Go)
                {
                    return Ok(());
                }
                read.take(unit, base, attribute.name(), attribute.value());
            }
            let place = (base as u64, offset.0 as u64);
            takes |= self.add(shape.tag(), place, read);
        }
        Ok(())
    }

    /// Keeps an entry; whether it is a type that has members or a length below it.
    fn add(&mut self, tag: DwTag, (unit, offset): (u64, u64), read: Attributes<'a>) -> bool {
        match tag {
            dw::DW_TAG_compile_unit => false,
            dw::DW_TAG_variable => {
                if let (Some(address), Some(ty)) = (read.address, read.ty) {
                    self.variables.push(Variable { name: read.name, address, ty });
                }
                false
            }
            dw::DW_TAG_subprogram => {
                self.functions.extend(read.entry.map(|entry| Function { entry, unit, offset }));
                false
            }
            dw::DW_TAG_member => {
                if let (Some(last), Some(ty)) = (self.types.last_mut(), read.ty) {
                    let (name, offset, embedded) = (read.name, read.offset, read.embedded);
                    self.members.push(Member { name, offset, ty, embedded });
                    last.members.end = self.members.len();
                }
                true
            }
            dw::DW_TAG_subrange_type => {
                if let (Some(last), Some(count)) = (self.types.last_mut(), read.count) {
                    last.count = count;
                }
                true
            }
            _ => {
                let members = self.members.len()..self.members.len();
                let Attributes { name, size, kind, ty, elem, key, descriptor, .. } = read;
                let offset = unit + offset;
                let entry =
                    TypeEntry { offset, tag, name, size, kind, ty, elem, key, descriptor, count: 0, members };
                self.types.push(entry);
                matches!(tag, dw::DW_TAG_structure_type | dw::DW_TAG_array_type)
            }
        }
    }
}

impl<'a> Attributes<'a> {
    fn take(
        &mut self,
        unit: UnitRef<'_, Slice<'a>>,
        base: usize,
        name: DwAt,
        value: AttributeValue<Slice<'a>>,
    ) {
        match name {
            dw::DW_AT_name => self.name = unit.attr_string(value).unwrap_or_default(),
            dw::DW_AT_byte_size => self.size = value.udata_value(),
            dw::DW_AT_type => self.ty = reference(base, value),
            dw::DW_AT_count => self.count = value.udata_value(),
            dw::DW_AT_upper_bound => self.count = value.udata_value().map(|last| last.saturating_add(1)),
            dw::DW_AT_data_member_location => self.offset = member_offset(unit, value),
            dw::DW_AT_low_pc => self.entry = unit.attr_address(value).ok().flatten(),
            dw::DW_AT_location => self.address = fixed_address(unit, value),
            GO_KIND => self.kind = value.u8_value().unwrap_or(0),
            GO_KEY => self.key = reference(base, value),
            GO_ELEM => self.elem = reference(base, value),
            GO_EMBEDDED => self.embedded = matches!(value, AttributeValue::Flag(true)),
            GO_RUNTIME_TYPE => self.descriptor = number(value),
            _ => {}
        }
    }
}

fn is_wanted(tag: DwTag) -> bool {
    matches!(
        tag,
        dw::DW_TAG_array_type
            | dw::DW_TAG_base_type
            | dw::DW_TAG_pointer_type
            | dw::DW_TAG_structure_type
            | dw::DW_TAG_subprogram
            | dw::DW_TAG_subroutine_type
            | dw::DW_TAG_typedef
            | dw::DW_TAG_unspecified_type
            | dw::DW_TAG_variable
    )
}

/// The entry that an attribute names, as an offset in `.debug_info`; `base` is the unit's.
pub(super) fn reference(base: usize, value: AttributeValue<Slice<'_>>) -> Option<u64> {
    match value {
        AttributeValue::UnitRef(offset) => base.checked_add(offset.0).map(|offset| offset as u64),
        AttributeValue::DebugInfoRef(offset) => Some(offset.0 as u64),
        _ => None,
    }
}

/// A number in whatever form it stands.
fn number(value: AttributeValue<Slice<'_>>) -> Option<u64> {
    match value {
        AttributeValue::Addr(number) => Some(number),
        AttributeValue::SecOffset(offset) => Some(offset as u64),
        AttributeValue::DebugInfoRef(offset) => Some(offset.0 as u64),
        value => value.udata_value(),
    }
}

/// Where a field is: a number, or an expression that adds one (Go 1.15 and before).
fn member_offset(unit: UnitRef<'_, Slice<'_>>, value: AttributeValue<Slice<'_>>) -> u64 {
    if let Some(number) = value.udata_value() {
        return number;
    }
    let operation = value
        .exprloc_value()
        .and_then(|expression| gimli::Operation::parse(&mut { expression.0 }, unit.encoding()).ok());
    match operation {
        Some(gimli::Operation::PlusConstant { value }) => value,
        Some(gimli::Operation::UnsignedConstant { value }) => value,
        _ => 0,
    }
}

/// The address of a variable that always is at one place.
fn fixed_address(unit: UnitRef<'_, Slice<'_>>, value: AttributeValue<Slice<'_>>) -> Option<u64> {
    let mut bytes = value.exprloc_value()?.0;
    let operation = gimli::Operation::parse(&mut bytes, unit.encoding()).ok()?;
    let address = match operation {
        gimli::Operation::Address { address } => address,
        gimli::Operation::AddressIndex { index } => unit.address(index).ok()?,
        _ => return None,
    };
    bytes.is_empty().then_some(address)
}
