//! An index that is right is used again, and gives the same answers as the one that was just built.

use crate::shipped::{jdk17, open_in};
use crate::small::small;
use crate::table::everything;
use heapwise_engine::graph::Strength;
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::hprof::Options as Form;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Totals and all tables, as one text.
pub(crate) fn answers(snapshot: Snapshot) -> String {
    let snapshot = Arc::new(snapshot);
    let info = serde_json::to_string(snapshot.info()).unwrap();
    format!("{info} {:?}", everything(&snapshot))
}

/// All files below a directory with their content.
pub(crate) fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.clone(), std::fs::read(path).unwrap());
            }
        }
    }
    found
}

fn opened(dump: &Path, options: &Options) -> Snapshot {
    open(dump, options, &Progress::default()).unwrap()
}

#[test]
fn the_second_opening_uses_the_index() {
    let directory = tempfile::tempdir().unwrap();
    let dump = jdk17().dump.unpack(directory.path()).unwrap();
    let built = opened(&dump, &Options::default());
    assert!(!built.build().reused && built.build().rebuilt_because.is_none());
    assert!(built.build().phases.len() > 5 && built.build().index_bytes > 1_000_000);
    let again = opened(&dump, &Options { verify: true, ..Options::default() });
    assert!(again.build().reused && again.build().phases.is_empty());
    assert_eq!(again.build().index_bytes, built.build().index_bytes);
    assert!(answers(built) == answers(again));
}

#[test]
fn threads_and_memory_change_no_byte() {
    let directory = tempfile::tempdir().unwrap();
    let dump = jdk17().dump.unpack(directory.path()).unwrap();
    let write = |threads, memory_limit| {
        let indexes = directory.path().join(format!("{threads} {memory_limit:?}"));
        let index_dir = Some(indexes.clone());
        let options = Options { index_dir, threads: Some(threads), memory_limit, ..Options::default() };
        opened(&dump, &options);
        let relative =
            |(path, bytes): (PathBuf, Vec<u8>)| (path.strip_prefix(&indexes).unwrap().to_owned(), bytes);
        files(&indexes).into_iter().map(relative).collect::<BTreeMap<_, _>>()
    };
    let one = write(1, None);
    assert!(one.len() > 15, "{} files", one.len());
    // No room at all, room for some columns, and for all.
    for (threads, memory_limit) in [(2, None), (8, None), (2, Some(0)), (1, Some((160 << 20) + 1_000_000))] {
        let many = write(threads, memory_limit);
        let different: Vec<_> = one.iter().filter(|(path, bytes)| many.get(*path) != Some(bytes)).collect();
        assert!(different.is_empty() && many.len() == one.len(), "{threads} threads: {:?}", different[0].0);
    }
}

#[test]
fn many_who_open_a_dump_at_once_all_get_the_right_answers() {
    let directory = tempfile::tempdir().unwrap();
    let dump = jdk17().dump.unpack(directory.path()).unwrap();
    let expected = answers(open_in(&dump, &directory.path().join("quiet")));
    std::thread::scope(|scope| {
        let work = || scope.spawn(|| answers(opened(&dump, &Options::default())));
        for thread in [work(), work(), work(), work()] {
            assert!(thread.join().unwrap() == expected);
        }
    });
    assert!(opened(&dump, &Options::default()).build().reused);
}

#[test]
fn each_kind_of_holding_has_a_tree_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let dump = jdk17().dump.unpack(directory.path()).unwrap();
    let held = |held| opened(&dump, &Options { held, ..Options::default() });
    let strong = held(Strength::Strong);
    let soft = jdk17().at("soft.referent");
    let phantom = held(Strength::Phantom);
    assert_eq!((phantom.build().reused, &phantom.build().rebuilt_because), (false, &None));
    assert_eq!((strong.retained(soft), phantom.retained(soft)), (0, 2_240));
    let garbage = phantom.amount(Strength::Unreachable).bytes;
    assert_eq!(phantom.info().retained_total, phantom.info().shallow_total - garbage);
    for strength in [Strength::Strong, Strength::Phantom] {
        assert!(held(strength).build().reused);
    }
    assert!(answers(held(Strength::Strong)) == answers(strong));
    assert!(answers(held(Strength::Phantom)) == answers(phantom));
}

#[test]
fn an_index_elsewhere_leaves_the_directory_of_the_dump_alone() {
    let directory = tempfile::tempdir().unwrap();
    let dump = directory.path().join("a.hprof");
    std::fs::write(&dump, small(Form::default())).unwrap();
    let indexes = tempfile::tempdir().unwrap();
    let options = Options { index_dir: Some(indexes.path().join("new")), ..Options::default() };
    assert!(!opened(&dump, &options).build().reused);
    assert!(opened(&dump, &options).build().reused);
    assert_eq!(files(directory.path()).len(), 1);
}

#[test]
fn another_layout_is_another_index() {
    let directory = tempfile::tempdir().unwrap();
    let dump = directory.path().join("a.hprof");
    std::fs::write(&dump, small(Form::default())).unwrap();
    let total = |layout: Option<&str>| {
        let options = Options { layout: layout.map(str::to_owned), ..Options::default() };
        opened(&dump, &options).info().shallow_total
    };
    let inferred = total(None);
    assert!(total(Some("refs=8, header=16, align=16")) > inferred);
    assert_eq!(total(None), inferred);
    let wrong = Options { layout: Some("refs=7".into()), ..Options::default() };
    assert!(open(&dump, &wrong, &Progress::default()).unwrap_err().to_string().contains("refs=7"));
    assert_eq!(total(None), inferred);
}
