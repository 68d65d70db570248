//! Sources by target.

use crate::oracle::with_heap;
use heapwise_engine::graph::transpose;
use heapwise_engine::progress::Progress;
use heapwise_testdata::graph::Graph;

fn check(graph: &Graph) {
    let found = with_heap(graph, |heap| transpose(heap, &Progress::default()).unwrap());
    let mut expected = vec![Vec::new(); graph.class_of.len()];
    for (source, range) in (0u32..).zip(graph.starts.windows(2)) {
        for &target in &graph.targets[range[0] as usize..range[1] as usize] {
            expected[target as usize].push(source);
        }
    }
    for (target, sources) in (0u32..).zip(&expected) {
        assert_eq!(found.view().of(target), sources, "object {target}");
    }
    assert_eq!(found.targets.len(), graph.targets.len());
}

#[test]
fn sources_are_ascending_and_complete() {
    (0..200).for_each(|seed| check(&Graph::nasty(seed, 1 + u32::try_from(seed % 40).unwrap())));
    check(&Graph::heap_like(1, 600_000));
    check(&Graph::list(3, true));
    check(&Graph::of(1, &[], &[]));
    check(&Graph::of(0, &[], &[]));
}

// each object holds the four behind it, round the ring: more references than are held in memory at a time
#[test]
fn many_references_take_several_rounds() {
    let objects = 3_000_000;
    let mut graph = Graph::of(objects, &[], &[0]);
    graph.starts = (0..=objects).map(|object| 4 * object).collect();
    graph.targets =
        (0..objects).flat_map(|object| (1..=4).map(move |step| (object + step) % objects)).collect();
    let found = with_heap(&graph, |heap| transpose(heap, &Progress::default()).unwrap());
    for target in 0..objects {
        let mut expected = [1, 2, 3, 4].map(|step| (target + objects - step) % objects);
        expected.sort_unstable();
        assert_eq!(found.view().of(target), expected, "object {target}");
    }
}
