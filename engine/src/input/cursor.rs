//! A checked big-endian cursor over a part of a dump that knows its place in the whole.

use crate::error::{Error, Result};
use crate::id::Offset;

/// Reads forward through a slice; every error carries the offset in the dump.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
    offset: u64,
}

/// `offset` as a position in a slice; what no slice can hold becomes a position that no slice has.
#[inline]
pub fn index(offset: Offset) -> usize {
    usize::try_from(offset.0).unwrap_or(usize::MAX)
}

impl<'a> Cursor<'a> {
    /// A cursor over `bytes`, the first of which stands at `start` in the dump.
    #[inline]
    pub fn new(bytes: &'a [u8], start: Offset) -> Cursor<'a> {
        Cursor { rest: bytes, offset: start.0 }
    }

    /// Where the next byte stands in the dump.
    #[inline]
    pub fn offset(&self) -> Offset {
        Offset(self.offset)
    }

    /// The bytes not yet read.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything is read.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte.
    #[inline]
    pub fn u1(&mut self) -> Result<u8> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    /// The next 2 bytes as a number.
    #[inline]
    pub fn u2(&mut self) -> Result<u16> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    /// The next 4 bytes as a number.
    #[inline]
    pub fn u4(&mut self) -> Result<u32> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// The next 8 bytes as a number.
    #[inline]
    pub fn u8(&mut self) -> Result<u64> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    /// The next identifier, of `id_size` bytes (4 or 8).
    #[inline]
    pub fn id(&mut self, id_size: u8) -> Result<u64> {
        if id_size == 8 { self.u8() } else { Ok(u64::from(self.u4()?)) }
    }

    /// The next `count` bytes.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.too_short(count));
        };
        self.rest = rest;
        self.offset += count as u64;
        Ok(taken)
    }

    /// Steps over `count` bytes.
    #[inline]
    pub fn skip(&mut self, count: usize) -> Result<()> {
        self.take(count).map(drop)
    }

    /// A cursor over the next `count` bytes alone, which this one steps over.
    #[inline]
    pub fn sub(&mut self, count: usize) -> Result<Cursor<'a>> {
        let start = self.offset();
        Ok(Cursor::new(self.take(count)?, start))
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some((taken, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.too_short(N));
        };
        self.rest = rest;
        self.offset += N as u64;
        Ok(*taken)
    }

    #[cold]
    fn too_short(&self, wanted: usize) -> Error {
        Error::dump(self.offset(), format!("{wanted} bytes"), format!("only {}", self.rest.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_in_order_and_knows_its_place() -> Result<()> {
        let bytes: Vec<u8> = (1..=30).collect();
        let mut cursor = Cursor::new(&bytes, Offset(100));
        assert_eq!(cursor.u1()?, 0x01);
        assert_eq!(cursor.u2()?, 0x0203);
        assert_eq!(cursor.id(4)?, 0x0405_0607);
        assert_eq!(cursor.id(8)?, 0x0809_0a0b_0c0d_0e0f);
        let mut inner = cursor.sub(3)?;
        assert_eq!((inner.offset(), inner.u2()?), (Offset(115), 0x1011));
        assert!(inner.u2().is_err());
        cursor.skip(10)?;
        assert_eq!((cursor.offset(), cursor.rest()), (Offset(128), &[29, 30][..]));
        Ok(())
    }

    #[test]
    fn an_error_names_the_offset_and_moves_nothing() {
        let mut cursor = Cursor::new(&[7, 8], Offset(40));
        let error = cursor.u4().map_err(|error| error.to_string());
        assert_eq!(error, Err("at offset 40: expected 4 bytes, found only 2".to_owned()));
        assert!(cursor.take(usize::MAX).is_err());
        assert_eq!(cursor.rest(), &[7, 8]);
    }
}
