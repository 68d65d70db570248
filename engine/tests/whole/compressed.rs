//! The same dump plain and compressed in every way gives the same answers.

use crate::shipped::jdk17;
use crate::small::{open_once, small};
use crate::table::everything;
use heapwise_testdata::hprof::Options;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// As `jcmd GC.heap_dump -gz` writes: one member for so many bytes.
fn members(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(700).flat_map(gzip).collect()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    liblzma::encode_all(bytes, 1).unwrap()
}

/// Everything in the tables, and the totals.
fn answers(path: &Path) -> String {
    let snapshot = Arc::new(open_once(path));
    let info = snapshot.info();
    assert_eq!(info.warnings, Vec::<String>::new());
    let totals = (info.objects, info.references, info.shallow_total, info.retained_total, &info.layout);
    format!("{totals:?} {:?}", everything(&snapshot))
}

#[test]
fn every_compression_gives_the_same_answers() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = small(Options::default());
    let path = directory.path().join("a.hprof");
    std::fs::write(&path, &bytes).unwrap();
    let plain = answers(&path);
    let compressed =
        [("gz", gzip(&bytes)), ("members.gz", members(&bytes)), ("zst", zstd(&bytes)), ("xz", xz(&bytes))];
    for (name, bytes) in compressed {
        let path = directory.path().join(format!("a.hprof.{name}"));
        std::fs::write(&path, bytes).unwrap();
        assert!(answers(&path) == plain, "{name}");
    }
}

#[test]
fn a_real_dump_is_the_same_unpacked() {
    let directory = tempfile::tempdir().unwrap();
    let path = jdk17().dump.unpack(directory.path()).unwrap();
    let unpacked = Arc::new(open_once(&path));
    assert!(everything(&unpacked) == everything(jdk17()));
}
