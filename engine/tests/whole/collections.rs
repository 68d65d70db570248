//! Collections: all that the shop has, and those that no JDK would write.

use crate::shipped::shipped;
use crate::small::open_bytes;
use heapwise_engine::id::{Address, ObjectId};
use heapwise_engine::language::java::{Collections, Entry};
use heapwise_engine::store::Snapshot;
use heapwise_engine::value::{TextReader, text};
use heapwise_testdata::hprof::{Hprof, Options, Type, Value};
use serde_json::Value as Json;

/// The entries or elements as `key=value` or `element`.
fn content(snapshot: &Snapshot, id: ObjectId) -> Option<Vec<String>> {
    let collections = Collections::new(snapshot);
    let show = |object: Option<ObjectId>| {
        object.map_or("null".to_owned(), |object| text(snapshot, object).unwrap_or("?".to_owned()))
    };
    let entry = |entry: Entry| format!("{}={}", show(entry.key), show(entry.value));
    let entries = collections.entries(id).map(|entries| entries.map(entry).collect());
    entries.or_else(|| Some(collections.elements(id)?.map(show).collect()))
}

#[test]
fn every_collection_of_the_shop_has_what_was_put_in() {
    for shipped in shipped() {
        let collections = Collections::new(shipped);
        let shop = shipped.at("collections");
        let mut texts = TextReader::new(shipped);
        let expected = shipped.truth["facts"]["collections"].as_object().unwrap();
        assert_eq!(collections.size(shop), Some(expected.len() as u64));
        for (name, size) in expected {
            let id = collections.get(&mut texts, shop, name).unwrap();
            assert_eq!(collections.size(id), size.as_u64(), "{:?} {name}", shipped.dump);
            if name != "BitSet" {
                let found = content(shipped, id).unwrap().len();
                assert_eq!(Some(found as u64), size.as_u64(), "{:?} {name}", shipped.dump);
            }
        }
        let keys = content(shipped, shop).unwrap();
        let first: Vec<&str> = keys[..3].iter().filter_map(|entry| entry.split('=').next()).collect();
        assert_eq!(first, ["HashMap", "HashMap.empty", "HashMap.colliding"], "in the order of the program");
    }
}

#[test]
fn the_maps_of_the_shop_have_the_same_entries() {
    for shipped in shipped() {
        let collections = Collections::new(shipped);
        let mut texts = TextReader::new(shipped);
        let mut named = |name| collections.get(&mut texts, shipped.at("collections"), name).unwrap();
        let mut expected: Vec<String> = (0..500).map(|i| format!("key-{i}={i}")).collect();
        let hashed = content(shipped, named("HashMap")).unwrap();
        assert_eq!(content(shipped, named("LinkedHashMap")).unwrap(), hashed, "copied in its order");
        assert_eq!(content(shipped, named("Collections.unmodifiableMap")).unwrap(), hashed);
        expected.sort_unstable();
        assert_eq!(content(shipped, named("ConcurrentSkipListMap")).unwrap().len(), 500);
        let tree = content(shipped, named("TreeMap")).unwrap();
        assert!(tree.is_sorted_by_key(|entry| entry.split('=').next().unwrap().to_owned()));
        assert_eq!(content(shipped, named("ConcurrentSkipListMap")).unwrap(), tree);
        let others = ["ConcurrentHashMap", "Hashtable", "IdentityHashMap", "WeakHashMap"];
        for mut entries in
            others.map(|name| content(shipped, named(name)).unwrap()).into_iter().chain([hashed, tree])
        {
            entries.sort_unstable();
            assert_eq!(entries, expected);
        }
        assert_eq!(content(shipped, named("EnumMap")).unwrap(), ["RED=r", "BLUE=b"]);
        let items: Vec<String> = (0..200).map(|i| format!("item-{i}")).collect();
        for name in
            ["ArrayList", "LinkedList", "ArrayDeque", "Vector", "CopyOnWriteArrayList", "LinkedHashSet"]
        {
            assert_eq!(content(shipped, named(name)).unwrap(), items, "{name}");
        }
    }
}

#[test]
fn room_is_measured() {
    for shipped in shipped() {
        let collections = Collections::new(shipped);
        let mut texts = TextReader::new(shipped);
        let mut named = |name| collections.get(&mut texts, shipped.at("collections"), name).unwrap();
        let colliding = named("HashMap.colliding");
        assert_eq!(collections.collisions(colliding), Some(99));
        let slots = collections.capacity(colliding).unwrap();
        assert!(slots.is_power_of_two());
        assert_eq!(
            collections.fill_ratio(colliding).map(|ratio| 1.0 / ratio),
            Some(f64::from(u32::try_from(slots).unwrap()))
        );
        let empty = named("ArrayList.capacity.5000");
        assert_eq!((collections.capacity(empty), collections.fill_ratio(empty)), (Some(5_000), Some(0.0)));
        let unused = named("HashMap.empty");
        assert_eq!((collections.capacity(unused), collections.fill_ratio(unused)), (Some(0), None));
        let bits = named("BitSet");
        assert_eq!(
            (collections.capacity(bits), collections.fill_ratio(bits)),
            (Some(192), Some(4.0 / 192.0))
        );
        assert_eq!(collections.capacity(named("TreeMap")), None);
        assert_eq!(collections.collisions(named("ArrayList")), None);
        assert_eq!(shipped.truth["facts"]["collections"]["BitSet"], Json::from(4));
        assert!(!collections.knows(shipped.at("leaf")));
        assert_eq!(content(shipped, shipped.at("leaf")), None);
    }
}

/// A heap made by `make`, which returns the address of the collection.
fn made(make: impl Fn(&mut Hprof) -> u64, check: impl Fn(&Snapshot, ObjectId)) {
    let mut dump = Hprof::new(Options::default());
    let collection = make(&mut dump);
    let directory = tempfile::tempdir().unwrap();
    let snapshot = open_bytes(&dump.bytes(), directory.path()).unwrap();
    let id = snapshot.find(Address(collection)).unwrap();
    check(&snapshot, id);
}

fn check(make: impl Fn(&mut Hprof) -> u64, expected: &[&str]) {
    made(make, |snapshot, id| assert_eq!(content(snapshot, id).unwrap(), expected));
}

/// A `HashMap` or the like of this table, with a class for its nodes.
fn hash_map(dump: &mut Hprof, class: &str, slots: &[u64], size: i32) -> u64 {
    let class = dump.class(class, &[("table", Type::Object), ("size", Type::Int)]);
    let table = dump.object_array("java.util.HashMap$Node[]", slots);
    dump.instance(class, &[Value::Object(table), Value::Int(size)])
}

/// Nodes that are each before the one before it, of keys and values that are the strings `names`.
fn nodes(dump: &mut Hprof, names: &[&str]) -> Vec<u64> {
    let fields = [("next", Type::Object), ("key", Type::Object), ("value", Type::Object)];
    let class = dump.class("java.util.HashMap$Node", &fields);
    let mut next = 0;
    let mut node = |name: &&str| {
        let name = dump.string(name);
        next = dump.instance(class, &[next, name, name].map(Value::Object));
        next
    };
    names.iter().map(&mut node).collect()
}

#[test]
fn a_chain_that_closes_ends() {
    let closed = |dump: &mut Hprof| {
        let nodes = nodes(dump, &["c", "b", "a"]);
        dump.set(nodes[0], "next", Value::Object(nodes[2]));
        hash_map(dump, "java.util.HashMap", &[0, nodes[2]], 3)
    };
    made(closed, |snapshot, id| {
        let entries = content(snapshot, id).unwrap();
        assert_eq!(entries[..3], ["a=a", "b=b", "c=c"]);
        assert!(entries.len() <= 9, "{entries:?}");
    });
    // Each slot leads to the same chain: no more nodes than objects.
    let shared = |dump: &mut Hprof| {
        let nodes = nodes(dump, &["c", "b", "a"]);
        hash_map(dump, "java.util.HashMap", &[nodes[2]; 1_000], 3)
    };
    made(shared, |snapshot, id| {
        assert!(content(snapshot, id).unwrap().len() <= snapshot.object_count());
        let collections = Collections::new(snapshot);
        assert_eq!(collections.size(id), Some(3));
        assert_eq!(collections.collisions(id), Some(0));
    });
}

#[test]
fn what_is_missing_is_nothing() {
    check(|dump| hash_map(dump, "java.util.HashMap", &[], 0), &[]);
    let no_table = |dump: &mut Hprof| {
        let class = dump.class("java.util.HashMap", &[("table", Type::Object), ("size", Type::Int)]);
        dump.instance(class, &[Value::NULL, Value::Int(-7)])
    };
    made(no_table, |snapshot, id| {
        let collections = Collections::new(snapshot);
        assert_eq!(collections.entries(id).unwrap().count(), 0);
        assert_eq!((collections.size(id), collections.capacity(id)), (None, Some(0)));
        assert_eq!(collections.get(&mut TextReader::new(snapshot), id, "a"), None);
    });
    let no_size = |dump: &mut Hprof| {
        let class = dump.class("java.util.HashMap", &[("table", Type::Object)]);
        dump.instance(class, &[])
    };
    made(no_size, |snapshot, id| {
        let collections = Collections::new(snapshot);
        assert!(!collections.knows(id));
        assert!(collections.entries(id).is_none() && collections.elements(id).is_none());
        assert_eq!(
            (collections.size(id), collections.fill_ratio(id), collections.collisions(id)),
            (None, None, None)
        );
    });
    // A set whose map is an array of bytes.
    let no_map = |dump: &mut Hprof| {
        let class = dump.class("java.util.HashSet", &[("map", Type::Object)]);
        let bytes = dump.byte_array(&[1]);
        dump.instance(class, &[Value::Object(bytes)])
    };
    made(no_map, |snapshot, id| assert_eq!(content(snapshot, id), None));
}

#[test]
fn views_of_themselves_end() {
    let map = |dump: &mut Hprof| {
        let class = dump.class("java.util.Collections$UnmodifiableMap", &[("m", Type::Object)]);
        let map = dump.instance(class, &[]);
        dump.set(map, "m", Value::Object(map));
        map
    };
    made(map, |snapshot, id| assert_eq!(content(snapshot, id), None));
    let list = |dump: &mut Hprof| {
        let fields = [("root", Type::Object), ("offset", Type::Int), ("size", Type::Int)];
        let class = dump.class("java.util.AbstractList$SubList", &fields);
        let list = dump.instance(class, &[Value::NULL, Value::Int(i32::MAX), Value::Int(2)]);
        dump.set(list, "root", Value::Object(list));
        list
    };
    made(list, |snapshot, id| {
        assert_eq!(content(snapshot, id), None);
        assert_eq!(Collections::new(snapshot).size(id), Some(2));
    });
}

#[test]
fn trees_and_lists_that_close_end() {
    let tree = |dump: &mut Hprof| {
        let fields = ["left", "right", "key", "value"].map(|name| (name, Type::Object));
        let node = dump.class("java.util.TreeMap$Entry", &fields);
        let key = dump.string("k");
        let root = dump.instance(node, &[Value::NULL, Value::NULL, Value::Object(key)]);
        dump.set(root, "right", Value::Object(root));
        dump.set(root, "left", Value::Object(root));
        let class = dump.class("java.util.TreeMap", &[("root", Type::Object), ("size", Type::Int)]);
        dump.instance(class, &[Value::Object(root), Value::Int(1)])
    };
    made(tree, |snapshot, id| {
        let entries = content(snapshot, id).unwrap();
        assert!((1..=snapshot.object_count()).contains(&entries.len()));
    });
    let list = |dump: &mut Hprof| {
        let fields = ["next", "prev", "item"].map(|name| (name, Type::Object));
        let node = dump.class("java.util.concurrent.ConcurrentLinkedDeque$Node", &fields);
        let item = dump.string("i");
        let nodes = [(); 2].map(|()| dump.instance(node, &[Value::NULL, Value::NULL, Value::Object(item)]));
        for field in ["next", "prev"] {
            dump.set(nodes[0], field, Value::Object(nodes[1]));
            dump.set(nodes[1], field, Value::Object(nodes[0]));
        }
        let class = dump.class("java.util.concurrent.ConcurrentLinkedDeque", &[("head", Type::Object)]);
        dump.instance(class, &[Value::Object(nodes[0])])
    };
    made(list, |snapshot, id| assert!((2..=6).contains(&content(snapshot, id).unwrap().len())));
}

/// While a `ConcurrentHashMap` grows, a bin that was moved leads to two bins of the next table.
#[test]
fn a_map_that_grows_is_read_through_both_tables() {
    let growing = |forward_to_itself: bool| {
        move |dump: &mut Hprof| {
            let fields = ["next", "key", "val"].map(|name| (name, Type::Object));
            let node = dump.class("java.util.concurrent.ConcurrentHashMap$Node", &fields);
            let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| {
                let name = dump.string(name);
                dump.instance(node, &[Value::NULL, Value::Object(name), Value::Object(name)])
            });
            let bin = dump.subclass(
                "java.util.concurrent.ConcurrentHashMap$TreeBin",
                node,
                &[("first", Type::Object)],
            );
            let bin = dump.instance(bin, &[Value::Object(d)]);
            let reserved = dump.instance(node, &[]);
            let forward = [("nextTable", Type::Object)];
            let forward =
                dump.subclass("java.util.concurrent.ConcurrentHashMap$ForwardingNode", node, &forward);
            let forward = dump.instance(forward, &[]);
            let first = if forward_to_itself { forward } else { a };
            let array = "java.util.concurrent.ConcurrentHashMap$Node[]";
            let next = dump.object_array(array, &[first, 0, 0, 0, b, 0, 0, 0]);
            dump.set(forward, "nextTable", Value::Object(next));
            let table = dump.object_array(array, &[forward, c, bin, reserved]);
            let fields = [("table", Type::Object), ("baseCount", Type::Long), ("counterCells", Type::Object)];
            let map = dump.class("java.util.concurrent.ConcurrentHashMap", &fields);
            let cell =
                dump.class("java.util.concurrent.ConcurrentHashMap$CounterCell", &[("value", Type::Long)]);
            let cells = [dump.instance(cell, &[Value::Long(5)]), 0];
            let cells = dump.object_array("java.util.concurrent.ConcurrentHashMap$CounterCell[]", &cells);
            dump.instance(map, &[Value::Object(table), Value::Long(-1), Value::Object(cells)])
        }
    };
    check(growing(false), &["a=a", "b=b", "c=c", "d=d"]);
    made(growing(false), |snapshot, id| assert_eq!(Collections::new(snapshot).size(id), Some(4)));
    made(growing(true), |snapshot, id| assert!(content(snapshot, id).unwrap().len() <= 8));
}

#[test]
fn masks_stand_for_null_and_cleared_keys_are_gone() {
    let weak = |dump: &mut Hprof| {
        let reference =
            dump.class("java.lang.ref.Reference", &[("referent", Type::Object), ("next", Type::Object)]);
        let fields = [("value", Type::Object), ("next", Type::Object)];
        let entry = dump.subclass("java.util.WeakHashMap$Entry", reference, &fields);
        let map = dump.class("java.util.WeakHashMap", &[("table", Type::Object), ("size", Type::Int)]);
        let [null, key, value] = ["NULL", "k", "v"].map(|name| dump.string(name));
        dump.set_static(map, "NULL_KEY", Value::Object(null));
        let [first, second, cleared] =
            [null, key, 0].map(|key| dump.instance(entry, &[value, 0, key].map(Value::Object)));
        dump.set(cleared, "next", Value::Object(second));
        let table = dump.object_array("java.util.WeakHashMap$Entry[]", &[first, cleared]);
        dump.instance(map, &[Value::Object(table), Value::Int(3)])
    };
    check(weak, &["k=v", "null=v"]);
    made(weak, |snapshot, id| assert_eq!(Collections::new(snapshot).size(id), Some(2)));
    let locals = |dump: &mut Hprof| {
        let reference =
            dump.class("java.lang.ref.Reference", &[("referent", Type::Object), ("next", Type::Object)]);
        let entry = dump.subclass(
            "java.lang.ThreadLocal$ThreadLocalMap$Entry",
            reference,
            &[("value", Type::Object)],
        );
        let [key, value] = ["k", "v"].map(|name| dump.string(name));
        let stale = dump.instance(entry, &[Value::Object(value)]);
        // A reference that waits in a queue has a next one there, which is none of the map's.
        let live = dump.instance(entry, &[value, key, stale].map(Value::Object));
        hash_map(dump, "java.lang.ThreadLocal$ThreadLocalMap", &[0, live, 0, stale], 2)
    };
    check(locals, &["k=v", "null=v"]);
}

#[test]
fn rings_go_on_at_the_start() {
    let ring = |class: &'static str, fields: [&'static str; 3], numbers: [i32; 2]| {
        move |dump: &mut Hprof| {
            let items = ["a", "b", "c", "d"].map(|name| dump.string(name));
            let items = dump.object_array("java.lang.Object[]", &items);
            let types = [Type::Object, Type::Int, Type::Int];
            let fields: Vec<(&str, Type)> = fields.into_iter().zip(types).collect();
            let class = dump.class(class, &fields);
            dump.instance(class, &[Value::Object(items), Value::Int(numbers[0]), Value::Int(numbers[1])])
        }
    };
    let deque = |from, to| ring("java.util.ArrayDeque", ["elements", "head", "tail"], [from, to]);
    check(deque(3, 2), &["d", "a", "b"]);
    check(deque(1, 3), &["b", "c"]);
    check(deque(2, 2), &[]);
    check(deque(9, 2), &[]);
    check(deque(3, i32::MAX), &["d"]);
    check(deque(-3, 2), &["a", "b"]);
    let queue = |from, count| {
        ring("java.util.concurrent.ArrayBlockingQueue", ["items", "takeIndex", "count"], [from, count])
    };
    check(queue(2, 3), &["c", "d", "a"]);
    check(queue(2, i32::MAX), &["c", "d", "a", "b"]);
}

/// A field that a class below adds is none of the map's, whatever its name.
#[test]
fn a_class_counts_as_the_one_above_it() {
    let below = |dump: &mut Hprof| {
        let nodes = nodes(dump, &["a"]);
        hash_map(dump, "java.util.HashMap", &[], 0);
        let class = dump.find_class("java.util.HashMap").unwrap();
        let class = dump.subclass("com.acme.Cache", class, &[("table", Type::Int)]);
        let table = dump.object_array("java.util.HashMap$Node[]", &[nodes[0]]);
        dump.instance(class, &[Value::Int(7), Value::Object(table), Value::Int(1)])
    };
    check(below, &["a=a"]);
}
