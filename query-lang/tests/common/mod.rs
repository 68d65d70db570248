//! The heap that queries are tested on, and results as text.

pub(crate) mod heap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::Field;
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;
use heapwise_query_lang::{Answer, CancelToken, DUMP_KEY, Diagnostic, Rows, Session, SessionOptions};

/// A session on the test heap as `a` and a smaller one as `b`.
pub(crate) fn session(threads: usize) -> Session {
    let options = SessionOptions { threads: Some(threads), ..SessionOptions::default() };
    let mut session = Session::new(options).expect("threads");
    session.add_dump("a", "a.hprof".to_owned(), heap::snapshot(20));
    session.add_dump("b", "b.hprof".to_owned(), heap::snapshot(10));
    session.set_parameter("least", "15");
    session.set_parameter("text", "node 3");
    session
}

/// The results of all statements of `text`, each a header and rows, or the error drawn under the text.
pub(crate) fn answer(session: &Session, text: &str) -> String {
    match answers(session, text) {
        Ok(answer) => answer,
        Err(error) => error.render(text),
    }
}

/// As [`answer`], with the error as it is.
pub(crate) fn answers(session: &Session, text: &str) -> Result<String, Diagnostic> {
    let mut out = Vec::new();
    for statement in session.statements(text)? {
        match session.run(&statement, &CancelToken::new())? {
            Answer::Rows(rows) => out.push(table(session, *rows)?),
            Answer::Kept(kept) => out.push(format!("{} keeps {} rows", kept.name, kept.rows())),
            Answer::Held => out.push("held".to_owned()),
        }
    }
    Ok(out.join("\n"))
}

/// The header `name:kind | …` and a line for each row.
pub(crate) fn table(session: &Session, rows: Rows) -> Result<String, Diagnostic> {
    let schema = rows.schema().clone();
    let names: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| format!("{}:{}", field.name(), Kind::of(field).expect("every column has a kind").tag()))
        .collect();
    let mut lines = vec![names.join(" | ")];
    for batch in rows {
        let batch: RecordBatch = batch?;
        assert_eq!(batch.schema(), schema, "batches have the schema of the rows");
        for row in 0..batch.num_rows() {
            let cells = schema.fields().iter().zip(batch.columns());
            let cells: Vec<String> = cells.map(|(field, column)| cell(session, field, column, row)).collect();
            lines.push(cells.join(" | "));
        }
    }
    Ok(lines.join("\n"))
}

fn cell(session: &Session, field: &Field, column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return "null".to_owned();
    }
    value(session, field, Kind::of(field).expect("every column has a kind"), column, row)
}

fn value(session: &Session, field: &Field, kind: Kind, column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return "null".to_owned();
    }
    match kind {
        Kind::Object => object(snapshot(session, field), column.as_primitive::<UInt32Type>().value(row)),
        Kind::Class => {
            let rank = column.as_primitive::<UInt32Type>().value(row);
            snapshot(session, field).name_at(rank).expect("a rank").to_owned()
        }
        Kind::Address => format!("{:#x}", column.as_primitive::<UInt64Type>().value(row)),
        Kind::Bytes | Kind::Count => column.as_primitive::<Int64Type>().value(row).to_string(),
        Kind::Float => format!("{:?}", column.as_primitive::<Float64Type>().value(row)),
        Kind::Bool => column.as_boolean().value(row).to_string(),
        Kind::Text => format!("'{}'", column.as_string::<i32>().value(row)),
        Kind::Time => {
            let time = column.as_primitive::<TimestampMillisecondType>().value_as_datetime(row);
            time.expect("a time").format("%Y-%m-%dT%H:%M:%S%.3f").to_string()
        }
        Kind::List(item) => {
            let items = column.as_list::<i32>().value(row);
            let shown: Vec<String> =
                (0..items.len()).map(|i| value(session, field, *item, &items, i)).collect();
            format!("[{}]", shown.join(", "))
        }
    }
}

fn snapshot<'s>(session: &'s Session, field: &Field) -> &'s Snapshot {
    let alias = &field.metadata()[DUMP_KEY];
    &session.dumps().iter().find(|dump| dump.alias == *alias).expect("an open dump").snapshot
}

/// `Class@address`, with the last part of the class's name.
fn object(snapshot: &Snapshot, id: u32) -> String {
    let id = ObjectId(id);
    let class = snapshot.class_name(snapshot.class_of(id));
    format!("{}@{}", class.rsplit('.').next().unwrap_or(class), snapshot.address(id))
}
