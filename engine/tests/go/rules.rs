//! The rules that tell of what the shipped Go dumps hold.

use crate::shop::{instances, shops};
use heapwise_engine::holders::paths;
use heapwise_engine::id::ObjectId;
use heapwise_engine::progress::Progress;
use heapwise_engine::rules::{Path, Rules};
use heapwise_engine::store::Snapshot;

/// The names of the rules for the shortest paths to the objects of a class, sorted, each once.
fn told(snapshot: &Snapshot, objects: &[ObjectId]) -> Vec<String> {
    let rules = Rules::built_in().unwrap();
    let mut names: Vec<String> = Vec::new();
    for &object in objects {
        let Some(path) = paths(snapshot, object, 1, &Progress::default()).unwrap().pop() else { continue };
        let path = Path::of(snapshot, &path);
        names.extend(rules.find(&path, Some(snapshot)).map(|found| found.rule.name.clone()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn what_the_shop_keeps_is_told_of_by_rules() {
    for (dump, snapshot) in shops() {
        let check = |class: &str, rule: &str| {
            let told = told(snapshot, &instances(snapshot, class));
            assert!(told.iter().any(|name| name == rule), "{dump:?} {class}: {told:?}");
        };
        check("main.Session", "go-global-map");
        check("main.Square", "go-global-slice");
        check("main.Profile", "go-channel-backlog");
        check("main.Profile", "go-closure");
        check("main.Profile", "go-goroutine");
        check("main.Resource", "go-finalizer");
    }
}

#[test]
fn a_small_slice_of_a_large_array_is_told_of() {
    for (dump, snapshot) in shops() {
        let large = |id: &ObjectId| snapshot.shallow(*id) >= 65536;
        let large: Vec<ObjectId> = instances(snapshot, "[]uint8").into_iter().filter(large).collect();
        assert_eq!(told(snapshot, &large), ["go-global-sub-slice"], "{dump:?}");
    }
}
