//! Shortest and further paths.

use crate::oracle::{Set, references, with_heap};
use heapwise_engine::graph::{Path, Paths, Strength, reach, transpose};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::Graph;
use proptest::prelude::*;

fn with_paths<T>(graph: &Graph, test: impl FnOnce(&Paths) -> T) -> T {
    with_heap(graph, |heap| {
        let inbound = transpose(heap, &Progress::default()).unwrap();
        let reach = reach(heap, &graph.roots, &Progress::default()).unwrap();
        test(&Paths::new(heap, inbound.view(), reach.columns()).unwrap())
    })
}

/// Simple, from a root, along references, as weak as said.
fn check_path(graph: &Graph, path: &Path, object: u32) {
    assert!(graph.roots.contains(&path.objects[0]));
    assert_eq!(path.objects.last(), Some(&object));
    assert_eq!(path.objects.iter().collect::<std::collections::BTreeSet<_>>().len(), path.objects.len());
    let all = references(graph);
    let mut weakest = Strength::Strong;
    for pair in path.objects.windows(2) {
        let holds = all.iter().filter(|reference| (reference.0, reference.1) == (pair[0], pair[1]));
        weakest = weakest.max(holds.map(|reference| reference.2).min().expect("a reference"));
    }
    assert_eq!(path.strength, weakest, "{path:?}");
}

/// The other paths by definition: each holder of each object of the first path, unless its path comes through there.
fn others(graph: &Graph, paths: &Paths, first: &Path) -> Vec<(Strength, usize, usize, u32)> {
    let mut others = Vec::new();
    for (turn, pair) in first.objects.windows(2).enumerate() {
        let holds = references(graph)
            .into_iter()
            .filter(|reference| reference.1 == pair[1] && reference.0 != pair[0]);
        for holder in holds.map(|reference| reference.0).collect::<Set>() {
            let Some(path) = paths.shortest(holder) else { continue };
            let rest = &first.objects[turn + 1..];
            if !path.objects.iter().any(|object| rest.contains(object)) {
                others.push((Strength::Strong, path.objects.len() + rest.len(), rest.len() - 1, holder));
            }
        }
    }
    others.sort_unstable();
    others
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn paths_are_paths(seed: u64, objects in 1u32..32) {
        let graph = Graph::nasty(seed, objects);
        let reach = with_heap(&graph, |heap| reach(heap, &graph.roots, &Progress::default()).unwrap());
        with_paths(&graph, |paths| for object in 0..objects {
            let found = paths.distinct(object, 100);
            assert_eq!(found.is_empty(), reach.depth[object as usize] == u32::MAX);
            for path in &found {
                check_path(&graph, path, object);
            }
            assert!(found.windows(2).skip(1).all(|pair| pair[0].strength <= pair[1].strength));
            for first in &found[..found.len().min(1)] {
                assert_eq!(first.objects.len(), reach.depth[object as usize] as usize + 1);
                assert_eq!(first.strength, reach.columns().strength[object as usize]);
                assert_eq!(Some(first), paths.shortest(object).as_ref());
            }
            let set: std::collections::BTreeSet<_> = found.iter().map(|path| &path.objects).collect();
            assert_eq!(set.len(), found.len());
            assert_eq!(&paths.distinct(object, 2)[..], &found[..found.len().min(2)]);
        });
    }

    #[test]
    fn further_paths_are_those_of_the_definition(seed: u64, objects in 1u32..32) {
        let mut graph = Graph::nasty(seed, objects);
        graph.special.clear();
        graph.class_objects.fill(u32::MAX);
        with_paths(&graph, |paths| for object in 0..objects {
            let found = paths.distinct(object, 1000);
            let Some(first) = found.first() else { continue };
            let expected = others(&graph, paths, first);
            let lengths = expected.iter().map(|other| other.1);
            assert!(found[1..].iter().map(|path| path.objects.len()).eq(lengths), "{found:?} {expected:?}");
            for (path, other) in found[1..].iter().zip(&expected) {
                assert_eq!(path.objects[path.objects.len() - 2 - other.2], other.3);
            }
        });
    }
}

fn check(graph: &Graph, object: u32, most: usize, expected: &[&[u32]]) {
    let found = with_paths(graph, |paths| paths.distinct(object, most));
    assert_eq!(found.iter().map(|path| &path.objects[..]).collect::<Vec<_>>(), expected);
}

#[test]
fn small_graphs() {
    // 0 -> 1 -> 4, 0 -> 2 -> 4, 3 (root) -> 5 -> 1
    let graph = Graph::of(6, &[(0, 1), (0, 2), (1, 4), (2, 4), (3, 5), (5, 1)], &[0, 3]);
    check(&graph, 4, 9, &[&[0, 1, 4], &[0, 2, 4], &[3, 5, 1, 4]]);
    check(&graph, 4, 1, &[&[0, 1, 4]]);
    check(&graph, 4, 0, &[]);
    check(&graph, 0, 9, &[&[0]]);
    // a strong path comes before a shorter weak one: 0 ~weak~> 2, 0 -> 1 -> 2
    let mut graph = Graph::of(3, &[(0, 1), (1, 2)], &[0]);
    graph.special = vec![(0, 2, 2)];
    check(&graph, 2, 9, &[&[0, 1, 2], &[0, 2]]);
    // class object 3 of class 1 is held by its instances 1 and 2, and by the local of thread 0
    let mut graph = Graph::of(4, &[(0, 2), (0, 1)], &[0]);
    (graph.class_of, graph.class_objects) = (vec![0, 1, 1, 0], vec![u32::MAX, 3]);
    check(&graph, 3, 9, &[&[0, 1, 3]]);
    graph.locals = vec![(0, 3)];
    check(&graph, 3, 9, &[&[0, 3]]);
}

// 0 -> 1, 0 -> 2, both instances of the class of object 3, which is also the weak referent of 2
#[test]
fn a_referent_that_is_the_class_object_is_held_strongly() {
    let mut graph = Graph::of(4, &[(0, 1), (0, 2)], &[0]);
    (graph.class_of, graph.class_objects) = (vec![0, 1, 1, 0], vec![u32::MAX, 3]);
    graph.special = vec![(2, 3, 2)];
    let found = with_paths(&graph, |paths| paths.distinct(3, 9));
    let strong = |objects: &[u32]| Path { objects: objects.to_vec(), strength: Strength::Strong };
    assert_eq!(found, [strong(&[0, 1, 3]), strong(&[0, 2, 3])]);
}

// 0 -> 1, and 1 <-> each of 2 … 1,000,000: none of the children is a way to 1
#[test]
fn children_that_point_back_are_no_paths() {
    let children = 2..1_000_000;
    let references: Vec<(u32, u32)> =
        children.flat_map(|child| [(1, child), (child, 1)]).chain([(0, 1)]).collect();
    check(&Graph::of(1_000_000, &references, &[0]), 1, 9, &[&[0, 1]]);
}

#[test]
fn a_path_may_be_long() {
    let graph = Graph::list(2_000_000, true);
    let found = with_paths(&graph, |paths| paths.distinct(1_999_999, 5));
    assert_eq!(found.len(), 1);
    assert!((0..2_000_000).eq(found[0].objects.iter().copied()));
}
