//! References by target: made when they are first asked for, kept, and never believed where they are not right.

use crate::index::files;
use crate::shipped::jdk17;
use heapwise_engine::error::Error;
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_engine::store::manifest::Manifest;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A dump with its index: `(directory, dump, index)`.
fn indexed() -> (TempDir, PathBuf, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let dump = jdk17().dump.unpack(directory.path()).unwrap();
    let index = dump.with_file_name(format!("{}.heapwise", dump.file_name().unwrap().to_str().unwrap()));
    opened(&dump, false);
    assert!(index.is_dir() && !index.join("inbound").exists());
    (directory, dump, index)
}

fn opened(dump: &Path, verify: bool) -> Snapshot {
    open(dump, &Options { verify, ..Options::default() }, &Progress::default()).unwrap()
}

/// Whether the references by target of `snapshot` had to be made; they must be right.
fn makes(snapshot: &Snapshot) -> bool {
    let progress = Progress::default();
    let inbound = snapshot.inbound(&progress).unwrap();
    let mut expected = vec![Vec::new(); snapshot.object_count()];
    for from in snapshot.ids() {
        snapshot.outbound().of(from as usize).iter().for_each(|&to| expected[to as usize].push(from));
    }
    assert!(expected.iter().enumerate().all(|(to, from)| inbound.of(to) == &from[..]));
    progress.phases().iter().any(|phase| phase.name == "referrers")
}

#[test]
fn they_are_made_once() {
    let (_directory, dump, index) = indexed();
    let snapshot = opened(&dump, false);
    let before = snapshot.index_bytes();
    assert!(makes(&snapshot) && !makes(&snapshot));
    let kept: u64 = files(&index.join("inbound"))
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "arrow"))
        .map(|(_, bytes)| bytes.len() as u64)
        .sum();
    assert!(kept > 0 && snapshot.index_bytes() == before + kept);
    for verify in [false, true] {
        let again = opened(&dump, verify);
        assert!(again.build().reused && again.build().rebuilt_because.is_none() && !makes(&again));
    }
}

#[test]
fn all_who_ask_at_once_get_them() {
    let (_directory, dump, index) = indexed();
    let (one, other) = (opened(&dump, false), opened(&dump, false));
    let made = std::thread::scope(|scope| {
        let threads = [&one, &one, &other, &other].map(|snapshot| scope.spawn(|| makes(snapshot)));
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(made.into_iter().filter(|&made| made).count(), 1, "{made:?}");
    assert!(!makes(&opened(&dump, false)));
    assert!(files(&index).keys().all(|path| !path.to_string_lossy().contains("building")));
}

#[test]
fn damaged_ones_are_made_anew() {
    let (_directory, dump, index) = indexed();
    assert!(makes(&opened(&dump, false)));
    let whole = files(&index.join("inbound"));
    for (path, bytes) in &whole {
        let mut changed = bytes.clone();
        changed[bytes.len() / 2] ^= 1;
        for damage in [Some(&changed[..]), Some(&bytes[..bytes.len() / 2]), Some(b""), None] {
            match damage {
                Some(damage) => std::fs::write(path, damage).unwrap(),
                None => std::fs::remove_file(path).unwrap(),
            }
            assert!(makes(&opened(&dump, false)), "{}", path.display());
            assert!(files(&index.join("inbound")) == whole, "{}", path.display());
        }
        std::fs::write(path, &changed).unwrap();
        let checked = opened(&dump, true);
        let reason = checked.build().rebuilt_because.clone().unwrap_or_default();
        assert!(checked.build().reused && reason.contains("inbound"), "{}: {reason:?}", path.display());
        assert!(makes(&checked));
    }
}

#[test]
fn where_they_cannot_be_kept_they_are_made_each_time() {
    let (_directory, dump, index) = indexed();
    let snapshot = opened(&dump, false);
    std::fs::write(index.join("inbound.heapwise.building"), b"in the way").unwrap();
    assert!(makes(&snapshot) && !makes(&snapshot));
    assert!(makes(&opened(&dump, false)) && !index.join("inbound").exists());
}

#[test]
fn they_are_not_kept_in_the_index_of_another_dump() {
    let (_directory, dump, index) = indexed();
    let snapshot = opened(&dump, false);
    let mut manifest = Manifest::read(&index).unwrap();
    manifest.identity.content = "another".into();
    manifest.write(&index).unwrap();
    assert!(makes(&snapshot) && !index.join("inbound").exists());
    assert!(files(&index).keys().all(|path| !path.to_string_lossy().contains("building")));
}

#[test]
fn an_interruption_leaves_nothing() {
    let (_directory, dump, index) = indexed();
    let (snapshot, whole) = (opened(&dump, false), files(&index));
    let progress = Progress::default();
    progress.cancel();
    assert!(matches!(snapshot.inbound(&progress), Err(Error::Interrupted)));
    assert!(files(&index) == whole);
    assert!(makes(&snapshot));
}
