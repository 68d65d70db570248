//! The sizes of arrays, ready to be asked for often.

use super::{ArrayStart, Layout, align_up};
use crate::format::hprof::field_type::FieldType;

/// A layout, and what arrays occupy in it.
#[derive(Clone, Copy, Debug)]
pub struct ArraySizes {
    /// The layout.
    pub layout: Layout,
    /// By type code: where the elements begin, and the bytes of one of them.
    types: [(u64, u64); FieldType::CODES],
    alignment: u64,
}

impl ArraySizes {
    /// The sizes in `layout`.
    pub fn of(layout: Layout) -> ArraySizes {
        let mut types = [(0, 0); FieldType::CODES];
        for (code, row) in (0..).zip(&mut types) {
            if let Some(element) = FieldType::from_code(code) {
                let width = u64::from(element.size(layout.reference_bytes));
                *row = (start(&layout, width), width);
            }
        }
        ArraySizes { layout, types, alignment: layout.alignment.into() }
    }

    /// What an array of `length` elements occupies, in bytes.
    #[inline]
    pub fn bytes(&self, element: FieldType, length: u32) -> u64 {
        let (start, width) = self.types[element as usize];
        align_up(start + width * u64::from(length), self.alignment)
    }
}

fn start(layout: &Layout, element_bytes: u64) -> u64 {
    let end = u64::from(layout.header_bytes) + 4;
    match layout.arrays {
        ArrayStart::Element => align_up(end, element_bytes),
        ArrayStart::Word => align_up(end, u64::from(layout.word_bytes).max(element_bytes)),
    }
}
