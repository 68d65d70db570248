//! All structs that a program without debug information can allocate: their descriptors stand among all others, and
//! nothing lists them (`cmd/link/internal/ld/data.go` puts them into one part of the file).

use super::abi::Decoder;
use super::abi_name::Name;
use crate::format::go::types::Types;

/// Structs that are added at the most; the largest programs have a tenth of it.
const MOST_STRUCTS: usize = 1 << 19;
/// Fields that are looked at in all; descriptors that overlap could have more than the file has bytes.
const MOST_FIELDS: usize = 1 << 23;
/// `internal/abi.Struct`.
const STRUCT: u8 = 25;
/// Flags of a descriptor that there are (`internal/abi.TFlag`).
const FLAGS: u8 = 0x3f;

impl Decoder<'_> {
    /// Adds the structs that have pointers, wherever a descriptor of one seems to stand; what is none costs a row at
    /// the most. O(bytes of the descriptors and their names).
    pub(in crate::format::go) fn add_structs(&mut self, types: &mut Types) {
        let (start, end) = self.module.types;
        let width = u64::from(self.image.pointer_bytes);
        let end = end.min(start.saturating_add(self.image.from(start).map_or(0, <[u8]>::len) as u64));
        let first = start.next_multiple_of(width.max(1));
        let places = (first..end).step_by(usize::from(self.image.pointer_bytes.max(1)));
        let mut fields = MOST_FIELDS;
        let found = places.filter(|&address| self.is_struct(address, &mut fields)).take(MOST_STRUCTS);
        let found: Vec<u64> = found.collect();
        for address in found {
            self.add(types, address);
        }
    }

    /// Whether the descriptor of a struct with pointers seems to stand at `address`: all numbers are possible, its text
    /// and those of its fields are names, and its fields follow each other.
    fn is_struct(&self, address: u64, fields: &mut usize) -> bool {
        let Some(head) = self.head(address).filter(|head| head.kind & 0x1f == STRUCT) else { return false };
        let width = u64::from(self.image.pointer_bytes);
        let align = self.image.u8(address + 2 * width + 5).map(u64::from);
        let fits = align.is_some_and(|align| {
            align.is_power_of_two() && align <= width.max(8) && head.size.is_multiple_of(align)
        });
        let has_pointers = head.pointer_bytes > 0 && head.pointer_bytes.is_multiple_of(width);
        if !head.is_sound() || head.flags & !FLAGS != 0 || !fits || !has_pointers {
            return false;
        }
        let text = self.module.types.0.checked_add(u64::from(head.text));
        let named = text.and_then(|text| Name::read(self.image, text));
        named.is_some_and(|name| !name.text.is_empty() && !name.text.contains(char::is_control))
            && self.has_fields(address, head.size, fields)
    }

    fn has_fields(&self, address: u64, size: u64, fields: &mut usize) -> bool {
        let width = u64::from(self.image.pointer_bytes);
        let (Some(first), Some(count)) = (self.tail(address, 1), self.tail(address, 2)) else { return false };
        // Each has a byte at least, but for those of no size.
        if count == 0 || count > size.saturating_mul(2) {
            return false;
        }
        let mut before = 0;
        (0..count).all(|row| {
            let at = |index: u64| self.image.word(first.checked_add((3 * row + index).checked_mul(width)?)?);
            let (Some(name), Some(ty), Some(offset)) = (at(0), at(1), at(2)) else { return false };
            let follows = before <= offset && offset <= size && *fields > 0;
            *fields = fields.saturating_sub(1);
            before = offset;
            follows && Name::read(self.image, name).is_some() && self.size(ty).is_some()
        })
    }
}
