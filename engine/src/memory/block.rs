//! Blocks of memory that columns lie in: parts of maps, none of which overlaps another.
#![expect(unsafe_code, reason = "parts of a map are slices of their own")]

use super::pages::Pages;
use super::room::Share;
use memmap2::{MmapMut, MmapRaw};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::Arc;

/// Where a part that the kernel gets back may begin and end: at multiples of the pages of all machines …
pub(super) const GRAIN: usize = 64 << 10;
/// … or of huge pages, which are not torn where there is a whole one.
pub(super) const HUGE: usize = 2 << 20;

/// A part of a map that nobody else has. The map goes with the last of its parts.
#[derive(Debug)]
pub(super) struct Extent {
    map: Arc<MmapRaw>,
    start: usize,
    len: usize,
}

impl Extent {
    /// All of a map.
    pub(super) fn whole(map: MmapMut) -> Extent {
        let map = MmapRaw::from(map);
        Extent { start: 0, len: map.len(), map: Arc::new(map) }
    }

    /// Bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Where it begins.
    pub(super) fn address(&self) -> usize {
        self.map.as_ptr().addr() + self.start
    }

    /// Keeps the first `len` bytes; the others.
    pub(super) fn split_off(&mut self, len: usize) -> Extent {
        let len = len.min(self.len);
        let rest = Extent { map: Arc::clone(&self.map), start: self.start + len, len: self.len - len };
        self.len = len;
        rest
    }

    /// Takes `later` in, if that begins where this one ends.
    pub(super) fn join(&mut self, later: Extent) -> Result<(), Extent> {
        let is_next = Arc::ptr_eq(&self.map, &later.map) && self.start + self.len == later.start;
        if !is_next {
            return Err(later);
        }
        self.len += later.len;
        Ok(())
    }

    /// Its pages.
    fn pages(&self) -> Pages {
        Pages { map: Arc::clone(&self.map), start: self.start, len: self.len }
    }

    /// Gives its whole pages back to the kernel: what is before and behind them.
    pub(super) fn give_up(mut self) -> [Extent; 2] {
        let grain = if self.len < 2 * HUGE { GRAIN } else { HUGE };
        let (first, end) =
            (self.address().next_multiple_of(grain), (self.address() + self.len) / grain * grain);
        let mut pages = self.split_off(first - self.address());
        let last = pages.split_off(end.saturating_sub(pages.address()));
        #[cfg(unix)]
        if pages.len > 0 {
            let unused = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: nobody else has this part, and here it ends; maps begin with a page, so that its pages are its own.
            let _ = unsafe { pages.map.unchecked_advise_range(unused, pages.start, pages.len) };
        }
        [self, last]
    }
}

/// Memory of a column. If it is of a room it goes back there when it is dropped.
#[derive(Debug)]
pub(super) struct Block {
    /// `None` while it is dropped.
    extent: Option<Extent>,
    room: Option<Arc<Share>>,
}

impl Block {
    /// A map that is of no room.
    pub(super) fn of_no_room(map: MmapMut) -> Block {
        Block { extent: Some(Extent::whole(map)), room: None }
    }

    /// An extent that takes its bytes of a room.
    pub(super) fn of_room(extent: Extent, room: Arc<Share>) -> Block {
        Block { extent: Some(extent), room: Some(room) }
    }

    /// Gives back what is behind the first `len` bytes, if it is of a room.
    pub(super) fn shrink(&mut self, len: usize) {
        if let (Some(extent), Some(room)) = (&mut self.extent, &self.room) {
            room.give_back(extent.split_off(len));
        }
    }

    /// Its pages, if it is of a room.
    pub(super) fn pages(&self) -> Option<Pages> {
        self.extent.as_ref().filter(|_| self.room.is_some()).map(Extent::pages)
    }

    fn start(&self) -> (*mut u8, usize) {
        let none = (NonNull::dangling().as_ptr(), 0);
        // SAFETY: an extent lies in its map.
        let start = |extent: &Extent| unsafe { extent.map.as_mut_ptr().add(extent.start) };
        self.extent.as_ref().map_or(none, |extent| (start(extent), extent.len))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if let (Some(extent), Some(room)) = (self.extent.take(), &self.room) {
            room.give_back(extent);
        }
    }
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let (start, len) = self.start();
        // SAFETY: the map is there as long as the extent, which nobody else has.
        unsafe { std::slice::from_raw_parts(start, len) }
    }
}

impl DerefMut for Block {
    fn deref_mut(&mut self) -> &mut [u8] {
        let (start, len) = self.start();
        // SAFETY: as above, and the block is borrowed for itself.
        unsafe { std::slice::from_raw_parts_mut(start, len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(bytes: usize) -> Extent {
        Extent::whole(MmapMut::map_anon(bytes).unwrap())
    }

    #[test]
    fn parts_that_were_split_join_again() {
        let mut first = extent(100);
        let second = first.split_off(40);
        let mut third = extent(7);
        assert_eq!((first.len(), second.len(), second.address()), (40, 60, first.address() + 40));
        let second = third.join(second).unwrap_err();
        assert!(first.join(second).is_ok());
        assert_eq!((first.len(), third.split_off(9).len()), (100, 0));
    }

    #[test]
    fn only_whole_pages_are_given_up() {
        let mut before = extent(6 * GRAIN);
        let mut before = before.split_off(before.address().next_multiple_of(GRAIN) - before.address());
        let mut middle = before.split_off(GRAIN / 2);
        let behind = middle.split_off(3 * GRAIN);
        let [mut before, mut behind] = [before, behind].map(|part| Block { extent: Some(part), room: None });
        before.fill(1);
        behind.fill(2);
        let edges = middle.give_up();
        assert_eq!(edges.map(|edge| edge.len()), [GRAIN / 2, GRAIN / 2]);
        assert!(before.iter().all(|&byte| byte == 1) && behind.iter().all(|&byte| byte == 2));
        assert_eq!(extent(9).give_up().iter().map(Extent::len).sum::<usize>(), 9);
        assert_eq!(before.split_at(3).0, [1; 3]);
    }
}
