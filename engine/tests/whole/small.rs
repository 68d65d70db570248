//! A dump of some hundred objects with something of everything, and how it is opened from bytes.
//!
//! ```text
//! Main.HEAD ──▶ Node 199 ──next──▶ … ──next──▶ Node 0 ──next──▶ Leaf ──next──▶ Node 199
//! thread "worker-1" ──<local>──▶ Node 199          Main.TABLE ──▶ Node[] ──[0]──▶ Leaf
//! ```

use crate::shipped::open_in;
use heapwise_engine::error::Result;
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::hprof::{Hprof, Options as Form, Root, Type, Value};
use std::path::Path;

/// The dump, in the form `form`.
pub(crate) fn small(form: Form) -> Vec<u8> {
    let mut dump = Hprof::new(form);
    let reference =
        dump.class("java.lang.ref.Reference", &[("referent", Type::Object), ("next", Type::Object)]);
    let weak = dump.subclass("java.lang.ref.WeakReference", reference, &[]);
    let main = dump.class("com.acme.Main", &[]);
    let node = dump.class("com.acme.Node", &[("next", Type::Object), ("value", Type::Int)]);
    let leaf = dump.subclass("com.acme.Leaf", node, &[("weight", Type::Double), ("value", Type::Long)]);
    let first = dump.instance(leaf, &[Value::Double(0.5), Value::Long(-1), Value::NULL, Value::Int(7)]);
    let last =
        (0..200).fold(first, |next, value| dump.instance(node, &[Value::Object(next), Value::Int(value)]));
    dump.set(first, "next", Value::Object(last));
    dump.set_static(main, "HEAD", Value::Object(last));
    let texts: Vec<u64> = ["plain", "Grüße", "世界", ""].map(|text| dump.string(text)).into();
    let texts = dump.object_array("java.lang.String[]", &texts);
    dump.set_static(main, "TEXTS", Value::Object(texts));
    let table = dump.object_array("com.acme.Node[]", &[first, 0, last]);
    dump.set_static(main, "TABLE", Value::Object(table));
    let weak = dump.instance(weak, &[Value::Object(first)]);
    dump.set_static(main, "WEAK", Value::Object(weak));
    for element in Type::PRIMITIVES {
        dump.array(element, &[element.zero(); 3]);
    }
    let thread = dump.thread("worker-1", &["com.acme.Node.run:12", "java.lang.Thread.run"]);
    dump.local(thread, 1, last);
    dump.root(Root::StickyClass, main);
    dump.bytes()
}

/// Opens `bytes` as a dump in `directory`, with the index beside it.
pub(crate) fn open_bytes(bytes: &[u8], directory: &Path) -> Result<Snapshot> {
    let path = directory.join("a.hprof");
    std::fs::write(&path, bytes).expect("room for a dump");
    open(&path, &Options { rebuild: true, ..Options::default() }, &Progress::default())
}

/// Opens what lies in `path`; its index goes at once, what is mapped stays.
pub(crate) fn open_once(path: &Path) -> Snapshot {
    let indexes = tempfile::tempdir().expect("a temporary directory");
    open_in(path, indexes.path())
}
