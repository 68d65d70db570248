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
}
