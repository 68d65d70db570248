//! Tables as rows of text, to be compared and to be read through to the end.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::{Kind, Table, tables};
use std::sync::Arc;

/// Rows that are scanned in one go.
const ROWS: u64 = 10_000;

/// The columns `wanted` of the table `name`: objects by their id, classes by their name, null as `null`.
pub(crate) fn rows(snapshot: &Arc<Snapshot>, name: &str, wanted: &[&str]) -> Vec<Vec<String>> {
    let all = tables(snapshot);
    let table = all.iter().find(|table| table.name() == name).expect("a table of this name");
    let position = |column: &&str| table.columns().iter().position(|known| known.name == *column);
    let columns: Vec<usize> =
        wanted.iter().map(|column| position(column).expect("a column of this name")).collect();
    scan(snapshot, table.as_ref(), &columns)
}

/// Every table with all its columns and rows.
pub(crate) fn everything(snapshot: &Arc<Snapshot>) -> Vec<(&'static str, Vec<Vec<String>>)> {
    let all = |table: &dyn Table| scan(snapshot, table, &(0..table.columns().len()).collect::<Vec<_>>());
    tables(snapshot).iter().map(|table| (table.name(), all(table.as_ref()))).collect()
}

fn scan(snapshot: &Snapshot, table: &dyn Table, columns: &[usize]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut start = 0;
    while start < table.rows() {
        let batch = table.scan(columns, start..start + ROWS).expect("a scan never fails");
        assert!(batch.num_rows() > 0, "{} ends before row {start}", table.name());
        rows.extend((0..batch.num_rows()).map(|row| cells(snapshot, &batch, row)));
        start += batch.num_rows() as u64;
    }
    assert_eq!(rows.len() as u64, table.rows(), "{}", table.name());
    rows
}

fn cells(snapshot: &Snapshot, batch: &RecordBatch, row: usize) -> Vec<String> {
    let schema = batch.schema();
    let kinds = schema.fields().iter().map(|field| Kind::of(field).expect("every column has a kind"));
    kinds.zip(batch.columns()).map(|(kind, column)| cell(snapshot, kind, column.as_ref(), row)).collect()
}

fn cell(snapshot: &Snapshot, kind: Kind, column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return "null".to_owned();
    }
    match kind {
        Kind::Object => column.as_primitive::<UInt32Type>().value(row).to_string(),
        Kind::Class => {
            let rank = column.as_primitive::<UInt32Type>().value(row);
            snapshot.name_at(rank).expect("a class has a name").to_owned()
        }
        Kind::Address => format!("0x{:x}", column.as_primitive::<UInt64Type>().value(row)),
        Kind::Bytes | Kind::Count => column.as_primitive::<Int64Type>().value(row).to_string(),
        Kind::Float => column.as_primitive::<Float64Type>().value(row).to_string(),
        Kind::Bool => column.as_boolean().value(row).to_string(),
        Kind::Text => column.as_string::<i32>().value(row).to_owned(),
        Kind::Time | Kind::List(_) => panic!("no table of the engine has such a column"),
    }
}
