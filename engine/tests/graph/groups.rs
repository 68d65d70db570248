//! Retained sizes of classes and of arbitrary sets.

use crate::dominators::{sparse_tree, tree};
use crate::oracle::{Set, bytes, held, lost, with_heap};
use heapwise_engine::error::Error;
use heapwise_engine::graph::{Dominators, Heap, Labels, Sampling, Strength, Walk};
use heapwise_engine::graph::{exactly_retained, group_retained, retained_set};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::{Graph, Random};
use proptest::prelude::*;

fn by_group(graph: &Graph, group_of: &[u32], groups: usize, strength: Strength) -> Vec<u64> {
    let shallow = |object: u32, _| graph.shallow[object as usize];
    let found = |tree: &dyn Fn(&Heap, Strength) -> Dominators| {
        with_heap(graph, |heap| {
            let group = |object: u32, _| group_of[object as usize];
            group_retained(&tree(heap, strength), group, groups, shallow, &Progress::default()).unwrap()
        })
    };
    let all = found(&tree);
    assert!(all.exact.iter().all(|&exact| exact));
    for attempts in [1, 3] {
        assert_eq!(found(&|heap, strength| sparse_tree(heap, strength, attempts)), all);
    }
    all.bytes
}

fn oracle(graph: &Graph, group_of: &[u32], groups: u32, strength: Strength) -> Vec<u64> {
    let references = held(graph, strength);
    let members =
        |group| (0u32..).zip(group_of).filter(move |row| *row.1 == group).map(|row| row.0).collect::<Set>();
    (0..groups).map(|group| bytes(graph, &lost(&graph.roots, &references, &members(group)))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]
    #[test]
    fn groups_retain_what_goes_with_them(seed: u64, objects in 1u32..32, groups in 1u32..8) {
        let graph = Graph::nasty(seed, objects);
        let mut random = Random::new(seed);
        let group_of: Vec<u32> = (0..objects).map(|_| random.below(groups)).collect();
        let expected = oracle(&graph, &group_of, groups, Strength::Strong);
        prop_assert_eq!(by_group(&graph, &group_of, groups as usize, Strength::Strong), expected);
    }

    #[test]
    fn groups_that_overlap_retain_what_goes_with_them(seed: u64, objects in 1u32..32, count in 1u32..8) {
        let graph = Graph::nasty(seed, objects);
        let mut random = Random::new(seed);
        let groups: Vec<Vec<u32>> =
            (0..5).map(|_| (0..random.below(4)).map(|_| random.below(count)).collect()).collect();
        let label_of: Vec<u32> = (0..objects).map(|_| random.below(5)).collect();
        let of = |object: u32, _| label_of[object as usize];
        let labels = Labels { of, groups: groups.clone(), count: count as usize };
        let shallow = |object: u32, _| graph.shallow[object as usize];
        let found = with_heap(&graph, |heap| {
            let tree = sparse_tree(heap, Strength::Strong, 3);
            exactly_retained(&tree, &labels, shallow, &Progress::default()).unwrap()
        });
        let references = held(&graph, Strength::Strong);
        for (group, found) in (0..count).zip(found.unwrap()) {
            let in_group = |object: &u32| groups[of(*object, 0) as usize].contains(&group);
            let expected = lost(&graph.roots, &references, &(0..objects).filter(in_group).collect());
            prop_assert_eq!(found, bytes(&graph, &expected));
        }
    }

    #[test]
    fn sets_retain_what_goes_with_them(seed: u64, objects in 1u32..32, members: u32, strength in 0u8..5) {
        let graph = Graph::nasty(seed, objects);
        let strength = Strength::from_u8(strength).unwrap();
        let set: Set = (0..32).filter(|bit| members >> bit & 1 == 1).collect();
        let shallow = |object: u32| graph.shallow[object as usize];
        let found = with_heap(&graph, |heap| {
            retained_set(heap, strength, &set.iter().collect(), shallow, &Progress::default()).unwrap()
        });
        let expected = lost(&graph.roots, &held(&graph, strength), &set);
        prop_assert_eq!(found.bytes, bytes(&graph, &expected));
        prop_assert_eq!(found.objects.iter().collect::<Set>(), expected);
    }
}

fn check(graph: &Graph, group_of: &[u32], expected: &[u64]) {
    assert_eq!(by_group(graph, group_of, expected.len(), Strength::Strong), expected);
}

#[test]
fn instances_hold_together() {
    // 0 -> 1, 0 -> 2, both -> 3 -> 4: class 1 is {1, 2}, neither dominates 3
    let mut graph = Graph::of(5, &[(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)], &[0]);
    graph.shallow = vec![1, 2, 4, 8, 16];
    check(&graph, &[0, 1, 1, 2, 2], &[31, 30, 24]);
    // the same with a leaf in the place of 3
    graph = Graph::of(4, &[(0, 1), (0, 2), (1, 3), (2, 3)], &[0]);
    graph.shallow = vec![1, 2, 4, 8];
    check(&graph, &[0, 1, 1, 2], &[15, 14, 8]);
    // 0 -> 1 -> 3 <-> 4 <- 2 <- 0: an irreducible loop behind class 1
    graph = Graph::of(5, &[(0, 1), (0, 2), (1, 3), (2, 4), (3, 4), (4, 3)], &[0]);
    graph.shallow = vec![1, 2, 4, 8, 16];
    check(&graph, &[0, 1, 1, 2, 3], &[31, 30, 8, 16]);
}

// All references to class objects, some, or as few as there can be: thousands of instances for each class.
#[test]
fn samples_change_nothing() {
    for seed in 0..12 {
        let graph = Graph::heap_like(seed, 30_000);
        let shallow = |object: u32, _| graph.shallow[object as usize];
        let found = |sampling: Sampling| {
            with_heap(&graph, |heap| {
                let progress = Progress::default();
                let walk = Walk::sampling(heap, Strength::Strong, sampling, &progress).unwrap();
                let tree = Dominators::new(walk, heap, &progress).unwrap();
                let classes = graph.class_objects.len();
                let classes = group_retained(&tree, |_, class| class, classes, shallow, &progress).unwrap();
                (tree.by_object().unwrap().to_vec(), classes)
            })
        };
        let all = found(Sampling { first: u32::MAX, every: 1, attempts: 1 });
        assert!(all.1.exact.iter().all(|&exact| exact));
        let few = |attempts| Sampling { first: 0, every: u32::MAX, attempts };
        for sampling in [Sampling::default(), few(1), few(3)] {
            assert_eq!(found(sampling), all, "{seed} {sampling:?}");
        }
    }
}

#[test]
fn a_list_has_one_set() {
    for back in [false, true] {
        let graph = Graph::list(2_000_000, back);
        let group_of: Vec<u32> = (0..2_000_000).map(|object| object / 1_000_000).collect();
        check(&graph, &group_of, &[2_000_000, 1_000_000]);
    }
}

// a list with a group for each object: its sets have n²/2 elements, too many, but one object of a group is exact;
// two such lists with the same groups: each group has two topmost objects, which is not
#[test]
fn too_many_sets_are_not_silent() {
    let length = 20_000;
    let group_of: Vec<u32> = (0..2 * length).map(|object| object % length).collect();
    let below = |object: &u32| u64::from(length - object);
    let expected: Vec<u64> = group_of[..length as usize].iter().map(below).collect();
    check(&Graph::list(length, false), &group_of[..length as usize], &expected);

    let mut graph = Graph::list(2 * length, false);
    graph.targets[length as usize - 1] = 0;
    graph.roots = vec![0, length];
    let found = with_heap(&graph, |heap| {
        let tree = tree(heap, Strength::Strong);
        let group = |object: u32, _| group_of[object as usize];
        group_retained(&tree, group, length as usize, |_, _| 1, &Progress::default()).unwrap()
    });
    assert_eq!(found.exact, vec![false; length as usize]);
    assert!(found.bytes.iter().eq(expected.iter().map(|bytes| 2 * bytes).collect::<Vec<_>>().iter()));
}

#[test]
fn groups_out_of_range_are_errors() {
    with_heap(&Graph::list(3, false), |heap| {
        let found =
            group_retained(&tree(heap, Strength::Strong), |id, _| id, 2, |_, _| 1, &Progress::default());
        assert!(matches!(found, Err(Error::Input(_))));
    });
}

// The sets do not fit before the last object, a leaf, is met.
#[test]
fn groups_out_of_range_are_errors_where_sets_are_too_many() {
    let length = 20_000;
    with_heap(&Graph::list(length, false), |heap| {
        let group = |object: u32, _| if object == length - 1 { length } else { object };
        let tree = tree(heap, Strength::Strong);
        let found = group_retained(&tree, group, length as usize, |_, _| 1, &Progress::default());
        assert!(matches!(found, Err(Error::Input(_))));
    });
}
