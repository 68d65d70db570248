//! How much anonymous memory columns may take while they are built, and where the others lie.

use super::scratch::Scratch;
use crate::error::Result;
use arrow_buffer::ArrowNativeType;
use bytemuck::{AnyBitPattern, NoUninit};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A bound on the anonymous memory of columns: what does not fit lies in unnamed files, which the kernel can page.
///
/// Anonymous memory is faster: a file's pages cost more to make, and the kernel writes them to the disk now and then.
#[derive(Clone, Debug)]
pub struct Room {
    directory: PathBuf,
    left: Arc<AtomicU64>,
}

/// A part of a [`Room`], given back when it is dropped.
#[derive(Debug)]
pub struct Taken {
    bytes: u64,
    left: Arc<AtomicU64>,
}

impl Room {
    /// Room for `bytes` of anonymous memory; files lie in `directory`.
    pub fn new(directory: &Path, bytes: u64) -> Room {
        Room { directory: directory.to_owned(), left: Arc::new(AtomicU64::new(bytes)) }
    }

    /// Room for everything.
    pub fn unbounded() -> Room {
        Room::new(&std::env::temp_dir(), u64::MAX)
    }

    /// A column of `len` zeros.
    ///
    /// # Errors
    /// There is neither memory nor a file for it.
    pub fn column<T: ArrowNativeType + AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Scratch<T>> {
        match self.take(len as u64 * size_of::<T>() as u64) {
            Some(taken) => Scratch::in_memory(len, taken),
            None => Scratch::in_file(&self.directory, len),
        }
    }

    /// Leaves `bytes`, or as much as is left, to memory that is no column: columns go into files the earlier.
    pub fn reserve(&self, bytes: u64) -> Taken {
        let mut taken = 0;
        let reserve = |left: u64| {
            taken = left.min(bytes);
            Some(left - taken)
        };
        // It always succeeds.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, reserve);
        Taken { bytes: taken, left: Arc::clone(&self.left) }
    }

    /// How many bytes are left.
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// `bytes` of the room, if so much is left.
    fn take(&self, bytes: u64) -> Option<Taken> {
        let take = |left: u64| left.checked_sub(bytes);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        Some(Taken { bytes, left: Arc::clone(&self.left) })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_lies_in_a_file_until_there_is_room_again() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::new(directory.path(), 1000);
        let first = room.column::<u64>(100).unwrap();
        let mut second = room.column::<u32>(51).unwrap();
        assert!(!first.is_in_file() && second.is_in_file());
        second[50] = 7;
        assert_eq!((second.len(), second[0], second[50]), (51, 0, 7));
        drop(first.freeze().unwrap());
        assert!(!room.column::<u32>(250).unwrap().is_in_file());
        let reserved = room.reserve(2000);
        assert_eq!(room.left(), 0);
        assert!(room.column::<u32>(1).unwrap().is_in_file());
        drop(reserved);
        assert_eq!(room.left(), 1000);
    }
}
