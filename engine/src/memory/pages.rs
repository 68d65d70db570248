//! Pages of memory that are made before they are needed.

use memmap2::MmapRaw;
use std::sync::Arc;

/// Bytes that are made in one go: huge pages, and not so many that somebody has to wait.
const PART: usize = 8 << 20;

/// The pages of a column, which another thread can make than the one that sets its values.
#[derive(Clone, Debug)]
pub struct Pages {
    pub(super) map: Arc<MmapRaw>,
    pub(super) start: usize,
    pub(super) len: usize,
}

impl Pages {
    /// Makes the pages that are not there yet, of all of `columns` side by side, from their beginnings on, as long as they `are_needed`;
    /// values stay as they are.
    ///
    /// Where the system cannot do that, whoever needs a page makes it.
    pub fn make(columns: &[Pages], are_needed: impl Fn() -> bool) {
        let longest = columns.iter().map(|pages| pages.len).max().unwrap_or(0);
        for first in (0..longest).step_by(PART).take_while(|_| are_needed()) {
            columns.iter().filter(|pages| first < pages.len).for_each(|pages| pages.make_part(first));
        }
    }

    #[cfg(target_os = "linux")]
    fn make_part(&self, first: usize) {
        let (start, len) = (self.start + first, PART.min(self.len - first));
        let _ = self.map.advise_range(memmap2::Advice::PopulateWrite, start, len);
    }

    #[cfg(not(target_os = "linux"))]
    fn make_part(&self, _first: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Room;

    #[test]
    fn values_stay_as_they_are() {
        let room = Room::new(&std::env::temp_dir(), 64 << 20);
        let mut columns = [room.column::<u32>(3 << 20).unwrap(), room.column::<u32>(5).unwrap()];
        columns.iter_mut().for_each(|column| column.fill(7));
        let pages: Vec<Pages> = columns.iter().filter_map(|column| column.pages()).collect();
        assert_eq!(pages.len(), 2);
        Pages::make(&pages, || true);
        assert!(columns.iter().all(|column| column.iter().all(|&value| value == 7)));
        let in_file = Room::new(&std::env::temp_dir(), 0).column::<u32>(5).unwrap();
        assert!(in_file.pages().is_none());
    }
}
