//! An index that is not right in any way is told of and built anew, never believed.

use crate::index::{answers, files};
use crate::small::small;
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_engine::store::manifest::{FORMAT_VERSION, Manifest};
use heapwise_testdata::hprof::Options as Form;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A compressed dump with its index: `(directory, dump, index)`.
fn indexed() -> (TempDir, PathBuf, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let dump = directory.path().join("a.hprof.zst");
    std::fs::write(&dump, zstd::encode_all(&small(Form::default())[..], 1).unwrap()).unwrap();
    assert!(!opened(&dump).build().reused);
    let index = directory.path().join("a.hprof.zst.heapwise");
    assert!(index.join("held-strong").is_dir() && index.join("dump.inflated").is_file());
    (directory, dump, index)
}

fn opened(dump: &Path) -> Snapshot {
    open(dump, &Options::default(), &Progress::default()).unwrap()
}

/// Opens after `what` was done to the index: it must be built anew, for a reason with `expected` in it.
fn check_rebuilt(dump: &Path, what: &str, expected: &str) {
    let rebuilt = opened(dump);
    assert!(!rebuilt.build().reused, "{what}");
    let reason = rebuilt.build().rebuilt_because.clone().unwrap_or_default();
    assert!(reason.contains(expected), "{what}: {reason:?}");
    assert!(opened(dump).build().reused, "{what}: it is not repaired");
}

#[test]
fn a_changed_byte_in_any_file_is_noticed() {
    let (_directory, dump, index) = indexed();
    let expected = answers(opened(&dump));
    let whole = files(&index);
    assert!(whole.len() > 15, "{} files", whole.len());
    for (path, bytes) in &whole {
        for place in [0, bytes.len() / 3, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            std::fs::write(path, changed).unwrap();
            check_rebuilt(&dump, &format!("byte {place} of {}", path.display()), "checksum");
        }
    }
    assert!(answers(opened(&dump)) == expected);
    assert!(files(&index) == whole, "what is built anew is what was there");
}

#[test]
fn a_missing_or_cut_file_is_noticed() {
    let (_directory, dump, index) = indexed();
    let whole = files(&index);
    for (path, bytes) in &whole {
        // Of the manifest and the file with its checksum, either may be found wrong.
        let name = path.file_stem().unwrap().to_str().unwrap();
        std::fs::remove_file(path).unwrap();
        check_rebuilt(&dump, &format!("without {}", path.display()), name);
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        check_rebuilt(&dump, &format!("half of {}", path.display()), name);
        std::fs::write(path, b"").unwrap();
        check_rebuilt(&dump, &format!("{} empty", path.display()), name);
    }
    assert!(files(&index) == whole);
}

#[test]
fn a_half_written_directory_is_not_taken_for_an_index() {
    let (directory, dump, index) = indexed();
    let whole = files(&index);
    // A builder that died before it renamed, and one that died in the middle of an older scheme.
    std::fs::rename(&index, directory.path().join("a.hprof.zst.heapwise.building")).unwrap();
    let built = opened(&dump);
    assert_eq!((built.build().reused, &built.build().rebuilt_because), (false, &None));
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::create_dir(&index).unwrap();
    check_rebuilt(&dump, "an empty directory", "manifest.json");
    assert!(files(&index) == whole);
    let left: Vec<PathBuf> =
        files(directory.path()).into_keys().filter(|path| !path.starts_with(&index)).collect();
    assert_eq!(left, [dump], "leftovers are gone");
}

#[test]
fn a_file_in_the_place_of_the_index_is_not_removed() {
    let (_directory, dump, index) = indexed();
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::write(&index, b"someone's own").unwrap();
    assert!(open(&dump, &Options::default(), &Progress::default()).is_err());
    assert_eq!(std::fs::read(&index).unwrap(), b"someone's own");
}

#[test]
fn an_index_of_another_version_is_not_read() {
    let (_directory, dump, index) = indexed();
    for version in [0, FORMAT_VERSION - 1, FORMAT_VERSION + 1, u32::MAX] {
        let mut manifest = Manifest::read(&index).unwrap();
        manifest.identity.format_version = version;
        manifest.write(&index).unwrap();
        check_rebuilt(&dump, "a version", &format!("format {version}"));
    }
}

#[test]
fn an_index_of_a_dump_that_changed_is_not_read() {
    let (_directory, dump, _index) = indexed();
    let expected = answers(opened(&dump));
    let modified =
        |time: SystemTime| File::options().append(true).open(&dump).unwrap().set_modified(time).unwrap();
    let written = dump.metadata().unwrap().modified().unwrap();

    modified(written + Duration::from_nanos(1_000));
    check_rebuilt(&dump, "another time", "written anew");
    assert!(answers(opened(&dump)) == expected);

    let other = zstd::encode_all(&small(Form { time_ms: 1, ..Form::default() })[..], 1).unwrap();
    let size = dump.metadata().unwrap().len();
    let before = dump.metadata().unwrap().modified().unwrap();
    std::fs::write(&dump, &other).unwrap();
    modified(before);
    let reason = if other.len() as u64 == size { "another content" } else { "another size" };
    check_rebuilt(&dump, "another dump", reason);
    assert_eq!(opened(&dump).info().created_ms, 1);

    let mut larger = other.clone();
    larger.extend(zstd::encode_all(&b""[..], 1).unwrap());
    std::fs::write(&dump, &larger).unwrap();
    modified(before);
    check_rebuilt(&dump, "a larger file", "another size");
}

#[test]
fn a_changed_byte_of_a_dump_of_the_same_size_and_time_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let dump = directory.path().join("a.hprof");
    let mut bytes = small(Form::default());
    std::fs::write(&dump, &bytes).unwrap();
    opened(&dump);
    let written = dump.metadata().unwrap().modified().unwrap();
    // The last byte of the time at which the dump was made.
    bytes[30] ^= 1;
    std::fs::write(&dump, &bytes).unwrap();
    File::options().append(true).open(&dump).unwrap().set_modified(written).unwrap();
    check_rebuilt(&dump, "a byte of the dump", "another content");
}
