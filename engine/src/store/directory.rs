//! Where an index lies, and how it comes there: beside the dump, built under another name, renamed when whole.

use crate::error::{Error, Result};
use crate::progress::{Progress, Unit};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use twox_hash::XxHash3_64;

/// The place of a dump's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The index directory: `DUMP.heapwise`.
    pub index: PathBuf,
}

/// The one process that may build an index of a dump; the right ends with the value.
pub struct Lock {
    _dump: File,
}

/// Waits until no other process builds an index of `dump`: the lock is on the dump itself, so that no file is left.
///
/// Where the file system has no locks, two builders work side by side and the last one's index stays.
///
/// # Errors
/// [`Error::Interrupted`] when `progress` was cancelled meanwhile.
pub fn lock(dump: &Path, progress: &Progress) -> Result<Lock> {
    let file = File::open(dump).map_err(|error| Error::file(dump, error))?;
    let mut waits = false;
    while let Err(TryLockError::WouldBlock) = file.try_lock() {
        if !std::mem::replace(&mut waits, true) {
            progress.begin("wait for another heapwise", Unit::Objects, 0);
        }
        progress.check()?;
        std::thread::sleep(PATIENCE);
    }
    Ok(Lock { _dump: file })
}

/// How long to wait before another look at the lock.
const PATIENCE: Duration = Duration::from_millis(50);

impl Place {
    /// The place for `dump`: in `given`, or beside the dump, or in the user's cache where that cannot be written.
    ///
    /// An index that is already beside a dump in a read-only directory is used there.
    pub fn of(dump: &Path, given: Option<&Path>) -> Result<Place> {
        let whole = dump.canonicalize().map_err(|error| Error::file(dump, error))?;
        let mut name = whole.file_name().unwrap_or_default().to_owned();
        name.push(".heapwise");
        if let Some(directory) = given {
            std::fs::create_dir_all(directory).map_err(|error| Error::file(directory, error))?;
            return Ok(Place { index: directory.join(unique(&whole, &name)) });
        }
        let beside = whole.with_file_name(&name);
        if beside.exists() || writable(whole.parent().unwrap_or(Path::new("."))) {
            return Ok(Place { index: beside });
        }
        let cache = cache_directory()?;
        std::fs::create_dir_all(&cache).map_err(|error| Error::file(&cache, error))?;
        Ok(Place { index: cache.join(unique(&whole, &name)) })
    }

    /// An empty directory beside `target` to build in; leftovers of builders that died are removed.
    ///
    /// Call it with the [`Lock`] held.
    pub fn begin(target: &Path) -> Result<PathBuf> {
        let building = target.with_extension("heapwise.building");
        remove(&building)?;
        std::fs::create_dir_all(&building).map_err(|error| Error::file(&building, error))?;
        Ok(building)
    }

    /// Puts a directory that was `built` in the place of `target`, or removes it where that failed.
    pub fn settle(built: Result<()>, building: &Path, target: &Path) -> Result<()> {
        if built.is_err() {
            // The first error is the one to tell.
            let _ = remove(building);
        }
        built.and_then(|()| Place::finish(building, target))
    }

    /// Puts the finished directory `building` in the place of `target`.
    pub fn finish(building: &Path, target: &Path) -> Result<()> {
        remove(target)?;
        std::fs::rename(building, target).map_err(|error| Error::file(target, error))
    }
}

/// Removes a directory with all in it, if it is there.
pub fn remove(directory: &Path) -> Result<()> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(directory, error)),
        _ => Ok(()),
    }
}

fn writable(directory: &Path) -> bool {
    tempfile::tempfile_in(directory).is_ok()
}

/// Two dumps of one name in different directories have different indexes in a shared directory.
fn unique(dump: &Path, name: &std::ffi::OsStr) -> PathBuf {
    let hash = XxHash3_64::oneshot(dump.as_os_str().as_encoded_bytes());
    let mut unique = std::ffi::OsString::from(format!("{hash:016x}-"));
    unique.push(name);
    PathBuf::from(unique)
}

fn cache_directory() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let message = "the dump's directory cannot be written and there is no cache directory: give --index-dir";
    base.map(|base| base.join("heapwise")).ok_or_else(|| Error::Input(message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_lies_beside_the_dump() {
        let directory = tempfile::tempdir().unwrap();
        let dump = directory.path().join("app.hprof.gz");
        std::fs::write(&dump, b"x").unwrap();
        let place = Place::of(&dump, None).unwrap();
        assert_eq!(place.index.file_name().unwrap(), "app.hprof.gz.heapwise");
    }

    #[test]
    fn a_shared_directory_keeps_dumps_of_one_name_apart() {
        let directory = tempfile::tempdir().unwrap();
        let shared = directory.path().join("indexes");
        let place = |name: &str| {
            let dump = directory.path().join(name).join("app.hprof");
            std::fs::create_dir_all(dump.parent().unwrap()).unwrap();
            std::fs::write(&dump, b"x").unwrap();
            Place::of(&dump, Some(&shared)).unwrap().index
        };
        assert_ne!(place("monday"), place("tuesday"));
    }

    #[test]
    fn leftovers_are_removed_and_the_finished_directory_replaces_the_old() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("app.heapwise");
        for content in ["old", "new"] {
            let building = Place::begin(&target).unwrap();
            std::fs::write(building.join("a"), content).unwrap();
            let building = Place::begin(&target).unwrap();
            assert_eq!(std::fs::read_dir(&building).unwrap().count(), 0);
            std::fs::write(building.join("b"), content).unwrap();
            Place::finish(&building, &target).unwrap();
        }
        assert_eq!(std::fs::read(target.join("b")).unwrap(), b"new");
    }
}
