//! `histogram`: the classes of a dump, the largest retained size first.

use crate::failure::Result;
use crate::session::{Answer, Dump};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::Schema;
use heapwise_engine::store::{Class, Classes};
use heapwise_engine::table::Kind;
use std::cmp::Reverse;
use std::sync::Arc;

/// The rows: class, loader, instances, shallow, retained.
pub(crate) fn answer(dump: &Dump) -> Result<Answer<'static>> {
    Answer::table(&dump.snapshot, "histogram", &["class", "loader", "instances", "shallow", "retained"])
}

/// The rows of classes that were only counted: class, loader (its address), instances, shallow; the largest first.
pub(crate) fn counted(classes: &Classes) -> Result<Answer<'static>> {
    let mut rows: Vec<&Class> = classes.rows().iter().collect();
    rows.sort_by_key(|row| Reverse(row.shallow));
    let schema = Arc::new(Schema::new(vec![
        Kind::Text.field("class"),
        Kind::Address.field("loader"),
        Kind::Count.field("instances"),
        Kind::Bytes.field("shallow"),
    ]));
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let loader = |row: &&Class| Some(row.loader.0).filter(|&loader| loader != 0);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.name))),
        Arc::new(rows.iter().map(loader).collect::<UInt64Array>()),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| count(row.instances)))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| count(row.shallow)))),
    ];
    let batch = RecordBatch::try_new(schema.clone(), columns)?;
    Ok(Answer { schema, batches: Box::new(std::iter::once(Ok(batch))), total: Some(rows.len() as u64) })
}
