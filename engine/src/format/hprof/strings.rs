//! The names in the file: identifier → text, without a copy of the text.

use crate::id::Offset;
use crate::input::index;
use std::borrow::Cow;

/// The `STRING IN UTF8` records: row i is the text of `ids[i]`, ids ascending.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    ids: Vec<u64>,
    starts: Vec<u64>,
    lengths: Vec<u32>,
}

impl Strings {
    /// The table of `records`: identifier, where its text begins and how many bytes it has.
    ///
    /// Where an identifier comes twice, the first text counts.
    pub(super) fn new(mut records: Vec<(u64, Offset, u32)>) -> Strings {
        records.sort_unstable();
        records.dedup_by_key(|record| record.0);
        Strings {
            ids: records.iter().map(|record| record.0).collect(),
            starts: records.iter().map(|record| record.1.0).collect(),
            lengths: records.iter().map(|record| record.2).collect(),
        }
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The text of `id` in the dump `bytes`; what is no modified UTF-8 becomes U+FFFD.
    ///
    /// It may hold control characters: escape it before it is shown.
    pub fn get<'a>(&self, bytes: &'a [u8], id: u64) -> Option<Cow<'a, str>> {
        let row = self.ids.binary_search(&id).ok()?;
        let start = index(Offset(self.starts[row]));
        let text = bytes.get(start..)?.get(..self.lengths[row] as usize)?;
        Some(decode(text))
    }
}

/// Modified UTF-8 (Java Virtual Machine Specification, 4.4.7): NUL in two bytes, surrogates in three each.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut units = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (unit, length) = decode_unit(rest);
        units.push(unit);
        rest = &rest[length..];
    }
    Cow::Owned(String::from_utf16_lossy(&units))
}

/// The first UTF-16 unit of `bytes`, which are not empty, and how many bytes it takes.
fn decode_unit(bytes: &[u8]) -> (u16, usize) {
    let low = |byte: u8| u16::from(byte & 0x3f);
    match *bytes {
        [a @ 0..=0x7f, ..] => (u16::from(a), 1),
        [a @ 0xc0..=0xdf, b @ 0x80..=0xbf, ..] => (u16::from(a & 0x1f) << 6 | low(b), 2),
        [a @ 0xe0..=0xef, b @ 0x80..=0xbf, c @ 0x80..=0xbf, ..] => {
            (u16::from(a & 0xf) << 12 | low(b) << 6 | low(c), 3)
        }
        _ => (0xfffd, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modified_utf8() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(decode(bytes), expected);
        check(b"", "");
        check("Grüße, 世界".as_bytes(), "Grüße, 世界");
        check(b"a\xc0\x80b", "a\0b");
        check(b"\xed\xa0\xbd\xed\xb8\x80", "😀");
        check("😀".as_bytes(), "😀");
        check(b"x\xed\xa0\xbd", "x\u{fffd}");
        check(b"\xff\xe4\xb8", "\u{fffd}\u{fffd}\u{fffd}");
    }

    #[test]
    fn found_by_identifier_first_one_first() {
        let bytes = b"..alphabeta";
        let strings =
            Strings::new(vec![(9, Offset(7), 4), (3, Offset(2), 5), (9, Offset(2), 5), (4, Offset(9), 99)]);
        assert_eq!(strings.len(), 3);
        assert_eq!(strings.get(bytes, 3).as_deref(), Some("alpha"));
        assert_eq!(strings.get(bytes, 9).as_deref(), Some("alpha"));
        assert_eq!(strings.get(bytes, 4), None);
        assert_eq!(strings.get(bytes, 5), None);
    }
}
