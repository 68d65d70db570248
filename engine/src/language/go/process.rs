//! Whether two Go dumps are of one process.

use crate::format::go::Statistics;
use crate::store::Snapshot;

/// The length of the runtime's ring of pauses.
const PAUSES: u64 = 256;

/// Whether two dumps are of one process; `None` where they do not tell.
///
/// The runtime keeps the pauses of its last 256 collections in nanoseconds (`memstats.pause_ns`, that of collection n at
/// n + 255): those of one process agree where both dumps have them.
pub fn same_process(a: &Snapshot, b: &Snapshot) -> Option<bool> {
    let statistics = |snapshot: &Snapshot| snapshot.go()?.records(snapshot.dump().bytes()).statistics.clone();
    agree(&statistics(a)?, &statistics(b)?)
}

/// How many collections there were between two dumps of one process; `None` where they do not tell.
pub fn collections_between(a: &Snapshot, b: &Snapshot) -> Option<u64> {
    let number = |snapshot: &Snapshot| {
        snapshot.go()?.records(snapshot.dump().bytes()).statistics.as_ref()?.get("NumGC")
    };
    number(b)?.checked_sub(number(a)?)
}

fn agree(a: &Statistics, b: &Statistics) -> Option<bool> {
    let (first, last) = (a.get("NumGC")?, b.get("NumGC")?);
    if last < first {
        return Some(false);
    }
    let place = |collection: u64| usize::try_from((collection + PAUSES - 1) % PAUSES).ok();
    let common = last.saturating_sub(PAUSES - 1).max(1)..=first;
    let pause = |of: &Statistics, collection| of.pauses.get(place(collection)?).copied();
    let mut told = None;
    for collection in common {
        let same = pause(a, collection)? == pause(b, collection)?;
        told = Some(told.unwrap_or(true) && same);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statistics after `collections`, whose pauses are `pause` and up.
    fn statistics(collections: u64, pause: u64) -> Statistics {
        let mut values = vec![0; Statistics::NAMES.len()];
        *values.last_mut().unwrap() = collections;
        let mut pauses = vec![0; 256];
        for collection in 1..=collections {
            pauses[usize::try_from((collection + 255) % 256).unwrap()] = pause + collection;
        }
        Statistics { values, pauses }
    }

    #[test]
    fn pauses_of_one_process_agree_where_both_dumps_have_them() {
        for (a, b, expected) in [
            (statistics(3, 100), statistics(9, 100), Some(true)),
            (statistics(3, 100), statistics(3, 100), Some(true)),
            (statistics(3, 100), statistics(9, 200), Some(false)),
            (statistics(9, 100), statistics(3, 100), Some(false)),
            (statistics(200, 100), statistics(400, 100), Some(true)),
            (statistics(200, 100), statistics(400, 101), Some(false)),
            (statistics(0, 100), statistics(9, 100), None),
            (statistics(3, 100), statistics(900, 100), None),
        ] {
            assert_eq!(agree(&a, &b), expected, "{:?} {:?}", a.get("NumGC"), b.get("NumGC"));
        }
    }
}
