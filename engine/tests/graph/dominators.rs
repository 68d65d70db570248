//! Dominators, retained sizes and the tree's children.

use crate::oracle::{Set, bytes, dominators, held, lost, reached, with_heap};
use heapwise_engine::graph::{Dominators, Heap, Sampling, Strength, Walk, children};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::Graph;
use proptest::prelude::*;

const HELD: [Strength; 4] = [Strength::Strong, Strength::Soft, Strength::Weak, Strength::Phantom];

pub(crate) fn tree(heap: &Heap, held: Strength) -> Dominators {
    let progress = Progress::default();
    Dominators::new(Walk::new(heap, held, &progress).unwrap(), heap, &progress).unwrap()
}

/// As [`tree`], where the walk takes down as few references to class objects as it can: one of each class and root.
pub(crate) fn sparse_tree(heap: &Heap, held: Strength, attempts: u32) -> Dominators {
    let progress = Progress::default();
    let sampling = Sampling { first: 0, every: u32::MAX, attempts };
    Dominators::new(Walk::sampling(heap, held, sampling, &progress).unwrap(), heap, &progress).unwrap()
}

fn check_all(graph: &Graph, strength: Strength) {
    check_tree(graph, strength, &with_heap(graph, |heap| tree(heap, strength)));
    for attempts in [1, 3] {
        check_tree(graph, strength, &with_heap(graph, |heap| sparse_tree(heap, strength, attempts)));
    }
}

fn check_tree(graph: &Graph, strength: Strength, found: &Dominators) {
    let objects = graph.class_of.len();
    let references = held(graph, strength);
    let dominator = found.by_object().unwrap();
    assert_eq!(&dominator[..], dominators(graph, &references));
    assert_eq!(&dominator[..], by_petgraph(graph, &references));
    // In 64 KiB, so that some sums need more than 32 bits.
    let retained = |object| bytes(graph, &lost(&graph.roots, &references, &Set::from([object]))) << 16;
    let expected: Vec<u64> = (0..u32::try_from(objects).unwrap()).map(retained).collect();
    let shallow = |object, _| graph.shallow[object as usize] << 16;
    let retained = found.retained(shallow, &Progress::default()).unwrap();
    assert_eq!(retained.iter().collect::<Vec<_>>(), expected);
    let reached_set = found.reached();
    let all = reached(&graph.roots, &references, &Set::new());
    assert_eq!(reached_set.iter().collect::<Set>(), all);
    check_children(&dominator, &children(&dominator, &reached_set, &Progress::default()).unwrap(), &all);
}

fn check_children(dominator: &[u32], children: &heapwise_engine::graph::Lists, reached: &Set) {
    let objects = u32::try_from(dominator.len()).unwrap();
    for above in 0..=objects {
        let key = if above == objects { u32::MAX } else { above };
        let expected: Vec<u32> = reached.iter().copied().filter(|&o| dominator[o as usize] == key).collect();
        assert_eq!(children.view().of(above), expected);
    }
}

fn by_petgraph(graph: &Graph, references: &[(u32, u32)]) -> Vec<u32> {
    let objects = u32::try_from(graph.class_of.len()).unwrap();
    let roots = graph.roots.iter().map(|&root| (objects, root));
    let all = petgraph::Graph::<(), ()>::from_edges(
        (0..=objects).map(|node| (node, node)).chain(roots).chain(references.iter().copied()),
    );
    let found = petgraph::algo::dominators::simple_fast(&all, objects.into());
    let above = |object: u32| {
        found.immediate_dominator(object.into()).map(|node| u32::try_from(node.index()).unwrap())
    };
    let dominator = |object| above(object).filter(|&above| above != objects).unwrap_or(u32::MAX);
    (0..objects).map(dominator).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn dominators_are_what_removal_says(seed: u64, objects in 1u32..24, strength in 0usize..4) {
        check_all(&Graph::nasty(seed, objects), HELD[strength]);
    }
}

fn check(objects: u32, references: &[(u32, u32)], roots: &[u32], expected: &[u32]) {
    let graph = Graph::of(objects, references, roots);
    let found = with_heap(&graph, |heap| tree(heap, Strength::Strong).by_object().unwrap());
    assert_eq!(&found[..], expected);
}

const NONE: u32 = u32::MAX;

#[test]
fn small_graphs() {
    // nothing at all, and no root
    check(0, &[], &[], &[]);
    check(2, &[(0, 1)], &[], &[NONE, NONE]);
    // 0 -> 1 -> 3, 0 -> 2 -> 3
    check(4, &[(0, 1), (0, 2), (1, 3), (2, 3)], &[0], &[NONE, 0, 0, 0]);
    // 0 -> 1 <-> 2 <- 0 : irreducible
    check(3, &[(0, 1), (0, 2), (1, 2), (2, 1)], &[0], &[NONE, 0, 0]);
    // two roots 0 and 1 -> 2 -> 3; 1 is also held by 0; 4 is not held
    check(5, &[(0, 2), (1, 2), (2, 3), (0, 1), (4, 3)], &[0, 1], &[NONE, NONE, NONE, 2, NONE]);
}

/// Sums of sizes 1 along a list of `objects`.
fn check_list(back: bool) {
    let graph = Graph::list(3_000_000, back);
    let retained = with_heap(&graph, |heap| {
        tree(heap, Strength::Strong).retained(|_, _| 1, &Progress::default()).unwrap()
    });
    assert!((0..3_000_000).eq(retained.iter().map(|sum| 3_000_000 - sum)));
}

#[test]
fn long_lists_take_linear_time() {
    check_list(false);
    check_list(true);
}

// a list and an array of the same elements: a climb from parent to parent would take 10^11 steps
#[test]
fn list_and_array_of_the_same_elements() {
    let length = 500_000;
    let graph = Graph::list_and_array(length);
    let dominator = with_heap(&graph, |heap| tree(heap, Strength::Strong).by_object().unwrap());
    let nodes = (1..length).map(|index| (3 * index, if index == 1 { 1 } else { 3 * (index - 1) }));
    let elements = (0..length).map(|index| (3 * index + 4, 0));
    let parts = (0..length).map(|index| (3 * index + 5, 3 * index + 4));
    for (object, above) in nodes.chain(elements).chain(parts) {
        assert_eq!(dominator[object as usize], above, "object {object}");
    }
}
