//! Strength and depth.

use crate::oracle::{references, with_heap};
use heapwise_engine::graph::{Flood, Strength, reach, reach_in, settle};
use heapwise_engine::memory::Room;
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

/// Some of the objects, by the bits of `choice`.
fn chosen(objects: u32, choice: u64) -> Vec<u32> {
    (0..objects).filter(|object| choice >> (object % 64) & 1 == 1).collect()
}

/// Starting points of which only those count that the roots reach; found at once, and by taking back what was too much.
fn check_also(graph: &Graph, also: &[u32], more: &[u32]) {
    let also: Vec<u32> = also.iter().copied().filter(|object| !graph.roots.contains(object)).collect();
    let by_roots = oracle(graph, &graph.roots).0;
    let is_reached = |&&object: &&u32| by_roots[object as usize] == Strength::Strong;
    let (reached, not): (Vec<u32>, Vec<u32>) = also.iter().partition(|object| is_reached(object));
    let expected = oracle(graph, &[&graph.roots[..], &reached].concat());
    // What is known to be reached need not be all that is.
    let (doubtful, known): (Vec<u32>, Vec<u32>) = reached.iter().partition(|object| more.contains(object));
    let (starts, doubtful) = ([&graph.roots[..], &known].concat(), [doubtful, not].concat());
    let (room, progress) = (Room::unbounded(), Progress::default());
    with_heap(graph, |heap| {
        let found = reach_in(&room, heap, (&graph.roots, &also), &progress).unwrap();
        assert_eq!((found.columns().strength.to_vec(), found.depth.to_vec()), expected);
        let early = Flood::new(&room, heap, &[&graph.roots[..], &also].concat(), &progress).unwrap();
        let found = settle(&room, heap, early, (&starts, &doubtful), &progress).unwrap();
        assert_eq!((found.columns().strength.to_vec(), found.depth.to_vec()), expected);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn starts_that_the_roots_do_not_reach_are_none(seed: u64, objects in 1u32..48, also: u64, more: u64) {
        let graph = Graph::nasty(seed, objects);
        check_also(&graph, &chosen(objects, also & also.rotate_left(17)), &chosen(objects, more));
    }
}

// A list that hangs on an object that nothing reaches, and on another far from the root: 0 -> 1 -> … -> 5000 <- 5001 -> 1.
#[test]
fn much_that_hangs_on_a_start_that_is_none_is_searched_anew() {
    let chain = (0..5000).map(|object| (object, object + 1));
    let graph = Graph::of(5002, &chain.chain([(5001, 1), (5001, 5000)]).collect::<Vec<_>>(), &[0]);
    check_also(&graph, &[5001], &[]);
    check_also(&graph, &[5001, 2500], &[2500]);
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
