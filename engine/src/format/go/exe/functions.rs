//! The table of functions that every Go executable carries, stripped or not: `.gopclntab` (`debug/gosym`).

use super::image::Image;
use super::module::{Module, Pclntab, layout};

/// Functions by their first instruction; names are read from the file when they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Functions {
    layout: Pclntab,
    /// What entries count from; 0 where they are addresses.
    text: u64,
    /// Functions in the table.
    count: u64,
    /// The address of the first entry, and of the texts of names.
    entries: u64,
    names: u64,
}

/// Bytes that a name may have; generics make long ones.
const LONGEST: usize = 1 << 14;

impl Functions {
    /// The table of this module.
    pub(super) fn find(image: &Image, module: &Module) -> Option<Functions> {
        let layout = layout(image, module.pclntab)?;
        let width = u64::from(image.pointer_bytes);
        let word = |index: u64| image.word(module.pclntab.checked_add(8 + index * width)?);
        let from = |index: u64| module.pclntab.checked_add(word(index)?);
        let (names, entries) = match layout {
            Pclntab::Go2 => (module.pclntab, module.pclntab + 8 + width),
            Pclntab::Go16 => (from(2)?, from(6)?),
            Pclntab::Go18 => (from(3)?, from(7)?),
        };
        let text = if layout == Pclntab::Go18 { module.text } else { 0 };
        let functions = Functions { layout, text, count: word(0)?, entries, names };
        let room = image.from(entries)?.len() as u64 / functions.entry_bytes(image);
        Some(Functions { count: functions.count.min(room), ..functions })
    }

    /// The name of the function that begins at `entry`.
    pub(super) fn name<'a>(&self, image: &'a Image, entry: u64) -> Option<&'a str> {
        let row = self.row(image, entry)?;
        let (at, offset) = self.entry(image, row)?;
        if at != entry {
            return None;
        }
        let base = if self.layout == Pclntab::Go2 { self.names } else { self.entries };
        let info = base.checked_add(offset)?;
        let skip = if self.layout == Pclntab::Go18 { 4 } else { u64::from(image.pointer_bytes) };
        let name = image.u32(info.checked_add(skip)?)?;
        let bytes = image.from(self.names.checked_add(u64::from(name))?)?;
        let bytes = &bytes[..bytes.len().min(LONGEST)];
        std::str::from_utf8(&bytes[..bytes.iter().position(|byte| *byte == 0)?]).ok()
    }

    /// The last row that begins at or before `pc`.
    fn row(&self, image: &Image, pc: u64) -> Option<u64> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(image, middle)?.0 <= pc { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }

    /// A row: where the function begins, and where its description is.
    fn entry(&self, image: &Image, row: u64) -> Option<(u64, u64)> {
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
