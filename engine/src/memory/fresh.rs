//! Memory that was not used before.

use super::block::{Extent, HUGE};
use crate::error::{Error, Result};
use memmap2::{MmapMut, MmapOptions};
use std::sync::{Mutex, PoisonError};

/// So many times the memory that a room may have at a time is the address space that it takes fresh memory from: what was given
/// back to the kernel is not taken again.
const TIMES: u64 = 8;
/// Address space costs nothing, but there is an end to it: 256 GB.
const MOST: u64 = 1 << 38;

/// Address space without memory, from which extents are taken one after the other: those that are freed side by side become one.
#[derive(Debug)]
pub(super) struct Fresh {
    bytes: u64,
    /// `None` before the first extent is taken.
    rest: Mutex<Option<Extent>>,
}

impl Fresh {
    /// Address space for a room of `bytes` bytes.
    pub(super) fn new(bytes: u64) -> Fresh {
        Fresh { bytes: bytes.saturating_mul(TIMES).min(MOST), rest: Mutex::new(None) }
    }

    /// Zeros, at least one; where the system gives no such address space, as a map of their own.
    ///
    /// # Errors
    /// There is no memory.
    pub(super) fn take(&self, bytes: usize) -> Result<Extent> {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = match &mut *rest {
            Some(rest) => rest,
            none => none.insert(reserve(self.bytes).map_or_else(|| anonymous(1), Ok).map(Extent::whole)?),
        };
        if rest.len() < bytes {
            return anonymous(bytes).map(Extent::whole);
        }
        let later = rest.split_off(bytes);
        Ok(std::mem::replace(rest, later))
    }
}

/// Address space of so many bytes.
fn reserve(bytes: u64) -> Option<MmapMut> {
    let bytes = usize::try_from(bytes).ok()?.max(1);
    let map = MmapOptions::new().len(bytes).no_reserve_swap().map_anon().ok()?;
    huge_pages(&map);
    Some(map)
}

/// A map of zeros.
///
/// # Errors
/// There is no memory.
pub(super) fn anonymous(bytes: usize) -> Result<MmapMut> {
    let map = MmapMut::map_anon(bytes).map_err(|_| no_memory(bytes))?;
    huge_pages(&map);
    Ok(map)
}

/// Asks for huge pages, but for the beginning, so that what is small stays small. A hint: columns are read at random, and with
/// small pages most reads would miss the page table's cache too.
#[cfg_attr(
    not(target_os = "linux"),
    expect(unused_variables, reason = "other systems decide for themselves")
)]
fn huge_pages(map: &MmapMut) {
    #[cfg(target_os = "linux")]
    if map.len() > 2 * HUGE {
        let _ = map.advise_range(memmap2::Advice::HugePage, HUGE, map.len() - HUGE);
    }
}

/// That so many bytes are more than there are.
pub(super) fn no_memory(bytes: usize) -> Error {
    Error::Input(format!("there is no memory for {bytes} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_follow_one_another_until_there_is_no_space() {
        let fresh = Fresh::new(10);
        let (first, second) = (fresh.take(50).unwrap(), fresh.take(30).unwrap());
        assert_eq!(second.address(), first.address() + 50);
        let third = fresh.take(1).unwrap();
        assert_ne!(third.address(), second.address() + 30);
        assert_eq!(Fresh::new(0).take(7).unwrap().len(), 7);
    }
}
