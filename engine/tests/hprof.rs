//! Dumps written by code, in every form and every state of damage, against what they must give.

use heapwise_engine::error::Result;
use heapwise_engine::format::hprof::{Outline, RootKind, SubRecord, java_name, outline, read_value};
use heapwise_engine::id::Address;
use heapwise_engine::input::Warnings;
use heapwise_engine::progress::Progress;
use heapwise_testdata::hprof::{Hprof, Options, Order, Root, Segments, Type, Value};
use proptest::prelude::*;

/// The outline of `bytes`, a line for each sub-record in the order of the file, and all warnings.
fn read(bytes: &[u8]) -> Result<(Outline, Vec<String>, Warnings)> {
    let outline = outline(bytes, &Progress::default())?;
    let mut warnings = outline.warnings.clone();
    let mut lines = Vec::new();
    for unit in &outline.units {
        outline.for_each_record(bytes, unit, &mut warnings, |record| {
            lines.push(describe(&record));
            Ok(())
        })?;
    }
    Ok((outline, lines, warnings))
}

fn describe(record: &SubRecord<'_>) -> String {
    match record {
        SubRecord::Root(root) => {
            format!(
                "root {:?} {} {:?} {:?} {:?}",
                root.kind, root.object, root.thread_serial, root.frame, root.stack_serial
            )
        }
        SubRecord::Class(class) => {
            let statics: Vec<_> =
                class.statics().map(|field| read_value(field.value_type, field.value)).collect();
            let fields: Vec<_> = class.fields().map(|field| field.field_type).collect();
            format!(
                "class {} {} {} {statics:?} {fields:?}",
                class.address, class.super_class, class.instance_size
            )
        }
        SubRecord::Instance(it) => format!("instance {} {} {:?}", it.address, it.class, it.body),
        SubRecord::ObjectArray(it) => {
            format!("objects {} {} {:?}", it.address, it.class, it.elements.iter().collect::<Vec<_>>())
        }
        SubRecord::PrimitiveArray(it) => {
            format!("primitives {} {:?} {} {:?}", it.address, it.element, it.length, it.body)
        }
        SubRecord::HeapInfo(it) => format!("heap {}", it.heap),
    }
}

/// A ring of nodes with a thread, an array, strings: something of everything.
fn ring(options: Options, nodes: usize) -> Hprof {
    let mut dump = Hprof::new(options);
    let node = dump.class("com.acme.Node", &[("next", Type::Object), ("value", Type::Int)]);
    let leaf = dump.subclass("com.acme.Leaf", node, &[("weight", Type::Double), ("value", Type::Long)]);
    let first = dump.instance(leaf, &[Value::Double(0.5), Value::Long(-1), Value::NULL, Value::Int(7)]);
    let mut last = first;
    for value in 0..nodes {
        last = dump.instance(node, &[Value::Object(last), Value::Int(value.try_into().unwrap_or(0))]);
    }
    dump.set(first, "next", Value::Object(last));
    dump.set_static(node, "HEAD", Value::Object(first));
    dump.set_static(node, "COUNT", Value::Short(-3));
    dump.string("Grüße");
    dump.string("世界");
    dump.object_array("com.acme.Node[]", &[first, 0, last]);
    for element in Type::PRIMITIVES {
        dump.array(element, &[element.zero(), element.zero(), element.zero()]);
    }
    let thread = dump.thread("worker-1", &["com.acme.Node.run:12", "java.lang.Thread.run"]);
    dump.local(thread, 1, last);
    dump
}

fn options(id_size: u8, order: Order, segments: Segments) -> Options {
    Options { id_size, order, segments, ..Options::default() }
}

#[test]
fn the_records_are_the_same_in_every_form() -> Result<()> {
    for id_size in [4, 8] {
        let (_, mut expected, _) = read(&ring(options(id_size, Order::RootsLast, Segments::One), 9).bytes())?;
        // Classes, instances, arrays of references and of values, roots.
        assert_eq!(expected.len(), 14 + 14 + 1 + 11 + 2);
        expected.sort();
        for order in [Order::RootsLast, Order::RootsBeforeObjects, Order::Shuffled(1), Order::Shuffled(2)] {
            for segments in [Segments::Of(1), Segments::Of(100), Segments::Of(1 << 20), Segments::ZeroLength]
            {
                for (version, end) in [("1.0.1", false), ("1.0.2", true), ("1.0.3", true)] {
                    let options = Options { version, end, ..options(id_size, order, segments) };
                    let (outline, mut lines, _) = read(&ring(options.clone(), 9).bytes())?;
                    lines.sort();
                    assert_eq!(lines, expected, "{options:?}");
                    assert_eq!((outline.header.version.as_str(), outline.header.id_size), (version, id_size));
                    assert_eq!(outline.has_end, end);
                }
            }
        }
    }
    Ok(())
}

#[test]
fn values_names_and_stacks_are_what_was_written() -> Result<()> {
    let bytes = ring(Options::default(), 0).bytes();
    let (outline, lines, warnings) = read(&bytes)?;
    assert!(warnings.is_empty(), "{warnings:?}");
    let tables = &outline.tables;
    let name = |id| tables.strings.get(&bytes, id).unwrap_or_default().into_owned();
    let classes: Vec<String> = tables.classes.iter().map(|class| java_name(&name(class.name))).collect();
    assert_eq!(classes[..4], ["java.lang.Object", "com.acme.Node", "com.acme.Leaf", "java.lang.String"]);
    assert_eq!(classes[5..7], ["com.acme.Node[]", "boolean[]"]);
    let frames: Vec<_> =
        tables.frames.iter().map(|frame| (name(frame.method), frame.class_serial, frame.line)).collect();
    assert_eq!(frames, [("run".to_owned(), 2, 12), ("run".to_owned(), 14, -1)]);
    assert_eq!((tables.traces[1].serial, tables.traces[1].thread_serial), (2, 1));
    assert_eq!(tables.trace_frames[tables.traces[1].frames.clone()], [1, 2]);
    assert!(
        lines[1].contains("12 [Some(Object(Address(30064771360))), Some(Short(-3))] [Object, Int]"),
        "{}",
        lines[1]
    );
    Ok(())
}

#[test]
fn every_root_is_read() -> Result<()> {
    let cases = [
        (Root::Unknown, RootKind::Unknown, None, None),
        (Root::JniGlobal, RootKind::JniGlobal, None, None),
        (Root::JniLocal { thread: 1, frame: 2 }, RootKind::JniLocal, Some(1), Some(2)),
        (Root::JavaFrame { thread: 4, frame: u32::MAX }, RootKind::JavaFrame, Some(4), None),
        (Root::NativeStack { thread: 8 }, RootKind::NativeStack, Some(8), None),
        (Root::StickyClass, RootKind::StickyClass, None, None),
        (Root::ThreadBlock { thread: 16 }, RootKind::ThreadBlock, Some(16), None),
        (Root::MonitorUsed, RootKind::MonitorUsed, None, None),
        (Root::Thread { thread: 32, stack: 64 }, RootKind::Thread, Some(32), None),
        (Root::InternedString, RootKind::InternedString, None, None),
        (Root::Finalizing, RootKind::Finalizing, None, None),
        (Root::Debugger, RootKind::Debugger, None, None),
        (Root::ReferenceCleanup, RootKind::ReferenceCleanup, None, None),
        (Root::VmInternal, RootKind::VmInternal, None, None),
        (Root::JniMonitor { thread: 128, depth: 256 }, RootKind::JniMonitor, Some(128), Some(256)),
        (Root::Unreachable, RootKind::Unreachable, None, None),
    ];
    for id_size in [4, 8] {
        let mut dump = Hprof::new(options(id_size, Order::RootsBeforeObjects, Segments::One));
        cases.iter().for_each(|case| dump.root(case.0, 0x1234_5678));
        let bytes = dump.bytes();
        let outline = outline(&bytes, &Progress::default())?;
        let mut records = outline.sub_records(&bytes, &outline.units[0]);
        assert!(matches!(records.next()?, Some(SubRecord::Class(_))));
        for (written, kind, thread, frame) in cases {
            let Some(SubRecord::Root(root)) = records.next()? else { panic!("no root for {written:?}") };
            assert_eq!((root.kind, root.object), (kind, Address(0x1234_5678)));
            assert_eq!((root.thread_serial, root.frame), (thread, frame), "{written:?}");
            assert_eq!(root.stack_serial, (kind == RootKind::Thread).then_some(64));
        }
        assert!(records.next()?.is_none());
    }
    Ok(())
}

#[test]
fn android_arrays_without_data_and_heaps() -> Result<()> {
    let mut dump = Hprof::new(Options { version: "1.0.3", id_size: 4, ..Options::default() });
    dump.heap_info(65, "app");
    dump.array_without_data(Type::Long, 1000);
    let (_, lines, _) = read(&dump.bytes())?;
    assert_eq!(lines[1..], ["heap 65", "primitives 0x10000060 Long 1000 None"]);
    Ok(())
}

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
fn a_large_heap_is_cut_into_units_for_any_number_of_threads() -> Result<()> {
    for segments in [Segments::One, Segments::Of(1 << 20), Segments::Of(6 << 20)] {
        let mut dump = Hprof::new(options(8, Order::RootsLast, segments));
        for _ in 0..400 {
            dump.byte_array(&[7; 50_000]);
        }
        let bytes = dump.bytes();
        let outline = outline(&bytes, &Progress::default())?;
        assert!((4..=6).contains(&outline.units.len()), "{}", outline.units.len());
        let count = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map(|pool| pool.install(|| arrays(&outline, &bytes)))
        };
        let (one, three) = (count(1), count(3));
        let one = one.unwrap_or_else(|error| panic!("{error}"))?;
        assert_eq!(one.iter().sum::<usize>(), 400);
        assert_eq!(one, three.unwrap_or_else(|error| panic!("{error}"))?);
    }
    Ok(())
}

/// Primitive arrays in each unit.
fn arrays(outline: &Outline, bytes: &[u8]) -> Result<Vec<usize>> {
    outline.map_units(&Progress::default(), |unit| {
        let mut arrays = 0;
        outline.for_each_record(bytes, unit, &mut Warnings::default(), |record| {
            arrays += usize::from(matches!(record, SubRecord::PrimitiveArray(_)));
            Ok(())
        })?;
        Ok(arrays)
    })
}

#[test]
fn a_cancelled_scan_stops() {
    let progress = Progress::default();
    progress.cancel();
    let mut dump = Hprof::new(options(8, Order::RootsLast, Segments::One));
    dump.byte_array(&[0; 3 << 20]);
    dump.byte_array(&[0; 3 << 20]);
    assert!(outline(&dump.bytes(), &progress).is_err());
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

/// How many sub-records are hopped over; checks that they ascend and lie within `bytes`.
fn hops(outline: &Outline, bytes: &[u8]) -> Result<usize> {
    let (mut hops, mut last) = (0, 0);
    for unit in &outline.units {
        outline.for_each_hop(bytes, unit, &mut Warnings::default(), |hop| {
            hops += 1;
            assert!(hop.offset.0 >= last && hop.end > hop.offset && hop.end.0 <= bytes.len() as u64);
            last = hop.end.0;
            Ok(())
        })?;
    }
    Ok(hops)
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
