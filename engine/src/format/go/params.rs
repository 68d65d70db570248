//! The machine and the runtime that a dump comes from.

use serde::{Deserialize, Serialize};

/// The dump's record of parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Whether words have their highest byte first.
    pub big_endian: bool,
    /// Bytes of a pointer: 4 or 8.
    pub pointer_bytes: u8,
    /// Where the heap begins.
    pub arena_start: u64,
    /// Where it ends.
    pub arena_end: u64,
    /// `amd64` …
    pub architecture: String,
    /// `go1.27.3`; empty where the runtime is older than Go 1.16 to 1.18 and does not tell.
    pub version: String,
    /// Processors.
    pub processors: u64,
}

/// What a 64-bit little-endian machine has, where a dump breaks off before it says.
impl Default for Params {
    fn default() -> Params {
        Params {
            big_endian: false,
            pointer_bytes: 8,
            arena_start: 0,
            arena_end: 0,
            architecture: String::new(),
            version: String::new(),
            processors: 0,
        }
    }
}

impl Params {
    /// The word of `bytes` at `place`, as wide as a pointer; `None` where they end before it does.
    #[inline]
    pub fn word(&self, bytes: &[u8], place: usize) -> Option<u64> {
        let rest = bytes.get(place..)?;
        Some(match (self.pointer_bytes, self.big_endian) {
            (8, false) => u64::from_le_bytes(*rest.first_chunk()?),
            (8, true) => u64::from_be_bytes(*rest.first_chunk()?),
            (_, false) => u32::from_le_bytes(*rest.first_chunk()?).into(),
            (_, true) => u32::from_be_bytes(*rest.first_chunk()?).into(),
        })
    }

    /// The minor release: 27 of `go1.27.3`; `None` where the dump does not tell, which says that it is 17 or less.
    pub fn minor(&self) -> Option<u32> {
        let rest = self.version.strip_prefix("go1.").or_else(|| self.version.split("go1.").nth(1))?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    }

    /// Whether the runtime is of this minor release or later; a development version counts as the latest.
    pub fn is_since(&self, minor: u32) -> bool {
        match self.minor() {
            Some(own) => own >= minor,
            None => self.version.starts_with("devel"),
        }
    }

    /// Whether the allocator puts the type of an object with pointers before it (Go 1.22, `mbitmap.go`).
    pub fn has_headers(&self) -> bool {
        self.is_since(22)
    }

    /// The largest slot in bytes whose pointers stand in a bitmap of its span, and not behind a malloc header: as many
    /// words as a word has bits (`minSizeForMallocHeader`).
    pub fn largest_without_header(&self) -> u64 {
        u64::from(self.pointer_bytes) * u64::from(self.pointer_bytes) * 8
    }

    /// The bytes of a slot before the program's own: 8 where the allocator's type stands there. `first_pointer` is the
    /// place of the first pointer; without one there is no header.
    pub fn header_bytes(&self, slot_bytes: u64, first_pointer: Option<u64>) -> u32 {
        // An object of all 32,768 bytes has none.
        let has =
            self.may_have_header(slot_bytes) && first_pointer.is_some_and(|place| place >= HEADER_BYTES);
        if has { 8 } else { 0 }
    }

    /// Whether slots of this size may have a malloc header.
    #[inline]
    pub fn may_have_header(&self, slot_bytes: u64) -> bool {
        let sizes = self.largest_without_header() + 1..=LARGEST_WITH_HEADER;
        sizes.contains(&slot_bytes) && self.has_headers()
    }
}

/// Bytes of a malloc header.
const HEADER_BYTES: u64 = 8;
/// The largest size class; larger objects have a span of their own, which knows their type.
const LARGEST_WITH_HEADER: u64 = 32768;

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn releases_are_read_from_versions() {
        let check = |version: &str, minor| {
            let params = Params { version: version.to_owned(), ..Params::default() };
            assert_eq!(params.minor(), minor, "{version}");
        };
        check("go1.27.3", Some(27));
        check("go1.21", Some(21));
        check("go1.22rc1", Some(22));
        check("devel go1.25-abcdef Mon", Some(25));
        check("", None);
        check("gotip", None);
    }

    #[test]
    fn words_have_the_width_and_order_of_the_machine() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        let word = |pointer_bytes, big_endian, place| {
            Params { pointer_bytes, big_endian, ..Params::default() }.word(&bytes, place)
        };
        assert_eq!(word(8, false, 0), Some(0x0807_0605_0403_0201));
        assert_eq!(word(8, true, 0), Some(0x0102_0304_0506_0708));
        assert_eq!(word(4, false, 4), Some(0x0807_0605));
        assert_eq!(word(4, true, 4), Some(0x0506_0708));
        assert_eq!(word(8, false, 1), None);
        assert_eq!(word(4, false, usize::MAX), None);
    }
}
