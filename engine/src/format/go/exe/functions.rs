//! The table of functions that every Go executable carries, stripped or not: `.gopclntab` (`debug/gosym`).

use super::image::Image;
use super::lines::Lines;
use super::module::{Module, Pclntab, layout};

/// Functions by their first instruction; names are read from the file when they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Functions {
    pub(super) layout: Pclntab,
    /// What entries count from; 0 where they are addresses.
    text: u64,
    /// Functions in the table.
    pub(super) count: u64,
    /// The address of the first entry, and of the texts of names.
    entries: u64,
    names: u64,
    pub(super) lines: Option<Lines>,
}

/// Bytes that a name may have; generics make long ones.
const LONGEST: usize = 1 << 14;

/// The text at `address`, up to its zero.
pub(super) fn text(image: &Image, address: u64) -> Option<&str> {
    let bytes = image.from(address)?;
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    std::str::from_utf8(&bytes[..bytes.iter().position(|byte| *byte == 0)?]).ok()
}

impl Functions {
    /// The table of this module.
    pub(super) fn find(image: &Image, module: &Module) -> Option<Functions> {
        let layout = layout(image, module.pclntab)?;
        let width = u64::from(image.pointer_bytes);
        let word = |index: u64| image.word(module.pclntab.checked_add(8 + index * width)?);
        let from = |index: u64| module.pclntab.checked_add(word(index)?);
        let (names, entries) = match layout {
            Pclntab::Go2 => (module.pclntab, module.pclntab.checked_add(8 + width)?),
            Pclntab::Go16 => (from(2)?, from(6)?),
            Pclntab::Go18 => (from(3)?, from(7)?),
        };
        let text = if layout == Pclntab::Go18 { module.text } else { 0 };
        let lines = match layout {
            Pclntab::Go2 => None,
            Pclntab::Go16 => Lines::find(image, module.pclntab, [from(3)?, from(4)?, from(5)?]),
            Pclntab::Go18 => Lines::find(image, module.pclntab, [from(4)?, from(5)?, from(6)?]),
        };
        let functions = Functions { layout, text, count: word(0)?, entries, names, lines };
        let room = image.from(entries)?.len() as u64 / functions.entry_bytes(image);
        Some(Functions { count: functions.count.min(room), ..functions })
    }

    /// The name of the function that begins at `entry`.
    pub(super) fn name<'a>(&self, image: &'a Image, entry: u64) -> Option<&'a str> {
        self.name_at(image, image.u32(self.description(image, entry)?)?)
    }

    /// The name that stands at `offset` among names.
    pub(super) fn name_at<'a>(&self, image: &'a Image, offset: u32) -> Option<&'a str> {
        text(image, self.names.checked_add(u64::from(offset))?)
    }

    /// The source file and line of the instruction at `pc`, in the function that begins at `entry`; of an inlined
    /// function its own. `None` before Go 1.16.
    pub(super) fn line<'a>(&self, image: &'a Image, entry: u64, pc: u64) -> Option<(&'a str, u32)> {
        let description = self.description(image, entry)?;
        self.lines.as_ref()?.find_line(image, description, entry, pc)
    }

    /// Where a function's description goes on after its entry: name, arguments, tables.
    pub(super) fn description(&self, image: &Image, entry: u64) -> Option<u64> {
        let (at, description) = self.described(image, self.row(image, entry)?)?;
        (at == entry).then_some(description)
    }

    /// Where the function of a row begins, and where its description goes on after that.
    pub(super) fn described(&self, image: &Image, row: u64) -> Option<(u64, u64)> {
        let (at, offset) = self.entry(image, row)?;
        let base = if self.layout == Pclntab::Go2 { self.names } else { self.entries };
        let skip = if self.layout == Pclntab::Go18 { 4 } else { u64::from(image.pointer_bytes) };
        Some((at, base.checked_add(offset)?.checked_add(skip)?))
    }

    /// The last row that begins at or before `pc`.
    pub(super) fn row(&self, image: &Image, pc: u64) -> Option<u64> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(image, middle)?.0 <= pc { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }

    /// A row: where the function begins, and where its description is.
    pub(super) fn entry(&self, image: &Image, row: u64) -> Option<(u64, u64)> {
        let half = self.entry_bytes(image) / 2;
        let at = self.entries.checked_add(row.checked_mul(half * 2)?)?;
        if self.layout == Pclntab::Go18 {
            let (entry, offset) = (image.u32(at)?, image.u32(at + 4)?);
            return Some((self.text.checked_add(u64::from(entry))?, u64::from(offset)));
        }
        Some((image.word(at)?, image.word(at + half)?))
    }

    fn entry_bytes(&self, image: &Image) -> u64 {
        if self.layout == Pclntab::Go18 { 8 } else { 2 * u64::from(image.pointer_bytes) }
    }
}
