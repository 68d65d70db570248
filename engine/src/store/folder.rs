//! A directory of an index: while it is written, and when its tables are read.

use super::entry::FileEntry;
use super::ipc;
use super::output::{Cached, Written};
use crate::error::{Error, Result};
use crate::memory::available_bytes;
use arrow_array::{ArrayRef, RecordBatch};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// Who reads a table next that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadNext {
    /// This process, at once.
    Here,
    /// Somebody, some time.
    Later,
}

/// One part in so many of the memory there is may become pages of tables that are read later.
const CACHED: u64 = 16;

/// A directory to which tables are written, from any thread. What is written goes to the disk meanwhile.
#[derive(Debug)]
pub struct Folder {
    /// The directory.
    pub directory: PathBuf,
    /// So many bytes of tables that are read later go through the page cache.
    cached: AtomicU64,
    /// Files on their way to the disk, by name.
    written: Mutex<Sender<(String, Written)>>,
    syncing: JoinHandle<Result<Vec<FileEntry>>>,
}

impl Folder {
    /// The directory `directory`, which is there.
    pub fn new(directory: &Path) -> Folder {
        let (written, files) = channel::<(String, Written)>();
        let directory = directory.to_owned();
        let within = directory.clone();
        // A disk takes seconds for what takes the processor none: a thread that only waits.
        let syncing = std::thread::spawn(move || {
            files
                .iter()
                .map(|(name, written)| {
                    synced(&name, &written).map_err(|error| Error::file(&within.join(&name), error))
                })
                .collect()
        });
        let cached = AtomicU64::new(available_bytes() / CACHED);
        Folder { directory, cached, written: Mutex::new(written), syncing }
    }

    /// Writes `columns` as the table `name`; the bytes of its file.
    ///
    /// # Errors
    /// The file is there already, or the disk is full.
    pub fn write(&self, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<u64> {
        self.write_for(ReadNext::Later, name, columns)
    }

    /// As [`Folder::write`]; `next` tells who reads it next.
    pub fn write_for(&self, next: ReadNext, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<u64> {
        let name = file_name(name);
        let cached = match next {
            ReadNext::Here => Cached::Whole,
            ReadNext::Later => Cached::Within(&self.cached),
        };
        let written = ipc::write(&self.directory.join(&name), columns, cached)?;
        let bytes = written.bytes;
        // The thread ends early only with an error, which `finish` returns.
        let _ = self.written.lock().unwrap_or_else(PoisonError::into_inner).send((name, written));
        Ok(bytes)
    }

    /// Reads what was written before.
    pub fn read<T>(&self, read: impl FnOnce(&Tables) -> Result<T>) -> Result<T> {
        read(&Tables { directory: &self.directory, listed: None })
    }

    /// Waits until everything is on the disk; the files by name.
    pub fn finish(self) -> Result<Vec<FileEntry>> {
        drop(self.written);
        let synced = self.syncing.join();
        let mut entries =
            synced.map_err(|_| Error::index(&self.directory, "it could not be brought to the disk"))??;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }
}

/// Waits until a file is on the disk; what is known of it then.
fn synced(name: &str, written: &Written) -> std::io::Result<FileEntry> {
    written.file.sync_data()?;
    FileEntry::with_checksum(name, &written.file, written.checksum)
}

/// The name of the file of a table.
fn file_name(table: &str) -> String {
    format!("{table}.arrow")
}

/// The tables in a directory of an index.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// Where the files lie.
    pub directory: &'a Path,
    /// What the manifest knows of them, and whether every byte is checked; `None` where this process has just written them.
    pub listed: Option<(&'a [FileEntry], bool)>,
}

impl Tables<'_> {
    /// The table `name`, without a copy of its columns.
    ///
    /// # Errors
    /// It is not listed, or its file is not the one that was written.
    pub fn read(&self, name: &str) -> Result<RecordBatch> {
        let name = file_name(name);
        let path = self.directory.join(&name);
        let Some((entries, verify)) = self.listed else {
            return ipc::read(&File::open(&path).map_err(|error| Error::file(&path, error))?, &path);
        };
        let entry = entries.iter().find(|entry| entry.name == name);
        let missing = || Error::index(self.directory, format!("{name} is not in its manifest"));
        ipc::read(&entry.ok_or_else(missing)?.open(self.directory, verify)?, &path)
    }
}
