//! A file that is written once, from front to back, past the page cache where that pays and the system lets it.

use super::behind::{Behind, PIECE, write_at};
use std::fs::File;
use std::hash::Hasher;
use std::io::{Result, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use twox_hash::XxHash3_64;

/// Bytes that are written and hashed at a time: they stay in the processor's cache between the two.
const BITE: usize = 256 << 10;

/// A file that is written, but not yet on the disk.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) file: File,
    pub(super) bytes: u64,
    /// XXH3-64 of all its bytes.
    pub(super) checksum: u64,
}

/// A file on its way to the disk, and the hash of its bytes.
pub(super) struct Output<'a> {
    path: &'a Path,
    file: File,
    cached: Cached<'a>,
    /// The thread that writes what is past the cache, from the first such piece on.
    behind: Option<Behind>,
    bytes: u64,
    hash: XxHash3_64,
}

/// What of a file is written to the page cache.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cached<'a> {
    /// All of it: this process reads it next.
    Whole,
    /// Its beginning and its end, which tell what it holds, and so many more bytes as there are for all files together. Many
    /// pages take longer to make than to write, and drive out those of the dump.
    Within(&'a AtomicU64),
}

impl<'a> Output<'a> {
    /// A new file at `path`.
    pub(super) fn create(path: &'a Path, cached: Cached<'a>) -> Result<Output<'a>> {
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        Ok(Output { path, file, cached, behind: None, bytes: 0, hash: XxHash3_64::new() })
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> Result<Written> {
        let Output { file, behind, bytes, hash, .. } = self;
        let left = in_piece(bytes);
        let last = |piece: &[u8]| write_at(&file, &piece[..left], bytes - left as u64);
        behind.map_or(Ok(()), |behind| behind.finish(last))?;
        Ok(Written { file, bytes, checksum: hash.finish() })
    }

    /// Goes on past the cache from here, where a piece begins, if enough of it was used.
    fn begin_piece(&mut self) {
        let Cached::Within(left) = self.cached else { return };
        let take = |left: u64| left.checked_sub(PIECE as u64);
        if self.bytes == 0 || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
            return;
        }
        self.behind = Behind::begin(self.path, &self.file).ok();
        if self.behind.is_none() {
            self.cached = Cached::Whole;
        }
    }

    /// Puts `bytes`, which end with the piece at the latest, behind those before.
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(mut behind) = self.behind.take() else { return write_at(&self.file, bytes, self.bytes) };
        let begin = in_piece(self.bytes);
        behind.piece()[begin..begin + bytes.len()].copy_from_slice(bytes);
        let is_whole = begin + bytes.len() == PIECE;
        self.behind = Some(if is_whole { behind.write(self.bytes - begin as u64)? } else { behind });
        Ok(())
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if in_piece(self.bytes) == 0 && self.behind.is_none() {
            self.begin_piece();
        }
        let bytes = &bytes[..bytes.len().min(BITE).min(PIECE - in_piece(self.bytes))];
        self.put(bytes)?;
        self.hash.write(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// How many bytes lie between the beginning of a piece and a place in a file.
#[expect(clippy::cast_possible_truncation, reason = "it is less than a piece")]
fn in_piece(place: u64) -> usize {
    (place % PIECE as u64) as usize
}
