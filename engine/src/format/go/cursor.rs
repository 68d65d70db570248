//! A checked cursor over a dump's numbers: unsigned LEB128 of at most 64 bits (`encoding/binary`).

use crate::error::{Error, Result};
use crate::id::Offset;
use std::ops::Range;

/// Reads forward; every error carries the offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the byte `at` of the dump `bytes`.
    #[inline]
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Cursor<'a> {
        Cursor { bytes, at: at.min(bytes.len()) }
    }

    /// Where the next byte stands.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether everything is read.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next number.
    #[inline]
    pub(super) fn number(&mut self) -> Result<u64> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(byte))
            }
            _ => self.long_number(),
        }
    }

    /// Numbers of 2 to 8 bytes without a loop: all seven bits of each byte are moved together at once.
    #[inline]
    fn long_number(&mut self) -> Result<u64> {
        let Some(word) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()) else {
            return self.any_number();
        };
        let word = u64::from_le_bytes(*word);
        let ends = !word & 0x8080_8080_8080_8080;
        if ends == 0 {
            return self.any_number();
        }
        self.at += ends.trailing_zeros() as usize / 8 + 1;
        // The bits up to the one that ends the number.
        let bits = word & (ends ^ (ends - 1)) & 0x7f7f_7f7f_7f7f_7f7f;
        let bits = (bits & 0x007f_007f_007f_007f) | (bits & 0x7f00_7f00_7f00_7f00) >> 1;
        let bits = (bits & 0x0000_3fff_0000_3fff) | (bits & 0x3fff_0000_3fff_0000) >> 2;
        Ok((bits & 0x0fff_ffff) | (bits & 0x0fff_ffff_0000_0000) >> 4)
    }

    #[cold]
    fn any_number(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for (place, &byte) in self.bytes[self.at..].iter().take(MOST_BYTES).enumerate() {
            let bits = u64::from(byte & 0x7f);
            if place == MOST_BYTES - 1 && byte > 1 {
                return Err(self.wrong("a number of 64 bits", "a longer one"));
            }
            value |= bits << (7 * place);
            if byte < 0x80 {
                self.at += place + 1;
                return Ok(value);
            }
        }
        match self.bytes.len() - self.at {
            0..MOST_BYTES => Err(self.ends()),
            _ => Err(self.wrong("a number of 64 bits", "a longer one")),
        }
    }

    /// The next number as 0 or 1.
    pub(super) fn flag(&mut self) -> Result<bool> {
        Ok(self.number()? != 0)
    }

    /// The place of the next counted bytes, which it steps over.
    #[inline]
    pub(super) fn range(&mut self) -> Result<Range<usize>> {
        let length = self.number()?;
        let rest = self.bytes.len() - self.at;
        let Some(length) = usize::try_from(length).ok().filter(|&length| length <= rest) else {
            return Err(self.too_long(length));
        };
        let start = self.at;
        self.at += length;
        Ok(start..self.at)
    }

    /// The next counted bytes.
    #[inline]
    pub(super) fn counted(&mut self) -> Result<&'a [u8]> {
        Ok(&self.bytes[self.range()?])
    }

    /// The next counted bytes as text; what is no UTF-8 becomes U+FFFD.
    pub(super) fn text(&mut self) -> Result<String> {
        Ok(String::from_utf8_lossy(self.counted()?).into_owned())
    }

    /// An error at the next byte.
    #[cold]
    pub(super) fn wrong(&self, expected: &str, found: impl Into<String>) -> Error {
        Error::dump(Offset(self.at as u64), expected, found)
    }

    #[cold]
    fn ends(&self) -> Error {
        self.wrong("more bytes", ENDS)
    }

    #[cold]
    fn too_long(&self, length: u64) -> Error {
        self.wrong(&format!("{length} bytes"), format!("{} {ENDS}", self.bytes.len() - self.at))
    }
}

/// Bytes of the longest number.
const MOST_BYTES: usize = 10;

/// What an error says where the file is too short.
const ENDS: &str = "before the end of the file";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<u64>) {
        let mut cursor = Cursor::new(bytes, 0);
        let read = cursor.number().ok();
        assert_eq!(read, expected, "{bytes:x?}");
        assert_eq!(cursor.at(), if read.is_some() { bytes.len() } else { 0 });
    }

    #[test]
    fn numbers_are_leb128_of_64_bits() {
        check(&[0], Some(0));
        check(&[0x7f], Some(127));
        check(&[0x80, 1], Some(128));
        check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], Some(u64::MAX));
        check(&[], None);
        check(&[0x80], None);
        check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], None);
        check(&[0x80; 11], None);
    }

    #[test]
    fn numbers_are_the_same_before_other_bytes() {
        let ends = (0..64).map(|bits| u64::MAX >> bits);
        for value in ends.flat_map(|end| [end, end - 1, end / 3, end & 0x5555_5555_5555_5555]) {
            let (mut bytes, mut rest) = (Vec::new(), value);
            while rest >= 0x80 {
                bytes.push(rest.to_le_bytes()[0] | 0x80);
                rest >>= 7;
            }
            bytes.push(rest.to_le_bytes()[0]);
            check(&bytes, Some(value));
            let length = bytes.len();
            bytes.extend([0xff; 9]);
            let mut cursor = Cursor::new(&bytes, 0);
            assert_eq!((cursor.number().unwrap(), cursor.at()), (value, length));
        }
    }

    #[test]
    fn counted_bytes_end_with_the_file() {
        let mut cursor = Cursor::new(&[2, b'g', b'o', 3, b'x'], 0);
        assert_eq!(cursor.text().unwrap(), "go");
        let error = cursor.text().unwrap_err().to_string();
        assert_eq!(error, "at offset 4: expected 3 bytes, found 1 before the end of the file");
    }
}
