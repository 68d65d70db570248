//! A directory of an index: while it is written, and when its tables are read.

use super::ipc::{self, FileEntry};
use crate::error::{Error, Result};
use arrow_array::{ArrayRef, RecordBatch};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// A directory to which tables are written, from any thread. What is written goes to the disk meanwhile.
#[derive(Debug)]
pub struct Folder {
    /// The directory.
    pub directory: PathBuf,
    files: Mutex<Files>,
}

#[derive(Debug)]
struct Files {
    entries: Vec<FileEntry>,
    /// Files on their way to the disk, with their names.
    written: Sender<(PathBuf, File)>,
    syncing: JoinHandle<Result<()>>,
}

impl Folder {
    /// The directory `directory`, which is there.
    pub fn new(directory: &Path) -> Folder {
        let (written, files) = channel::<(PathBuf, File)>();
        // A disk takes seconds for what takes the processor none: a thread that only waits.
        let syncing = std::thread::spawn(move || {
            files
                .iter()
                .try_for_each(|(path, file)| file.sync_data().map_err(|error| Error::file(&path, error)))
        });
        let files = Files { entries: Vec::new(), written, syncing };
        Folder { directory: directory.to_owned(), files: Mutex::new(files) }
    }

    /// Writes `columns` as the table `name`; the bytes of its file.
    ///
    /// # Errors
    /// The file is there already, or the disk is full.
    pub fn write(&self, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<u64> {
        let (entry, file) = ipc::write(&self.directory, name, columns)?;
        let (bytes, path) = (entry.bytes, self.directory.join(&entry.name));
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.entries.push(entry);
        // The thread ends early only with an error, which `finish` returns.
        let _ = files.written.send((path, file));
        Ok(bytes)
    }

    /// Reads what was written before.
    pub fn read<T>(&self, read: impl FnOnce(&Tables) -> Result<T>) -> Result<T> {
        let entries = self.files.lock().unwrap_or_else(PoisonError::into_inner).entries.clone();
        read(&Tables { directory: &self.directory, entries: &entries, verify: false })
    }

    /// Waits until everything is on the disk; the files by name.
    pub fn finish(self) -> Result<Vec<FileEntry>> {
        let Files { mut entries, written, syncing } =
            self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        drop(written);
        let synced = syncing.join();
        synced.map_err(|_| Error::index(&self.directory, "it could not be brought to the disk"))??;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }
}

/// The tables of an index as its manifest lists them.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// Where the files lie.
    pub directory: &'a Path,
    /// What is known of them.
    pub entries: &'a [FileEntry],
    /// Whether every byte is checked.
    pub verify: bool,
}

impl Tables<'_> {
    /// The table `name`, without a copy of its columns.
    ///
    /// # Errors
    /// It is not listed, or its file is not the one that was written.
    pub fn read(&self, name: &str) -> Result<RecordBatch> {
        let name = format!("{name}.arrow");
        let entry = self.entries.iter().find(|entry| entry.name == name);
        let missing = || Error::index(self.directory, format!("{name} is not in its manifest"));
        ipc::read(self.directory, entry.ok_or_else(missing)?, self.verify)
    }
}
