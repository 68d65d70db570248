//! What the index of a Go dump holds besides the tables: where its objects stand, and what was found of types.

use super::ipc::{self, FileEntry};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;

/// The name of the file in the index.
const FILE: &str = "go.json";

/// What only Go dumps have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GoIndex {
    /// The parts of the dump, in bytes, that hold nothing but records of objects: all other records are read again when
    /// they are asked for.
    pub objects: Vec<Range<u64>>,
    /// Slots that the runtime wrote though they are no objects.
    pub phantoms: u64,
}

impl GoIndex {
    /// Writes it into an index.
    pub(crate) fn write(&self, directory: &Path) -> Result<FileEntry> {
        let path = directory.join(FILE);
        let text = serde_json::to_vec(self).map_err(|error| Error::index(&path, error.to_string()))?;
        std::fs::write(&path, &text).map_err(|error| Error::file(&path, error))?;
        Ok(ipc::describe(FILE, &text))
    }

    /// What [`GoIndex::write`] wrote.
    pub(crate) fn read(directory: &Path, entry: &FileEntry, verify: bool) -> Result<GoIndex> {
        let path = directory.join(&entry.name);
        let text = std::fs::read(&path).map_err(|error| Error::file(&path, error))?;
        if !ipc::is_whole(&text, entry, verify) {
            return Err(Error::index(&path, "its checksum is wrong"));
        }
        serde_json::from_slice(&text).map_err(|error| Error::index(&path, error.to_string()))
    }
}
