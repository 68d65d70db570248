//! A heap of a few dozen objects with everything that queries can meet.
//!
//! ```text
//! Registry.HEAD → node 0 → node 1 → … → node n-1 → null        every fifth is a Leaf, a subclass of Node
//! Registry.INDEX → Tree → Node[] { node 0 … node 4 }
//!                       → byte[] { 1, -2, 3 }
//! Registry.NAMES → HashMap { "one": node 1, "two": node 2 } with 4 slots
//! Registry.LIST → ArrayList [ node 0, null, node 1 ] with 5 slots
//! thread "worker" → local: node 2
//! ```

use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::hprof::{self, Hprof, Root, Type, Value};
use std::sync::Arc;

/// The heap with so many nodes; those of two calls differ in addresses of nothing but what is not there.
pub(crate) fn snapshot(nodes: i32) -> Arc<Snapshot> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("heap.hprof");
    std::fs::write(&path, heap(nodes).bytes()).expect("room for a small file");
    let options = Options { threads: Some(1), ..Options::default() };
    Arc::new(open(&path, &options, &Progress::default()).expect("a right dump"))
}

fn heap(nodes: i32) -> Hprof {
    let mut dump = Hprof::new(hprof::Options::default());
    let base = dump.class("com.acme.Base", &[("id", Type::Int), ("name", Type::Object)]);
    let fields =
        [("next", Type::Object), ("weight", Type::Double), ("live", Type::Boolean), ("mark", Type::Char)];
    let node = dump.subclass("com.acme.Node", base, &fields);
    // `id` shadows the field of Base, `mark` is of another kind than in Node.
    let leaf = dump.subclass("com.acme.Leaf", node, &[("id", Type::Long), ("mark", Type::Int)]);
    let tree = dump
        .class("com.acme.Tree", &[("table", Type::Object), ("bytes", Type::Object), ("id", Type::Object)]);
    let registry = dump.class("com.acme.Registry", &[]);
    let lambda = dump.class("com.acme.Main$$Lambda/0x00007f0012", &[("arg", Type::Object)]);
    let odd = dump.class("com.acme.Ünï-$1", &[("größe", Type::Int)]);

    dump.place_next_at(0x7_0001_0000);
    let all: Vec<u64> =
        (0..nodes).map(|i| dump.instance(if i % 5 == 4 { leaf } else { node }, &[])).collect();
    for (i, &object) in (0..nodes).zip(&all) {
        let name = dump.string(&format!("node {i}"));
        dump.set(object, "name", Value::Object(name));
        dump.set(object, "weight", Value::Double(f64::from(i) / 4.0));
        dump.set(object, "live", Value::Boolean(i % 2 == 0));
        let next = usize::try_from(i + 1).ok().and_then(|next| all.get(next)).copied().unwrap_or(0);
        dump.set(object, "next", Value::Object(next));
        if i % 5 == 4 {
            dump.set(object, "id", Value::Long(i64::from(i) * 1000));
            dump.set(object, "mark", Value::Int(i));
        } else {
            dump.set(object, "id", Value::Int(i));
            dump.set(object, "mark", Value::Char(u16::from(b'a')));
        }
    }
    let table = dump.object_array("com.acme.Node[]", &all[..5]);
    let bytes = dump.array(Type::Byte, &[Value::Byte(1), Value::Byte(-2), Value::Byte(3)]);
    let index = dump.instance(tree, &[Value::Object(table), Value::Object(bytes), Value::Object(all[0])]);
    dump.instance(lambda, &[Value::Object(index)]);
    dump.instance(odd, &[Value::Int(42)]);
    dump.set_static(registry, "COUNT", Value::Int(nodes));
    dump.set_static(registry, "HEAD", Value::Object(all[0]));
    dump.set_static(registry, "INDEX", Value::Object(index));
    let names = map(&mut dump, &[("one", all[1]), ("two", all[2])]);
    dump.set_static(registry, "NAMES", Value::Object(names));
    let list = list(&mut dump, &[all[0], 0, all[1]]);
    dump.set_static(registry, "LIST", Value::Object(list));
    for class in [base, node, leaf, tree, registry, lambda, odd] {
        dump.root(Root::StickyClass, class);
    }
    let worker = dump.thread("worker", &["com.acme.Main.run:12"]);
    dump.local(worker, 0, all[2]);
    dump
}

/// A HashMap in the layout of JDK 8 and later; key `i` has slot `i`.
fn map(dump: &mut Hprof, entries: &[(&str, u64)]) -> u64 {
    let class = dump.class(
        "java.util.HashMap",
        &[("table", Type::Object), ("size", Type::Int), ("modCount", Type::Int), ("threshold", Type::Int)],
    );
    let node = dump.class(
        "java.util.HashMap$Node",
        &[("hash", Type::Int), ("key", Type::Object), ("value", Type::Object), ("next", Type::Object)],
    );
    let mut table = vec![0; 4];
    for (slot, (key, value)) in table.iter_mut().zip(entries) {
        let key = dump.string(key);
        *slot = dump
            .instance(node, &[Value::Int(0), Value::Object(key), Value::Object(*value), Value::Object(0)]);
    }
    let table = dump.object_array("java.util.HashMap$Node[]", &table);
    let size = Value::Int(i32::try_from(entries.len()).expect("a few"));
    dump.instance(class, &[Value::Object(table), size, Value::Int(2), Value::Int(3)])
}

/// An ArrayList with two slots more than it has elements.
fn list(dump: &mut Hprof, elements: &[u64]) -> u64 {
    let class = dump.class("java.util.ArrayList", &[("elementData", Type::Object), ("size", Type::Int)]);
    let slots: Vec<u64> = elements.iter().copied().chain([0, 0]).collect();
    let data = dump.object_array("java.lang.Object[]", &slots);
    let size = Value::Int(i32::try_from(elements.len()).expect("a few"));
    dump.instance(class, &[Value::Object(data), size])
}
