//! Compressed bytes → the bytes of the dump, in a stream of bounded memory.

use super::compression::Compression;
use super::gzip::inflate_gzip;
use super::warnings::Warnings;
use crate::error::{Error, Result};
use crate::id::Offset;
use crate::progress::{Progress, Unit};
use liblzma::read::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};
use std::cell::Cell;
use std::io::{BufRead, Read, Write};
use std::path::Path;

/// Bytes that go from a decoder to the file at a time; so many are lost before damage, as decoders give none of them.
const CHUNK: usize = 1 << 16;
/// The largest window of a zstd frame that is accepted, as a power of two (`zstd --ultra --long=31`).
const ZSTD_WINDOW: u32 = 31;
/// Memory that an xz decoder may use, in bytes: the largest dictionary that `xz` makes, 1.5 GiB, and some more.
const XZ_MEMORY: u64 = 1_700_000_000;

/// Inflates `source` into `sink` and returns the bytes written and the warnings.
///
/// What breaks off or is damaged gives what could be inflated and a warning with the offset in `source`.
/// Errors: `sink` cannot be written, or the work was cancelled.
pub fn inflate(
    source: &[u8],
    compression: Compression,
    sink: &mut dyn Write,
    progress: &Progress,
) -> Result<(u64, Warnings)> {
    let mut sink = Sink::new(sink, Path::new("the inflated dump"));
    let warnings = inflate_to(source, compression, &mut sink, progress)?;
    Ok((sink.written(), warnings))
}

/// Where inflated bytes go; counts them and gives errors the name of the file.
pub(super) struct Sink<'a> {
    file: &'a mut dyn Write,
    path: &'a Path,
    written: u64,
}

impl<'a> Sink<'a> {
    pub(super) fn new(file: &'a mut dyn Write, path: &'a Path) -> Sink<'a> {
        Sink { file, path, written: 0 }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| Error::file(self.path, error))?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn written(&self) -> u64 {
        self.written
    }
}

/// As [`inflate`], into a sink that knows its name.
pub(super) fn inflate_to(
    source: &[u8],
    compression: Compression,
    sink: &mut Sink<'_>,
    progress: &Progress,
) -> Result<Warnings> {
    progress.begin("inflate", Unit::Bytes, source.len() as u64);
    let mut warnings = Warnings::default();
    match compression {
        Compression::None => sink.write(source)?,
        Compression::Gzip => inflate_gzip(source, sink, progress, &mut warnings)?,
        Compression::Zstd => inflate_zstd(source, sink, progress, &mut warnings)?,
        Compression::Xz => inflate_xz(source, sink, progress, &mut warnings)?,
    }
    progress.end();
    Ok(warnings)
}

/// The compressed bytes, and how many of them a decoder has taken.
pub(super) struct Source<'a> {
    rest: &'a [u8],
    taken: &'a Cell<u64>,
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8], taken: &'a Cell<u64>) -> Source<'a> {
        Source { rest: bytes, taken }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.rest.read(buffer)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        // Pieces, so that the count of taken bytes moves while a long stream is read.
        Ok(&self.rest[..self.rest.len().min(CHUNK)])
    }

    fn consume(&mut self, count: usize) {
        self.rest.consume(count);
        self.taken.set(self.taken.get() + count as u64);
    }
}

/// Copies all that `decoder` gives; what the decoder complained about, if it did.
pub(super) fn copy(
    decoder: &mut dyn Read,
    taken: &Cell<u64>,
    sink: &mut Sink<'_>,
    progress: &Progress,
) -> Result<Option<std::io::Error>> {
    let mut chunk = vec![0; CHUNK];
    let mut reported = taken.get();
    loop {
        let count = match decoder.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => count,
            Err(error) => return Ok(Some(error)),
        };
        sink.write(&chunk[..count])?;
        progress.add(taken.get() - reported)?;
        reported = taken.get();
    }
}

/// Notes that the compressed data ends or breaks at byte `at` of `len`.
pub(super) fn warn_cut(warnings: &mut Warnings, at: u64, len: u64, error: &std::io::Error) {
    let what = if error.kind() == std::io::ErrorKind::UnexpectedEof || at == len {
        "the compressed file breaks off: the dump is incomplete".to_owned()
    } else {
        format!("the compressed file is damaged: the dump is incomplete ({error})")
    };
    warnings.add(Offset(at), what, len.saturating_sub(at));
}

fn inflate_zstd(
    source: &[u8],
    sink: &mut Sink<'_>,
    progress: &Progress,
    warnings: &mut Warnings,
) -> Result<()> {
    let taken = Cell::new(0);
    let decoder = zstd::stream::read::Decoder::with_buffer(Source::new(source, &taken));
    let failed = match decoder.and_then(|mut decoder| decoder.window_log_max(ZSTD_WINDOW).map(|()| decoder)) {
        Ok(mut decoder) => copy(&mut decoder, &taken, sink, progress)?,
        Err(error) => Some(error),
    };
    if let Some(error) = failed {
        warn_cut(warnings, taken.get(), source.len() as u64, &error);
    }
    Ok(())
}

fn inflate_xz(
    source: &[u8],
    sink: &mut Sink<'_>,
    progress: &Progress,
    warnings: &mut Warnings,
) -> Result<()> {
    let taken = Cell::new(0);
    let failed = match Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED) {
        Ok(stream) => {
            let mut decoder = XzDecoder::new_stream(Source::new(source, &taken), stream);
            copy(&mut decoder, &taken, sink, progress)?
        }
        Err(error) => Some(error.into()),
    };
    if let Some(error) = failed {
        warn_cut(warnings, taken.get(), source.len() as u64, &error);
    }
    Ok(())
}
