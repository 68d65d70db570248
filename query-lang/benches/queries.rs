//! Queries beside loops written by hand over the same columns, on one thread; `cargo bench -p heapwise-query-lang --bench queries`.

use arrow_array::UInt32Array;
use criterion::Criterion;
use heapwise_engine::id::ObjectId;
use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_engine::value::{FieldKind, TextReader, read_field};
use heapwise_query_lang::{Answer, CancelToken, Session, SessionOptions};
use heapwise_testdata::hprof::{self, Hprof, Root, Type, Value};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// Nodes of a list, each with a text; every fourth text is one of a hundred.
const NODES: i32 = 300_000;

const LIKE: &str = "SELECT toString(s), s.@retained FROM java.lang.String s WHERE toString(s) LIKE 'node 1%'";
const CLASSES: &str = "SELECT class, count(*), sum(shallow) FROM objects GROUP BY class ORDER BY 3 DESC";
const TEXTS: &str = "SELECT toString(s) AS text, count(*), sum(s.@shallow + s.value.@shallow) AS bytes \
                     FROM java.lang.String s GROUP BY text HAVING count(*) > 1 ORDER BY bytes DESC LIMIT 20";
const TOP: &str = "SELECT o, o.@retained FROM objects o ORDER BY retained DESC LIMIT 20";
const JOIN: &str = "SELECT count(*), sum(b.@shallow) FROM java.lang.String s JOIN byte[] b ON s.value = b";

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("nodes.hprof");
    std::fs::write(&path, dump().bytes())?;
    let snapshot = Arc::new(open(&path, &Options::default(), &Progress::default())?);
    let mut session = Session::new(SessionOptions { threads: Some(1), ..SessionOptions::default() })?;
    session.add_dump("a", "nodes.hprof".to_owned(), Arc::clone(&snapshot));
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let mut pair = |name: &str, text: &str, by_hand: fn(&Snapshot) -> u64| {
        let mut group = criterion.benchmark_group(name);
        group.bench_function("query", |bench| bench.iter(|| rows(&session, text)));
        group.bench_function("by hand", |bench| bench.iter(|| by_hand(black_box(&snapshot))));
        group.finish();
    };
    pair("strings like", LIKE, like);
    pair("classes", CLASSES, classes);
    pair("equal texts", TEXTS, texts);
    pair("top 20", TOP, top);
    pair("join", JOIN, join);
    criterion.final_summary();
    Ok(())
}

fn dump() -> Hprof {
    let mut dump = Hprof::new(hprof::Options::default());
    let class = dump.class("com.acme.Node", &[("next", Type::Object), ("name", Type::Object)]);
    let mut head = Value::NULL;
    for i in 0..NODES {
        let name = dump.string(&format!("node {}", if i % 4 == 0 { i % 400 } else { i }));
        head = Value::Object(dump.instance(class, &[head, Value::Object(name)]));
    }
    if let Value::Object(head) = head {
        dump.root(Root::JniGlobal, head);
    }
    dump
}

/// How many rows a query has.
fn rows(session: &Session, text: &str) -> Result<usize, Box<dyn Error>> {
    let statement = session.statements(text)?.remove(0);
    let Answer::Rows(rows) = session.run(&statement, &CancelToken::new())? else { return Ok(0) };
    let counts = rows.map(|batch| batch.map(|batch| batch.num_rows()));
    Ok(counts.sum::<Result<usize, _>>()?)
}

fn strings(snapshot: &Snapshot) -> Vec<u32> {
    snapshot.instances(&snapshot.classes_named("java.lang.String"), snapshot.ids())
}

fn like(snapshot: &Snapshot) -> u64 {
    let (mut reader, mut text) = (TextReader::new(snapshot), String::new());
    let mut found = Vec::new();
    for id in strings(snapshot).into_iter().map(ObjectId) {
        if reader.read_into(id, &mut text) && text.starts_with("node 1") {
            found.push((text.clone(), snapshot.retained(id)));
        }
    }
    found.len() as u64
}

fn classes(snapshot: &Snapshot) -> u64 {
    let mut groups = vec![(0u64, 0u64); snapshot.name_count()];
    let sizes = snapshot.sizes();
    for id in snapshot.ids().map(ObjectId) {
        let group = &mut groups[snapshot.name_rank(snapshot.class_of(id)) as usize];
        *group = (group.0 + 1, group.1 + sizes.shallow(id));
    }
    groups.sort_by_key(|group| Reverse(group.1));
    groups.first().map_or(0, |group| group.1)
}

fn values(snapshot: &Snapshot, strings: Vec<u32>) -> UInt32Array {
    use arrow_array::cast::AsArray;
    let values = read_field(snapshot, &UInt32Array::from(strings), "value", None, FieldKind::Object);
    values.map_or_else(|_| UInt32Array::from(Vec::<u32>::new()), |values| values.as_primitive().clone())
}

fn texts(snapshot: &Snapshot) -> u64 {
    let (mut reader, mut text) = (TextReader::new(snapshot), String::new());
    let mut groups: HashMap<String, (u64, u64)> = HashMap::new();
    let strings = strings(snapshot);
    let values = values(snapshot, strings.clone());
    for (id, value) in strings.into_iter().zip(&values) {
        if !reader.read_into(ObjectId(id), &mut text) {
            continue;
        }
        let bytes =
            snapshot.shallow(ObjectId(id)) + value.map_or(0, |value| snapshot.shallow(ObjectId(value)));
        match groups.get_mut(&text) {
            Some(group) => *group = (group.0 + 1, group.1 + bytes),
            None => drop(groups.insert(text.clone(), (1, bytes))),
        }
    }
    let mut groups: Vec<_> = groups.into_iter().filter(|group| group.1.0 > 1).collect();
    groups.sort_by_key(|group| Reverse(group.1.1));
    groups.first().map_or(0, |group| group.1.1)
}

fn top(snapshot: &Snapshot) -> u64 {
    let mut best: Vec<Reverse<(u64, Reverse<u32>)>> = Vec::new();
    let mut least = 0;
    for id in snapshot.ids() {
        let retained = snapshot.retained(ObjectId(id));
        if retained > least || best.len() < 20 {
            let place = best.partition_point(|other| *other <= Reverse((retained, Reverse(id))));
            best.insert(place, Reverse((retained, Reverse(id))));
            best.truncate(20);
            least = best.last().map_or(0, |last| last.0.0);
        }
    }
    least
}

fn join(snapshot: &Snapshot) -> u64 {
    let arrays = snapshot.classes_named("byte[]");
    let values = values(snapshot, strings(snapshot));
    let arrays = values.iter().flatten().map(ObjectId).filter(|&id| arrays.contains(&snapshot.class_of(id)));
    arrays.map(|id| snapshot.shallow(id)).sum()
}
