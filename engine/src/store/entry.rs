//! What a manifest knows of a file of its directory, and whether the file is still that.

use crate::error::{Error, Result};
use crate::input::identity;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::hash::Hasher;
use std::io::{Read, Seek};
use std::path::Path;
use twox_hash::XxHash3_64;

/// Files up to this size are checked byte by byte whenever they are opened: 16 MiB.
const SMALL: u64 = 16 << 20;
/// Bytes that are read and hashed at a time.
const STEP: u64 = 128 << 10;

/// What the manifest knows of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The file's name in its directory.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// XXH3-64 of all its bytes, in hexadecimal.
    pub checksum: String,
    /// The [`identity`] of the file, in hexadecimal: checked whenever a large file is opened.
    pub sample: String,
}

impl FileEntry {
    /// What there is to know of the file `name` in `directory`.
    pub(crate) fn of(directory: &Path, name: &str) -> Result<FileEntry> {
        let path = directory.join(name);
        let failed = |error| Error::file(&path, error);
        let file = File::open(&path).map_err(failed)?;
        let checksum = checksum(&file).map_err(failed)?;
        FileEntry::with_checksum(name, &file, checksum).map_err(failed)
    }

    /// What there is to know of `file`, all bytes of which have this `checksum`.
    pub(super) fn with_checksum(name: &str, file: &File, checksum: u64) -> std::io::Result<FileEntry> {
        let (bytes, sample) = (file.metadata()?.len(), hex(identity(file)?));
        Ok(FileEntry { name: name.to_owned(), bytes, checksum: hex(checksum), sample })
    }

    /// The file in `directory`, if it is the one that was described, by size and sample; `verify` checks every byte.
    ///
    /// # Errors
    /// It is another one, or cannot be read.
    pub(crate) fn open(&self, directory: &Path, verify: bool) -> Result<File> {
        let path = directory.join(&self.name);
        let failed = |error| Error::file(&path, error);
        let file = File::open(&path).map_err(failed)?;
        match self.is_of(&file, verify).map_err(failed)? {
            true => Ok(file),
            false => Err(Error::index(&path, "its checksum is wrong")),
        }
    }

    fn is_of(&self, file: &File, verify: bool) -> std::io::Result<bool> {
        Ok(file.metadata()?.len() == self.bytes
            && match verify || self.bytes <= SMALL {
                true => hex(checksum(file)?) == self.checksum,
                false => hex(identity(file)?) == self.sample,
            })
    }
}

/// XXH3-64 of all bytes of a file.
fn checksum(mut file: &File) -> std::io::Result<u64> {
    let (mut hash, mut part) = (XxHash3_64::new(), Vec::new());
    file.rewind()?;
    while file.take(STEP).read_to_end(&mut part)? > 0 {
        hash.write(&part);
        part.clear();
    }
    Ok(hash.finish())
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these bytes, and what is known of it.
    fn described(bytes: &[u8]) -> (tempfile::TempDir, FileEntry) {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("t"), bytes).unwrap();
        let entry = FileEntry::of(directory.path(), "t").unwrap();
        (directory, entry)
    }

    #[test]
    fn a_changed_byte_of_a_small_file_is_noticed() {
        let bytes = vec![7; 3000];
        let (directory, entry) = described(&bytes);
        assert!(entry.open(directory.path(), false).is_ok());
        for position in (0..bytes.len()).step_by(97) {
            let mut changed = bytes.clone();
            changed[position] ^= 0x10;
            std::fs::write(directory.path().join("t"), changed).unwrap();
            assert!(entry.open(directory.path(), false).is_err(), "byte {position}");
        }
    }

    #[test]
    fn a_changed_byte_of_a_large_file_is_noticed_when_all_are_checked() {
        let mut bytes = vec![7; usize::try_from(SMALL).unwrap() + 1];
        let (directory, entry) = described(&bytes);
        bytes[5000] ^= 1;
        std::fs::write(directory.path().join("t"), &bytes).unwrap();
        assert!(entry.open(directory.path(), false).is_ok());
        assert!(entry.open(directory.path(), true).is_err());
        bytes.pop();
        std::fs::write(directory.path().join("t"), &bytes).unwrap();
        assert!(entry.open(directory.path(), false).is_err());
    }
}
