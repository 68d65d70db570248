//! Unsound columns are errors.

use crate::oracle::columns;
use heapwise_engine::error::Error;
use heapwise_engine::graph::{Heap, SpecialReference, Strength};
use heapwise_testdata::graph::Graph;

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
