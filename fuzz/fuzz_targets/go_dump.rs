//! Any bytes as a Go heap dump: records, then the whole index with its graph.
#![no_main]

use heapwise_engine::format::go::{Object, scan};
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let read = scan(bytes, &Progress::default(), |found| {
        let object = Object::at(bytes, found.offset).expect("a record that was read is read again");
        assert_eq!(object.bytes.len(), found.bytes as usize);
        assert!(object.pointers().all(|place| place < object.bytes.len()));
    });
    if read.is_err() {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("dump");
    std::fs::write(&path, bytes).expect("room for a dump");
    let snapshot = open(&path, &Options::default(), &Progress::default());
    assert!(snapshot.is_ok(), "damage is a warning");
});
