//! Bytes that the program was linked with, which no dump has: the letters of constants.

use super::bytes::Bytes;
use super::image::Image;
use crate::error::Result;
use std::path::Path;

/// The executable of a dumped process, for its bytes alone.
#[derive(Debug)]
pub struct Linked {
    image: Image,
    slide: u64,
}

impl Linked {
    /// The executable at `path`, which the process had `slide` higher in memory than it was linked for.
    ///
    /// Errors: as [`super::Exe::open`].
    pub fn open(path: &Path, slide: u64) -> Result<Linked> {
        Ok(Linked { image: Image::parse(Bytes::open(path)?)?, slide })
    }

    /// The bytes at an address of the process; `None` where the executable has none for it.
    pub fn bytes(&self, address: u64, count: usize) -> Option<&[u8]> {
        self.image.bytes(address.wrapping_sub(self.slide), count)
    }
}
