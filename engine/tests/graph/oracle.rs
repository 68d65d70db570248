//! What the answers should be, by definition: sets of objects, and "take it away and look again".

use heapwise_engine::graph::{Columns, Csr, Heap, SpecialReference, Strength};
use heapwise_engine::wide::WideRef;
use heapwise_testdata::graph::Graph;
use std::collections::BTreeSet;

pub(crate) type Set = BTreeSet<u32>;

/// The special references of a generated graph.
pub(crate) fn special(graph: &Graph) -> Vec<SpecialReference> {
    let strength = |number| Strength::from_u8(number).expect("generated strengths are 1 to 4");
    graph
        .special
        .iter()
        .map(|&(from, to, number)| SpecialReference { from, to, strength: strength(number) })
        .collect()
}

/// The columns of a generated graph; `special` comes from [`special`].
pub(crate) fn columns<'a>(graph: &'a Graph, special: &'a [SpecialReference]) -> Columns<'a> {
    Columns {
        strong: Csr { starts: WideRef::narrow(&graph.starts), targets: &graph.targets },
        class_of: &graph.class_of,
        class_objects: &graph.class_objects,
        special,
        locals: &graph.locals,
        roots: &graph.roots,
    }
}

/// Calls `test` with the graph's checked columns.
pub(crate) fn with_heap<T>(graph: &Graph, test: impl FnOnce(&Heap) -> T) -> T {
    let special = special(graph);
    test(&Heap::new(columns(graph, &special)).expect("generated columns are sound"))
}

/// Every reference of the graph, with its strength.
pub(crate) fn references(graph: &Graph) -> Vec<(u32, u32, Strength)> {
    let ids = 0..u32::try_from(graph.class_of.len()).unwrap();
    let mut all = Vec::new();
    for from in ids {
        let range = graph.starts[from as usize] as usize..graph.starts[from as usize + 1] as usize;
        all.extend(graph.targets[range].iter().map(|&to| (from, to, Strength::Strong)));
        let class_object = graph.class_objects[graph.class_of[from as usize] as usize];
        all.extend((class_object != u32::MAX).then_some((from, class_object, Strength::Strong)));
    }
    all.extend(graph.locals.iter().map(|&(from, to)| (from, to, Strength::Strong)));
    all.extend(graph.special.iter().map(|&(from, to, k)| (from, to, Strength::from_u8(k).unwrap())));
    all
}

/// References that count for dominators when `held` is the weakest strength that does.
pub(crate) fn held(graph: &Graph, held: Strength) -> Vec<(u32, u32)> {
    let all = references(graph).into_iter();
    all.filter(|&(.., s)| s <= held || s == Strength::Finalizer).map(|(from, to, _)| (from, to)).collect()
}

/// What is reachable from the roots without passing through `without`.
pub(crate) fn reached(roots: &[u32], references: &[(u32, u32)], without: &Set) -> Set {
    let mut reached: Set = roots.iter().copied().filter(|root| !without.contains(root)).collect();
    loop {
        let new = |&&(from, to): &&(u32, u32)| {
            reached.contains(&from) && !reached.contains(&to) && !without.contains(&to)
        };
        let found: Vec<u32> = references.iter().filter(new).map(|&(_, to)| to).collect();
        if found.is_empty() {
            return reached;
        }
        reached.extend(found);
    }
}

/// What is lost when `without` goes: itself as far as it was reachable, and what only it held.
pub(crate) fn lost(roots: &[u32], references: &[(u32, u32)], without: &Set) -> Set {
    let rest = reached(roots, references, without);
    reached(roots, references, &Set::new()).difference(&rest).copied().collect()
}

pub(crate) fn bytes(graph: &Graph, objects: &Set) -> u64 {
    objects.iter().map(|&object| graph.shallow[object as usize]).sum()
}

/// The immediate dominator of each object: of those whose loss loses it, the one that is lost with all others.
pub(crate) fn dominators(graph: &Graph, references: &[(u32, u32)]) -> Vec<u32> {
    let objects = u32::try_from(graph.class_of.len()).unwrap();
    let lost: Vec<Set> =
        (0..objects).map(|object| lost(&graph.roots, references, &Set::from([object]))).collect();
    let immediate = |object: u32| {
        let above = (0..objects).filter(|&other| other != object && lost[other as usize].contains(&object));
        above.min_by_key(|&other| lost[other as usize].len()).unwrap_or(u32::MAX)
    };
    (0..objects).map(immediate).collect()
}
