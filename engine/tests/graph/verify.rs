//! The second algorithm agrees with the first, and finds a wrong dominator.

use crate::dominators::tree;
use crate::oracle::with_heap;
use heapwise_engine::graph::{Mismatch, Strength, verify};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::Graph;

fn check(graph: &Graph, held: Strength) {
    let found = with_heap(graph, |heap| {
        let claimed = tree(heap, held).by_object().unwrap();
        verify(heap, held, &claimed, &Progress::default()).unwrap()
    });
    assert_eq!(found, None);
}

#[test]
fn both_algorithms_agree() {
    (0..3000)
        .for_each(|seed| check(&Graph::nasty(seed, 1 + u32::try_from(seed % 40).unwrap()), Strength::Soft));
    check(&Graph::heap_like(7, 400_000), Strength::Strong);
    check(&Graph::heap_like(8, 400_000), Strength::Phantom);
    check(&Graph::list(1_000_000, true), Strength::Strong);
    check(&Graph::list_and_array(200_000), Strength::Strong);
}

#[test]
fn a_wrong_dominator_is_found() {
    // 0 -> 1 -> 2, 3 is not held
    let graph = Graph::of(4, &[(0, 1), (1, 2)], &[0]);
    let check = |claimed: [u32; 4], expected| {
        let found =
            with_heap(&graph, |heap| verify(heap, Strength::Strong, &claimed, &Progress::default()).unwrap());
        assert_eq!(found, expected);
    };
    let none = u32::MAX;
    check([none, 0, 1, none], None);
    check([none, 0, 0, none], Some(Mismatch { object: 2, claimed: 0, found: 1 }));
    check([none, none, 1, none], Some(Mismatch { object: 1, claimed: none, found: 0 }));
    check([none, 0, 1, 0], Some(Mismatch { object: 3, claimed: 0, found: none }));
}
