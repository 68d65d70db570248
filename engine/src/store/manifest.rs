//! `manifest.json`: what an index directory holds, of which dump, and how it was made.

use super::entry::FileEntry;
use super::folder::Tables;
use crate::error::{Error, Result};
use crate::format::hprof::layout::Layout;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The version of the index's files; an index of another version is rebuilt.
pub const FORMAT_VERSION: u32 = 7;

/// The name of the manifest in its directory.
pub const FILE_NAME: &str = "manifest.json";

/// The name of the file with the manifest's own checksum: XXH3-64 of all its bytes, in hexadecimal.
pub const SUM_NAME: &str = "manifest.xxh3";

/// The name of the inflated copy of a compressed dump.
pub const INFLATED: &str = "dump.inflated";

/// What makes an index the index of this dump, read this way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Size of the dump file in bytes, as it lies on disk.
    pub file_bytes: u64,
    /// Its modification time in nanoseconds since 1970.
    pub modified: u64,
    /// A hash of samples of its content, in hexadecimal.
    pub content: String,
    /// The layout that the user gave, if any.
    pub layout: Option<String>,
    /// The executable that the types of a Go dump come from, if any: a hash of samples of its content, in hexadecimal.
    pub exe: Option<String>,
}

/// Everything `info` tells, except what depends on the kind of holding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Info {
    /// The dump's path as it was given.
    pub dump: String,
    /// Size of the dump file in bytes, as it lies on disk.
    pub file_bytes: u64,
    /// `hprof 1.0.2` …
    pub format: String,
    /// The runtime that wrote the dump, as far as its system properties tell.
    pub runtime: String,
    /// When the dump was made, in milliseconds since 1970; 0 where the dump does not tell.
    pub created_ms: u64,
    /// Bytes of an identifier in the dump.
    pub id_size: u8,
    /// The object layout, in words.
    pub layout: String,
    /// Objects in the dump, class objects included.
    pub objects: u64,
    /// Classes with an instance or a class object.
    pub classes: u64,
    /// Roots.
    pub roots: u64,
    /// Threads with a root or a stack.
    pub threads: u64,
    /// Class loaders that are objects; the boot loader is not.
    pub loaders: u64,
    /// Stored references, those from an object to its class not counted.
    pub references: u64,
    /// Shallow size of all objects in bytes.
    pub shallow_total: u64,
    /// Shallow size in bytes of all objects that the roots hold by references that count.
    pub retained_total: u64,
    /// Objects and bytes by the strength of reachability.
    pub by_strength: BTreeMap<String, Amount>,
    /// What could not be read or had to be inferred.
    pub warnings: Vec<String>,
    /// What was left out though the dump is sound.
    pub notes: Vec<String>,
}

/// A number of objects and their size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Objects.
    pub objects: u64,
    /// Shallow size in bytes.
    pub bytes: u64,
}

/// How the index was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Build {
    /// The phases in their order.
    pub phases: Vec<PhaseTime>,
    /// Wall time in seconds of all of it; phases overlap where they do not need each other.
    pub seconds: f64,
    /// The largest anonymous memory of the process while it built, in bytes; 0 where the system does not tell.
    pub peak_anonymous_bytes: u64,
    /// Size of the index in bytes, without references by target: these are made later.
    pub index_bytes: u64,
    /// Whether the index was there already.
    pub reused: bool,
    /// Why an index that was there was not used, if so.
    pub rebuilt_because: Option<String>,
}

/// The time of one phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseTime {
    /// A stable, short name.
    pub name: String,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Bytes of the dump that were read, or of the index that were written.
    pub bytes: u64,
}

/// The manifest of an index directory or of a part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of which dump.
    pub identity: Identity,
    /// What the dump holds.
    pub info: Info,
    /// How the index was made.
    pub build: Build,
    /// The layout of objects in the dumped process; `None` where the dump itself has their sizes.
    pub layout: Option<Layout>,
    /// What the index knows of a Go dump besides its tables; `None` for other dumps.
    pub go: Option<FileEntry>,
    /// The inflated dump in the directory, as [`INFLATED`]; `None` where the dump is not compressed.
    pub inflated: Option<FileEntry>,
    /// The files of the index with their checksums.
    pub files: Vec<FileEntry>,
}

impl Manifest {
    /// The tables that it lists, in `directory`; `verify` checks every byte of them.
    pub fn tables<'a>(&'a self, directory: &'a Path, verify: bool) -> Tables<'a> {
        Tables { directory, listed: Some((&self.files, verify)) }
    }

    /// Writes the manifest and its checksum into `directory`.
    pub fn write(&self, directory: &Path) -> Result<()> {
        let path = directory.join(FILE_NAME);
        let text =
            serde_json::to_string_pretty(self).map_err(|error| Error::index(&path, error.to_string()))?;
        std::fs::write(&path, &text).map_err(|error| Error::file(&path, error))?;
        let path = directory.join(SUM_NAME);
        std::fs::write(&path, sum(text.as_bytes())).map_err(|error| Error::file(&path, error))
    }

    /// The manifest in `directory`.
    pub fn read(directory: &Path) -> Result<Manifest> {
        let file = |name| {
            let path = directory.join(name);
            std::fs::read(&path).map_err(|error| Error::file(&path, error))
        };
        let path = directory.join(FILE_NAME);
        let text = file(FILE_NAME)?;
        if file(SUM_NAME)? != sum(&text).as_bytes() {
            return Err(Error::index(&path, "its checksum is wrong"));
        }
        serde_json::from_slice(&text).map_err(|error| Error::index(&path, error.to_string()))
    }
}

fn sum(text: &[u8]) -> String {
    format!("{:016x}", twox_hash::XxHash3_64::oneshot(text))
}

impl Identity {
    /// Why an index of identity `self` is not one of `wanted`; `None` if it is.
    pub fn differs_from(&self, wanted: &Identity) -> Option<String> {
        let Identity { format_version, file_bytes, modified, content, layout, exe } = wanted;
        if self.format_version != *format_version {
            return Some(format!("it is of format {}, not {format_version}", self.format_version));
        }
        let differs = [
            (self.file_bytes != *file_bytes, "the dump has another size"),
            (self.modified != *modified, "the dump was written anew"),
            (self.content != *content, "the dump has another content"),
            (self.layout != *layout, "another layout was asked for"),
            // Types that are known already do no harm where none are asked for.
            (exe.is_some() && self.exe != *exe, "another executable was named"),
        ];
        differs.iter().find(|(differs, _)| *differs).map(|(_, reason)| (*reason).to_owned())
    }
}
