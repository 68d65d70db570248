//! The dominator tree of the shipped dumps as rows, its children and its drops.

use crate::shipped::{Shipped, shipped};
use heapwise_engine::holders::{By, DominatorTree, TreeRow, big_drops, dominated, dominator_tree};
use heapwise_engine::id::ObjectId;
use heapwise_engine::progress::Progress;
use std::collections::{BTreeMap, BTreeSet};

fn rows(shipped: &Shipped, depth: u32, by: By) -> Vec<TreeRow<'_>> {
    dominator_tree(shipped, depth, by, &Progress::default()).unwrap()
}

/// The rows of the children of each row, by the row's number (0: the virtual root).
fn by_parent<'a, 'r>(rows: &'r [TreeRow<'a>]) -> BTreeMap<u32, Vec<&'r TreeRow<'a>>> {
    let mut children: BTreeMap<u32, Vec<&TreeRow>> = BTreeMap::new();
    for row in rows {
        children.entry(row.parent.unwrap_or(0)).or_default().push(row);
    }
    children
}

/// Numbers, depths, and the largest first.
fn check_form(rows: &[TreeRow]) {
    for (number, row) in (1..).zip(rows) {
        assert_eq!(row.node, number);
        let above = rows[..number as usize - 1].iter().rev().find(|above| above.depth < row.depth);
        assert_eq!(row.parent, above.map(|above| above.node));
        assert_eq!(row.depth, above.map_or(1, |above| above.depth + 1));
    }
    for siblings in by_parent(rows).values() {
        assert!(siblings.windows(2).all(|pair| pair[0].retained >= pair[1].retained));
        let names: BTreeSet<_> = siblings.iter().map(|row| (&row.name, row.object)).collect();
        assert_eq!(names.len(), siblings.len());
    }
}

#[test]
fn children_are_the_same_by_passes_and_by_lists() {
    for shipped in shipped() {
        let tree = DominatorTree::default();
        let ids = [None, Some(shipped.at("diamond")), Some(shipped.at("")), Some(shipped.at("chain"))];
        for id in ids.into_iter().cycle().take(20) {
            let found = tree.children(shipped, id, &Progress::default()).unwrap();
            assert_eq!(found, dominated(shipped, id, usize::MAX));
        }
    }
}

#[test]
fn by_object_every_level_is_the_children() {
    for shipped in shipped() {
        let rows = rows(shipped, 3, By::Object);
        check_form(&rows);
        let children = by_parent(&rows);
        let objects = |parent: u32| children.get(&parent).into_iter().flatten().filter_map(|row| row.object);
        assert!(objects(0).eq(dominated(shipped, None, usize::MAX)));
        for row in rows.iter().filter(|row| row.depth < 3).step_by(50) {
            assert!(objects(row.node).eq(dominated(shipped, row.object, usize::MAX)));
            assert_eq!((row.objects, row.retained), (1, shipped.retained(row.object.unwrap())));
        }
        assert_eq!(dominator_tree(shipped, 0, By::Object, &Progress::default()).unwrap(), []);
    }
}

#[test]
fn the_whole_tree_has_every_held_object_once() {
    for shipped in shipped() {
        let total = shipped.info().retained_total;
        let held = shipped.ids().filter(|&id| shipped.retained(ObjectId(id)) > 0).count() as u64;
        for by in [By::Object, By::Class, By::Loader] {
            let rows = rows(shipped, u32::MAX, by);
            assert_eq!(rows.iter().map(|row| row.shallow).sum::<u64>(), total, "{by:?}");
            assert_eq!(rows.iter().map(|row| row.objects).sum::<u64>(), held, "{by:?}");
            let mut below = vec![0; rows.len() + 1];
            for row in rows.iter().rev() {
                let sum = below[row.node as usize] + row.shallow;
                assert_eq!(row.retained, sum, "{by:?} {row:?}");
                below[row.parent.unwrap_or(0) as usize] += sum;
            }
            assert_eq!(below[0], total);
        }
    }
}

#[test]
fn groups_are_those_of_the_siblings() {
    for shipped in shipped() {
        for by in [By::Class, By::Loader, By::Package] {
            check_form(&rows(shipped, 3, by));
        }
        let rows = rows(shipped, 2, By::Class);
        let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for id in dominated(shipped, None, usize::MAX) {
            let sums = expected.entry(shipped.class_name(shipped.class_of(id)).to_owned()).or_default();
            *sums = (sums.0 + 1, sums.1 + shipped.retained(id));
        }
        let top = rows.iter().filter(|row| row.depth == 1);
        let found = top.map(|row| (row.name.as_deref().unwrap().to_owned(), (row.objects, row.retained)));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
    }
}

#[test]
fn packages_hold_the_classes_of_their_names() {
    for shipped in shipped() {
        let all = rows(shipped, u32::MAX, By::Package);
        check_form(&all);
        let children = by_parent(&all);
        for row in &all {
            let name = row.name.as_deref().unwrap();
            let Some(children) = children.get(&row.node) else { continue };
            assert_eq!(row.retained, children.iter().map(|row| row.retained).sum::<u64>(), "{name}");
            assert_eq!(row.objects, children.iter().map(|row| row.objects).sum::<u64>(), "{name}");
            let inside = |row: &&TreeRow| {
                let rest = row.name.as_deref().unwrap().strip_prefix(name).unwrap().strip_prefix('.');
                !rest.unwrap().contains('.')
            };
            assert!(children.iter().all(inside), "{name}");
        }
        let top = &children[&0];
        assert_eq!(top.iter().map(|row| row.retained).sum::<u64>(), shipped.info().retained_total);
        assert!(top.iter().any(|row| row.name.as_deref() == Some("java")));
        assert_eq!(rows(shipped, 1, By::Package).len(), top.len());
    }
}

#[test]
fn drops_are_where_no_child_retains_half() {
    for shipped in shipped() {
        for threshold in [None, Some(0), Some(1000), Some(100_000)] {
            let found = big_drops(shipped, threshold, &Progress::default()).unwrap();
            let least = threshold.unwrap_or(shipped.info().retained_total / 100).max(1);
            assert!(
                found.windows(2).all(|pair| (pair[1].drop, pair[0].object) <= (pair[0].drop, pair[1].object)
                    || pair[1].drop < pair[0].drop)
            );
            let known: BTreeMap<ObjectId, _> = found.iter().map(|drop| (drop.object, drop)).collect();
            let ids = shipped.ids().map(ObjectId).filter(|&id| shipped.retained(id) >= least);
            let large: Vec<ObjectId> = ids.collect();
            assert!(known.keys().all(|id| large.contains(id)));
            for &id in large.iter().step_by(1 + large.len() / 50) {
                let children = dominated(shipped, Some(id), usize::MAX);
                let largest = children.first().map_or(0, |&child| shipped.retained(child));
                let is_drop = 2 * largest < shipped.retained(id);
                assert_eq!(known.contains_key(&id), is_drop);
                let Some(drop) = known.get(&id) else { continue };
                assert_eq!(
                    (drop.largest_child, drop.largest_child_retained),
                    (children.first().copied(), largest)
                );
                assert_eq!((drop.children, drop.drop), (children.len() as u64, drop.retained - largest));
            }
        }
    }
}
