//! The engine's rows beside the evaluator's.

use super::data::{Data, data};
use super::expr::{Env, Failure, Row};
use super::generate::Generator;
use super::query::rows_of;
use super::select::Rows;
use super::shrink::shrunk;
use super::tree::{Query, Type};
use super::value::{Value, order_rows};
use crate::campaign::{Rng, setting};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt32Type};
use arrow_array::{Array, RecordBatch};
use heapwise_engine::table::Kind;
use heapwise_query_lang::{Answer, CancelToken, Session};
use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// What came of a query.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Same,
    /// The evaluator gives up.
    Skipped,
    Differs(String),
    /// The engine gives an error.
    Refused(String),
}

impl Outcome {
    fn is_like(&self, other: &Outcome) -> bool {
        match (self, other) {
            (Outcome::Refused(a), Outcome::Refused(b)) => kind_of(a) == kind_of(b),
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

/// An error without names and places.
fn kind_of(message: &str) -> String {
    message.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3).take(4).collect()
}

/// What is refused, and says so: FULL JOINs with sub-queries, fields of objects of a class that lacks them, and computed
/// group keys that a sub-query names in its FROM.
const ALLOWED: &[&str] = &[
    "a FULL JOIN cannot stand in a sub-query that looks outside",
    "a sub-query cannot stand in ON of a FULL JOIN",
    "has no field `",
    "is neither a group key nor an aggregate",
];

fn outcome(session: &Session, data: &Data, query: &Query) -> Outcome {
    let fuel = Cell::new(100_000);
    let row = Row::new();
    let env = Env { data, row: &row, group: None, places: None, named: &[], parent: None, fuel: &fuel };
    let expected = match rows_of(query, &env) {
        Ok(rows) => rows,
        Err(Failure::TooLong | Failure::Several | Failure::Unknown) => return Outcome::Skipped,
    };
    let text = query.to_string();
    let answer = std::panic::catch_unwind(AssertUnwindSafe(|| answered(session, &text)));
    match answer.unwrap_or_else(|_| Err("error: a panic".to_owned())) {
        Err(message) if ALLOWED.iter().any(|allowed| message.contains(allowed)) => Outcome::Skipped,
        Err(message) => Outcome::Refused(message),
        Ok(found) => compared(expected, found, !query.order.is_empty()),
    }
}

fn compared(mut expected: Vec<Vec<Value>>, mut found: Vec<Vec<Value>>, ordered: bool) -> Outcome {
    if !ordered {
        expected.sort_by(|a, b| order_rows(a, b));
        found.sort_by(|a, b| order_rows(a, b));
    }
    let same = expected.len() == found.len()
        && expected.iter().zip(&found).all(|(a, b)| a.iter().zip(b).all(|(a, b)| near(a, b)));
    match same {
        true => Outcome::Same,
        false => Outcome::Differs(format!("expected {expected:?}\nfound {found:?}")),
    }
}

fn near(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a.same(b),
    }
}

/// The rows of a query, which is stopped when it takes too long.
fn answered(session: &Session, text: &str) -> Result<Vec<Vec<Value>>, String> {
    let cancel = CancelToken::new();
    let (done, waits) = channel::<()>();
    let other = cancel.clone();
    let timer = std::thread::spawn(move || {
        if waits.recv_timeout(Duration::from_secs(20)) == Err(RecvTimeoutError::Timeout) {
            other.cancel();
        }
    });
    let answer = rows(session, text, &cancel);
    drop(done);
    timer.join().expect("a timer does not panic");
    answer
}

fn rows(session: &Session, text: &str, cancel: &CancelToken) -> Result<Vec<Vec<Value>>, String> {
    let shown = |error: heapwise_query_lang::Diagnostic| error.render(text);
    let mut found = Vec::new();
    for statement in session.statements(text).map_err(shown)? {
        let Answer::Rows(rows) = session.run(&statement, cancel).map_err(shown)? else { continue };
        for batch in *rows {
            let batch = batch.map_err(shown)?;
            found.extend((0..batch.num_rows()).map(|row| values(&batch, row)));
        }
    }
    Ok(found)
}

fn values(batch: &RecordBatch, row: usize) -> Vec<Value> {
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(batch.columns());
    let value = |column: &dyn Array, kind: Kind| match kind {
        _ if column.is_null(row) => Value::Null,
        Kind::Object => Value::Object(column.as_primitive::<UInt32Type>().value(row)),
        Kind::Bytes | Kind::Count => Value::Int(column.as_primitive::<Int64Type>().value(row)),
        Kind::Float => Value::Float(column.as_primitive::<Float64Type>().value(row)),
        Kind::Bool => Value::Bool(column.as_boolean().value(row)),
        Kind::Text => Value::Text(column.as_string::<i32>().value(row).to_owned()),
        other => panic!("{other:?} is not tried"),
    };
    fields.map(|(field, column)| value(column, Kind::of(field).expect("a kind"))).collect()
}

fn generated(data: &Data, seed: u64) -> Query {
    let rng = Rng::new(seed);
    let mut generator = Generator { rng, data, frames: Vec::new(), named: Vec::new(), names: 0, queries: 4 };
    let count = 1 + generator.rng.below(3);
    let types: Vec<Type> = (0..count).map(|_| generator.any_type()).collect();
    let rows = if generator.rng.percent(30) { Rows::Ordered } else { Rows::Any };
    generator.query(&types, rows)
}

#[test]
fn random_queries_answer_like_nested_loops() {
    let (session, data) = data();
    let (cases, seed) = (setting("HEAPWISE_CASES", 150), setting("HEAPWISE_SEED", 1));
    let mut failures: Vec<(Outcome, String)> = Vec::new();
    let (mut same, mut skipped) = (0, 0);
    let start = Instant::now();
    let mut tried = 0;
    for case in seed..seed + cases {
        if start.elapsed() > Duration::from_secs(setting("HEAPWISE_SECONDS", u64::MAX)) {
            break;
        }
        tried += 1;
        let query = generated(&data, case);
        match outcome(&session, &data, &query) {
            Outcome::Same => same += 1,
            Outcome::Skipped => skipped += 1,
            Outcome::Refused(message) if message.contains("interrupted") => {
                failures.push((Outcome::Skipped, format!("seed {case} takes long: {query}")));
            }
            failure if failures.iter().filter(|(other, _)| other.is_like(&failure)).count() < 3 => {
                let small = shrunk(&query, &|small| outcome(&session, &data, small).is_like(&failure));
                let small_outcome = outcome(&session, &data, &small);
                failures.push((failure, format!("seed {case}: {small}\n{small_outcome:?}\nfrom {query}")));
            }
            failure => failures.push((failure, format!("seed {case}, like others"))),
        }
    }
    let texts: Vec<&str> = failures.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts.is_empty(), "{} of {tried} differ\n{}", texts.len(), texts.join("\n\n"));
    assert!(skipped * 3 < tried, "{skipped} of {tried} are too long, {same} are the same");
}
