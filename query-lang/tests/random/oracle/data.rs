//! The tables that queries are tried on, read through the engine: a heap's classes, and small tables with nulls and repeats.

use super::tree::Type;
use super::value::Value;
use crate::common;
use heapwise_engine::format::hprof::Value as Stored;
use heapwise_engine::holders;
use heapwise_engine::id::ObjectId;
use heapwise_engine::progress::Progress;
use heapwise_engine::store::{ObjectKind, Snapshot};
use heapwise_engine::value;
use heapwise_query_lang::{CancelToken, Session, SessionOptions};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Columns and rows.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<(&'static str, Type)>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// All that queries can read.
pub(crate) struct Data {
    pub(crate) tables: BTreeMap<&'static str, Table>,
    /// The rows of a table function for an object.
    pub(crate) calls: BTreeMap<(&'static str, u32), Vec<Vec<Value>>>,
    /// Fields of objects.
    pub(crate) fields: BTreeMap<(u32, &'static str), Value>,
}

/// Table functions with their columns.
pub(crate) const CALLS: &[(&str, &[(&str, Type)])] = &[
    ("outbound", &[("via", Type::Text), ("object", Type::Object), ("strength", Type::Text)]),
    ("inbound", &[("via", Type::Text), ("object", Type::Object), ("strength", Type::Text)]),
    ("dominated", &[("object", Type::Object)]),
    ("elements", &[("index", Type::Int), ("value", Type::Object)]),
];

/// Fields that every object has or lacks, of one kind in all classes.
pub(crate) const FIELDS: &[(&str, Type)] =
    &[("weight", Type::Float), ("live", Type::Bool), ("next", Type::Object)];

const NODE: &[(&str, Type)] = &[
    ("", Type::Object),
    ("id", Type::Int),
    ("weight", Type::Float),
    ("live", Type::Bool),
    ("next", Type::Object),
    ("text", Type::Text),
    ("next.id", Type::Int),
    ("next.next", Type::Object),
];

/// A session with the tables, and the tables.
pub(crate) fn data() -> (Session, Data) {
    let snapshot = common::heap::snapshot(7);
    let mut session =
        Session::new(SessionOptions { threads: Some(2), ..SessionOptions::default() }).expect("threads");
    session.add_dump("a", "a.hprof".to_owned(), Arc::clone(&snapshot));
    let mut tables = kept();
    for (name, table) in &tables {
        keep(&session, name, table);
    }
    tables.extend(classes(&snapshot));
    (session, Data { tables, calls: calls(&snapshot), fields: fields(&snapshot) })
}

/// Keeps a table as a result of the session.
fn keep(session: &Session, name: &str, table: &Table) {
    let rows: Vec<String> = table.rows.iter().map(|row| format!("({})", text_of(row))).collect();
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let columns = columns.join(", ");
    let text = match rows.is_empty() {
        true => format!("LET {name} = SELECT 1 AS {columns} FROM com.acme.Tree WHERE false"),
        false => format!("LET {name} = SELECT * FROM (VALUES {}) x({columns})", rows.join(", ")),
    };
    for statement in session.statements(&text).expect("a right statement") {
        session.run(&statement, &CancelToken::new()).expect("rows to keep");
    }
}

fn text_of(row: &[Value]) -> String {
    row.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn classes(snapshot: &Snapshot) -> BTreeMap<&'static str, Table> {
    let mut tables = BTreeMap::new();
    for (source, class, below) in [
        ("com.acme.Node", "com.acme.Node", false),
        ("com.acme.Leaf", "com.acme.Leaf", false),
        ("INSTANCEOF com.acme.Node", "com.acme.Node", true),
    ] {
        let rows = instances(snapshot, class, below).into_iter().map(|id| node(snapshot, id)).collect();
        tables.insert(source, Table { columns: NODE.to_vec(), rows });
    }
    let tree = |id| vec![Value::Object(id), field(snapshot, id, "table")];
    let rows = instances(snapshot, "com.acme.Tree", false).into_iter().map(tree).collect();
    tables
        .insert("com.acme.Tree", Table { columns: vec![("", Type::Object), ("table", Type::Object)], rows });
    tables
}

/// Small tables with nulls, repeats, and without rows.
fn kept() -> BTreeMap<&'static str, Table> {
    let mut tables = BTreeMap::new();
    let int = |value: i64| if value == NONE { Value::Null } else { Value::Int(value) };
    let text = |value: &str| if value == "-" { Value::Null } else { Value::Text(value.to_owned()) };
    let float = |value: f64| if value > 100.0 { Value::Null } else { Value::Float(value) };
    let t = [
        (1, 2, "a", 0.5, Some(true)),
        (2, 2, "b", 1.5, Some(false)),
        (3, NONE, "ab", 1000.0, Some(true)),
        (4, 5, "-", 0.5, None),
        (5, 0, "a", -2.25, Some(false)),
        (6, 2, "", 3.0, None),
    ];
    let rows = t.map(|(a, b, c, d, e)| vec![int(a), int(b), text(c), float(d), Value::of(e)]).to_vec();
    let columns =
        vec![("a", Type::Int), ("b", Type::Int), ("c", Type::Text), ("d", Type::Float), ("e", Type::Bool)];
    tables.insert("t", Table { columns, rows });
    let u = [
        (2, "b", Some(true)),
        (2, "b", Some(true)),
        (NONE, "a", Some(false)),
        (5, "-", None),
        (7, "ab", Some(false)),
    ];
    let rows = u.map(|(a, b, c)| vec![int(a), text(b), Value::of(c)]).to_vec();
    tables.insert("u", Table { columns: vec![("a", Type::Int), ("b", Type::Text), ("c", Type::Bool)], rows });
    let columns = vec![("a", Type::Int), ("b", Type::Int)];
    let rows = [(1, 1), (2, 1), (3, 2), (3, 3)].map(|(a, b)| vec![int(a), int(b)]).to_vec();
    tables.insert("w", Table { columns, rows });
    tables.insert("v", Table { columns: vec![("a", Type::Int)], rows: Vec::new() });
    tables
}

/// Stands for null in the lists of numbers.
const NONE: i64 = i64::MIN;

fn instances(snapshot: &Snapshot, class: &str, below: bool) -> Vec<u32> {
    let named = snapshot.classes_named(class);
    let classes: Vec<_> =
        if below { named.iter().flat_map(|&class| snapshot.subclasses(class)).collect() } else { named };
    let is_one = |id: &u32| {
        snapshot.kind(ObjectId(*id)) == ObjectKind::Instance
            && classes.contains(&snapshot.class_of(ObjectId(*id)))
    };
    snapshot.ids().filter(is_one).collect()
}

fn node(snapshot: &Snapshot, id: u32) -> Vec<Value> {
    let next = field(snapshot, id, "next");
    let behind = |name: &str| match next {
        Value::Object(next) => field(snapshot, next, name),
        _ => Value::Null,
    };
    let name = match field(snapshot, id, "name") {
        Value::Object(name) => value::text(snapshot, ObjectId(name)).map_or(Value::Null, Value::Text),
        _ => Value::Null,
    };
    let (id_behind, next_behind) = (behind("id"), behind("next"));
    let own = |name| field(snapshot, id, name);
    vec![Value::Object(id), own("id"), own("weight"), own("live"), own("next"), name, id_behind, next_behind]
}

fn field(snapshot: &Snapshot, id: u32, name: &str) -> Value {
    match value::field_value(snapshot, ObjectId(id), name) {
        Some(Stored::Boolean(value)) => Value::Bool(value),
        Some(Stored::Int(value)) => Value::Int(value.into()),
        Some(Stored::Long(value)) => Value::Int(value),
        Some(Stored::Double(value)) => Value::Float(value),
        Some(Stored::Object(_)) => value::field_object(snapshot, ObjectId(id), name)
            .map_or(Value::Null, |object| Value::Object(object.0)),
        _ => Value::Null,
    }
}

fn fields(snapshot: &Snapshot) -> BTreeMap<(u32, &'static str), Value> {
    let of = |id| FIELDS.iter().map(move |&(name, _)| ((id, name), field(snapshot, id, name)));
    snapshot.ids().flat_map(of).collect()
}

fn calls(snapshot: &Snapshot) -> BTreeMap<(&'static str, u32), Vec<Vec<Value>>> {
    let mut calls = BTreeMap::new();
    let row = |reference: holders::Reference| {
        let strength = Value::Text(reference.strength.name().to_owned());
        vec![Value::Text(reference.via.clone()), Value::Object(reference.object.0), strength]
    };
    for id in snapshot.ids() {
        let object = ObjectId(id);
        let outbound = holders::outbound(snapshot, object).expect("readable");
        calls.insert(("outbound", id), outbound.into_iter().map(row).collect());
        let inbound = holders::inbound(snapshot, object, &Progress::default()).expect("readable");
        calls.insert(("inbound", id), inbound.into_iter().map(row).collect());
        let dominated = holders::dominated(snapshot, Some(object), usize::MAX);
        calls.insert(("dominated", id), dominated.into_iter().map(|id| vec![Value::Object(id.0)]).collect());
        let elements = value::elements(snapshot, object).into_iter().zip(0..);
        let elements = elements.map(|(id, index)| vec![Value::Int(index), Value::Object(id.0)]);
        calls.insert(("elements", id), elements.collect());
    }
    calls
}
