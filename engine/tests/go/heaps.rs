//! Small heaps, and what holds their objects.

use super::{at, opened, unreachable};
use heapwise_engine::holders::paths;
use heapwise_engine::id::ObjectId;
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::go::{Go, Machine};
use std::collections::BTreeSet;

const ALL: [Machine; 4] = [
    Machine { big_endian: false, pointer_bytes: 8, version: "go1.21.1" },
    Machine { big_endian: true, pointer_bytes: 8, version: "go1.27.0" },
    Machine { big_endian: false, pointer_bytes: 4, version: "" },
    Machine { big_endian: true, pointer_bytes: 4, version: "go1.24.2" },
];

/// The roots of an object: kind, name.
fn roots(snapshot: &Snapshot, address: u64) -> BTreeSet<String> {
    let stacks = snapshot.stacks();
    let roots = stacks.roots_of(at(snapshot, address)).iter();
    roots.map(|root| format!("{} {}", root.kind.name(), stacks.name(root).unwrap_or("-"))).collect()
}

fn targets(snapshot: &Snapshot, address: u64) -> Vec<u64> {
    let ids = snapshot.outbound().of(at(snapshot, address).index()).iter();
    ids.map(|&id| snapshot.address(ObjectId(id)).0).collect()
}

#[test]
fn pointers_lead_into_slots_on_every_machine() {
    for machine in ALL {
        let mut dump = Go::new(machine);
        // global → a → b (its end), b → c (its middle); one past the end of c is d; e is reached by nothing.
        dump.pointers(0x10020, &[0x10047, 0]);
        dump.pointers(0x10040, &[0x10060 + 9, 0x10070]);
        dump.object(0x10060, &[0; 16], &[]);
        dump.object(0x10070, &[0; 16], &[]);
        dump.object(0x10000, &[7; 16], &[]);
        dump.bss(0x500, &[0, 0x10020]);
        dump.statistics(0);
        let snapshot = opened(&dump.end()).unwrap();
        assert_eq!(snapshot.object_count(), 5);
        assert_eq!(unreachable(&snapshot), [0x10000], "{machine:?}");
        let width = machine.pointer_bytes;
        if width == 8 {
            assert_eq!(targets(&snapshot, 0x10020), [0x10040]);
            assert_eq!(targets(&snapshot, 0x10040), [0x10060, 0x10070]);
        }
        assert_eq!(roots(&snapshot, 0x10020), [format!("global bss+0x{width:x}")].into());
        assert_eq!(snapshot.info().id_size, width);
        assert!(snapshot.info().notes.iter().any(|note| note.contains("exactly what the runtime counts")));
    }
}

#[test]
fn everything_that_holds_is_a_root_of_its_kind() {
    let mut dump = Go::new(Machine::amd64("go1.21.1"));
    for address in (1..=14).map(|n| n * 0x1000) {
        dump.pointers(address, &[if address == 0x9000 { 0xa000 } else { 0 }, 0]);
    }
    dump.goroutine(0x1000, 7, "chan receive");
    // The first frame has a pointer to the heap, one into the frame above it, and a stale word.
    dump.frame(0x7000_0000, 0, "main.wait", &[0x2000, 0x7000_0028, 0xe000], &[0, 1]);
    // An object on the stack: no word of it is listed.
    dump.frame(0x7000_0018, 1, "main.serve", &[1, 2, 0x3000, 3], &[]);
    dump.defer(0x4000, 0x1000, 0x5000);
    dump.panic(0x6000, 0x1000, 0x7000);
    dump.thread(0x8000, 1);
    dump.finalizer(0x9000, 0xb000, false);
    dump.finalizer(0xc000, 0xd000, true);
    let snapshot = opened(&dump.end()).unwrap();
    for (address, kind) in [
        (0x1000, "goroutine -"),
        (0x2000, "goroutine frame -"),
        (0x3000, "conservative frame -"),
        (0x4000, "defer -"),
        (0x5000, "defer -"),
        (0x6000, "panic -"),
        (0x7000, "panic -"),
        (0x8000, "os thread -"),
        (0xa000, "finalizer of the object at 0x9000"),
        (0xb000, "finalizer -"),
        (0xc000, "queued finalizer -"),
        (0xd000, "queued finalizer -"),
    ] {
        assert_eq!(roots(&snapshot, address), [kind.to_owned()].into(), "{address:#x}");
    }
    // An object with a finalizer is not held by it; a word of a frame that nothing points into is none.
    assert_eq!(unreachable(&snapshot), [0x9000, 0xe000]);
    let goroutine = at(&snapshot, 0x1000);
    assert_eq!(snapshot.locals_of(goroutine).len(), 6);
    assert_eq!(snapshot.retained(goroutine), 7 * 16, "with its locals");
    assert_eq!(snapshot.stacks().frames[1].method, "serve");
}

#[test]
fn bitmaps_at_the_end_of_spans_are_no_objects() {
    let full = |version| {
        let mut dump = Go::new(Machine::amd64(version));
        (0..128).for_each(|n| {
            dump.pointers(0x20000 + n * 64, &[0; 8]);
        });
        opened(&dump.end()).unwrap().object_count()
    };
    assert_eq!((full("go1.21.9"), full("go1.22.0"), full("go1.26.0")), (128, 126, 124));
}

#[test]
fn classes_say_plainly_what_is_known() {
    let mut dump = Go::new(Machine::amd64("go1.27.3"));
    dump.itab(0x600, 0x700, "net/http.response", 600);
    dump.pointers(0x10000, &[0x10080, 0]);
    dump.object(0x10080, &[0; 32], &[]);
    let mut header = dump.machine.words(&[0x700]);
    header.resize(640, 0);
    dump.object(0x20000, &header, &[8]);
    header[0] = 0xff;
    dump.object(0x30000, &header, &[8]);
    dump.object(0x40000, &[0; 40960], &[0]);
    dump.object(0x60000, &[0; 49152], &[]);
    dump.goroutine(0x50000, 1, "");
    dump.object(0x50000, &[0; 480], &[8, 16]);
    let snapshot = opened(&dump.end()).unwrap();
    let class = |address| snapshot.class_name(snapshot.class_of(at(&snapshot, address)));
    assert_eq!(class(0x10000), "<16 bytes, pointers at words 0-1>");
    assert_eq!(class(0x10080), "<32 bytes, no pointers>");
    assert_eq!(class(0x20000), "net/http.response <640 bytes>");
    assert_eq!(class(0x30000), "<640 bytes, type at 0x7ff>");
    assert_eq!(class(0x40000), "<large, pointers>");
    assert_eq!(class(0x60000), "<large, no pointers>");
    assert_eq!(class(0x50000), "runtime.g");
    let path = paths(&snapshot, at(&snapshot, 0x50000), 1, &Progress::default()).unwrap();
    assert_eq!(path[0].root, "goroutine");
}

#[test]
fn lists_of_a_million_nodes_are_ordinary() {
    let count = 1_000_000u64;
    let mut dump = Go::new(Machine::amd64("go1.19.1"));
    for node in 0..count {
        let next = if node + 1 < count { 0x100_0000 + (node + 1) * 16 } else { 0 };
        dump.pointers(0x100_0000 + node * 16, &[next, 0]);
    }
    dump.data(0x500, &[0x100_0000]);
    dump.statistics(16);
    let snapshot = opened(&dump.end()).unwrap();
    assert_eq!(snapshot.retained(ObjectId(0)), 16 * count);
    assert_eq!(snapshot.reached().depth.last(), Some(&999_999));
    let note = snapshot.info().notes.iter().find(|note| note.contains("MemStats")).unwrap();
    assert!(note.contains("16 fewer than the runtime counts"), "{note}");
}
