//! The shipped Go dumps: what `shop.go` made is found, with its types and by what holds it.

use super::open_with;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type};
use heapwise_engine::graph::Strength;
use heapwise_engine::holders::paths;
use heapwise_engine::id::ObjectId;
use heapwise_engine::language::{Collections, Entry};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::tables;
use heapwise_engine::value::{go_fields, text};
use heapwise_testdata::dumps::GoDump;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// Sessions that the program made.
const COUNT: usize = 300;

/// The shipped dumps, opened with their executables.
pub(crate) fn shops() -> &'static Vec<(GoDump, Arc<Snapshot>)> {
    static OPENED: OnceLock<Vec<(GoDump, Arc<Snapshot>)>> = OnceLock::new();
    OPENED.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let open = |dump: GoDump| {
            let (path, exe) = dump.unpack(directory.path()).unwrap();
            (dump, Arc::new(open_with(&path, Some(&exe)).unwrap()))
        };
        GoDump::ALL.map(open).into()
    })
}

pub(crate) fn instances(snapshot: &Snapshot, class: &str) -> Vec<ObjectId> {
    let classes = snapshot.classes_named(class);
    snapshot.instances(&classes, snapshot.ids()).into_iter().map(ObjectId).collect()
}

/// The parts of an object as texts; of those that lead to an object, its class.
fn parts(snapshot: &Snapshot, id: ObjectId) -> BTreeMap<String, String> {
    let class = |id| snapshot.class_name(snapshot.class_of(id)).to_owned();
    let fields = go_fields(snapshot, id).into_iter();
    fields
        .map(|field| (field.name.to_owned(), field.text.or(field.object.map(class)).unwrap_or_default()))
        .collect()
}

fn entries(snapshot: &Snapshot, class: &str) -> Vec<Entry> {
    let collections = Collections::new(snapshot);
    let maps = instances(snapshot, class);
    maps.into_iter().flat_map(|map| collections.entries(map).unwrap()).collect()
}

#[test]
fn bytes_agree_with_the_runtime_and_nearly_all_have_a_type() {
    for (dump, snapshot) in shops() {
        let info = snapshot.info();
        assert!(info.warnings.is_empty(), "{dump:?}: {:?}", info.warnings);
        assert!(info.notes.iter().any(|note| note.contains("exactly what the runtime counts")), "{dump:?}");
        let go = snapshot.go().unwrap();
        let untyped = snapshot.classes().ids().filter(|&class| go.type_of(class).is_none());
        let bytes: u64 = untyped.map(|class| snapshot.classes().get(class).shallow).sum();
        assert!(bytes * 50 < info.shallow_total, "{dump:?}: {bytes} of {}", info.shallow_total);
        let lost = snapshot.amount(Strength::Unreachable).objects;
        assert!(lost < 20, "{dump:?}: {lost} objects are held by nothing");
    }
}

#[test]
fn objects_are_counted_exactly() {
    for (dump, snapshot) in shops() {
        let check = |class: &str, count: usize| {
            assert_eq!(instances(snapshot, class).len(), count, "{dump:?} {class}");
        };
        check("main.Session", COUNT);
        check("main.Square", 2 * COUNT);
        check("main.Resource", 2);
        check("map[string]*main.Session", 1);
        check("map[int32]string", 1);
        check("chan *main.Profile", 1);
        check("[]main.Shape", 1);
        // Of sessions, waiting jobs, closures, workers.
        check("main.Profile", COUNT + 5 + 3 + 5);
    }
}

#[test]
fn fields_have_their_values() {
    for (dump, snapshot) in shops() {
        let sessions = instances(snapshot, "main.Session");
        let found = sessions.iter().map(|&id| parts(snapshot, id)).find(|parts| parts["Name"] == "user-1007");
        let parts = found.unwrap_or_else(|| panic!("{dump:?}: no user-1007"));
        let check = |name: &str, value: &str| assert_eq!(parts[name], value, "{dump:?} {name}");
        check("Base.ID", "-7");
        check("ID", "-7");
        check("Home.Street", "street 7");
        check("Home.Zip", "10007");
        check("Home.Street.len", "8");
        check("Profile", "main.Profile");
        check("Tags.len", "3");
        check("Tags.cap", "4");
        check("Tags", "[]string");
        check("Active", "false");
        check("Any", "main.Square");
        check("Next", "main.Session");
    }
}

#[test]
fn maps_of_both_layouts_have_their_entries() {
    for (dump, snapshot) in shops() {
        let sessions = entries(snapshot, "map[string]*main.Session");
        assert_eq!(sessions.len(), COUNT, "{dump:?}");
        for entry in &sessions {
            let session = parts(snapshot, entry.value.unwrap());
            assert_eq!(Some(&session["Name"]), entry.key_text.as_ref(), "{dump:?}");
        }
        let mut small: Vec<(String, String)> = entries(snapshot, "map[int32]string")
            .into_iter()
            .map(|entry| (entry.key_text.unwrap(), entry.value_text.unwrap()))
            .collect();
        small.sort();
        let expected: Vec<_> = (0..5).map(|n| (n.to_string(), format!("number {n}"))).collect();
        assert_eq!(small, expected, "{dump:?}");
        let collections = Collections::new(snapshot);
        let size = |class: &str| collections.size(instances(snapshot, class)[0]);
        assert_eq!(size("map[string]*main.Session"), Some(COUNT as u64));
        assert_eq!(size("map[float64]main.Address"), Some(5));
        assert_eq!(size("chan *main.Profile"), Some(5));
        assert_eq!(collections.capacity(instances(snapshot, "chan *main.Profile")[0]), Some(8));
    }
}

#[test]
fn paths_begin_at_named_variables() {
    for (dump, snapshot) in shops() {
        let root = |id: ObjectId| {
            let found = paths(snapshot, id, 1, &Progress::default()).unwrap();
            let steps: Vec<String> = found[0].steps.iter().filter_map(|step| step.via.clone()).collect();
            (found[0].root.clone(), steps.join(" "))
        };
        let header = instances(snapshot, "map[string]*main.Session")[0];
        assert_eq!(root(header).0, "global main.sessions", "{dump:?}");
        let profiles = instances(snapshot, "main.Profile").into_iter();
        let named =
            |name: &str| profiles.clone().rfind(|&id| parts(snapshot, id)["Name"].starts_with(name)).unwrap();
        let (of, via) = root(named("of worker"));
        assert_eq!((of.as_str(), via.as_str()), ("goroutine", "<local local of main.worker>"), "{dump:?}");
        assert_eq!(root(named("job")).0, "global main.jobs", "{dump:?}");
        assert_eq!(root(named("captured")).0, "global main.handlers", "{dump:?}");
        let resources = instances(snapshot, "main.Resource");
        assert!(resources.iter().any(|&id| root(id).0.starts_with("finalizer")), "{dump:?}");
    }
}

#[test]
fn texts_are_those_of_the_program() {
    for (dump, snapshot) in shops() {
        let profile = instances(snapshot, "main.Profile").into_iter();
        let mail = profile
            .map(|id| parts(snapshot, id)["Mail"].clone())
            .find(|mail| mail == "user-1111@example.com");
        assert!(mail.is_some(), "{dump:?}");
        // Too long to share its slot with other texts.
        let texts = instances(snapshot, "string").into_iter().filter_map(|id| text(snapshot, id));
        assert_eq!(texts.filter(|text| text == "user-1111@example.com").count(), 1, "{dump:?}");
    }
}

#[test]
fn tables_tell_of_goroutines_and_waste() {
    for (dump, snapshot) in shops() {
        let tables = tables(snapshot);
        let rows = |name: &str| {
            let table = tables.iter().find(|table| table.name() == name).unwrap();
            let columns: Vec<usize> = (0..table.columns().len()).collect();
            table.scan(&columns, 0..table.rows()).unwrap()
        };
        let goroutines = rows("goroutines");
        let texts = |batch: &RecordBatch, name: &str| {
            let column = batch.column_by_name(name).unwrap().as_string::<i32>();
            column.iter().map(|text| text.unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let functions = texts(&goroutines, "function");
        assert_eq!(functions.iter().filter(|function| *function == "main.worker").count(), 5, "{dump:?}");
        assert!(texts(&goroutines, "reason").contains(&"chan receive".to_owned()), "{dump:?}");
        let frames = snapshot.stacks().frames.iter().filter(|frame| frame.method == "worker");
        assert!(frames.clone().all(|frame| frame.source == "shop.go" && frame.line.is_some()), "{dump:?}");
        assert_eq!(frames.count(), 5, "{dump:?}");
        let started = texts(&goroutines, "started");
        assert_eq!(started.iter().filter(|function| *function == "main.worker").count(), 5, "{dump:?}");
        assert!(started.contains(&"main.main".to_owned()), "{dump:?}: {started:?}");
        let stacks = texts(&goroutines, "stack");
        assert!(stacks.iter().all(|stack| !stack.contains("gowrap") && !stack.contains(".func1")));
        assert!(stacks.iter().any(|stack| stack.contains("runtime.goparkunlock < runtime.bgsweep")));
        // A view of 16 bytes at 1,000 of 65,536 can grow to the end.
        let waste = rows("waste");
        let unseen = waste.column_by_name("unseen").unwrap().as_primitive::<Int64Type>();
        let spare = waste.column_by_name("spare").unwrap().as_primitive::<Int64Type>();
        assert_eq!((unseen.value(0), spare.value(0)), (1000, 65536 - 1016), "{dump:?}");
        let spans = rows("spans");
        let used = spans.column_by_name("used").unwrap().as_primitive::<Int64Type>();
        assert_eq!(used.iter().flatten().sum::<i64>(), snapshot.object_count() as i64);
        assert_eq!(rows("memstats").num_rows(), 25);
        assert!(
            rows("itabs").num_rows() > 0 && rows("finalizers").num_rows() > 0 && rows("slack").num_rows() > 0
        );
    }
}

/// The columns of a table that are numbers, and those that are texts, by name.
fn table(snapshot: &Arc<Snapshot>, name: &str) -> RecordBatch {
    let table = tables(snapshot).into_iter().find(|table| table.name() == name).unwrap();
    let columns: Vec<usize> = (0..table.columns().len()).collect();
    table.scan(&columns, 0..table.rows()).unwrap()
}

fn numbers(batch: &RecordBatch, name: &str) -> Vec<i64> {
    batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().iter().map(|n| n.unwrap_or(-1)).collect()
}

#[test]
fn groups_of_goroutines_retain_what_goes_with_all_of_them() {
    for (dump, snapshot) in shops() {
        let groups = table(snapshot, "goroutine_groups");
        let started = groups.column_by_name("started").unwrap().as_string::<i32>();
        let counts = numbers(&groups, "goroutines");
        let retained = numbers(&groups, "retained");
        let threads = &snapshot.stacks().threads;
        assert_eq!(counts.iter().sum::<i64>(), threads.len() as i64, "{dump:?}");
        assert!(retained.is_sorted_by(|a, b| a >= b), "{dump:?}: {retained:?}");
        let row = started.iter().position(|name| name == Some("main.worker")).unwrap();
        assert_eq!(counts[row], 5, "{dump:?}");
        let workers = threads.iter().filter(|thread| thread.started == "main.worker");
        let workers = workers.filter_map(|thread| thread.object).map(|object| object.0).collect();
        let set = holding_without(snapshot, &workers);
        assert_eq!(retained[row], set, "{dump:?}");
        let alone: u64 = workers.iter().map(|&worker| snapshot.retained(ObjectId(worker))).sum();
        assert!(retained[row] >= alone as i64, "{dump:?}");
    }
}

/// What only the objects of `set` hold, with them, in bytes: by reaching all without it.
fn holding_without(snapshot: &Snapshot, set: &BTreeSet<u32>) -> i64 {
    let roots = snapshot.stacks().roots.iter();
    let roots = roots.filter(|root| !root.kind.is_local() || root.thread.is_none()).map(|root| root.object.0);
    let mut open: Vec<u32> = roots.filter(|root| !set.contains(root)).collect();
    let mut seen: BTreeSet<u32> = open.iter().copied().collect();
    while let Some(object) = open.pop() {
        let locals = snapshot.locals_of(ObjectId(object)).iter().map(|local| local.1);
        let held = snapshot.outbound().of(object as usize).iter().copied().chain(locals);
        open.extend(held.filter(|held| !set.contains(held) && seen.insert(*held)));
    }
    let held = snapshot.ids().filter(|&id| snapshot.strength(ObjectId(id)) == Strength::Strong);
    held.filter(|id| !seen.contains(id)).map(|id| snapshot.shallow(ObjectId(id)) as i64).sum()
}

#[test]
fn places_of_maps_without_an_entry_are_waste() {
    for (dump, snapshot) in shops() {
        let waste = table(snapshot, "waste");
        let objects = waste.column_by_name("object").unwrap().as_primitive::<UInt32Type>();
        let map = instances(snapshot, "map[string]*main.Session")[0];
        let row = objects.values().iter().position(|&object| object == map.0).unwrap();
        let places = Collections::new(snapshot).capacity(map).unwrap();
        assert!(places > COUNT as u64 && places.is_multiple_of(8), "{dump:?}: {places}");
        // A string and a pointer.
        assert_eq!(numbers(&waste, "bytes")[row], places as i64 * 24, "{dump:?}");
        assert_eq!(numbers(&waste, "spare")[row], (places as i64 - COUNT as i64) * 24, "{dump:?}");
        let small = instances(snapshot, "map[int32]string")[0];
        assert!(!objects.values().contains(&small.0), "{dump:?}: it could not be smaller");
        assert_eq!(Collections::new(snapshot).capacity(small), Some(8), "{dump:?}");
    }
}

#[test]
fn another_executable_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (dump, _) = GoDump::Shop27.unpack(directory.path()).unwrap();
    let (_, other) = GoDump::Shop21.unpack(directory.path()).unwrap();
    let error = open_with(&dump, Some(&other)).unwrap_err().to_string();
    assert!(error.contains("is not the one that wrote the dump"), "{error}");
    assert!(error.contains("go1.27.3") && error.contains("go1.21.13"), "{error}");
}
