//! How much anonymous memory columns may take while they are built, and where the others lie.

use super::block::{Block, Extent, GRAIN, HUGE};
use super::free::Free;
use super::fresh::Fresh;
use super::scratch::{Scratch, bytes_of};
use crate::error::Result;
use bytemuck::{AnyBitPattern, NoUninit};
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
    /// Memory that nobody has used.
    fresh: Fresh,
}

impl Room {
    /// Room for `bytes` of anonymous memory; files lie in `directory`.
    pub fn new(directory: &Path, bytes: u64) -> Room {
        let all = i64::try_from(bytes).unwrap_or(i64::MAX);
        let (all, left) = (AtomicI64::new(all), AtomicI64::new(all));
        let (free, fresh) = (Free::new(), Fresh::new(bytes));
        let share = Share { all, left, scarce: AtomicBool::new(false), free, fresh };
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
        while let missing @ 1.. = share.take(0)
            && share.make_way(missing)
        {}
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
        self.share.free.close().for_each(|extent| self.share.give_up(extent));
    }
}

impl Share {
    /// A block of at least `bytes` bytes, if so much is left, and whether it was used before: fresh ones are zeros.
    fn block(self: &Arc<Share>, bytes: usize) -> Result<Option<(Block, bool)>> {
        let of_room = |extent| Block::of_room(extent, Arc::clone(self));
        let bytes = rounded(bytes);
        if let Some(extent) = self.free.take(bytes) {
            return Ok(Some((of_room(extent), true)));
        }
        loop {
            let missing = self.take(bytes);
            if missing == 0 {
                return Ok(Some((of_room(self.fresh.take(bytes)?), false)));
            }
            if self.free.bytes() < missing || !self.make_way(missing) {
                return Ok(None);
            }
        }
    }

    /// Gives the kernel about so many bytes that nobody uses, or fewer; false when there are none.
    fn make_way(&self, bytes: usize) -> bool {
        let Some(extent) = self.free.take_most(bytes.saturating_add(2 * HUGE)) else { return false };
        let has_pages = extent.len() >= 2 * GRAIN;
        if has_pages {
            self.give_up(extent);
        } else {
            self.give_back(extent);
        }
        has_pages
    }

    /// Takes `bytes` of what is left, if that is enough; else how many are missing.
    fn take(&self, bytes: usize) -> usize {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let take = |left: i64| Some(left.checked_sub(bytes)?).filter(|&left| left >= 0);
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.map_or_else(|left| usize::try_from(bytes.saturating_sub(left)).unwrap_or(usize::MAX), |_| 0)
    }

    /// Takes memory back that a column does not use any more; it is not kept where the room is smaller than what is in use.
    pub(super) fn give_back(&self, extent: Extent) {
        let kept = if self.left.load(Ordering::Relaxed) < 0 { Some(extent) } else { self.free.keep(extent) };
        if let Some(extent) = kept {
            self.give_up(extent);
        }
    }

    /// Gives memory back to the kernel, but for what is no whole page.
    fn give_up(&self, extent: Extent) {
        let all = extent.len();
        let edges = extent.give_up();
        let kept: usize = edges.iter().map(Extent::len).sum();
        self.left.fetch_add(i64::try_from(all - kept).unwrap_or(i64::MAX), Ordering::Relaxed);
        edges.into_iter().for_each(|edge| _ = self.free.keep(edge));
    }
}

/// Columns lie in lines of the processor's cache of their own.
const LINE: usize = 64;

/// The bytes of a block for `bytes` bytes: large ones are so many huge pages, so that one with a row less leaves nothing over.
fn rounded(bytes: usize) -> usize {
    bytes.checked_next_multiple_of(if bytes < HUGE { LINE } else { HUGE }).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KB: usize = 1 << 10;

    #[test]
    fn what_does_not_fit_lies_in_a_file_until_there_is_room_again() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::new(directory.path(), 1 << 20);
        let first = room.column::<u64>(96 * KB).unwrap();
        let mut second = room.column::<u32>(65 * KB).unwrap();
        assert!(!first.is_in_file() && second.is_in_file());
        second[65 * KB - 1] = 7;
        assert_eq!((second.len(), second[0], second[65 * KB - 1]), (65 * KB, 0, 7));
        drop(first.freeze());
        assert!(!room.column::<u32>(256 * KB).unwrap().is_in_file());
    }

    #[test]
    fn values_are_kept_wherever_there_is_room() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::new(directory.path(), 1 << 20);
        let first = room.keep(&vec![7u64; 96 * KB]).unwrap();
        let second = room.keep(&vec![9u32; 65 * KB]).unwrap();
        assert!(!first.is_in_file() && second.is_in_file());
        assert_eq!((first[96 * KB - 1], second.len(), second[65 * KB - 1]), (7, 65 * KB, 9));
        assert!(room.keep::<u32>(&[]).unwrap().is_empty());
        drop(first);
        assert!(!room.column::<u64>(127 * KB).unwrap().is_in_file());
    }

    #[test]
    fn a_room_that_is_smaller_than_the_need_is_scarce() {
        let directory = tempfile::tempdir().unwrap();
        let room = Room::new(directory.path(), 1 << 20);
        let column = room.column::<u64>(96 * KB).unwrap();
        room.need(512 << 10);
        assert!(!room.is_scarce() && room.column::<u8>(1).unwrap().is_in_file());
        drop(column);
        assert!(!room.column::<u8>(512 * KB).unwrap().is_in_file());
        assert!(room.column::<u8>(512 * KB + 1).unwrap().is_in_file());
        room.need((512 << 10) + 1);
        assert!(room.is_scarce() && room.sequential::<u8>(1).unwrap().is_in_file());
        assert!(!room.column::<u8>(1).unwrap().is_in_file());
    }

    #[test]
    fn memory_of_a_dropped_column_is_used_again() {
        let directory = tempfile::tempdir().unwrap();
        let len = HUGE / 4;
        let room = Room::new(directory.path(), 2 * HUGE as u64);
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
        drop((buffer, other));
        // Both together, and what is left of it.
        let mut all = room.unset::<u32>(2 * len).unwrap();
        assert!(place(&all) == there && room.unset::<u8>(1).unwrap().is_in_file());
        all.truncate(len / 2);
        assert_eq!(place(&room.unset::<u32>(len / 4).unwrap()), there + 2 * len);
    }

    #[test]
    fn free_memory_makes_way_for_a_larger_column() {
        let directory = tempfile::tempdir().unwrap();
        let bytes = 4 * HUGE as u64;
        let room = Room::new(directory.path(), bytes);
        let [first, second, third] = [(); 3].map(|()| room.column::<u8>(HUGE).unwrap());
        drop((first, third));
        // No three of the four parts lie side by side.
        let larger = room.column::<u8>(3 * HUGE).unwrap();
        assert!(!larger.is_in_file() && larger.iter().all(|&value| value == 0));
        assert!(room.column::<u8>(1).unwrap().is_in_file());
        // Nobody can ask for it any more: it is not kept.
        let share = Arc::clone(&room.open.share);
        drop((room, larger, second));
        assert_eq!(share.left.load(Ordering::Relaxed), i64::try_from(bytes).unwrap());
    }
}
