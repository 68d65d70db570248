//! How much anonymous memory columns may take while they are built, and where the others lie.

use super::block::{Block, Free, LARGE};
use super::scratch::{Scratch, bytes_of};
use crate::error::{Error, Result};
use bytemuck::{AnyBitPattern, NoUninit};
use memmap2::MmapMut;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// A bound on the anonymous memory of columns: what does not fit lies in unnamed files, which the kernel can page.
///
/// Anonymous memory is faster: a file's pages cost more to make, and the kernel writes them to the disk now and then. Memory of
/// columns that were dropped is used again, as long as there is somebody who may ask for it.
#[derive(Clone, Debug)]
pub struct Room {
    directory: PathBuf,
    open: Arc<Open>,
}

/// A room that somebody may ask for a column.
#[derive(Debug)]
struct Open {
    share: Arc<Share>,
}

/// What is left of the bytes of a room; less than nothing where they were made fewer.
#[derive(Debug)]
pub(super) struct Share {
    all: AtomicI64,
    left: AtomicI64,
    scarce: AtomicBool,
    /// Memory that nobody uses, and that is not left either.
    free: Free,
}

impl Room {
    /// Room for `bytes` of anonymous memory; files lie in `directory`.
    pub fn new(directory: &Path, bytes: u64) -> Room {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let (all, left) = (AtomicI64::new(bytes), AtomicI64::new(bytes));
        let share = Share { all, left, scarce: AtomicBool::new(false), free: Free::new() };
        Room { directory: directory.to_owned(), open: Arc::new(Open { share: Arc::new(share) }) }
    }

    /// Room for everything.
    pub fn unbounded() -> Room {
        Room::new(&std::env::temp_dir(), u64::MAX)
    }

    /// Says how many bytes the columns to come need to be all in memory: the room is that large at most. Where it is
    /// smaller it is scarce from now on.
    pub fn need(&self, bytes: u64) {
        let share = &self.open.share;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let all = share.all.fetch_min(bytes, Ordering::Relaxed);
        share.left.fetch_sub((all - bytes).max(0), Ordering::Relaxed);
        share.scarce.store(all < bytes, Ordering::Relaxed);
    }

    /// Whether it is smaller than what all columns need.
    pub fn is_scarce(&self) -> bool {
        self.open.share.scarce.load(Ordering::Relaxed)
    }

    /// A column of `len` zeros.
    ///
    /// # Errors
    /// There is neither memory nor a file for it.
    pub fn column<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Scratch<T>> {
        self.unset(len).map(Scratch::zeroed)
    }

    /// A column of `len` zeros that is read and written more or less in order: where room is scarce others go before.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn sequential<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Scratch<T>> {
        self.unset_sequential(len).map(Scratch::zeroed)
    }

    /// As [`Room::column`], of values that nobody knows: each has to be set before it is read.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn unset<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Scratch<T>> {
        self.in_memory(len)?.map_or_else(|| Scratch::in_file(&self.directory, len), Ok)
    }

    /// As [`Room::sequential`], of values that nobody knows: each has to be set before it is read.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn unset_sequential<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Scratch<T>> {
        if self.is_scarce() { Scratch::in_file(&self.directory, len) } else { self.unset(len) }
    }

    /// A column of these values: memory of the allocator, which keeps for itself what was freed, can be used again.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn keep<T: AnyBitPattern + NoUninit>(&self, values: &[T]) -> Result<Scratch<T>> {
        let mut column = self.unset(values.len())?;
        column.copy_from_slice(values);
        Ok(column)
    }

    /// As [`Room::unset`] in memory, if so much is left.
    ///
    /// # Errors
    /// As [`Room::column`].
    pub fn in_memory<T: AnyBitPattern + NoUninit>(&self, len: usize) -> Result<Option<Scratch<T>>> {
        let block = self.open.share.block(bytes_of::<T>(len)?)?;
        Ok(block.map(|(block, is_used)| Scratch::in_block(block, len, is_used)))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.share.free.close().into_iter().for_each(|map| self.share.give_up(map));
    }
}

impl Share {
    /// A block of at least `bytes` bytes, if so much is left, and whether it was used before: fresh ones are zeros. Large ones
    /// are so many huge pages, so that one fits columns with a row more or less.
    fn block(self: &Arc<Share>, bytes: usize) -> Result<Option<(Block, bool)>> {
        let of_room = |map| Block::of_room(map, Arc::clone(self));
        let bytes = if bytes < LARGE { bytes } else { bytes.next_multiple_of(LARGE) };
        if let Some(map) = self.free.take(bytes, bytes + bytes / MOST_WASTE) {
            return Ok(Some((of_room(map), true)));
        }
        loop {
            if self.take(bytes) {
                return Ok(Some((of_room(anonymous(bytes)?), false)));
            }
            let Some(map) = self.free.take_any() else { return Ok(None) };
            self.give_up(map);
        }
    }

    /// Takes `bytes` of what is left, if that is enough.
    fn take(&self, bytes: usize) -> bool {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let take = |left: i64| Some(left.checked_sub(bytes)?).filter(|&left| left >= 0);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Takes memory back that a column does not use any more.
    pub(super) fn give_back(&self, map: MmapMut) {
        if let Some(map) = self.free.keep(map) {
            self.give_up(map);
        }
    }

    /// Gives memory back to the kernel.
    fn give_up(&self, map: MmapMut) {
        let bytes = i64::try_from(map.len()).unwrap_or(i64::MAX);
        drop(map);
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A block that was used before may be larger by this part.
const MOST_WASTE: usize = 16;

/// Fresh memory: zeros.
pub(super) fn anonymous(bytes: usize) -> Result<MmapMut> {
    let map = MmapMut::map_anon(bytes).map_err(|_| no_memory(bytes))?;
    // A hint. Columns are read at random: with small pages most reads would miss the page table's cache too.
    #[cfg(target_os = "linux")]
    if bytes >= LARGE {
        let _ = map.advise(memmap2::Advice::HugePage);
    }
    Ok(map)
}

pub(super) fn no_memory(bytes: usize) -> Error {
    Error::Input(format!("there is no memory for {bytes} bytes"))
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
        drop(first.freeze());
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

    #[test]
    fn memory_of_a_dropped_column_is_used_again() {
        let directory = tempfile::tempdir().unwrap();
        let (bytes, len) = (LARGE as u64, LARGE / 4);
        let room = Room::new(directory.path(), 2 * bytes);
        let place = |column: &Scratch<u32>| column.as_ptr().addr();
        let mut first = room.column::<u32>(len).unwrap();
        first.fill(7);
        let there = place(&first);
        drop(first);
        // One row less, and as a buffer: it goes back when that is dropped.
        let second = room.column::<u32>(len - 1).unwrap();
        assert!(place(&second) == there && second.iter().all(|&value| value == 0));
        let buffer = second.freeze();
        let other = room.unset::<u32>(len).unwrap();
        assert_ne!(place(&other), there);
        drop(buffer);
        assert_eq!(place(&room.unset::<u32>(len).unwrap()), there);
    }

    #[test]
    fn free_memory_makes_way_for_a_larger_column() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::new(directory.path(), 2 * LARGE as u64);
        let both = [room.column::<u8>(LARGE).unwrap(), room.column::<u8>(LARGE).unwrap()];
        assert!(room.column::<u8>(1).unwrap().is_in_file());
        drop(both);
        let larger = room.column::<u8>(2 * LARGE).unwrap();
        assert!(!larger.is_in_file());
        // Nobody can ask for it any more: it is not kept.
        let share = Arc::clone(&room.open.share);
        drop(room);
        drop(larger);
        assert_eq!(share.left.load(Ordering::Relaxed), 2 * i64::try_from(LARGE).unwrap());
    }
}
