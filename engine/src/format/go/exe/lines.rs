//! Source lines of instructions (`runtime/symtab.go`, Go 1.16 and later).

use super::functions::text;
use super::image::Image;
use super::version::uvarint;

/// The tables that lead from an instruction to its line.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// Bytes that every instruction is a multiple of.
    quantum: u64,
    /// Places of files' names, by unit and number in it; the names; values by instruction.
    units: u64,
    files: u64,
    values: u64,
}

/// Numbers of a function's description, of 4 bytes each, counted from the one of its name.
const FILES: u64 = 4;
const LINES: u64 = 5;
const UNIT: u64 = 7;

/// Steps of one function's table that are read.
const MOST_STEPS: usize = 1 << 20;

impl Lines {
    /// The tables of the table of functions at `pclntab`, which says where they are.
    pub(super) fn find(image: &Image, pclntab: u64, [units, files, values]: [u64; 3]) -> Option<Lines> {
        let quantum = u64::from(image.u8(pclntab + 6)?);
        Some(Lines { quantum, units, files, values })
    }

    /// The file and line of the instruction at `pc`, in the function that begins at `entry`.
    pub(super) fn find_line<'a>(
        &self,
        image: &'a Image,
        description: u64,
        entry: u64,
        pc: u64,
    ) -> Option<(&'a str, u32)> {
        let number = |index: u64| image.u32(description.checked_add(4 * index)?);
        let line = self.value(image, number(LINES)?, entry, pc)?;
        let file = self.value(image, number(FILES)?, entry, pc)?;
        let row = u64::from(number(UNIT)?) + u64::from(file);
        let place = image.u32(self.units.checked_add(4 * row)?)?;
        Some((text(image, self.files.checked_add(u64::from(place))?)?, line))
    }

    /// The value that a function's table has for `pc`: steps of value and address, from -1 and the function's beginning.
    pub(super) fn value(&self, image: &Image, table: u32, entry: u64, pc: u64) -> Option<u32> {
        let mut bytes = image.from(self.values.checked_add(u64::from(table))?)?;
        let (mut value, mut at) = (-1i64, entry);
        for step in 0..MOST_STEPS {
            let (delta, rest) = uvarint(bytes)?;
            if delta == 0 && step > 0 {
                return None;
            }
            let (count, rest) = uvarint(rest)?;
            bytes = rest;
            let half = i64::from(u32::try_from(delta).ok()? >> 1);
            value += if delta & 1 == 0 { half } else { -half - 1 };
            at = at.checked_add(count.checked_mul(self.quantum)?)?;
            if pc < at {
                return u32::try_from(value).ok();
            }
        }
        None
    }
}
