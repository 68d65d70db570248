//! The dominator tree and retained sizes of real dumps, computed again by other means.

use crate::shipped::shipped;
use heapwise_engine::graph::{Heap, Strength, retained_set, verify};
use heapwise_engine::id::{ClassId, ObjectId};
use heapwise_engine::ingest::Loaders;
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use std::cmp::Reverse;

/// Bytes that the objects `set` retain, by reaching everything again without them.
fn retained(snapshot: &Snapshot, heap: &Heap, set: impl Iterator<Item = u32>) -> u64 {
    let shallow = |id| snapshot.shallow(ObjectId(id));
    retained_set(heap, Strength::Strong, &set.collect(), shallow, &Progress::default()).unwrap().bytes
}

#[test]
fn a_second_algorithm_finds_the_same_dominators() {
    for shipped in shipped() {
        let heap = Heap::new(shipped.base().graph()).unwrap();
        let claimed = &shipped.held().dominator;
        assert_eq!(verify(&heap, Strength::Strong, claimed, &Progress::default()).unwrap(), None);
    }
}

#[test]
fn an_object_retains_what_is_lost_without_it() {
    for shipped in shipped() {
        let heap = Heap::new(shipped.base().graph()).unwrap();
        for id in shipped.ids().step_by(1_009) {
            let expected = retained(shipped, &heap, std::iter::once(id));
            assert_eq!(shipped.retained(ObjectId(id)), expected, "{:?} object {id}", shipped.dump);
        }
    }
}

#[test]
fn a_class_retains_what_is_lost_without_its_instances() {
    for shipped in shipped() {
        let heap = Heap::new(shipped.base().graph()).unwrap();
        let mut classes: Vec<ClassId> = shipped.classes().ids().collect();
        classes.sort_by_key(|class| Reverse(shipped.held().class_retained[class.index()]));
        // The largest, where instances hold each other, and some of all others.
        let some = classes[..20].iter().chain(classes[20..].iter().step_by(67));
        for &class in some {
            let instances = shipped.snapshot.instances(&[class], shipped.ids());
            let expected = retained(shipped, &heap, instances.into_iter());
            let found = shipped.held().class_retained[class.index()];
            assert_eq!(found, expected, "{:?} {}", shipped.dump, shipped.class_name(class));
        }
    }
}

#[test]
fn a_loader_retains_what_is_lost_without_its_classes() {
    for shipped in shipped() {
        let heap = Heap::new(shipped.base().graph()).unwrap();
        let class = &shipped.objects().class;
        let loaders = Loaders::new(shipped.classes(), class);
        let loader_of = loaders.of_objects(shipped.classes(), class);
        assert!(loaders.objects.len() > 4, "boot, platform, application and two plugins");
        for (row, &found) in (0..).zip(&shipped.held().loader_retained[..]) {
            let mine = shipped.ids().filter(|&id| loader_of(id, class[id as usize]) == row);
            assert_eq!(found, retained(shipped, &heap, mine), "{:?} loader {row}", shipped.dump);
        }
    }
}
