//! Equal contents: however they are written, in one dump or two.

use crate::shipped::shipped;
use crate::small::open_bytes;
use heapwise_engine::id::{Address, ObjectId};
use heapwise_engine::store::Snapshot;
use heapwise_engine::value::{Contents, text};
use heapwise_testdata::hprof::{Hprof, Options, Type, Value};
use std::collections::BTreeMap;

/// Objects of one dump, of which those of one name are the same by their contents, and no others.
fn objects(dump: &mut Hprof) -> Vec<(&'static str, u64)> {
    let string = dump.class("java.lang.String", &[("value", Type::Object), ("coder", Type::Byte)]);
    let wide = dump.byte_array(&[97, 0, 0xe9, 0]);
    let wide = dump.instance(string, &[Value::Object(wide), Value::Byte(1)]);
    let integer = dump.class("java.lang.Integer", &[("value", Type::Int)]);
    let double = dump.class("java.lang.Double", &[("value", Type::Double)]);
    let pair = dump.class("com.acme.Pair", &[("a", Type::Object), ("b", Type::Object)]);
    let [five, other_five, six] = [5, 5, 6].map(|value| dump.instance(integer, &[Value::Int(value)]));
    let [text, empty] = ["aé", ""].map(|text| dump.string(text));
    let plain = [(); 2].map(|()| dump.instance(pair, &[]));
    let bytes = [[1, 2], [1, 2], [2, 1]].map(|bytes| dump.byte_array(&bytes));
    let mut of = |a, b| dump.instance(pair, &[a, b].map(Value::Object));
    let pairs = [of(five, text), of(other_five, wide), of(six, text), of(five, plain[0]), of(five, plain[0])];
    let held_bytes = [of(bytes[0], 0), of(bytes[1], 0), of(0, bytes[0])];
    let inside = [of(plain[0], pairs[0]), of(plain[0], pairs[1])];
    let arrays = [[five, text], [other_five, wide], [text, five]];
    let arrays = arrays.map(|elements| dump.object_array("java.lang.Object[]", &elements));
    let others = dump.object_array("java.lang.Number[]", &[five, text]);
    let nan = [(); 2].map(|()| dump.instance(double, &[Value::Double(f64::NAN)]));
    let zeros = [0.0, -0.0].map(|zero| dump.instance(double, &[Value::Double(zero)]));
    vec![
        ("text", text),
        ("text", wide),
        ("no letters", empty),
        ("five", five),
        ("five", other_five),
        ("six", six),
        ("bytes", bytes[0]),
        ("bytes", bytes[1]),
        ("other bytes", bytes[2]),
        ("empty pair", plain[0]),
        ("empty pair", plain[1]),
        ("five and text", pairs[0]),
        ("five and text", pairs[1]),
        ("six and text", pairs[2]),
        ("five and object", pairs[3]),
        ("five and object", pairs[4]),
        ("bytes and null", held_bytes[0]),
        ("bytes and null", held_bytes[1]),
        ("null and bytes", held_bytes[2]),
        ("first pair inside", inside[0]),
        ("second pair inside", inside[1]),
        ("array", arrays[0]),
        ("array", arrays[1]),
        ("turned array", arrays[2]),
        ("array of another class", others),
        ("not a number", nan[0]),
        ("not a number", nan[1]),
        ("zero", zeros[0]),
        ("negative zero", zeros[1]),
        ("class", pair),
        ("another class", integer),
    ]
}

fn open(shift: u64, directory: &std::path::Path) -> (Snapshot, Vec<(&'static str, u64)>) {
    let mut dump = Hprof::new(Options::default());
    for _ in 0..shift {
        dump.byte_array(&[0; 100]);
    }
    let objects = objects(&mut dump);
    (open_bytes(&dump.bytes(), directory).unwrap(), objects)
}

fn id(snapshot: &Snapshot, address: u64) -> ObjectId {
    snapshot.find(Address(address)).unwrap()
}

#[test]
fn contents_are_the_same_where_they_should_be() {
    let directory = tempfile::tempdir().unwrap();
    let (snapshot, objects) = open(0, directory.path());
    let contents = Contents::new(&snapshot);
    for (name, a) in &objects {
        for (other, b) in &objects {
            let (a, b) = (id(&snapshot, *a), id(&snapshot, *b));
            assert_eq!(contents.same(a, &contents, b), name == other, "{name}, {other}");
            assert_eq!(contents.hash(a) == contents.hash(b), name == other, "{name}, {other}");
        }
    }
}

/// Objects that hold nothing but contents are the same in another dump; those that hold an object are not.
#[test]
fn contents_are_the_same_in_two_dumps() {
    let [here, there] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (here, objects) = open(0, here.path());
    let (there, others) = open(3, there.path());
    let (contents, other_contents) = (Contents::new(&here), Contents::new(&there));
    for (name, a) in &objects {
        for (other, b) in &others {
            let (a, b) = (id(&here, *a), id(&there, *b));
            let bound =
                ["five and object", "first pair inside", "second pair inside", "class", "another class"];
            let expected = name == other && !bound.contains(name);
            assert_eq!(contents.same(a, &other_contents, b), expected, "{name}, {other}");
            if !bound.contains(name) {
                assert_eq!(contents.hash(a) == other_contents.hash(b), name == other, "{name}, {other}");
            }
        }
    }
}

/// Strings of the shop, grouped by hash and by text.
#[test]
fn strings_have_a_hash_for_each_text() {
    for shipped in shipped() {
        let contents = Contents::new(shipped);
        let mut by_hash: BTreeMap<u64, (ObjectId, String)> = BTreeMap::new();
        for id in shipped.instances("java.lang.String") {
            let Some(text) = text(shipped, id) else { continue };
            let (first, known) = by_hash.entry(contents.hash(id)).or_insert((id, text.clone()));
            assert_eq!(*known, text);
            assert!(contents.same(*first, &contents, id));
        }
        let texts: std::collections::BTreeSet<&str> =
            by_hash.values().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts.len(), by_hash.len());
    }
}

/// The numbers may be stored: they must not change.
#[test]
fn hashes_are_what_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let (snapshot, objects) = open(0, directory.path());
    let contents = Contents::new(&snapshot);
    let found: Vec<u64> = [0, 3, 6].map(|row: usize| contents.hash(id(&snapshot, objects[row].1))).into();
    assert_eq!(found, [0x156d_bc3f_ec55_aaad, 0xe87c_d54d_6802_4caa, 0xa8d7_3ffc_1a6c_5044]);
}
