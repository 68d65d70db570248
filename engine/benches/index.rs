//! Each phase of building an index of a generated dump, or of any; `cargo bench -p heapwise-engine --bench index -- [DUMP]`.
//!
//! A sample is a whole build, of which the phase's own time counts: outline, objects, number, references, depth-first …

use criterion::Criterion;
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::PhaseTime;
use heapwise_testdata::hprof::{self, Hprof, Root, Type, Value};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Nodes of a list, each with a text.
const NODES: i32 = 300_000;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let given = std::env::args().skip(1).map(PathBuf::from).find(|path| path.is_file());
    let path = given.unwrap_or_else(|| directory.path().join("nodes.hprof"));
    if !path.is_file() {
        std::fs::write(&path, dump().bytes())?;
    }
    let build = || build(&path, directory.path());
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    let mut group = criterion.benchmark_group("index");
    let mut phases: Vec<String> = build()?.into_iter().map(|phase| phase.name).collect();
    phases.dedup();
    for phase in phases {
        group.bench_function(&phase, |bench| {
            let one = || -> f64 {
                let phases = build().unwrap_or_default();
                phases.iter().filter(|found| found.name == phase).map(|found| found.seconds).sum()
            };
            bench.iter_custom(|times| (0..times).map(|_| Duration::from_secs_f64(one())).sum());
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// Builds the index anew; its phases.
fn build(dump: &Path, directory: &Path) -> heapwise_engine::error::Result<Vec<PhaseTime>> {
    let options = Options { index_dir: Some(directory.join("index")), rebuild: true, ..Options::default() };
    Ok(open(dump, &options, &Progress::default())?.build().phases.clone())
}

fn dump() -> Hprof {
    let mut dump = Hprof::new(hprof::Options::default());
    let class = dump.class("com.acme.Node", &[("next", Type::Object), ("name", Type::Object)]);
    let mut head = Value::NULL;
    for number in 0..NODES {
        let name = dump.string(&format!("node {number}"));
        head = Value::Object(dump.instance(class, &[head, Value::Object(name)]));
    }
    if let Value::Object(first) = head {
        dump.root(Root::JniGlobal, first);
    }
    dump
}
