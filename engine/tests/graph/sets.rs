//! Questions about sets of objects: what goes with them, what is below, above and within reach of them.

use crate::dominators::tree;
use crate::oracle::{Set, held, lost, reached, with_heap};
use heapwise_engine::graph::{self, Forest, Heap, Holding, Referrers, Removal, Strength, Tree, transpose};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::{Graph, Random};
use proptest::prelude::*;
use roaring::RoaringBitmap;

/// Calls `test` with all that is known of the graph.
pub(crate) fn with_holding<T>(graph: &Graph, strength: Strength, test: impl FnOnce(&Holding) -> T) -> T {
    with_heap(graph, |heap: &Heap| {
        let inbound = transpose(heap, &Progress::default()).unwrap();
        let found = tree(heap, strength);
        let dominator = found.by_object().unwrap();
        let retained = found.retained(|o, _| graph.shallow[o as usize], &Progress::default()).unwrap();
        let referrers = Referrers::new(heap.columns());
        let tree = Tree { dominator: &dominator, retained: retained.view() };
        let holding = Holding::new(heap.clone(), strength, inbound.view(), &referrers, tree);
        holding.check().unwrap();
        test(&holding)
    })
}

/// The ids whose bit is set.
fn members(bits: u32) -> RoaringBitmap {
    (0..32).filter(|bit| bits >> bit & 1 == 1).collect()
}

/// Some references of the graph, and some that are none.
fn cuts(graph: &Graph, references: &[(u32, u32)], seed: u64) -> Vec<(u32, u32)> {
    let mut random = Random::new(seed);
    let count = random.below(6);
    let objects = u32::try_from(graph.class_of.len()).unwrap();
    let mut cut = |_| match references.len() {
        0 => (random.below(objects), random.below(objects)),
        all => references[random.below(u32::try_from(all).unwrap()) as usize],
    };
    let mut cuts: Vec<_> = (0..count).map(&mut cut).collect();
    cuts.sort_unstable();
    cuts
}

fn check_removal(graph: &Graph, strength: Strength, objects: &RoaringBitmap, references: &[(u32, u32)]) {
    let all = held(graph, strength);
    let mut left = all.clone();
    left.retain(|reference| !references.contains(reference));
    let rest = reached(&graph.roots, &left, &objects.iter().collect());
    let before = reached(&graph.roots, &all, &Set::new());
    let expected: RoaringBitmap = before.difference(&rest).copied().collect();
    let removal = Removal { objects, references };
    with_holding(graph, strength, |holding| {
        let progress = Progress::default();
        let walked = graph::lost(holding, &removal, &progress).unwrap();
        assert_eq!(walked, expected, "walk");
        let forest = Forest::new(holding.heap(), strength, &progress).unwrap();
        let nearby = graph::lost_nearby(holding, &forest, &removal, u64::MAX, &progress).unwrap();
        assert_eq!(nearby, Some(expected), "nearby");
        for most in [0, 1, 5, 30] {
            let nearby = graph::lost_nearby(holding, &forest, &removal, most, &progress).unwrap();
            assert!(nearby.is_none_or(|nearby| nearby == walked), "{most} steps");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn what_is_lost_is_what_is_not_found_again(
        seed: u64, objects in 1u32..32, set: u32, sparse: u32, strength in 0u8..5, cut: u64
    ) {
        let graph = Graph::nasty(seed, objects);
        let strength = Strength::from_u8(strength).unwrap();
        let cuts = cuts(&graph, &held(&graph, strength), cut);
        check_removal(&graph, strength, &members(set & sparse), &[]);
        check_removal(&graph, strength, &RoaringBitmap::new(), &cuts);
        check_removal(&graph, strength, &members(set & sparse & sparse.rotate_left(7)), &cuts);
    }

    #[test]
    fn the_dominator_tree_is_walked_as_defined(seed: u64, objects in 1u32..32, set: u32, sparse: u32) {
        let graph = Graph::nasty(seed, objects);
        let references = held(&graph, Strength::Strong);
        let all = reached(&graph.roots, &references, &Set::new());
        let below: Vec<Set> = (0..objects)
            .map(|top| lost(&graph.roots, &references, &Set::from([top]))).collect();
        let set = members(set & sparse & sparse.rotate_left(3));
        let inside: Vec<u32> = set.iter().filter(|member| all.contains(member)).collect();
        with_holding(&graph, Strength::Strong, |holding| {
            let progress = Progress::default();
            for top in 0..objects {
                let found = graph::subtree(holding, top, &progress).unwrap();
                assert_eq!(found.len(), below[top as usize].len());
                assert_eq!(found.into_iter().collect::<Set>(), below[top as usize]);
            }
            let dominated = |&&member: &&u32| {
                !inside.iter().any(|&other| other != member && below[other as usize].contains(&member))
            };
            let topmost: Vec<u32> = inside.iter().filter(dominated).copied().collect();
            assert_eq!(graph::topmost_of(holding, &set, &progress).unwrap(), topmost);
            let above_all =
                |&object: &u32| inside.iter().all(|member| below[object as usize].contains(member));
            let common = (0..objects).filter(above_all).min_by_key(|&object| below[object as usize].len());
            let common = common.filter(|_| !inside.is_empty());
            assert_eq!(graph::common_dominator(holding, &set, &progress).unwrap(), common);
        });
    }

    #[test]
    fn within_reach_is_what_so_many_steps_reach(
        seed: u64, objects in 1u32..32, set: u32, depth in 0u32..6, strength in 0u8..5
    ) {
        let mut graph = Graph::nasty(seed, objects);
        let strength = Strength::from_u8(strength).unwrap();
        let set: RoaringBitmap = members(set).iter().filter(|&member| member < objects).collect();
        let found = |depth| with_heap(&graph, |heap| {
            graph::reachable(heap, strength, &set, depth, &Progress::default()).unwrap()
        });
        let (some, all) = (found(Some(depth)), found(None));
        graph.class_objects.fill(u32::MAX);
        let references = held(&graph, strength);
        let mut expected: Vec<(u32, u32)> = set.iter().map(|member| (member, 0)).collect();
        for steps in 1..=objects {
            let known = |object: u32| expected.iter().any(|row| row.0 == object);
            let next: Set = references.iter().filter(|&&(from, to)| known(from) && !known(to))
                .map(|&(_, to)| to).collect();
            expected.extend(next.into_iter().map(|object| (object, steps)));
        }
        prop_assert_eq!(&all, &expected);
        expected.retain(|row| row.1 <= depth);
        prop_assert_eq!(&some, &expected);
    }
}

#[test]
fn both_ways_agree_on_large_graphs() {
    let graph = Graph::heap_like(11, 200_000);
    let mut random = Random::new(5);
    with_holding(&graph, Strength::Strong, |holding| {
        let progress = Progress::default();
        let forest = Forest::new(holding.heap(), Strength::Strong, &progress).unwrap();
        for size in [1, 2, 5, 20, 1000] {
            let objects: RoaringBitmap = (0..size).map(|_| random.below(200_000)).collect();
            let removal = Removal { objects: &objects, references: &[] };
            let walked = graph::lost(holding, &removal, &progress).unwrap();
            let nearby = graph::lost_nearby(holding, &forest, &removal, u64::MAX, &progress).unwrap();
            assert_eq!(nearby, Some(walked));
        }
    });
}

#[test]
fn long_lists_are_no_recursion() {
    let graph = Graph::list(2_000_000, true);
    with_holding(&graph, Strength::Strong, |holding| {
        let progress = Progress::default();
        let set = RoaringBitmap::from_iter([1_999_999, 1_500_000, 1_999_000]);
        assert_eq!(graph::common_dominator(holding, &set, &progress).unwrap(), Some(1_500_000));
        assert_eq!(graph::topmost_of(holding, &set, &progress).unwrap(), [1_500_000]);
        assert_eq!(graph::subtree(holding, 1_500_000, &progress).unwrap().len(), 500_000);
        let all = graph::reachable(holding.heap(), Strength::Strong, &set, None, &progress).unwrap();
        assert_eq!(all.len(), 2_000_000);
    });
}
