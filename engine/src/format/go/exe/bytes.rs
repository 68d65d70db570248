//! The bytes of an executable: mapped, or inflated where the file is compressed.

use crate::error::{Error, Result};
use crate::input::{Compression, inflate, map};
use crate::progress::Progress;
use std::io::Write;
use std::ops::Deref;
use std::path::Path;

/// Bytes that an inflated executable may have; the largest that are known are a tenth of it.
const MOST: usize = 4 << 30;

/// Bytes, wherever they are.
#[derive(Debug)]
pub(super) enum Bytes {
    /// Of a mapped file.
    Mapped(memmap2::Mmap),
    /// In memory.
    Owned(Vec<u8>),
}

impl Bytes {
    /// The bytes of the file at `path`, inflated if they are compressed.
    pub(super) fn open(path: &Path) -> Result<Bytes> {
        let mapped = map(path)?;
        let compression = Compression::of(&mapped);
        if compression == Compression::None {
            return Ok(Bytes::Mapped(mapped));
        }
        let mut bounded = Bounded(Vec::new());
        let (_, warnings) = inflate(&mapped, compression, &mut bounded, &Progress::default())?;
        match warnings.list().first() {
            Some(warning) => Err(Error::Input(format!("{}: {warning}", path.display()))),
            None => Ok(Bytes::Owned(bounded.0)),
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// A buffer that refuses to grow without end.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > MOST - self.0.len() {
            return Err(std::io::Error::other("the inflated executable is larger than 4 GiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
