//! A column while it is built: in anonymous memory of huge pages, or in a mapped file without a name.
#![expect(unsafe_code, reason = "maps files")]

use super::room::Taken;
use crate::error::{Error, Result};
use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer};
use bytemuck::{AnyBitPattern, NoUninit};
use memmap2::MmapMut;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::atomic::{AtomicU16, AtomicU32, AtomicU64};

/// `len` values of `T`, zero at first; see [`super::Room::column`].
#[derive(Debug)]
pub struct Scratch<T> {
    map: MmapMut,
    len: usize,
    in_file: bool,
    /// What it takes of a room.
    taken: Option<Taken>,
    item: PhantomData<T>,
}

/// A finished column's bytes, which keep their room until they are dropped.
struct Finished {
    map: memmap2::Mmap,
    _taken: Option<Taken>,
}

impl<T: AnyBitPattern + NoUninit> Scratch<T> {
    /// A column of `len` zeros in anonymous memory that no room bounds: for one that does not grow with a heap.
    ///
    /// # Errors
    /// There is no memory.
    pub fn anonymous(len: usize) -> Result<Scratch<T>> {
        Scratch::in_memory(len, None)
    }

    /// A column of `len` zeros in anonymous memory, which is `taken` of a room.
    pub(super) fn in_memory(len: usize, taken: Option<Taken>) -> Result<Scratch<T>> {
        let bytes = bytes_of::<T>(len)?;
        let map = MmapMut::map_anon(bytes).map_err(|_| no_memory(bytes))?;
        // A hint. Columns are read at random: with small pages most reads would miss the page table's cache too.
        #[cfg(target_os = "linux")]
        if bytes >= HUGE {
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Ok(Scratch { map, len, in_file: false, taken, item: PhantomData })
    }

    /// A column of `len` zeros whose file lies in `directory`.
    pub(super) fn in_file(directory: &Path, len: usize) -> Result<Scratch<T>> {
        let bytes = bytes_of::<T>(len)? as u64;
        let file = tempfile::tempfile_in(directory).map_err(|error| Error::file(directory, error))?;
        file.set_len(bytes).map_err(|error| Error::file(directory, error))?;
        // SAFETY: the file has no name and no other handle, so nobody else can change or cut it.
        let map = unsafe { MmapMut::map_mut(&file) }.map_err(|error| Error::file(directory, error))?;
        Ok(Scratch { map, len, in_file: true, taken: None, item: PhantomData })
    }

    /// Whether it lies in a file.
    pub fn is_in_file(&self) -> bool {
        self.in_file
    }

    /// Leaves out the rows from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// The finished column, without a copy.
    pub fn freeze(self) -> Result<ScalarBuffer<T>>
    where
        T: ArrowNativeType,
    {
        let len = self.len;
        let map = self.map.make_read_only().map_err(|error| Error::file(Path::new("scratch"), error))?;
        let finished = Finished { map, _taken: self.taken };
        Ok(ScalarBuffer::new(Buffer::from(bytes::Bytes::from_owner(finished)), 0, len))
    }
}

impl AsRef<[u8]> for Finished {
    fn as_ref(&self) -> &[u8] {
        &self.map
    }
}

impl<T: AnyBitPattern + NoUninit> Deref for Scratch<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &bytemuck::cast_slice(&self.map)[..self.len]
    }
}

impl<T: AnyBitPattern + NoUninit> DerefMut for Scratch<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut bytemuck::cast_slice_mut(&mut self.map)[..self.len]
    }
}

/// Bytes from which on a huge page may fit in.
#[cfg(target_os = "linux")]
const HUGE: usize = 4 << 20;

fn bytes_of<T>(len: usize) -> Result<usize> {
    len.max(1).checked_mul(size_of::<T>()).ok_or_else(|| no_memory(usize::MAX))
}

fn no_memory(bytes: usize) -> Error {
    Error::Input(format!("there is no memory for {bytes} bytes"))
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
atomic_view!(shared_u64, u64, AtomicU64);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Room;
    use std::sync::atomic::Ordering;

    #[test]
    fn a_scratch_column_is_written_from_threads_and_frozen() {
        let directory = tempfile::tempdir().unwrap();
        for bytes in [0, u64::MAX] {
            let mut column = Room::new(directory.path(), bytes).column::<u64>(1000).unwrap();
            let view = shared_u64(&mut column);
            std::thread::scope(|scope| {
                for part in 0..4usize {
                    let mine = view.iter().enumerate().skip(part).step_by(4);
                    scope
                        .spawn(|| mine.for_each(|(i, place)| place.store((i * i) as u64, Ordering::Relaxed)));
                }
            });
            let frozen = column.freeze().unwrap();
            assert_eq!(frozen.len(), 1000);
            assert!(frozen.iter().zip(0u64..).all(|(&value, i)| value == i * i));
        }
    }

    #[test]
    fn an_empty_column_is_empty() {
        assert!(Room::unbounded().column::<u32>(0).unwrap().freeze().unwrap().is_empty());
    }
}
