//! Every form that writers give to a dump holds the same records.

use super::{options, read, ring};
use heapwise_engine::error::Result;
use heapwise_engine::format::hprof::{Outline, RootKind, SubRecord, java_name, outline};
use heapwise_engine::id::Address;
use heapwise_engine::input::Warnings;
use heapwise_engine::progress::Progress;
use heapwise_testdata::hprof::{Hprof, Options, Order, Root, Segments, Type};

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
