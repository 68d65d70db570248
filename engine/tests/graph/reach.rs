//! Strength and depth.

use crate::oracle::{references, with_heap};
use heapwise_engine::graph::{Strength, reach};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::Graph;
use proptest::prelude::*;

/// Relaxes phase by phase until nothing changes.
fn oracle(graph: &Graph, starts: &[u32]) -> (Vec<Strength>, Vec<u32>) {
    let objects = graph.class_of.len();
    let (mut strength, mut depth) = (vec![Strength::Unreachable; objects], vec![u32::MAX; objects]);
    for &start in starts {
        (strength[start as usize], depth[start as usize]) = (Strength::Strong, 0);
    }
    for phase in &Strength::ALL[..5] {
        let usable: Vec<_> =
            references(graph).into_iter().filter(|reference| reference.2 <= *phase).collect();
        let mut changed = true;
        while changed {
            changed = false;
            for &(from, to, _) in &usable {
                let (from, to) = (from as usize, to as usize);
                let open = strength[to] >= *phase && (*phase != Strength::Strong || depth[to] > 0);
                if depth[from] != u32::MAX && open && depth[to] > depth[from] + 1 {
                    (strength[to], depth[to], changed) = (*phase, depth[from] + 1, true);
                }
            }
        }
    }
    (strength, depth)
}

fn check(graph: &Graph, starts: &[u32]) {
    let found = with_heap(graph, |heap| reach(heap, starts, &Progress::default()).unwrap());
    assert_eq!((found.columns().strength.to_vec(), found.depth.to_vec()), oracle(graph, starts));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn strength_and_depth_are_those_of_relaxation(seed: u64, objects in 1u32..32) {
        let graph = Graph::nasty(seed, objects);
        check(&graph, &graph.roots);
    }
}

// root 0 -> 1 ~soft~> 2 -> 3 ~weak~> 4, and 0 -> 5 -> 6 ~soft~> 3: the nearer soft path gives the depth
#[test]
fn depth_counts_within_a_strength() {
    let mut graph = Graph::of(8, &[(0, 1), (2, 3), (0, 5), (5, 6)], &[0]);
    graph.special = vec![(1, 2, 1), (3, 4, 2), (6, 3, 1)];
    use Strength::{Soft, Strong, Unreachable, Weak};
    let found = with_heap(&graph, |heap| reach(heap, &[0], &Progress::default()).unwrap());
    assert_eq!(found.columns().strength, [Strong, Strong, Soft, Soft, Weak, Strong, Strong, Unreachable]);
    assert_eq!(found.depth[..], [0, 1, 2, 3, 4, 1, 2, u32::MAX]);
}
