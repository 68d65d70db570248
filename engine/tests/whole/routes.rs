//! Paths under conditions and merged paths in the shipped dumps.

use crate::shipped::{Shipped, shipped};
use heapwise_engine::error::Error;
use heapwise_engine::graph::Strength;
use heapwise_engine::holders::{Path, PathFinder, PathOptions, merged_paths, paths};
use heapwise_engine::id::ObjectId;
use heapwise_engine::progress::Progress;
use roaring::RoaringBitmap;

fn avoiding(patterns: &[&str]) -> PathOptions {
    PathOptions { avoiding: patterns.iter().map(|&pattern| pattern.to_owned()).collect(), through: None }
}

fn find(shipped: &Shipped, id: ObjectId, options: &PathOptions) -> Vec<Path> {
    let finder = PathFinder::new(shipped, &Progress::default()).unwrap();
    finder.search(options).unwrap().paths(id, 10, &Progress::default()).unwrap()
}

/// The names by which the path goes on from its first object.
fn vias(path: &Path) -> Vec<&str> {
    path.steps[1..].iter().map(|step| step.via.as_deref().unwrap_or("?")).collect()
}

#[test]
fn without_referents_what_is_held_weakly_has_no_path() {
    for shipped in shipped() {
        let object = shipped.at("soft.referent");
        let found = find(shipped, object, &PathOptions::default());
        assert_eq!(found, paths(shipped, object, 10, &Progress::default()).unwrap());
        assert_eq!(found[0].strength, Strength::Soft);
        for pattern in [
            "java.lang.ref.SoftReference.referent",
            "*.referent",
            "java.lang.ref.Reference.*",
            "java.lang.ref.Reference",
        ] {
            assert_eq!(find(shipped, object, &avoiding(&[pattern])), [], "{pattern}");
        }
        let other = avoiding(&["java.lang.ref.WeakReference.referent"]);
        assert_eq!(find(shipped, object, &other)[0], found[0]);
        // The reference itself is an end.
        let reference = avoiding(&["java.lang.ref.Reference"]);
        assert!(!find(shipped, shipped.at("soft"), &reference).is_empty());
    }
}

#[test]
fn a_path_avoids_fields_and_goes_through_objects() {
    for shipped in shipped() {
        let [top, left, shared, big] =
            ["diamond", "diamond.left", "diamond.shared", "diamond.shared.big"].map(|path| shipped.at(path));
        let first = |options: &PathOptions| find(shipped, big, options).remove(0);
        assert_eq!(vias(&first(&avoiding(&[]))), ["shop", "diamond", "shared", "big"]);
        let around = first(&avoiding(&["shop.Shop$Top.shared"]));
        assert_eq!(around.steps.len(), 6);
        assert_eq!(vias(&around)[3..], ["shared", "big"]);
        assert_eq!(find(shipped, big, &avoiding(&["*.shared"])), []);
        assert_eq!(find(shipped, big, &avoiding(&["shop.Shop$Shared"])), []);
        assert_eq!(find(shipped, big, &avoiding(&["shop.Shop.shop"])), []);
        assert!(!find(shipped, shared, &avoiding(&["shop.Shop$Shared"])).is_empty());
        let through = |id: ObjectId, avoiding: &[&str]| PathOptions {
            avoiding: avoiding.iter().map(|&pattern| pattern.to_owned()).collect(),
            through: Some(RoaringBitmap::from_iter([id.0])),
        };
        assert_eq!(vias(&first(&through(left, &[])))[2..], ["left", "shared", "big"]);
        assert_eq!(vias(&first(&through(top, &[]))), ["shop", "diamond", "shared", "big"]);
        assert_eq!(find(shipped, big, &through(shipped.at("chain"), &[])), []);
        assert_eq!(find(shipped, big, &through(left, &["shop.Shop$Top.left"])), []);
    }
}

#[test]
fn an_unknown_pattern_is_an_error() {
    let shipped = &shipped()[0];
    for pattern in ["shop.Nothing", "shop.Shop.nothing", "", ".", "*.nothing at all", "nothing.*"] {
        let finder = PathFinder::new(shipped, &Progress::default()).unwrap();
        let options = avoiding(&[pattern]);
        assert!(matches!(finder.search(&options), Err(Error::Input(_))), "{pattern:?}");
    }
}

#[test]
fn merged_paths_are_the_paths_of_all() {
    for shipped in shipped() {
        let members = shipped.instances("Session");
        let set: RoaringBitmap = members.iter().map(|id| id.0).collect();
        for options in [avoiding(&[]), avoiding(&["java.lang.ref.WeakReference.referent"])] {
            let merged = merged_paths(shipped, &set, &options, &Progress::default()).unwrap();
            assert_eq!(merged.rows[0].objects, members.len() as u64);
            assert_eq!(merged.rows[0].retained, shipped.retained(merged.rows[0].object));
            for &member in &members {
                let mut row = merged.rows.iter().find(|row| row.object == member);
                let path = paths(shipped, member, 1, &Progress::default()).unwrap().remove(0);
                for step in path.steps.iter().rev() {
                    let here = row.expect("a row");
                    assert_eq!((here.object, merged.via(here)), (step.object, step.via.clone()));
                    row = here.parent.map(|parent| &merged.rows[parent as usize - 1]);
                }
                assert_eq!(row, None);
            }
        }
        let none =
            merged_paths(shipped, &set, &avoiding(&["shop.Shop$Session"]), &Progress::default()).unwrap();
        assert!(none.rows.iter().map(|row| row.objects).max() < Some(members.len() as u64));
    }
}

#[test]
fn merged_paths_go_through_what_they_must() {
    for shipped in shipped() {
        let set: RoaringBitmap = shipped.instances("Node").iter().map(|id| id.0).collect();
        let chain = shipped.at("chain");
        let options =
            PathOptions { avoiding: Vec::new(), through: Some(RoaringBitmap::from_iter([chain.0])) };
        let merged = merged_paths(shipped, &set, &options, &Progress::default()).unwrap();
        let members = shipped.number("/facts/chain");
        assert_eq!(merged.rows[0].objects, members);
        assert_eq!(merged.rows.len() as u64, members + 2);
    }
}

#[test]
fn a_cancelled_search_stops() {
    let (running, cancelled) = (Progress::default(), Progress::default());
    cancelled.cancel();
    let shipped = &shipped()[0];
    let set: RoaringBitmap = shipped.instances("Node").iter().map(|id| id.0).collect();
    for options in [avoiding(&[]), avoiding(&["*.referent"])] {
        assert!(merged_paths(shipped, &set, &options, &running).is_ok());
        assert!(matches!(merged_paths(shipped, &set, &options, &cancelled), Err(Error::Interrupted)));
    }
}
