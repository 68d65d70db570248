//! A dump file, mapped into memory and inflated before that where it is compressed.

#![expect(unsafe_code, reason = "a memory map is a promise about a file that the compiler cannot check")]

use super::compression::Compression;
use super::inflate::{Sink, inflate_to};
use super::warnings::Warnings;
use crate::error::{Error, Result};
use crate::progress::Progress;
#[cfg(unix)]
use memmap2::UncheckedAdvice;
use memmap2::{Advice, Mmap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The bytes of one dump and what is known of its file.
#[derive(Debug)]
pub struct Dump {
    map: Mmap,
    /// The file that the user named.
    pub path: PathBuf,
    /// Size of that file in bytes, compressed if it is compressed.
    pub len: u64,
    /// When that file was written last, where the file system knows it.
    pub modified: Option<SystemTime>,
    /// How that file is compressed.
    pub compression: Compression,
    /// What was wrong with the compressed data.
    pub warnings: Warnings,
}

/// Opens the dump at `path`.
///
/// A compressed one is inflated into the file `spill` first (its directory is made; an older file is replaced at
/// the end, never half written) and mapped from there; the caller removes it. `progress` counts its
/// compressed bytes in a phase `inflate`.
///
/// Errors: no file, an empty one, a directory, a pipe, a full disk, compressed data of which nothing can be read.
/// Compressed data that breaks off is a warning.
pub fn open(path: &Path, progress: &Progress, spill: &Path) -> Result<Dump> {
    let source = map(path)?;
    let metadata = path.metadata().map_err(|error| Error::file(path, error))?;
    let compression = Compression::of(&source);
    let mut dump = Dump {
        path: path.to_owned(),
        len: source.len() as u64,
        modified: metadata.modified().ok(),
        compression,
        warnings: Warnings::default(),
        map: source,
    };
    if compression != Compression::None {
        let inflated = spill_to(&dump, progress, spill)?;
        (dump.map, dump.warnings) = inflated;
    }
    Ok(dump)
}

impl Dump {
    /// The dump itself, inflated.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Tells the kernel that the bytes will be read from front to back (`true`) or in any order (`false`).
    pub fn read_in_order(&self, in_order: bool) {
        // A hint: where the kernel does not take it, nothing is lost.
        let _ = self.map.advise(if in_order { Advice::Sequential } else { Advice::Normal });
    }

    /// Takes the pages that were read out of this process's memory: what is read again comes from the kernel's cache of the file.
    pub fn unload(&self) {
        // SAFETY: the map is of a file and is never written, so that its pages hold the same bytes when they come back.
        // A hint: where the kernel does not take it, nothing is lost.
        #[cfg(unix)]
        let _ = unsafe { self.map.unchecked_advise(UncheckedAdvice::DontNeed) };
    }
}

/// The file at `path`, mapped read-only; errors say what to do instead.
pub fn map(path: &Path) -> Result<Mmap> {
    map_file(&open_file(path)?, path)
}

/// The file at `path`, if it is one that can be mapped; errors say what to do instead.
pub(super) fn open_file(path: &Path) -> Result<File> {
    if path == Path::new("-") {
        return Err(needs_a_file("standard input"));
    }
    let metadata = path.metadata().map_err(|error| Error::file(path, error))?;
    if metadata.is_dir() {
        return Err(Error::Input(format!("{} is a directory: name the dump file in it", path.display())));
    }
    if !metadata.is_file() {
        return Err(needs_a_file(&format!("{} is no ordinary file", path.display())));
    }
    if metadata.len() == 0 {
        let hint = "was the disk full or the process killed while the dump was written?";
        return Err(Error::Input(format!("{} is empty: {hint}", path.display())));
    }
    File::open(path).map_err(|error| Error::file(path, error))
}

fn needs_a_file(what: &str) -> Error {
    Error::Input(format!(
        "{what}: heapwise needs a file it can map: save the dump first (`cat > dump.hprof`)"
    ))
}

fn map_file(file: &File, path: &Path) -> Result<Mmap> {
    // SAFETY: the map is read-only and only ever seen as bytes, of which any value is valid. A file that another
    // process truncates meanwhile ends this one by SIGBUS; documented, as it is with every tool that maps.
    unsafe { Mmap::map(file) }.map_err(|error| Error::file(path, error))
}

fn spill_to(dump: &Dump, progress: &Progress, spill: &Path) -> Result<(Mmap, Warnings)> {
    let at_spill = |error| Error::file(spill, error);
    dump.read_in_order(true);
    let directory = spill.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(at_spill)?;
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(at_spill)?;
    let mut sink = Sink::new(file.as_file_mut(), spill);
    let warnings = inflate_to(dump.bytes(), dump.compression, &mut sink, progress)?;
    let written = sink.written();
    if written == 0 {
        let reason = warnings.list().first().map_or("it holds nothing", |warning| &warning.text);
        let path = dump.path.display();
        return Err(Error::Input(format!("{path}: no dump in the {} data: {reason}", dump.compression)));
    }
    let file = file.persist(spill).map_err(|error| at_spill(error.error))?;
    Ok((map_file(&file, spill)?, warnings))
}
