//! Memory that nobody uses and that the kernel does not have back.

use super::block::Extent;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Extents that are free: they lie side by side no more than once.
#[derive(Debug)]
pub(super) struct Free {
    /// `None` when nobody will ask for any more.
    extents: Mutex<Option<Extents>>,
}

/// By address; and their lengths with their addresses.
#[derive(Debug, Default)]
struct Extents {
    by_address: BTreeMap<usize, Extent>,
    by_len: BTreeSet<(usize, usize)>,
    bytes: usize,
}

impl Free {
    pub(super) fn new() -> Free {
        Free { extents: Mutex::new(Some(Extents::default())) }
    }

    /// Keeps an extent, or gives it back where nobody will ask for it.
    pub(super) fn keep(&self, extent: Extent) -> Option<Extent> {
        match &mut *self.lock() {
            Some(extents) if extent.len() > 0 => extents.insert(extent),
            _ => return Some(extent),
        }
        None
    }

    /// The bytes of all extents.
    pub(super) fn bytes(&self) -> usize {
        self.lock().as_ref().map_or(0, |extents| extents.bytes)
    }

    /// The first `bytes` bytes of the smallest extent that has so many.
    pub(super) fn take(&self, bytes: usize) -> Option<Extent> {
        let mut extents = self.lock();
        let extents = extents.as_mut()?;
        let &(_, address) = extents.by_len.range((bytes, 0)..).next()?;
        extents.take(address, bytes)
    }

    /// As [`Free::take`], or all of the largest extent.
    pub(super) fn take_most(&self, bytes: usize) -> Option<Extent> {
        self.take(bytes).or_else(|| {
            let mut extents = self.lock();
            let extents = extents.as_mut()?;
            let &(len, address) = extents.by_len.last()?;
            extents.take(address, len)
        })
    }

    /// Keeps nothing from now on; what it kept.
    pub(super) fn close(&self) -> impl Iterator<Item = Extent> {
        self.lock().take().unwrap_or_default().by_address.into_values()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Extents>> {
        self.extents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Extents {
    /// Puts an extent there, together with its neighbours.
    fn insert(&mut self, mut extent: Extent) {
        let end = extent.address() + extent.len();
        if let Some(later) = self.remove(end)
            && let Err(later) = extent.join(later)
        {
            self.put(later);
        }
        let before = self.by_address.range(..extent.address()).next_back().map(|(&address, _)| address);
        if let Some(mut before) = before.and_then(|address| self.remove(address)) {
            match before.join(extent) {
                Ok(()) => extent = before,
                Err(alone) => {
                    self.put(before);
                    extent = alone;
                }
            }
        }
        self.put(extent);
    }

    /// Takes the first `bytes` bytes of the extent at an address.
    fn take(&mut self, address: usize, bytes: usize) -> Option<Extent> {
        let mut extent = self.remove(address)?;
        let rest = extent.split_off(bytes);
        if rest.len() > 0 {
            self.put(rest);
        }
        Some(extent)
    }

    fn put(&mut self, extent: Extent) {
        self.bytes += extent.len();
        self.by_len.insert((extent.len(), extent.address()));
        self.by_address.insert(extent.address(), extent);
    }

    fn remove(&mut self, address: usize) -> Option<Extent> {
        let extent = self.by_address.remove(&address)?;
        self.by_len.remove(&(extent.len(), address));
        self.bytes -= extent.len();
        Some(extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use memmap2::MmapMut;
    use proptest::prelude::*;

    fn extent(bytes: usize) -> Extent {
        Extent::whole(MmapMut::map_anon(bytes).unwrap())
    }

    #[test]
    fn what_lies_side_by_side_is_one() {
        let free = Free::new();
        let mut first = extent(100);
        let mut second = first.split_off(30);
        let third = second.split_off(30);
        assert!(free.take_most(1).is_none());
        for part in [third, first, second] {
            assert!(free.keep(part).is_none());
        }
        assert_eq!(free.take(90).unwrap().len(), 90);
        assert!(free.take(11).is_none());
        assert_eq!(free.take_most(11).unwrap().len(), 10);
    }

    #[test]
    fn the_smallest_that_is_large_enough_is_taken() {
        let free = Free::new();
        [40, 10, 20].into_iter().for_each(|bytes| _ = free.keep(extent(bytes)));
        assert_eq!((free.take(15).unwrap().len(), free.bytes()), (15, 55));
        let rest: Vec<usize> = free.close().map(|extent| extent.len()).collect();
        assert_eq!(rest.iter().sum::<usize>(), 55);
        assert!(rest.contains(&5) && free.keep(extent(1)).is_some());
    }

    proptest! {
        #[test]
        fn nothing_is_given_twice_or_lost(steps in prop::collection::vec((1usize..50, any::<bool>()), 1..200)) {
            let (free, mut used) = (Free::new(), Vec::<Extent>::new());
            free.keep(extent(1000));
            for (bytes, back) in steps {
                if back && !used.is_empty() {
                    free.keep(used.swap_remove(bytes % used.len()));
                } else if let Some(extent) = free.take(bytes) {
                    let (from, end) = (extent.address(), extent.address() + extent.len());
                    prop_assert_eq!(extent.len(), bytes);
                    prop_assert!(used.iter().all(|it| it.address() >= end || it.address() + it.len() <= from));
                    used.push(extent);
                }
            }
            used.into_iter().for_each(|extent| _ = free.keep(extent));
            prop_assert_eq!(free.take(1000).unwrap().len(), 1000);
        }
    }
}
