//! The variables of a function: where they are at an instruction, and which of them a closure captured.

use super::dies::{Function, reference};
use super::dwarf_types::Places;
use super::location::{Location, Piece, locate};
use super::sections::{Slice, text};
use crate::format::go::types::TypeId;
use gimli::{AttributeValue, DebugInfoOffset, DwAt, UnitOffset, UnitRef, constants as dw};

/// Bytes from the beginning of a closure to a captured variable (Go 1.23 and later).
const GO_CLOSURE_OFFSET: DwAt = DwAt(0x2907);
/// Entries of one function that are read; inlining makes thousands of them.
const MOST_ENTRIES: usize = 1 << 17;

/// A parameter or local variable of a function at an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
    /// Its parts that lie in memory, in order.
    pub pieces: Vec<Piece>,
    /// Whether it has one place in the whole function: it may not have been set yet there.
    pub is_fixed: bool,
    /// Calls that were inlined around it: 0 for the function's own, see [`super::Exe::calls`].
    pub level: u32,
}

/// A variable that a closure holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Capture {
    pub(super) name: String,
    pub(super) ty: TypeId,
    /// Bytes from the beginning of the closure.
    pub(super) offset: u64,
}

/// A variable's entry, its abstract origin followed.
#[derive(Default)]
struct Variable<'a> {
    name: Slice<'a>,
    ty: Option<u64>,
    location: Option<AttributeValue<Slice<'a>>>,
    capture: Option<u64>,
}

/// The variables of `function` that are in memory at `pc`, those of functions that were inlined there included.
pub(super) fn locals(
    dwarf: &gimli::Dwarf<Slice<'_>>,
    places: &Places,
    function: Function,
    pc: u64,
) -> Vec<Local> {
    let mut found = Vec::new();
    let _ = each_variable(dwarf, function, Some(pc), |unit, level, variable| {
        let location = variable.location.and_then(|value| locate(unit, value, pc));
        let Some(Location { pieces, is_fixed }) = location.filter(|location| !location.pieces.is_empty())
        else {
            return;
        };
        let Some(ty) = variable.ty.and_then(|ty| places.get(ty)) else { return };
        found.push(Local { name: text(variable.name).into_owned(), ty, pieces, is_fixed, level });
    });
    found
}

/// What the closure of `function` holds, by offset.
pub(super) fn captures(dwarf: &gimli::Dwarf<Slice<'_>>, places: &Places, function: Function) -> Vec<Capture> {
    let mut found = Vec::new();
    let _ = each_variable(dwarf, function, None, |_, _, variable| {
        let Some(ty) = variable.ty.and_then(|ty| places.get(ty)) else { return };
        found.extend(variable.capture.map(|offset| Capture {
            name: text(variable.name).into_owned(),
            ty,
            offset,
        }));
    });
    found.sort_by_key(|capture: &Capture| capture.offset);
    found.dedup_by_key(|capture| capture.offset);
    found
}

/// Calls `with` for each variable of a function, with the number of inlined calls around it; where `pc` is given, only for those whose scope holds it, inlined
/// functions included; else only for the function's own.
fn each_variable<'a>(
    dwarf: &gimli::Dwarf<Slice<'a>>,
    function: Function,
    pc: Option<u64>,
    mut with: impl FnMut(UnitRef<'_, Slice<'a>>, u32, &Variable<'a>),
) -> gimli::Result<()> {
    let offset = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let unit = dwarf.unit(dwarf.unit_header(DebugInfoOffset(offset(function.unit)))?)?;
    let unit = unit.unit_ref(dwarf);
    let mut entries = unit.entries_raw(Some(UnitOffset(offset(function.offset))))?;
    let mut entry = gimli::DebuggingInformationEntry::null();
    // Entries deeper than this are in a scope that does not hold `pc`.
    let mut hidden: Option<isize> = None;
    // The depths of the inlined calls around.
    let mut inlined: Vec<isize> = Vec::new();
    for row in 0..MOST_ENTRIES {
        if entries.is_empty() || !entries.read_entry(&mut entry)? && entries.next_depth() <= 0 {
            break;
        }
        if row > 0 && entry.depth() <= 0 {
            break;
        }
        if hidden.is_some_and(|depth| entry.depth() > depth) || entry.is_null() {
            continue;
        }
        hidden = None;
        while inlined.pop_if(|depth| entry.depth() <= *depth).is_some() {}
        match entry.tag() {
            dw::DW_TAG_lexical_block | dw::DW_TAG_inlined_subroutine => {
                let holds = |pc| holds(unit, &entry, pc).unwrap_or(false);
                if !pc.map_or(entry.tag() == dw::DW_TAG_lexical_block, holds) {
                    hidden = Some(entry.depth());
                } else if entry.tag() == dw::DW_TAG_inlined_subroutine {
                    inlined.push(entry.depth());
                }
            }
            dw::DW_TAG_variable | dw::DW_TAG_formal_parameter => {
                let level = u32::try_from(inlined.len()).unwrap_or(u32::MAX);
                with(unit, level, &read(dwarf, unit, &entry));
            }
            _ => {}
        }
    }
    Ok(())
}

type Entry<'a> = gimli::DebuggingInformationEntry<Slice<'a>>;

fn holds<'a>(unit: UnitRef<'_, Slice<'a>>, entry: &Entry<'a>, pc: u64) -> gimli::Result<bool> {
    let mut ranges = unit.die_ranges(entry)?;
    while let Some(range) = ranges.next()? {
        if range.begin <= pc && pc < range.end {
            return Ok(true);
        }
    }
    Ok(false)
}

fn read<'a>(
    dwarf: &gimli::Dwarf<Slice<'a>>,
    unit: UnitRef<'_, Slice<'a>>,
    entry: &Entry<'a>,
) -> Variable<'a> {
    let mut variable = Variable::default();
    take(&mut variable, unit, entry);
    let origin = entry.attr_value(dw::DW_AT_abstract_origin);
    let base = unit.header.debug_info_offset().map_or(0, |offset| offset.0);
    if let Some(offset) = origin.and_then(|value| reference(base, value)) {
        let _ = take_origin(dwarf, unit, offset, &mut variable);
    }
    variable
}

/// Takes over name and type from the entry that another one is a copy of, in this unit or another.
fn take_origin<'a>(
    dwarf: &gimli::Dwarf<Slice<'a>>,
    unit: UnitRef<'_, Slice<'a>>,
    offset: u64,
    variable: &mut Variable<'a>,
) -> gimli::Result<()> {
    let offset = DebugInfoOffset(usize::try_from(offset).unwrap_or(usize::MAX));
    let own = gimli::UnitSectionOffset(offset.0).to_unit_offset(&unit.header);
    if let Some(own) = own {
        take(variable, unit, &unit.entry(own)?);
        return Ok(());
    }
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        if let Some(own) = gimli::UnitSectionOffset(offset.0).to_unit_offset(&header) {
            let other = dwarf.unit(header)?;
            take(variable, other.unit_ref(dwarf), &other.entry(own)?);
            break;
        }
    }
    Ok(())
}

/// Takes what `entry` says and `variable` does not know yet.
fn take<'a>(variable: &mut Variable<'a>, unit: UnitRef<'_, Slice<'a>>, entry: &Entry<'a>) {
    let base = unit.header.debug_info_offset().map_or(0, |offset| offset.0);
    for attribute in entry.attrs() {
        let value = attribute.value();
        match attribute.name() {
            dw::DW_AT_name if variable.name.is_empty() => {
                variable.name = unit.attr_string(value).unwrap_or_default()
            }
            dw::DW_AT_type if variable.ty.is_none() => variable.ty = reference(base, value),
            dw::DW_AT_location if variable.location.is_none() => variable.location = Some(value),
            GO_CLOSURE_OFFSET => variable.capture = value.udata_value(),
            _ => {}
        }
    }
}
