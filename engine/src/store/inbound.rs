//! References by target: made from those by source when they are first asked for, and kept in the index.

use super::base::Base;
use super::columns::{References, expect_rows};
use super::directory::{Place, lock, remove};
use super::folder::{Folder, ReadNext};
use super::manifest::Manifest;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::graph::{Heap, check_csr, transpose_in};
use crate::memory::{need, room};
use crate::progress::{Progress, Unit};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The directory of these references in that of the index; their tables begin with it as well.
const NAME: &str = "inbound";

/// Where references by target are kept, and what making them may take.
#[derive(Debug)]
pub(crate) struct Keep {
    /// The dump, on which builders have a lock.
    pub(crate) dump: PathBuf,
    /// The directory of the index.
    pub(crate) index: PathBuf,
    /// The manifest of the index.
    pub(crate) manifest: Manifest,
    /// The most anonymous memory that making them may take, in bytes; `None`: as much as the number of objects asks for.
    pub(crate) memory_limit: Option<u64>,
    /// Whether every byte that was kept is checked.
    pub(crate) verify: bool,
}

/// References by target, which are there from the first time on that somebody wants them.
#[derive(Debug)]
pub(super) struct Inbound {
    keep: Keep,
    known: OnceLock<References>,
    /// One makes them, others wait.
    making: Mutex<()>,
}

impl Inbound {
    pub(super) fn new(keep: Keep) -> Inbound {
        Inbound { keep, known: OnceLock::new(), making: Mutex::new(()) }
    }

    /// Bytes of what is kept; 0 where nothing is.
    pub(super) fn bytes(&self) -> u64 {
        self.keep.kept().map_or(0, |kept| kept.files.iter().map(|file| file.bytes).sum())
    }

    /// The references of `snapshot` by target.
    pub(super) fn get(&self, snapshot: &Snapshot, progress: &Progress) -> Result<&References> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let found = self.keep.found(snapshot.base()).or_else(|_| self.keep.make(snapshot, progress))?;
        Ok(self.known.get_or_init(|| found))
    }
}

impl Keep {
    /// Removes what is kept where it is not as it was written, as far as [`Keep::verify`] makes that sure; what is wrong.
    pub(crate) fn mend(&self, base: &Base) -> Result<Option<String>> {
        if !self.directory().exists() {
            return Ok(None);
        }
        let Err(damage) = self.found(base) else { return Ok(None) };
        remove(&self.directory())?;
        Ok(Some(damage.to_string()))
    }

    fn directory(&self) -> PathBuf {
        self.index.join(NAME)
    }

    /// The manifest of what is kept.
    fn kept(&self) -> Result<Manifest> {
        let kept = Manifest::read(&self.directory())?;
        match kept.identity.differs_from(&self.manifest.identity) {
            Some(reason) => Err(Error::index(&self.directory(), reason)),
            None => Ok(kept),
        }
    }

    /// What is kept.
    fn found(&self, base: &Base) -> Result<References> {
        let (kept, directory) = (self.kept()?, self.directory());
        let found = References::read(&kept.tables(&directory, self.verify), NAME)?;
        let objects = base.objects.address.len();
        expect_rows(&directory, "inbound_starts", found.starts.len().wrapping_sub(1), objects)?;
        expect_rows(&directory, NAME, found.ids.len(), base.outbound.ids.len())?;
        check_csr(&found.view(), objects)?;
        Ok(found)
    }

    /// Makes the references and keeps them; where there is no place for them they are made each time.
    fn make(&self, snapshot: &Snapshot, progress: &Progress) -> Result<References> {
        let heap = snapshot.heap()?;
        match self.make_kept(snapshot.base(), &heap, progress) {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(_) => made(&heap, &std::env::temp_dir(), self.memory_limit, progress),
            Ok(kept) => Ok(kept),
        }
    }

    fn make_kept(&self, base: &Base, heap: &Heap, progress: &Progress) -> Result<References> {
        let _lock = lock(&self.dump, progress)?;
        // Another process may have made them meanwhile.
        if let Ok(found) = self.found(base) {
            return Ok(found);
        }
        let directory = self.directory();
        let building = Place::begin(&directory)?;
        let write = || {
            let folder = Folder::new(&building);
            made(heap, &building, self.memory_limit, progress)?.write(&folder, ReadNext::Here, NAME)?;
            self.still_there()?;
            Manifest { files: folder.finish()?, ..self.manifest.clone() }.write(&building)
        };
        Place::settle(write(), &building, &directory)?;
        self.found(base)
    }

    /// An error where the index is no longer the one that was opened.
    fn still_there(&self) -> Result<()> {
        match Manifest::read(&self.index)?.identity == self.manifest.identity {
            true => Ok(()),
            false => Err(Error::index(&self.index, "it was replaced meanwhile")),
        }
    }
}

fn made(heap: &Heap, directory: &Path, memory_limit: Option<u64>, progress: &Progress) -> Result<References> {
    let room = room(directory, memory_limit);
    need(&room, heap.objects() as u64);
    progress.begin("referrers", Unit::Objects, heap.objects() as u64);
    let lists = transpose_in(&room, heap, progress)?;
    progress.end();
    Ok(References { starts: lists.starts, ids: lists.targets })
}
