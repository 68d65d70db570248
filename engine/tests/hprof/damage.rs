//! Wrong, cut and damaged dumps lose what is damaged, and say so.

use super::{hops, options, read, ring};
use heapwise_engine::error::{Error, Result};
use heapwise_engine::format::hprof::{SubRecord, outline};
use heapwise_engine::input::open;
use heapwise_engine::progress::Progress;
use heapwise_testdata::hprof::{Hprof, Options, Order, Segments, Type, Value};
use proptest::prelude::*;
use std::path::Path;

#[test]
fn a_wrong_length_loses_nothing() -> Result<()> {
    for id_size in [4, 8] {
        let right = ring(options(id_size, Order::RootsLast, Segments::One), 30);
        let (_, expected, _) = read(&right.bytes())?;
        for end in [false, true] {
            for length in (0..2500).chain([1 << 20, u32::MAX - 1, u32::MAX]) {
                let mut dump = right.clone();
                dump.options_mut().segments = Segments::Stating(length);
                dump.options_mut().end = end;
                let (outline, lines, _) = read(&dump.bytes())?;
                assert_eq!(lines, expected, "stating {length}");
                assert_eq!(outline.has_end, end, "stating {length}");
            }
        }
    }
    Ok(())
}

#[test]
fn heap_data_is_found_whatever_stands_around_it() -> Result<()> {
    let right = ring(Options::default(), 50);
    let (_, expected, _) = read(&right.bytes())?;
    let check = |bytes: &[u8], warning: &str| {
        let (outline, lines, warnings) = read(bytes)?;
        assert_eq!(lines, expected, "{warnings:?}");
        assert_eq!(outline.tables.classes.len(), 14);
        assert!(warnings.list().iter().any(|known| known.text == warning), "{warnings:?}");
        Ok(())
    };
    let mut dump = right.clone();
    dump.record(0x33, b"of a later version");
    dump.record(0x0e, &[0; 6]);
    check(&dump.bytes(), "records of the unknown tag 0x33 are skipped")?;
    // The heap record's tag is damaged: HEAP_DUMP_SEGMENT to CPU_SAMPLES, and to nothing.
    let bytes = right.bytes();
    let frame =
        bytes.windows(10).position(|frame| frame.starts_with(&[0x1c, 0, 0, 0, 0]) && frame[9] == 0x20);
    let frame = frame.unwrap_or_default();
    for tag in [0x0d, 0x7c] {
        let mut bytes = bytes.clone();
        bytes[frame] = tag;
        check(&bytes, "heap data in a record with another tag is read")?;
    }
    // All of its head is damaged.
    let mut bytes = bytes.clone();
    bytes[frame..frame + 9].fill(0xee);
    check(&bytes, "a damaged record is skipped")
}

#[test]
fn damage_in_a_segment_is_stepped_over() -> Result<()> {
    for segments in [Segments::One, Segments::Of(1 << 20), Segments::Of(500), Segments::ZeroLength] {
        let mut dump = Hprof::new(options(8, Order::RootsLast, segments));
        let node = dump.class("Node", &[("value", Type::Int)]);
        for value in 0..40 {
            dump.instance(node, &[Value::Int(value)]);
        }
        dump.raw(&[0x42; 333]);
        for value in 40..80 {
            dump.instance(node, &[Value::Int(value)]);
        }
        let (_, lines, warnings) = read(&dump.bytes())?;
        assert_eq!(lines.len(), 2 + 80);
        let damage = warnings.list().iter().find(|warning| warning.text == "damaged heap data is skipped");
        assert_eq!(damage.map(|warning| (warning.times, warning.bytes)), Some((1, 333)), "{warnings:?}");
    }
    Ok(())
}

#[test]
fn an_error_names_the_offset_and_recovery_goes_behind_it() -> Result<()> {
    let mut dump = Hprof::new(options(8, Order::RootsLast, Segments::Of(1 << 20)));
    let node = dump.class("Node", &[]);
    dump.raw(&[0x42; 10]);
    dump.instance(node, &[]);
    let bytes = dump.bytes();
    let outline = outline(&bytes, &Progress::default())?;
    let mut records = outline.sub_records(&bytes, &outline.units[0]);
    assert!(matches!(
        (records.next()?, records.next()?),
        (Some(SubRecord::Class(_)), Some(SubRecord::Class(_)))
    ));
    let at = bytes.windows(10).position(|window| window == [0x42; 10]).unwrap_or_default() as u64;
    for _ in 0..2 {
        let error = records.next().err().map(|error| error.to_string());
        let expected = format!("at offset {at}: expected the tag of a sub-record, found 0x42");
        assert_eq!(error, Some(expected));
    }
    let skipped = records.recover(&outline.class_addresses);
    assert_eq!((skipped.start.0, skipped.len()), (at, 10));
    assert!(matches!(records.next()?, Some(SubRecord::Instance(_))));
    assert!(records.next()?.is_none());
    Ok(())
}

/// One heap record of 6 GB, as JDK 8 writes: its length is what is left of it modulo 2^32. The file is sparse.
#[cfg(target_os = "linux")]
#[test]
fn a_length_beyond_32_bits_loses_nothing() -> Result<()> {
    const ARRAY: u32 = 2_140_000_000;
    let mut dump = Hprof::new(options(8, Order::RootsLast, Segments::Stating(123_456)));
    let node = dump.class("Node", &[]);
    dump.instance(node, &[]);
    // The head of a byte[]; its elements are a hole in the file.
    let array = [&[0x23, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 1][..], &ARRAY.to_be_bytes(), &[8]].concat();
    for _ in 0..3 {
        dump.raw(&array);
        dump.instance(node, &[]);
    }
    let at = tempfile::tempdir().map_err(|error| Error::file(Path::new("temp"), error))?;
    let path = at.path().join("big.hprof");
    write_with_holes(&path, &dump.bytes(), &array, ARRAY).map_err(|error| Error::file(&path, error))?;
    let opened = open(&path, &Progress::default(), Path::new("not used"))?;
    let outline = outline(opened.bytes(), &Progress::default())?;
    assert_eq!(hops(&outline, opened.bytes())?, 2 + 1 + 3 + 3);
    assert!(outline.has_end);
    Ok(())
}

/// Writes `bytes`, with `hole` zeros behind every `mark`.
#[cfg(target_os = "linux")]
fn write_with_holes(path: &Path, bytes: &[u8], mark: &[u8], hole: u32) -> std::io::Result<()> {
    use std::os::unix::fs::FileExt;
    let file = std::fs::File::create(path)?;
    let (mut from, mut to) = (0, 0);
    let marks = bytes.windows(mark.len()).enumerate().filter(|(_, window)| *window == mark);
    for end in marks.map(|(at, _)| at + mark.len()).chain([bytes.len()]) {
        file.write_all_at(&bytes[from..end], to)?;
        to += (end - from) as u64 + u64::from(hole);
        from = end;
    }
    Ok(())
}

proptest! {
    #[test]
    fn nonsense_gives_no_panic_and_one_answer(
        id_size in prop::sample::select(vec![4u8, 8]),
        // Few distinct bytes, so that tags and short lengths are likely.
        body in prop::collection::vec(prop::sample::select(vec![0u8, 0, 0, 1, 2, 4, 5, 8, 12, 28, 32, 33, 34, 35, 44, 255]), 0..600),
    ) {
        let mut bytes = b"JAVA PROFILE 1.0.2\0\0\0\0".to_vec();
        bytes.push(id_size);
        bytes.extend([0; 8]);
        bytes.extend(body);
        let (outline, lines, _) = read(&bytes)?;
        prop_assert_eq!(hops(&outline, &bytes)?, lines.len());
    }

    #[test]
    fn many_changes_give_no_panic_and_one_answer(
        id_size in prop::sample::select(vec![4u8, 8]),
        segments in prop::sample::select(vec![Segments::Of(200), Segments::One, Segments::ZeroLength]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 1usize..20), 1..9),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = ring(options(id_size, Order::Shuffled(1), segments), 12).bytes();
        for (at, value, count) in changes {
            let at = 31 + at.index(bytes.len() - 31);
            let end = bytes.len().min(at + count);
            bytes[at..end].fill(value);
        }
        bytes.truncate(bytes.len() - cut.index(bytes.len() - 31) / 4);
        let (outline, lines, _) = read(&bytes)?;
        prop_assert_eq!(hops(&outline, &bytes)?, lines.len());
    }
}

#[test]
fn a_cut_dump_gives_a_prefix() -> Result<()> {
    for (id_size, segments) in [(4, Segments::One), (8, Segments::Of(300)), (8, Segments::ZeroLength)] {
        let bytes = ring(options(id_size, Order::RootsLast, segments), 20).bytes();
        let (_, expected, _) = read(&bytes)?;
        for length in 31..bytes.len() {
            let (_, lines, warnings) = read(&bytes[..length])?;
            assert!(expected.starts_with(&lines), "cut at {length}: {:?}", lines.last());
            // A heap that goes to the end of the file ends wherever the file does.
            let known = !warnings.is_empty() || segments == Segments::ZeroLength;
            assert!(known || lines.len() == expected.len(), "cut at {length}");
        }
        assert!((0..31).all(|length| read(&bytes[..length]).is_err()));
    }
    Ok(())
}

#[test]
fn a_flipped_byte_costs_little() -> Result<()> {
    // A segment of 400 bytes has up to 16 records; where there is one segment, a longer array swallows what follows.
    for (id_size, segments, most) in
        [(4, Segments::Of(400), 40), (8, Segments::Of(400), 40), (8, Segments::One, 200)]
    {
        let bytes = ring(options(id_size, Order::RootsLast, segments), 80).bytes();
        let (_, expected, _) = read(&bytes)?;
        let mut worst = (0, 0, 0);
        for at in 31..bytes.len() {
            for value in [0, 0xff, 0x21, bytes[at] ^ 5] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                let (_, lines, _) = read(&bytes)?;
                worst = worst.max((expected.len().abs_diff(lines.len()), at, value));
            }
        }
        assert!(worst.0 <= most, "{worst:?} {id_size} {segments:?} of {}", expected.len());
    }
    Ok(())
}
