//! Unsound columns are errors, a cancelled computation stops, and the number of threads changes nothing.

use crate::oracle::columns;
use crate::oracle::with_heap;
use crate::sets::with_holding;
use heapwise_engine::error::{Error, Result};
use heapwise_engine::graph::{Bits, Dominators, Heap, Lists, Paths, SpecialReference, Strength, Walk};
use heapwise_engine::graph::{Forest, Removal, lost, lost_nearby, reachable, topmost_of};
use heapwise_engine::graph::{children, group_retained, reach, retained_set, transpose, verify};
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::Graph;
use roaring::RoaringBitmap;

// 0 -> 1 -> 2
fn sound() -> Graph {
    Graph::of(3, &[(0, 1), (1, 2)], &[0])
}

fn check(reason: &str, spoil: impl Fn(&mut Graph)) {
    let mut graph = sound();
    spoil(&mut graph);
    check_special(reason, &graph, &[]);
}

fn check_special(reason: &str, graph: &Graph, special: &[SpecialReference]) {
    match Heap::new(columns(graph, special)) {
        Err(Error::Input(text)) => assert!(text.contains(reason), "{text:?} does not say {reason:?}"),
        other => panic!("{reason}: {other:?}"),
    }
}

#[test]
fn unsound_columns_are_errors() {
    assert!(Heap::new(columns(&sound(), &[])).is_ok());
    check("one more than objects", |graph| graph.starts.truncate(3));
    check("begin at 0", |graph| graph.starts[0] = 1);
    check("end at the last", |graph| graph.starts[3] = 9);
    check("not ascending", |graph| graph.starts[1] = 2_000);
    check("target is no object", |graph| graph.targets[0] = 3);
    check("class is out of range", |graph| graph.class_of[1] = 1);
    check("class object is no object", |graph| graph.class_objects[0] = 3);
    check("local is no object", |graph| graph.locals = vec![(0, 3)]);
    check("locals are not sorted", |graph| graph.locals = vec![(1, 1), (0, 1)]);
    check("root is no object", |graph| graph.roots = vec![3]);
    check("ascending and distinct", |graph| graph.roots = vec![1, 1]);
    check("ascending and distinct", |graph| graph.roots = vec![1, 0]);
}

#[test]
fn unsound_special_references_are_errors() {
    let weak = |from, to| SpecialReference { from, to, strength: Strength::Weak };
    check_special("out of range", &sound(), &[weak(0, 3)]);
    check_special("not sorted", &sound(), &[weak(1, 0), weak(0, 1)]);
    check_special(
        "out of range",
        &sound(),
        &[SpecialReference { strength: Strength::Unreachable, ..weak(0, 1) }],
    );
}

fn is_input_error<T>(found: Result<T>) -> bool {
    matches!(found, Err(Error::Input(_)))
}

#[test]
fn columns_of_another_heap_are_errors() {
    let progress = Progress::default();
    let other = with_heap(&Graph::list(4, false), |heap| {
        (transpose(heap, &progress).unwrap(), reach(heap, &[0], &progress).unwrap())
    });
    with_heap(&sound(), |heap| {
        assert!(is_input_error(reach(heap, &[3], &progress)));
        assert!(is_input_error(verify(heap, Strength::Strong, &[0; 4], &progress)));
        assert!(is_input_error(Paths::new(heap, other.0.view(), other.1.columns())));
        let inbound = transpose(heap, &progress).unwrap();
        assert!(is_input_error(Paths::new(heap, inbound.view(), other.1.columns())));
    });
    assert!(is_input_error(children(&[0; 4], &Bits::new(3), &progress)));
    assert!(is_input_error(children(&[0, 3, 0], &Bits::new(3), &progress)));
}

#[test]
fn a_cancelled_computation_stops() {
    let (running, cancelled) = (Progress::default(), Progress::default());
    cancelled.cancel();
    let stops = |found: Result<()>| assert!(matches!(found, Err(Error::Interrupted)));
    let graph = Graph::heap_like(1, 300_000);
    with_heap(&graph, |heap| {
        let walk = || Walk::new(heap, Strength::Strong, &running).unwrap();
        let tree = Dominators::new(walk(), heap, &running).unwrap();
        stops(reach(heap, &graph.roots, &cancelled).map(drop));
        stops(Walk::new(heap, Strength::Strong, &cancelled).map(drop));
        stops(Dominators::new(walk(), heap, &cancelled).map(drop));
        stops(group_retained(&tree, |_, class| class, 150, |_, _| 1, &cancelled).map(drop));
        stops(transpose(heap, &cancelled).map(drop));
        stops(retained_set(heap, Strength::Strong, &[0].into(), |_| 1, &cancelled).map(drop));
        stops(verify(heap, Strength::Strong, &tree.by_object().unwrap(), &cancelled).map(drop));
    });
    let all: RoaringBitmap = (0..300_000).collect();
    with_holding(&graph, Strength::Strong, |holding| {
        let heap = holding.heap();
        let some: RoaringBitmap = (0..300_000).step_by(3).collect();
        let removal = Removal { objects: &some, references: &[] };
        let forest = Forest::new(heap, Strength::Strong, &running).unwrap();
        stops(Forest::new(heap, Strength::Strong, &cancelled).map(drop));
        stops(lost(holding, &removal, &cancelled).map(drop));
        stops(lost_nearby(holding, &forest, &removal, u64::MAX, &cancelled).map(drop));
        stops(topmost_of(holding, &some, &cancelled).map(drop));
        stops(reachable(heap, Strength::Strong, &all, None, &cancelled).map(drop));
        let reach = reach(heap, &graph.roots, &running).unwrap();
        let paths = Paths::new(heap, holding.inbound(), reach.columns()).unwrap();
        stops(paths.merged(&all, None, |_| 1, &cancelled).map(drop));
    });
}

fn lists(lists: &Lists) -> (Vec<u64>, Vec<u32>) {
    (lists.starts.iter().collect(), lists.targets.to_vec())
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let graph = Graph::heap_like(5, 300_000);
    let all = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            with_heap(&graph, |heap| {
                let progress = Progress::default();
                let tree =
                    Dominators::new(Walk::new(heap, Strength::Strong, &progress).unwrap(), heap, &progress)
                        .unwrap();
                let classes = group_retained(&tree, |_, class| class, 150, |_, _| 1, &progress).unwrap();
                (
                    tree.order().to_vec(),
                    tree.by_object().unwrap().to_vec(),
                    tree.retained(|_, _| 1, &Progress::default()).unwrap().iter().collect::<Vec<_>>(),
                    classes,
                    lists(&transpose(heap, &progress).unwrap()),
                )
            })
        })
    };
    let one = all(1);
    assert!(one == all(2));
    assert!(one == all(7));
}
