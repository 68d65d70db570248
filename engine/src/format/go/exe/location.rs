//! Where a variable is while a function stands at some instruction (DWARF location descriptions).

use super::sections::Slice;
use gimli::{AttributeValue, Expression, Operation, UnitRef};

/// A part of a variable that lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Bytes of the variable before this part.
    pub start: u64,
    /// Bytes of this part; 0 for all the rest.
    pub size: u64,
    /// Bytes from the canonical frame address to it; negative below.
    pub from_cfa: i64,
}

/// Where a variable is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Location {
    /// The parts in memory, in order; what lies in registers is not in a dump.
    pub(super) pieces: Vec<Piece>,
    /// Whether the place is the same in the whole function: then the variable may not have been set yet.
    pub(super) is_fixed: bool,
}

/// The location of a variable at `pc`; `None` where it has none there.
pub(super) fn locate<'a>(
    unit: UnitRef<'_, Slice<'a>>,
    value: AttributeValue<Slice<'a>>,
    pc: u64,
) -> Option<Location> {
    if let Some(expression) = value.exprloc_value() {
        return Some(Location { pieces: pieces(unit, expression)?, is_fixed: true });
    }
    let mut list = unit.attr_locations(value).ok()??;
    while let Some(entry) = list.next().ok()? {
        if entry.range.begin <= pc && pc < entry.range.end {
            return Some(Location { pieces: pieces(unit, entry.data)?, is_fixed: false });
        }
    }
    None
}

/// The parts in memory of a description; `None` where it is of another sort than Go's compiler writes.
fn pieces(unit: UnitRef<'_, Slice<'_>>, expression: Expression<Slice<'_>>) -> Option<Vec<Piece>> {
    let mut bytes = expression.0;
    let (mut pieces, mut start, mut place) = (Vec::new(), 0u64, None);
    while !bytes.is_empty() {
        match Operation::parse(&mut bytes, unit.encoding()).ok()? {
            Operation::FrameOffset { offset } => place = Some(offset),
            Operation::CallFrameCFA => place = Some(0),
            Operation::PlusConstant { value } => {
                place = Some(place?.checked_add(i64::try_from(value).ok()?)?);
            }
            Operation::SignedConstant { .. } | Operation::UnsignedConstant { .. } => return None,
            Operation::Register { .. } | Operation::Nop => {}
            Operation::Piece { size_in_bits, bit_offset: None } => {
                let size = size_in_bits / 8;
                pieces.extend(place.take().map(|from_cfa| Piece { start, size, from_cfa }));
                start = start.checked_add(size)?;
            }
            _ => return None,
        }
    }
    pieces.extend(place.map(|from_cfa| Piece { start, size: 0, from_cfa }));
    Some(pieces)
}
