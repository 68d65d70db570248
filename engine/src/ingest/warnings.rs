//! Counts of what the passes had to leave out, told once with their numbers.

use std::sync::atomic::{AtomicU64, Ordering};

/// What was odd in the heap; shared by all threads of a pass.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    dangling: AtomicU64,
    short_bodies: AtomicU64,
    duplicates: AtomicU64,
    lost_roots: AtomicU64,
}

impl Oddities {
    /// References to addresses at which the dump has no object.
    pub(super) fn add_dangling(&self, count: u64) {
        self.dangling.fetch_add(count, Ordering::Relaxed);
    }

    /// Objects whose data is shorter than their class says.
    pub(super) fn add_short_bodies(&self, count: u64) {
        self.short_bodies.fetch_add(count, Ordering::Relaxed);
    }

    /// Objects at an address at which there is one already.
    pub(super) fn add_duplicates(&self, count: u64) {
        self.duplicates.fetch_add(count, Ordering::Relaxed);
    }

    /// Roots of addresses at which the dump has no object.
    pub(super) fn add_lost_roots(&self, count: u64) {
        self.lost_roots.fetch_add(count, Ordering::Relaxed);
    }

    /// A line for each kind that was met: what is wrong with the dump, and what is usual in a sound one.
    ///
    /// HotSpot leaves out objects of its archive that arrays still name: few dangling references are usual.
    pub(super) fn lines(&self, references: u64) -> (Vec<String>, Vec<String>) {
        let line = |count: &AtomicU64, text: &str| match count.load(Ordering::Relaxed) {
            0 => None,
            count => Some(format!("{count} {text}")),
        };
        let dangling = line(
            &self.dangling,
            "references lead to addresses at which the dump has no object: they are left out",
        );
        let usual = self.dangling.load(Ordering::Relaxed) <= references / USUAL_DANGLING;
        let (warned, noted) = if usual { (None, dangling) } else { (dangling, None) };
        let warnings = [
            warned,
            line(
                &self.short_bodies,
                "objects are shorter than their class says: their missing fields are left out",
            ),
            line(&self.duplicates, "objects stand at an address that another one has: the first one counts"),
            line(&self.lost_roots, "roots name addresses at which the dump has no object: they are left out"),
        ];
        (warnings.into_iter().flatten().collect(), noted.into_iter().collect())
    }
}

/// One dangling reference in this many is usual.
const USUAL_DANGLING: u64 = 100;
