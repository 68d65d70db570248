//! Cut, corrupt and hostile dumps: what could be read is answered, and the rest is told.

use super::opened;
use heapwise_engine::format::go::{records, scan};
use heapwise_engine::progress::Progress;
use heapwise_testdata::go::{Go, Machine};
use proptest::prelude::*;

/// A dump with every record.
fn every_record() -> Vec<u8> {
    let mut dump = Go::new(Machine::amd64("go1.27.3"));
    dump.itab(0x600, 0x700, "main.T", 16);
    (1..=20).for_each(|n| {
        dump.pointers(n * 0x100, &[n * 0x100 + 0x108, 0x500]);
    });
    dump.goroutine(0x1000, 7, "select");
    dump.frame(0x7000_0000, 0, "main.f", &[0x200, 0x7000_0008, 0x300], &[0, 1]);
    dump.defer(0x400, 0x1000, 0x500).panic(0x600, 0x1000, 0x700).thread(0x800, 1);
    dump.data(0x5000, &[0x100, 0x900]).bss(0x6000, &[0xa00]);
    dump.finalizer(0xb00, 0xc00, false).finalizer(0xd00, 0xe00, true);
    dump.sample(0x9000, "main.alloc", 0x100).statistics(0);
    dump.end()
}

#[test]
fn a_cut_dump_says_where_and_keeps_what_stands_before() {
    let whole = every_record();
    let all = opened(&whole).unwrap().object_count();
    assert_eq!(all, 20);
    for length in (16..whole.len()).step_by(7) {
        let snapshot = opened(&whole[..length]).unwrap();
        assert!(snapshot.object_count() <= all);
        let warning = &snapshot.info().warnings[0];
        assert!(warning.contains("the dump breaks off after"), "{length}: {warning}");
    }
}

#[test]
fn an_old_or_foreign_file_is_a_clear_error() {
    let error = opened(b"go1.4 heap dump\n\x06").unwrap_err().to_string();
    assert!(error.contains("go1.4") && error.contains("Go 1.7 and later"), "{error}");
    let error = opened(b"gopher").unwrap_err().to_string();
    assert!(error.contains("is no heap dump"), "{error}");
}

#[test]
fn an_unknown_tag_ends_the_dump_with_a_warning() {
    let mut dump = Go::new(Machine::amd64("go1.24.0"));
    dump.pointers(0x100, &[0]);
    dump.number(99);
    dump.pointers(0x200, &[0]);
    let snapshot = opened(&dump.end()).unwrap();
    assert_eq!(snapshot.object_count(), 1);
    let warning = &snapshot.info().warnings[0];
    assert!(warning.contains("expected the tag of a record, found 99"), "{warning}");
}

#[test]
fn repeated_and_overlapping_slots_are_told() {
    let mut dump = Go::new(Machine::amd64("go1.21.0"));
    dump.pointers(0x200, &[0, 0]).pointers(0x100, &[0x200, 0]).pointers(0x200, &[0]);
    dump.pointers(0x108, &[0x110]);
    let snapshot = opened(&dump.end()).unwrap();
    assert_eq!(snapshot.object_count(), 3);
    let warnings = snapshot.info().warnings.join("\n");
    assert!(warnings.contains("1 objects stand at an address that another one has"), "{warnings}");
    assert!(warnings.contains("1 objects overlap the next one"), "{warnings}");
}

#[test]
fn records_are_read_again_without_the_objects() {
    let bytes = every_record();
    let mut parts: Vec<std::ops::Range<u64>> = Vec::new();
    let first = scan(&bytes, &Progress::default(), |found| match parts.last_mut() {
        Some(part) if part.end == found.offset => part.end = found.end,
        _ => parts.push(found.offset..found.end),
    });
    let first = first.unwrap().records;
    let again = records(&bytes, &parts);
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert_eq!((again.frames.len(), again.finalizers.len(), again.buckets.len()), (1, 2, 1));
    assert_eq!(again.statistics.unwrap().get("NumGC"), Some(7));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_behind_the_header_are_read_or_refused(tail in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = b"go1.7 heap dump\n".to_vec();
        bytes.extend(tail);
        let snapshot = opened(&bytes);
        prop_assert!(snapshot.is_ok(), "damage is a warning");
    }

    #[test]
    fn mutations_are_read_or_refused(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = every_record();
        for (place, byte) in changes {
            let place = 16 + place.index(bytes.len() - 16);
            bytes[place] = byte;
        }
        prop_assert!(opened(&bytes).is_ok(), "damage is a warning");
    }
}
