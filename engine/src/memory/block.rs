//! Blocks of memory that columns lie in, and those that are free again.
#![expect(unsafe_code, reason = "a map is handed on when it is dropped")]

use super::room::Share;
use memmap2::MmapMut;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes from which on a block is worth keeping: a huge page may fit in.
pub(super) const LARGE: usize = 4 << 20;

/// Mapped memory. If it is of a room it goes back there when it is dropped.
#[derive(Debug)]
pub(super) struct Block {
    map: ManuallyDrop<MmapMut>,
    room: Option<Arc<Share>>,
}

impl Block {
    /// A map that is of no room.
    pub(super) fn of_no_room(map: MmapMut) -> Block {
        Block { map: ManuallyDrop::new(map), room: None }
    }

    /// A map that takes its bytes of a room.
    pub(super) fn of_room(map: MmapMut, room: Arc<Share>) -> Block {
        Block { map: ManuallyDrop::new(map), room: Some(room) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: a block is dropped once, and nobody reads its map after that.
        let map = unsafe { ManuallyDrop::take(&mut self.map) };
        match &self.room {
            Some(room) => room.give_back(map),
            None => drop(map),
        }
    }
}

impl Deref for Block {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl DerefMut for Block {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.map
    }
}

/// Maps that are free and still take their bytes of a room, so that the kernel need not clear their pages again.
#[derive(Debug)]
pub(super) struct Free {
    /// `None` when nobody will ask for any more.
    maps: Mutex<Option<Vec<MmapMut>>>,
}

impl Free {
    pub(super) fn new() -> Free {
        Free { maps: Mutex::new(Some(Vec::new())) }
    }

    /// Keeps a map, or gives it back where it is too small or nobody will ask for it.
    pub(super) fn keep(&self, map: MmapMut) -> Option<MmapMut> {
        match &mut *self.lock() {
            Some(maps) if map.len() >= LARGE => maps.push(map),
            _ => return Some(map),
        }
        None
    }

    /// The smallest one of at least `bytes` bytes, if it is not larger than `most`.
    pub(super) fn take(&self, bytes: usize, most: usize) -> Option<MmapMut> {
        let mut maps = self.lock();
        let maps = maps.as_mut()?;
        let fitting = maps.iter().enumerate().filter(|(_, map)| (bytes..=most).contains(&map.len()));
        let (place, _) = fitting.min_by_key(|(_, map)| map.len())?;
        Some(maps.swap_remove(place))
    }

    /// Any one, the smallest first.
    pub(super) fn take_any(&self) -> Option<MmapMut> {
        self.take(0, usize::MAX)
    }

    /// Keeps nothing from now on; what it kept.
    pub(super) fn close(&self) -> Vec<MmapMut> {
        self.lock().take().unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Vec<MmapMut>>> {
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
