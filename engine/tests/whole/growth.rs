//! Pairs of dumps written by code: what grew is found, what did not is left alone.
//!
//! ```text
//! com.acme.Main ──ITEMS──▶ Item[] ──[i]──▶ Item ──body──▶ byte[]          + what a test adds
//! ```

use crate::small::open_bytes;
use heapwise_engine::diff::{Diff, Finding, PathTree, Trend, compare, edges, suspects};
use heapwise_engine::progress::Progress;
use heapwise_engine::rules::Rules;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::hprof::{Hprof, Options, Root, Type, Value};

const FEW: usize = 40;
const MANY: usize = 4000;

/// A heap in the making, with the classes that the tests use.
struct Heap {
    dump: Hprof,
    main: u64,
    item: u64,
}

impl Heap {
    /// With `items` items in the static array.
    fn new(items: usize) -> Heap {
        let mut dump = Hprof::new(Options::default());
        let main = dump.class("com.acme.Main", &[]);
        let item = dump.class("com.acme.Item", &[("body", Type::Object), ("next", Type::Object)]);
        dump.root(Root::StickyClass, main);
        let mut heap = Heap { dump, main, item };
        heap.array("ITEMS", "com.acme.Item[]", items);
        heap
    }

    fn item(&mut self, next: u64) -> u64 {
        let body = self.dump.byte_array(&[7; 100]);
        self.dump.instance(self.item, &[Value::Object(body), Value::Object(next)])
    }

    /// A static array of new items.
    fn array(&mut self, name: &str, class: &str, items: usize) -> Vec<u64> {
        let all: Vec<u64> = (0..items).map(|_| self.item(0)).collect();
        let array = self.dump.object_array(class, &all);
        self.dump.set_static(self.main, name, Value::Object(array));
        all
    }

    fn snapshot(&self) -> Snapshot {
        let directory = tempfile::tempdir().expect("a temporary directory");
        open_bytes(&self.dump.bytes(), directory.path()).expect("a right dump")
    }
}

fn compared(snapshots: &[&Snapshot]) -> Diff {
    let progress = Progress::default();
    let tree = PathTree::new(snapshots, &progress).unwrap();
    for (snapshot, census) in snapshots.iter().zip(&tree.dumps) {
        assert_eq!(
            census.count.iter().sum::<u64>(),
            snapshot.object_count() as u64,
            "each object is in one row"
        );
        assert_eq!(census.bytes.iter().sum::<u64>(), snapshot.info().shallow_total);
    }
    compare(snapshots, &tree, &Rules::built_in().unwrap(), &progress).unwrap()
}

fn diff(before: &Heap, after: &Heap) -> Diff {
    compared(&[&before.snapshot(), &after.snapshot()])
}

/// The first finding, if it is one to be told.
fn sure(diff: &Diff) -> Option<&Finding> {
    diff.findings.first().filter(|finding| finding.confidence >= 0.5)
}

#[test]
fn what_grows_behind_a_static_field_is_found_with_its_holder() {
    let found = diff(&Heap::new(FEW), &Heap::new(MANY));
    let first = sure(&found).expect("a finding");
    assert_eq!(first.leaked.class, "com.acme.Item");
    assert_eq!((first.leaked.instances_before, first.leaked.instances_after), (FEW as u64, MANY as u64));
    assert_eq!(first.growth_objects, (MANY - FEW) as u64);
    assert_eq!(first.holder.name.as_deref(), Some("static com.acme.Main.ITEMS"));
    assert_eq!(first.category, "grown");
    let path: Vec<(&str, Option<&str>)> =
        first.path.iter().map(|step| (step.class.as_str(), step.via.as_deref())).collect();
    assert_eq!(
        path,
        [("com.acme.Main", None), ("com.acme.Item[]", Some("ITEMS")), ("com.acme.Item", Some("[]"))]
    );
    assert_eq!(found.findings.len(), 1, "one leak is one finding");
    assert_eq!(first.growth_bytes, found.growth_bytes, "the findings partition the growth");
    let array = found.classes.iter().find(|class| class.class == "com.acme.Item[]").expect("the array");
    assert_eq!(first.freed, Some(array.retained_after), "without the field the array goes too");
}

#[test]
fn a_dump_beside_itself_has_nothing_to_tell() {
    let heap = Heap::new(MANY).snapshot();
    let found = compared(&[&heap, &heap]);
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    assert!(found.classes.iter().all(|class| class.instances_delta() == 0 && class.retained_delta() == 0));
}

#[test]
fn a_list_is_one_row_however_long_and_of_whatever_classes() {
    let long = |nodes: usize| {
        let mut heap = Heap::new(FEW);
        let other = heap.dump.subclass("com.acme.Other", heap.item, &[]);
        let mut head = 0;
        for i in 0..nodes {
            head = match i % 3 {
                0 => heap.dump.instance(other, &[Value::NULL, Value::Object(head)]),
                _ => heap.item(head),
            };
        }
        heap.dump.set_static(heap.main, "HEAD", Value::Object(head));
        heap
    };
    let (before, after) = (long(FEW).snapshot(), long(20 * MANY).snapshot());
    let tree = PathTree::new(&[&before, &after], &Progress::default()).unwrap();
    assert!(tree.rows.len() < 60, "{} rows", tree.rows.len());
    let found = compared(&[&before, &after]);
    let first = sure(&found).expect("a finding");
    assert_eq!(first.holder.name.as_deref(), Some("static com.acme.Main.HEAD"));
}

#[test]
fn two_leaks_are_two_findings_and_two_ways_to_one_leak_are_one() {
    let grown = |items: usize| {
        let mut heap = Heap::new(items);
        let view = heap.dump.class("com.acme.View", &[("body", Type::Object)]);
        let views: Vec<u64> = (0..items)
            .map(|_| {
                let body = heap.dump.byte_array(&[1; 300]);
                heap.dump.instance(view, &[Value::Object(body)])
            })
            .collect();
        // An index beside the list: each entry leads to a view of the first one.
        let entry = heap.dump.class("com.acme.Entry", &[("view", Type::Object)]);
        let entries: Vec<u64> =
            views.iter().map(|&view| heap.dump.instance(entry, &[Value::Object(view)])).collect();
        for (name, class, all) in
            [("VIEWS", "com.acme.View[]", views), ("INDEX", "com.acme.Entry[]", entries)]
        {
            let array = heap.dump.object_array(class, &all);
            heap.dump.set_static(heap.main, name, Value::Object(array));
        }
        heap
    };
    let found = diff(&grown(FEW), &grown(MANY));
    let leaked: Vec<&str> = found.findings.iter().map(|finding| finding.leaked.class.as_str()).collect();
    assert_eq!(leaked, ["com.acme.View", "com.acme.Item"], "{:?}", found.findings);
    assert_eq!(found.findings[0].also_held_by[0].name, "static com.acme.Main.INDEX[]");
}

#[test]
fn what_moved_or_is_reached_by_a_shorter_way_has_not_grown() {
    let mut before = Heap::new(FEW);
    before.array("OLD", "com.acme.Item[]", MANY);
    let mut after = Heap::new(FEW);
    after.array("NEW", "com.acme.Item[]", MANY);
    let found = diff(&before, &after);
    assert!(sure(&found).is_none(), "{:?}", found.findings);
    assert!(found.findings.iter().all(|finding| finding.category == "moved"));

    let deep = |short: bool| {
        let mut heap = Heap::new(FEW);
        let items: Vec<u64> = (0..MANY).map(|_| heap.item(0)).collect();
        let array = heap.dump.object_array("com.acme.Item[]", &items);
        let holder = heap.dump.class("com.acme.Holder", &[("items", Type::Object)]);
        let inner = heap.dump.instance(holder, &[Value::Object(array)]);
        let outer = heap.dump.class("com.acme.Outer", &[("holder", Type::Object)]);
        let outer = heap.dump.instance(outer, &[Value::Object(inner)]);
        heap.dump.set_static(heap.main, "DEEP", Value::Object(outer));
        if short {
            let first = heap.dump.object_array("java.lang.Object[]", &items);
            heap.dump.set_static(heap.main, "SHORT", Value::Object(first));
        }
        heap
    };
    let found = diff(&deep(false), &deep(true));
    assert!(sure(&found).is_none(), "{:?}", found.findings);
}

#[test]
fn soft_growth_is_not_strong_and_garbage_is_not_held() {
    let soft = |items: usize| {
        let mut heap = Heap::new(FEW);
        let reference =
            heap.dump.class("java.lang.ref.Reference", &[("referent", Type::Object), ("next", Type::Object)]);
        let soft = heap.dump.subclass("java.lang.ref.SoftReference", reference, &[]);
        let all: Vec<u64> = (0..items)
            .map(|_| {
                let item = heap.item(0);
                heap.dump.instance(soft, &[Value::Object(item)])
            })
            .collect();
        let array = heap.dump.object_array("java.lang.ref.SoftReference[]", &all);
        heap.dump.set_static(heap.main, "SOFT", Value::Object(array));
        heap
    };
    let found = diff(&soft(FEW), &soft(MANY));
    assert!(sure(&found).is_none(), "{:?}", found.findings);

    let garbage = |items: usize| {
        let mut heap = Heap::new(FEW);
        (0..items).for_each(|_| _ = heap.item(0));
        heap
    };
    let unseen = diff(&garbage(0), &garbage(MANY));
    assert_eq!(unseen.findings[0].holder.root, "unreachable", "after a collection something unseen holds it");
    let found = diff(&garbage(FEW), &garbage(MANY));
    let first = found.findings.first().expect("a finding of its own");
    assert_eq!((first.holder.root.as_str(), first.strength), ("unreachable", "unreachable"));
    assert!(first.confidence < 0.5);
}

#[test]
fn a_ring_that_nothing_reaches_has_its_rows_too() {
    let ring = || {
        let mut heap = Heap::new(FEW);
        let (a, b) = (heap.item(0), heap.item(0));
        heap.dump.set(a, "next", Value::Object(b));
        heap.dump.set(b, "next", Value::Object(a));
        heap
    };
    diff(&ring(), &ring());
}

#[test]
fn a_series_has_a_trend() {
    let snapshots: Vec<Snapshot> =
        [FEW, 1000, 2000, 3000].into_iter().map(|items| Heap::new(items).snapshot()).collect();
    let all: Vec<&Snapshot> = snapshots.iter().collect();
    let found = compared(&all);
    let first = sure(&found).expect("a finding");
    assert_eq!(
        (first.trend, &first.series[..]),
        (Some(Trend::Monotonic.name()), &[40, 1000, 2000, 3000][..])
    );
    let teeth = compared(&[all[0], all[3], all[0], all[2]]);
    assert_eq!(teeth.findings[0].trend, Some("saw-tooth"));
    assert!(sure(&teeth).is_none());
}

#[test]
fn edges_are_counted_with_owners_and_targets() {
    let (before, after) = (Heap::new(FEW).snapshot(), Heap::new(MANY).snapshot());
    let found = edges(&before, &after, &Progress::default()).unwrap();
    let first = found.first().expect("edges");
    let elements = found.iter().find(|edge| edge.via == "[]").expect("elements of the array");
    assert_eq!((elements.owner.as_str(), elements.target.as_str()), ("com.acme.Item[]", "com.acme.Item"));
    assert_eq!((elements.after.references, elements.after.owners), (MANY as u64, 1));
    assert_eq!((first.category(), first.after.targets), ("grown", MANY as u64));
}

#[test]
fn one_dump_has_suspects_with_a_holder() {
    let heap = Heap::new(MANY).snapshot();
    let progress = Progress::default();
    let tree = PathTree::new(&[&heap], &progress).unwrap();
    let found = suspects(&heap, &tree, &Rules::built_in().unwrap(), &progress).unwrap().suspects;
    let first = found.first().expect("a suspect");
    assert_eq!((found.len(), first.leaked.class.as_str()), (1, "com.acme.Item"));
    assert_eq!(first.holder.name.as_deref(), Some("static com.acme.Main.ITEMS"));
    assert_eq!(first.growth_objects, MANY as u64);
}

#[test]
fn answers_do_not_depend_on_threads() {
    let (before, after) = (Heap::new(MANY).snapshot(), Heap::new(3 * MANY).snapshot());
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| compared(&[&before, &after]));
        serde_json::to_string(&found).unwrap()
    };
    assert_eq!(with(1), with(4));
}

/// So many threads with names of their own, each with a parcel of so many bytes in a local.
fn threads(count: usize, bytes: usize) -> Snapshot {
    let mut heap = Heap::new(FEW);
    let parcel = heap.dump.class("com.acme.Parcel", &[("body", Type::Object)]);
    for number in 0..count {
        // Letters, since numbers in names of threads do not count.
        let name: String = (0..8).map(|bit| if number >> bit & 1 == 1 { 'x' } else { 'o' }).collect();
        let thread = heap.dump.thread(&name, &["com.acme.Main.run"]);
        let body = heap.dump.byte_array(&vec![1; bytes]);
        let it = heap.dump.instance(parcel, &[Value::Object(body)]);
        heap.dump.local(thread, 0, it);
    }
    heap.snapshot()
}

fn suspected(snapshot: &Snapshot) -> Vec<Finding> {
    let progress = Progress::default();
    let tree = PathTree::new(&[snapshot], &progress).unwrap();
    suspects(snapshot, &tree, &Rules::built_in().unwrap(), &progress).unwrap().suspects
}

#[test]
fn a_class_that_many_paths_lead_to_is_a_suspect_as_a_group() {
    let found = suspected(&threads(200, 5000));
    let group = found.iter().find(|finding| finding.leaked.class == "com.acme.Parcel").expect("the group");
    assert_eq!(group.leaked.instances_after, 200);
    assert!(group.growth_bytes > 200 * 5000, "{group:?}");
    assert!(group.accumulation.is_none(), "no object holds it all: {group:?}");
}

#[test]
fn of_two_suspects_of_one_owner_each_has_a_point_of_its_own() {
    let mut heap = Heap::new(MANY);
    heap.array("OTHERS", "com.acme.Other[]", MANY / 2);
    let found = suspected(&heap.snapshot());
    let points: Vec<&str> =
        found.iter().filter_map(|finding| Some(finding.accumulation.as_ref()?.class.as_str())).collect();
    assert_eq!(points, ["com.acme.Item[]", "com.acme.Other[]"]);
}

#[test]
fn a_suspect_that_one_object_holds_has_its_accumulation_point() {
    let found = suspected(&Heap::new(MANY).snapshot());
    let point = found[0].accumulation.as_ref().expect("the array");
    assert_eq!(point.class, "com.acme.Item[]");
    assert!(point.children >= MANY as u64, "the items, and classes that only they keep: {point:?}");
    assert!(point.retained > 100 * MANY as u64 && point.largest_child_retained < 1000, "{point:?}");
}
