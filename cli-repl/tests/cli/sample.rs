//! A small dump that every test asks about.
//!
//! ```text
//! com.acme.Main (sticky) ──CACHE──▶ com.acme.Cache ──entries──▶ Entry[] ──[i]──▶ Entry ──key──▶ String ──▶ byte[]
//! thread "worker⎋[2J" ────<local>──▶ Entry 0
//! ```

use heapwise_testdata::hprof::{Hprof, Options, Root, Type, Value};
use tempfile::TempDir;

/// Entries of the cache.
pub(crate) const ENTRIES: usize = 300;
/// The key of entry 7: what a terminal would obey, quotes, and a line break.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{9b}31m \"quoted\",\nnext";

/// The dump `a.hprof` in a directory of its own, both gone when this is dropped.
pub(crate) struct Sample {
    pub(crate) directory: TempDir,
    /// The address of the string that is the key of entry 7.
    pub(crate) key: String,
}

/// Writes the dump.
pub(crate) fn sample() -> Sample {
    let mut dump = Hprof::new(Options::default());
    let main = dump.class("com.acme.Main", &[]);
    let cache = dump.class("com.acme.Cache", &[("entries", Type::Object), ("size", Type::Int)]);
    let entry = dump.class("com.acme.Entry", &[("key", Type::Object), ("weight", Type::Double)]);
    let keys: Vec<u64> = (0..ENTRIES).map(|i| dump.string(&key(i))).collect();
    let entries: Vec<u64> =
        keys.iter().map(|&key| dump.instance(entry, &[Value::Object(key), Value::Double(0.5)])).collect();
    let table = dump.object_array("com.acme.Entry[]", &entries);
    let size = i32::try_from(ENTRIES).unwrap();
    let held = dump.instance(cache, &[Value::Object(table), Value::Int(size)]);
    dump.set_static(main, "CACHE", Value::Object(held));
    dump.root(Root::StickyClass, main);
    let worker = dump.thread("worker\u{1b}[2J", &["com.acme.Main.run:12", "java.lang.Thread.run"]);
    dump.local(worker, 0, entries[0]);
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a.hprof"), dump.bytes()).unwrap();
    Sample { directory, key: format!("0x{:x}", keys[7]) }
}

fn key(i: usize) -> String {
    if i == 7 { HOSTILE.to_owned() } else { format!("key {i}") }
}
