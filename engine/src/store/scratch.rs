//! Columns while they are built: mapped files without a name, so that the kernel can page what grows with the dump.
#![expect(unsafe_code, reason = "maps files")]

use crate::error::{Error, Result};
use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer};
use bytemuck::{AnyBitPattern, NoUninit};
use memmap2::MmapMut;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64};

/// `len` values of `T`, zero at first, in an unnamed file.
pub struct Scratch<T> {
    map: MmapMut,
    len: usize,
    item: PhantomData<T>,
}

impl<T: ArrowNativeType + AnyBitPattern + NoUninit> Scratch<T> {
    /// A column of `len` zeros whose file lies in `directory`.
    pub fn zeroed(directory: &Path, len: usize) -> Result<Scratch<T>> {
        let bytes = len.max(1) * size_of::<T>();
        let file = tempfile::tempfile_in(directory).map_err(|error| Error::file(directory, error))?;
        file.set_len(bytes as u64).map_err(|error| Error::file(directory, error))?;
        // SAFETY: the file has no name and no other handle, so nobody else can change or cut it.
        let map = unsafe { MmapMut::map_mut(&file) }.map_err(|error| Error::file(directory, error))?;
        Ok(Scratch { map, len, item: PhantomData })
    }

    /// The finished column, without a copy.
    pub fn freeze(self) -> Result<ScalarBuffer<T>> {
        let len = self.len;
        let map = self.map.make_read_only().map_err(|error| Error::file(Path::new("scratch"), error))?;
        Ok(ScalarBuffer::new(Buffer::from(bytes::Bytes::from_owner(map)), 0, len))
    }
}

impl<T: AnyBitPattern + NoUninit> Deref for Scratch<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &bytemuck::cast_slice(&self.map)[..self.len]
    }
}

impl<T: AnyBitPattern + NoUninit> DerefMut for Scratch<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut bytemuck::cast_slice_mut(&mut self.map)[..self.len]
    }
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

atomic_view!(shared_u8, u8, AtomicU8);
atomic_view!(shared_u32, u32, AtomicU32);
atomic_view!(shared_u64, u64, AtomicU64);

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering;

    #[test]
    fn a_scratch_column_is_written_from_threads_and_frozen() {
        let directory = tempfile::tempdir().unwrap();
        let mut column = Scratch::<u64>::zeroed(directory.path(), 1000).unwrap();
        let view = shared_u64(&mut column);
        std::thread::scope(|scope| {
            for part in 0..4usize {
                let mine = view.iter().enumerate().skip(part).step_by(4);
                scope.spawn(|| mine.for_each(|(i, place)| place.store((i * i) as u64, Ordering::Relaxed)));
            }
        });
        let frozen = column.freeze().unwrap();
        assert_eq!(frozen.len(), 1000);
        assert!(frozen.iter().zip(0u64..).all(|(&value, i)| value == i * i));
    }

    #[test]
    fn an_empty_column_is_empty() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Scratch::<u32>::zeroed(directory.path(), 0).unwrap().freeze().unwrap().is_empty());
    }
}
