//! Which slots of a dump are no objects: a span's own bitmaps, written as if they were slots.
//!
//! Since Go 1.22 a span of small objects has its pointer bitmap, and with the Green Tea collector its mark bits, at its
//! end. `dumpobjs` of `heapdump.go` walks over the whole span all the same.

use super::params::Params;

/// Bytes of a span of small objects: one page.
const PAGE: u64 = 8192;
/// The largest bitmap and mark bits together: what ends a span is no evidence of its own.
const MOST_RESERVED: u64 = 256;
/// Bytes of the mark bits of a span (`mgcmark_greenteagc.go`).
const MARK_BITS: u64 = 128;
/// The smallest objects whose spans have mark bits of their own.
const MARKED_BYTES: u64 = 16;

/// A slot as the rule sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its address.
    pub address: u64,
    /// Its bytes.
    pub bytes: u32,
    /// Whether a word of it is a pointer.
    pub has_pointers: bool,
}

/// What a runtime keeps at the end of a span.
#[derive(Clone, Copy, Debug)]
pub struct Reserve {
    bitmap: u64,
    largest: u64,
    has_mark_bits: bool,
}

impl Reserve {
    /// What the runtime of a dump keeps there; `None` where it keeps nothing.
    pub fn of(params: &Params) -> Option<Reserve> {
        if !params.has_headers() {
            return None;
        }
        let green = if params.version.contains("nogreenteagc") {
            false
        } else {
            params.is_since(26) || params.version.contains("greenteagc")
        };
        let bitmap = PAGE / u64::from(params.pointer_bytes) / 8;
        Some(Reserve { bitmap, largest: params.largest_without_header(), has_mark_bits: green })
    }

    /// The number of the page that a slot begins on.
    #[inline]
    pub fn page(address: u64) -> u64 {
        address / PAGE
    }

    /// How many bytes of its page are before a slot.
    #[inline]
    pub fn place(address: u64) -> u64 {
        address % PAGE
    }

    /// Whether a slot of a page is a phantom; `scans` as [`Reserve::scans`] tells of the page.
    pub fn is_phantom(&self, slot: Slot, scans: bool) -> bool {
        Reserve::place(slot.address) >= self.first_phantom(slot.bytes, scans)
    }

    /// Where on a page the slots of this size are phantoms from: bytes, a page's or more where none is.
    pub fn first_phantom(&self, slot_bytes: u32, scans: bool) -> u64 {
        let bytes = u64::from(slot_bytes);
        if bytes == 0 || bytes > self.largest {
            return PAGE;
        }
        let bitmap = if scans { self.bitmap } else { 0 };
        let marks = if self.has_mark_bits && bytes >= MARKED_BYTES { MARK_BITS } else { 0 };
        (PAGE - bitmap - marks) / bytes * bytes
    }

    /// Whether a slot says that its page is one of objects with pointers.
    pub fn scans(slot: Slot) -> bool {
        slot.has_pointers && slot.address % PAGE < PAGE - MOST_RESERVED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve(version: &str) -> Option<Reserve> {
        Reserve::of(&Params { version: version.to_owned(), ..Params::default() })
    }

    /// The number of slots of `bytes` that are objects in a full span.
    fn check(version: &str, bytes: u32, scans: bool, expected: u64) {
        let reserve = reserve(version).expect("since Go 1.22");
        let slot = |n: u64| Slot { address: PAGE * 7 + n * u64::from(bytes), bytes, has_pointers: scans };
        let slots = PAGE / u64::from(bytes);
        let real = (0..slots).filter(|&n| !reserve.is_phantom(slot(n), scans)).count();
        assert_eq!(real as u64, expected, "{version} {bytes}");
    }

    #[test]
    fn a_span_ends_before_its_bitmaps() {
        assert!(reserve("go1.21.13").is_none());
        assert!(reserve("").is_none());
        check("go1.22.1", 64, true, 126);
        check("go1.22.1", 64, false, 128);
        check("go1.22.1", 1024, true, 8);
        check("go1.26.0", 64, true, 124);
        check("go1.26.0", 64, false, 126);
        check("go1.26.0", 8, true, 1008);
        check("go1.26.0 X:nogreenteagc", 64, true, 126);
        check("go1.25.1 X:greenteagc", 512, false, 15);
    }

    #[test]
    fn pointers_in_the_last_bytes_say_nothing_of_a_page() {
        let slot = |address, has_pointers| Slot { address, bytes: 16, has_pointers };
        assert!(Reserve::scans(slot(PAGE, true)) && !Reserve::scans(slot(PAGE, false)));
        assert!(!Reserve::scans(slot(2 * PAGE - 256, true)));
        assert_eq!([0, 8176, 8192].map(Reserve::page), [0, 0, 1]);
    }
}
