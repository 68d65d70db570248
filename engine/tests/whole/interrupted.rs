//! Whoever cancels in the middle of a phase leaves nothing half done.

use crate::index::{answers, files};
use crate::shipped::jdk17;
use heapwise_engine::error::{Error, Result};
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Opens `dump`, and cancels from another thread when the phase `phase` has begun.
fn interrupted(dump: &Path, phase: &str) -> Result<Snapshot> {
    let (progress, done) = (Progress::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                if progress.phases().iter().any(|begun| begun.name == phase) {
                    progress.cancel();
                }
                std::thread::yield_now();
            }
        });
        let opened = open(dump, &Options::default(), &progress);
        done.store(true, Ordering::Relaxed);
        opened
    })
}

#[test]
fn an_interruption_leaves_no_half_built_directory() {
    let directory = tempfile::tempdir().unwrap();
    let dump = directory.path().join("a.hprof.zst");
    std::fs::copy(jdk17().dump.compressed(), &dump).unwrap();
    let whole = open(&dump, &Options::default(), &Progress::default()).unwrap();
    let phases: BTreeSet<String> = whole.build().phases.iter().map(|phase| phase.name.clone()).collect();
    let expected = answers(whole);
    let index = directory.path().join("a.hprof.zst.heapwise");
    let mut stopped = 0;
    for phase in &phases {
        std::fs::remove_dir_all(&index).unwrap();
        match interrupted(&dump, phase) {
            Err(Error::Interrupted) => stopped += 1,
            // It was too late to stop.
            Ok(snapshot) => assert!(answers(snapshot) == expected, "{phase}"),
            Err(error) => panic!("{phase}: {error}"),
        }
        let left = files(directory.path());
        let half = left.keys().find(|path| path.to_string_lossy().contains("building"));
        assert_eq!(half, None, "{phase}");
        // Either nothing is left, or all that does not depend on what holds.
        assert!(!index.exists() || index.join("manifest.xxh3").exists(), "{phase}");
        let again = open(&dump, &Options::default(), &Progress::default()).unwrap();
        assert!(again.build().rebuilt_because.is_none(), "{phase}: {:?}", again.build().rebuilt_because);
        assert!(answers(again) == expected, "{phase}");
    }
    assert!(phases.len() > 8 && stopped * 2 > phases.len(), "{stopped} of {phases:?}");
}

#[test]
fn what_is_cancelled_before_it_begins_does_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let dump = jdk17().dump.unpack(directory.path()).unwrap();
    let progress = Progress::default();
    progress.cancel();
    assert!(matches!(open(&dump, &Options::default(), &progress), Err(Error::Interrupted)));
    assert_eq!(files(directory.path()).into_keys().collect::<Vec<_>>(), [dump]);
}
