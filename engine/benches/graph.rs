//! Each phase of the graph on a generated heap of two million objects; `cargo bench -p heapwise-engine --bench graph`.

use criterion::{BatchSize, Criterion, Throughput};
use heapwise_engine::error::Result;
use heapwise_engine::graph::{Columns, Csr, Dominators, Heap, Paths, SpecialReference, Strength, Walk};
use heapwise_engine::graph::{children, group_retained, reach, retained_set, transpose, verify};
use heapwise_engine::progress::Progress;
use heapwise_engine::wide::WideRef;
use heapwise_testdata::graph::Graph;
use std::time::Duration;

const OBJECTS: u32 = 2_000_000;

fn main() -> Result<()> {
    let graph = Graph::heap_like(1, OBJECTS);
    let strength = |number| Strength::from_u8(number).unwrap_or(Strength::Weak);
    let special: Vec<SpecialReference> = graph
        .special
        .iter()
        .map(|&(from, to, k)| SpecialReference { from, to, strength: strength(k) })
        .collect();
    let columns = Columns {
        strong: Csr { starts: WideRef::narrow(&graph.starts), targets: &graph.targets },
        class_of: &graph.class_of,
        class_objects: &graph.class_objects,
        special: &special,
        locals: &graph.locals,
        roots: &graph.roots,
    };
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    whole_heap(&mut criterion, &graph, columns)?;
    single_objects(&mut criterion, &graph, &Heap::new(columns)?)?;
    criterion.final_summary();
    Ok(())
}

/// What runs once for a dump; throughput in objects.
fn whole_heap(criterion: &mut Criterion, graph: &Graph, columns: Columns) -> Result<()> {
    let progress = Progress::default();
    let shallow = |object: u32, _| graph.shallow[object as usize];
    let heap = Heap::new(columns)?;
    let dominators = Dominators::new(Walk::new(&heap, Strength::Strong, &progress)?, &heap, &progress)?;
    let (dominator, reached) = (dominators.by_object()?, dominators.reached());
    let classes = graph.class_objects.len();
    let mut group = criterion.benchmark_group("graph");
    group.throughput(Throughput::Elements(OBJECTS.into()));
    group.bench_function("check", |bench| bench.iter(|| Heap::new(columns)));
    group.bench_function("reach", |bench| bench.iter(|| reach(&heap, &graph.roots, &progress)));
    let walk = || Walk::new(&heap, Strength::Strong, &progress);
    group.bench_function("walk", |bench| bench.iter(walk));
    group.bench_function("dominators", |bench| {
        bench.iter_batched(walk, |walk| Dominators::new(walk?, &heap, &progress), BatchSize::PerIteration);
    });
    group.bench_function("retained", |bench| bench.iter(|| dominators.retained(shallow, &progress)));
    group.bench_function("classes", |bench| {
        let class = |_, class| class;
        bench.iter(|| group_retained(&dominators, class, classes, shallow, &progress));
    });
    group.bench_function("children", |bench| bench.iter(|| children(&dominator, &reached, &progress)));
    group.bench_function("transpose", |bench| bench.iter(|| transpose(&heap, &progress)));
    group.bench_function("verify", |bench| {
        bench.iter(|| verify(&heap, Strength::Strong, &dominator, &progress));
    });
    group.finish();
    Ok(())
}

/// What a query asks for.
fn single_objects(criterion: &mut Criterion, graph: &Graph, heap: &Heap) -> Result<()> {
    let progress = Progress::default();
    let shallow = |object: u32| graph.shallow[object as usize];
    let inbound = transpose(heap, &progress)?;
    let reach = reach(heap, &graph.roots, &progress)?;
    let paths = Paths::new(heap, inbound.view(), reach.columns())?;
    let set = heap.ids().step_by(1000).collect();
    let mut group = criterion.benchmark_group("query");
    group.bench_function("five paths to 1,000 objects", |bench| {
        bench.iter(|| heap.ids().step_by(2000).map(|object| paths.distinct(object, 5).len()).sum::<usize>());
    });
    group.bench_function("retained set of 2,000 objects", |bench| {
        bench.iter(|| retained_set(heap, Strength::Strong, &set, shallow, &progress));
    });
    group.finish();
    Ok(())
}
