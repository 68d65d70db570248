//! A column while it is built: in anonymous memory of huge pages, or in a mapped file without a name.
#![expect(unsafe_code, reason = "maps files, and a column is a slice of its block")]

use super::block::Block;
use super::fresh::{anonymous, no_memory};
use super::pages::Pages;
use crate::error::{Error, Result};
use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer};
use bytemuck::{AnyBitPattern, NoUninit};
use memmap2::MmapMut;
use rayon::prelude::*;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU16, AtomicU32};

/// `len` values of `T`; see [`super::Room::column`] and [`super::Room::unset`].
#[derive(Debug)]
pub struct Scratch<T> {
    /// The values, in `block`.
    start: NonNull<T>,
    len: usize,
    block: Block,
    in_file: bool,
    /// Whether the values are those that another column has left.
    is_used: bool,
}

// SAFETY: the values are in the column's own block, like those of a box.
unsafe impl<T: Send> Send for Scratch<T> {}
// SAFETY: who shares it can only read.
unsafe impl<T: Sync> Sync for Scratch<T> {}

/// A finished column's bytes.
struct Finished(Block);

impl<T: AnyBitPattern + NoUninit> Scratch<T> {
    /// A column of `len` zeros in anonymous memory that no room bounds: for one that does not grow with a heap.
    ///
    /// # Errors
    /// There is no memory.
    pub fn anonymous(len: usize) -> Result<Scratch<T>> {
        let map = anonymous(bytes_of::<T>(len)?)?;
        Ok(Scratch::in_block(Block::of_no_room(map), len, false).zeroed())
    }

    fn new(mut block: Block, len: usize, (in_file, is_used): (bool, bool)) -> Scratch<T> {
        let start =
            NonNull::from(bytemuck::cast_slice_mut::<u8, T>(&mut block[..len * size_of::<T>()])).cast();
        Scratch { start, len, block, in_file, is_used }
    }

    /// A column of `len` values at the beginning of a block; `is_used` unless these are zeros.
    pub(super) fn in_block(block: Block, len: usize, is_used: bool) -> Scratch<T> {
        let mut column = Scratch::new(block, len, (false, is_used));
        // What reads values that it has not set is found by tests, whose columns are small.
        if cfg!(debug_assertions) {
            let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut column);
            bytes.iter_mut().take(SPOILT).for_each(|byte| *byte = 0xa5);
            column.is_used = true;
        }
        column
    }

    /// A column of `len` zeros whose file lies in `directory`.
    pub(super) fn in_file(directory: &Path, len: usize) -> Result<Scratch<T>> {
        let bytes = bytes_of::<T>(len)? as u64;
        let file = tempfile::tempfile_in(directory).map_err(|error| Error::file(directory, error))?;
        file.set_len(bytes).map_err(|error| Error::file(directory, error))?;
        // SAFETY: the file has no name and no other handle, so nobody else can change or cut it.
        let map = unsafe { MmapMut::map_mut(&file) }.map_err(|error| Error::file(directory, error))?;
        Ok(Scratch::new(Block::of_no_room(map), len, (true, false)))
    }

    /// The same column, all zeros.
    pub(super) fn zeroed(mut self) -> Scratch<T> {
        if std::mem::take(&mut self.is_used) {
            let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self);
            bytes.par_chunks_mut(CLEARED).for_each(|bytes| bytes.fill(0));
        }
        self
    }

    /// Whether it lies in a file.
    pub fn is_in_file(&self) -> bool {
        self.in_file
    }

    /// Its pages, if they are in memory of a room.
    pub fn pages(&self) -> Option<Pages> {
        self.block.pages()
    }

    /// Leaves out the rows from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
        self.block.shrink((self.len.max(1) * size_of::<T>()).next_multiple_of(LEAST));
    }

    /// The finished column, without a copy.
    pub fn freeze(self) -> ScalarBuffer<T>
    where
        T: ArrowNativeType,
    {
        let len = self.len;
        ScalarBuffer::new(Buffer::from(bytes::Bytes::from_owner(Finished(self.block))), 0, len)
    }
}

impl AsRef<[u8]> for Finished {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<T: AnyBitPattern + NoUninit> Deref for Scratch<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: so many values are in the block, which is there as long as the column.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: AnyBitPattern + NoUninit> DerefMut for Scratch<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and nobody else has the block.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

/// What is left out goes back to the room from a multiple of so many bytes on.
const LEAST: usize = 64 << 10;
/// Bytes that have no sense in a column whose values are not set.
const SPOILT: usize = 64 << 10;
/// Bytes that one thread clears in one go.
const CLEARED: usize = 1 << 20;

/// The bytes of a column of `len` rows: it has room for one at least.
pub(super) fn bytes_of<T>(len: usize) -> Result<usize> {
    len.max(1).checked_mul(size_of::<T>()).ok_or_else(|| no_memory(usize::MAX))
}

macro_rules! atomic_view {
    ($function:ident, $plain:ty, $atomic:ty) => {
        /// The same column, writable from many threads; each value is written by one of them.
        pub fn $function(column: &mut [$plain]) -> &[$atomic] {
            // SAFETY: the atomic has the size, alignment and bit patterns of the plain integer, and the
            // exclusive borrow of the column lasts as long as the view.
            unsafe { std::slice::from_raw_parts(column.as_ptr().cast(), column.len()) }
        }
    };
}

atomic_view!(shared_u16, u16, AtomicU16);
atomic_view!(shared_u32, u32, AtomicU32);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Room;
    use std::sync::atomic::Ordering;

    #[test]
    fn a_scratch_column_is_written_from_threads_and_frozen() {
        let directory = tempfile::tempdir().unwrap();
        for bytes in [0, u64::MAX] {
            let mut column = Room::new(directory.path(), bytes).column::<u32>(1000).unwrap();
            let view = shared_u32(&mut column);
            std::thread::scope(|scope| {
                for part in 0..4usize {
                    let mine = (0u32..).zip(view).skip(part).step_by(4);
                    scope.spawn(|| mine.for_each(|(i, place)| place.store(i * i, Ordering::Relaxed)));
                }
            });
            let frozen = column.freeze();
            assert_eq!(frozen.len(), 1000);
            assert!(frozen.iter().zip(0u32..).all(|(&value, i)| value == i * i));
        }
    }

    #[test]
    fn an_empty_column_is_empty() {
        assert!(Room::unbounded().column::<u32>(0).unwrap().freeze().is_empty());
    }
}
