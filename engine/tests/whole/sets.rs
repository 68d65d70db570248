//! What sets of objects of the shipped dumps retain, reach and have above them, and what a cut frees.

use crate::shipped::{Shipped, shipped};
use crate::small::{open_bytes, small};
use heapwise_engine::error::Error;
use heapwise_engine::graph::Strength;
use heapwise_engine::holders::{Cut, Removals, inbound, outbound};
use heapwise_engine::holders::{common_dominator, reachable, retained_set, retained_size, whatif};
use heapwise_engine::id::{ClassId, ObjectId};
use heapwise_engine::progress::Progress;
use heapwise_testdata::hprof::Options;
use roaring::RoaringBitmap;

fn set(ids: impl IntoIterator<Item = ObjectId>) -> RoaringBitmap {
    ids.into_iter().map(|id| id.0).collect()
}

fn instances(shipped: &Shipped, class: ClassId) -> RoaringBitmap {
    shipped.snapshot.instances(&[class], shipped.ids()).into_iter().collect()
}

#[test]
fn instances_retain_what_their_class_retains() {
    let progress = Progress::default();
    for shipped in shipped() {
        let removals = Removals::default();
        for class in shipped.classes().ids() {
            let expected = shipped.held().class_retained[class.index()];
            let found = removals.retained_set(shipped, &instances(shipped, class), &progress).unwrap();
            assert_eq!(found.bytes, expected, "{}", shipped.class_name(class));
            let members: u64 = found.objects.iter().map(|id| shipped.shallow(ObjectId(id))).sum();
            assert_eq!(members, expected);
        }
    }
}

#[test]
fn the_first_question_has_the_answer_of_the_next_ones() {
    let progress = Progress::default();
    for shipped in shipped() {
        let removals = Removals::default();
        for class in ["Session", "Node", "Arm", "java.util.HashMap$Node"] {
            let set: RoaringBitmap = set(shipped.instances(class));
            let first = retained_set(shipped, &set, &progress).unwrap();
            assert_eq!(retained_size(shipped, &set, &progress).unwrap(), first.bytes);
            for _ in 0..3 {
                assert_eq!(removals.retained_set(shipped, &set, &progress).unwrap(), first);
            }
        }
        for id in shipped.ids().step_by(97) {
            let found = removals.retained_set(shipped, &RoaringBitmap::from_iter([id]), &progress).unwrap();
            assert_eq!(found.bytes, shipped.retained(ObjectId(id)));
        }
        assert_eq!(removals.retained_size(shipped, &RoaringBitmap::new(), &progress).unwrap(), 0);
        let nothing = RoaringBitmap::from_iter([u32::MAX]);
        assert_eq!(removals.retained_size(shipped, &nothing, &progress).unwrap(), 0);
    }
}

fn cut(from: ObjectId, to: ObjectId, via: Option<&str>) -> Cut {
    Cut { from, to, via: via.map(str::to_owned) }
}

#[test]
fn a_cut_frees_what_nothing_else_holds() {
    let progress = Progress::default();
    for shipped in shipped() {
        let [shop, top, left, shared] =
            ["", "diamond", "diamond.left", "diamond.shared"].map(|path| shipped.at(path));
        let right = shipped.at("diamond.right");
        let removals = Removals::default();
        let freed = |cuts: &[Cut]| removals.whatif(shipped, cuts, &progress).unwrap().bytes;
        assert_eq!(freed(&[cut(shop, top, None)]), shipped.retained(top));
        assert_eq!(freed(&[cut(shop, top, Some("diamond"))]), shipped.retained(top));
        assert_eq!(freed(&[cut(shop, top, Some("chain"))]), 0);
        assert_eq!(freed(&[cut(top, shared, None)]), 0);
        let all = [top, left, right].map(|holder| cut(holder, shared, Some("shared")));
        assert_eq!(freed(&all), shipped.retained(shared));
        assert_eq!(freed(&all[..2]), 0);
        assert_eq!(freed(&[cut(shop, ObjectId(u32::MAX), None), cut(left, top, None)]), 0);
        assert_eq!(whatif(shipped, &all, &progress).unwrap().bytes, shipped.retained(shared));
    }
}

// in the small dump Main.TABLE holds the leaf by [0], Node 0 by next; a thread and Main.HEAD hold Node 199, which the
// table holds by [2] and the leaf by next; a weak reference holds the leaf too
#[test]
fn a_cut_takes_the_reference_that_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = open_bytes(&small(Options::default()), directory.path()).unwrap();
    let only = |name: &str| {
        let found = snapshot.instances(&snapshot.classes_named(name), snapshot.ids());
        (found.len() == 1).then(|| ObjectId(found[0])).expect("one")
    };
    let (leaf, weak) = (only("com.acme.Leaf"), only("java.lang.ref.WeakReference"));
    let holders = inbound(&snapshot, leaf, &Progress::default()).unwrap();
    let by = |via: &str| holders.iter().find(|holder| holder.via == via).expect("a holder");
    assert_eq!(by("referent").strength, Strength::Weak);
    assert_eq!((by("referent").object, by("next").strength), (weak, Strength::Strong));
    let out = outbound(&snapshot, weak).unwrap();
    assert!(out.iter().any(|to| to.via == "referent" && to.strength == Strength::Weak));
    let (table, last) = (by("[0]").object, by("next").object);
    let freed = |cuts: &[Cut]| whatif(&snapshot, cuts, &Progress::default()).unwrap();
    assert_eq!(freed(&[cut(table, leaf, Some("[0]"))]).objects.len(), 0);
    let both = [cut(table, leaf, Some("[0]")), cut(last, leaf, Some("next"))];
    // Its class object goes with it; Node 199 is held by others.
    let class = snapshot.class_object(snapshot.class_of(leaf)).expect("a class object");
    assert_eq!(freed(&both).objects, set([leaf, class]));
    let with_weak = [both[0].clone(), both[1].clone(), cut(weak, leaf, None)];
    assert_eq!(freed(&with_weak).objects, set([leaf, class]));
    assert_eq!(freed(&[both[0].clone(), cut(last, leaf, Some("[0]"))]).objects.len(), 0);
    // The thread's local is a reference too.
    let newest = outbound(&snapshot, leaf).unwrap().iter().find(|to| to.via == "next").unwrap().object;
    let holders = inbound(&snapshot, newest, &Progress::default()).unwrap();
    let cuts: Vec<Cut> = holders.iter().map(|from| cut(from.object, newest, Some(&from.via))).collect();
    assert!(cuts.iter().any(|cut| cut.via.as_deref() == Some("<local>")));
    assert!(freed(&cuts).objects.contains(newest.0));
    assert_eq!(freed(&cuts).bytes, snapshot.retained(newest));
}

#[test]
fn the_class_edge_can_be_cut() {
    let progress = Progress::default();
    for shipped in shipped() {
        let removals = Removals::default();
        // Each object's cut edges are all of those to one target: what goes is the target's part of the tree.
        for id in shipped.ids().step_by(1009).map(ObjectId) {
            let holders = inbound(shipped, id, &Progress::default()).unwrap();
            let cuts: Vec<Cut> = holders.iter().map(|from| cut(from.object, id, Some(&from.via))).collect();
            let is_root = shipped.base().ties.root_objects.contains(&id.0);
            let expected = if is_root { 0 } else { shipped.retained(id) };
            assert_eq!(removals.whatif(shipped, &cuts, &progress).unwrap().bytes, expected, "{id:?}");
        }
    }
}

#[test]
fn what_a_set_reaches_and_what_is_above_it() {
    let progress = Progress::default();
    for shipped in shipped() {
        let [top, left, right, shared, big] =
            ["diamond", "diamond.left", "diamond.right", "diamond.shared", "diamond.shared.big"]
                .map(|path| shipped.at(path));
        let rows = reachable(shipped, &set([top]), None, &progress).unwrap();
        let mut near = [left, right, shared];
        near.sort_unstable();
        let expected: Vec<_> = [(top, 0)].into_iter().chain(near.map(|id| (id, 1))).collect();
        assert_eq!(rows[..4], expected);
        let mut parts: Vec<ObjectId> = near
            .iter()
            .flat_map(|&id| outbound(shipped, id).unwrap())
            .filter(|to| to.via != "<class>" && to.object != shared)
            .map(|to| to.object)
            .collect();
        parts.sort_unstable();
        assert!(parts.contains(&big));
        assert!(rows[4..].iter().copied().eq(parts.into_iter().map(|id| (id, 2))));
        assert_eq!(reachable(shipped, &set([top]), Some(1), &progress).unwrap().len(), 4);
        let common =
            |ids: &[ObjectId]| common_dominator(shipped, &set(ids.iter().copied()), &progress).unwrap();
        assert_eq!(common(&[left, right]), Some(top));
        assert_eq!(common(&[left, shared, top]), Some(top));
        assert_eq!(common(&[big]), Some(big));
        assert_eq!(common(&[left, shipped.at("chain")]), Some(shipped.at("")));
        assert_eq!(common(&[]), None);
    }
}

#[test]
fn a_cancelled_question_stops() {
    let progress = Progress::default();
    progress.cancel();
    let shipped = &shipped()[0];
    let some = set(shipped.instances("java.util.HashMap$Node"));
    let stops = |stopped: bool| assert!(stopped);
    stops(matches!(retained_set(shipped, &some, &progress), Err(Error::Interrupted)));
    stops(matches!(reachable(shipped, &some, None, &progress), Err(Error::Interrupted)));
    let [shop, top] = ["", "diamond"].map(|path| shipped.at(path));
    stops(matches!(whatif(shipped, &[cut(shop, top, None)], &progress), Err(Error::Interrupted)));
}

#[test]
fn instances_are_found_by_their_blocks() {
    for shipped in shipped() {
        let all = shipped.classes().ids().collect::<Vec<_>>();
        let classes = [&all[..1], &all[3..5], &all[..300], &all, &[]];
        for (classes, range) in
            classes.into_iter().zip([0..u32::MAX, 0..9000, 5000..40_000, 17..30_000, 0..9])
        {
            let wanted = |id: &u32| classes.contains(&shipped.class_of(ObjectId(*id)));
            let expected: Vec<u32> = range.clone().filter(|id| shipped.ids().contains(id)).collect();
            let expected: Vec<u32> = expected.into_iter().filter(wanted).collect();
            assert_eq!(shipped.snapshot.instances(classes, range), expected);
            let inside: Vec<u32> = shipped.instance_blocks(classes).flatten().filter(wanted).collect();
            assert_eq!(inside, shipped.ids().filter(wanted).collect::<Vec<u32>>());
        }
        for class in all {
            let count = shipped.snapshot.instances(&[class], shipped.ids()).len() as u64;
            assert_eq!(count, shipped.classes().get(class).instances);
        }
    }
}
