//! How much anonymous memory columns may take while they are built, and where the others lie.

use super::scratch::Scratch;
use crate::error::Result;
use bytemuck::{AnyBitPattern, NoUninit};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// A bound on the anonymous memory of columns: what does not fit lies in unnamed files, which the kernel can page.
///
/// Anonymous memory is faster: a file's pages cost more to make, and the kernel writes them to the disk now and then.
#[derive(Clone, Debug)]
pub struct Room {
    directory: PathBuf,
    share: Arc<Share>,
}

/// What is left of the bytes of a room; less than nothing where they were made fewer.
#[derive(Debug)]
struct Share {
    all: AtomicI64,
    left: AtomicI64,
    scarce: AtomicBool,
}

/// A part of a [`Room`], given back when it is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    bytes: i64,
    share: Arc<Share>,
}

impl Room {
    /// Room for `bytes` of anonymous memory; files lie in `directory`.
    pub fn new(directory: &Path, bytes: u64) -> Room {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let (all, left) = (AtomicI64::new(bytes), AtomicI64::new(bytes));
        let share = Arc::new(Share { all, left, scarce: AtomicBool::new(false) });
        Room { directory: directory.to_owned(), share }
    }

    /// Room for everything.
    pub fn unbounded() -> Room {
        Room::new(&std::env::temp_dir(), u64::MAX)
    }

    /// Says how many bytes the columns to come need to be all in memory: the room is that large at most. Where it is
    /// smaller it is scarce from now on.
    pub fn need(&self, bytes: u64) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let all = self.share.all.fetch_min(bytes, Ordering::Relaxed);
        self.share.left.fetch_sub((all - bytes).max(0), Ordering::Relaxed);
        self.share.scarce.store(all < bytes, Ordering::Relaxed);
    }

    /// Whether it is smaller than what all columns need.
    pub fn is_scarce(&self) -> bool {
        self.share.scarce.load(Ordering::Relaxed)
    }

    /// A column of `len` zeros.
    ///
    /// # Errors
    /// There is neither memory nor a file for it.
    pub fn column<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Scratch<T>> {
        self.in_memory(len)?.map_or_else(|| Scratch::in_file(&self.directory, len), Ok)
    }

    /// A column of `len` zeros that is read and written more or less in order: where room is scarce others go before.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn sequential<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Scratch<T>> {
        if self.is_scarce() { Scratch::in_file(&self.directory, len) } else { self.column(len) }
    }

    /// A column of these values: memory of the allocator, which keeps for itself what was freed, can be used again.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn keep<T: AnyBitPattern + NoUninit>(&self, values: &[T]) -> Result<Scratch<T>> {
        let mut column = self.column(values.len())?;
        column.copy_from_slice(values);
        Ok(column)
    }

    /// A column of `len` zeros in memory, if so much is left.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn in_memory<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Option<Scratch<T>>> {
        self.take(bytes_of::<T>(len)).map(|taken| Scratch::in_memory(len, Some(taken))).transpose()
    }

    /// `bytes` of the room, if so much is left.
    fn take(&self, bytes: i64) -> Option<Taken> {
        let take = |left: i64| Some(left.checked_sub(bytes)?).filter(|&left| left >= 0);
        self.share.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        Some(Taken { bytes, share: Arc::clone(&self.share) })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.share.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

fn bytes_of<T>(len: usize) -> i64 {
    i64::try_from(len.saturating_mul(size_of::<T>())).unwrap_or(i64::MAX)
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
    }

    #[test]
    fn values_are_kept_wherever_there_is_room() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::new(directory.path(), 1000);
        let first = room.keep(&[7u64; 100]).unwrap();
        let second = room.keep(&(0..51).collect::<Vec<u32>>()).unwrap();
        assert!(!first.is_in_file() && second.is_in_file());
        assert_eq!((first[99], second.len(), second[50]), (7, 51, 50));
        assert!(room.keep::<u32>(&[]).unwrap().is_empty());
        drop(first);
        assert!(!room.column::<u64>(125).unwrap().is_in_file());
    }

    #[test]
    fn a_room_that_is_smaller_than_the_need_is_scarce() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::new(directory.path(), 1000);
        let column = room.column::<u64>(100).unwrap();
        room.need(500);
        assert!(!room.is_scarce() && room.column::<u8>(1).unwrap().is_in_file());
        drop(column);
        assert!(!room.column::<u8>(500).unwrap().is_in_file());
        assert!(room.column::<u8>(501).unwrap().is_in_file());
        room.need(501);
        assert!(room.is_scarce() && room.sequential::<u8>(1).unwrap().is_in_file());
        assert!(!room.column::<u8>(1).unwrap().is_in_file());
    }
}
