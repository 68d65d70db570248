//! An answer: columns, and batches of rows as they come.

use crate::failure::{Failure, Result};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::{Table, schema, tables};
use std::sync::Arc;

/// Rows of a scan that are made at a time.
const BATCH_ROWS: u64 = 8192;

/// A streaming answer.
pub(crate) struct Answer<'a> {
    /// Names and kinds of the columns.
    pub(crate) schema: SchemaRef,
    /// The rows.
    pub(crate) batches: Box<dyn Iterator<Item = Result<RecordBatch>> + 'a>,
    /// The number of rows, where it is known beforehand.
    pub(crate) total: Option<u64>,
}

impl Answer<'static> {
    /// The columns of one of the engine's tables, by name.
    pub(crate) fn table(snapshot: &Arc<Snapshot>, name: &str, columns: &[&str]) -> Result<Answer<'static>> {
        let table = find(snapshot, name)?;
        let positions = columns.iter().map(|column| position(&*table, column)).collect::<Result<Vec<_>>>()?;
        let chosen: Vec<_> = positions.iter().map(|&position| table.columns()[position]).collect();
        let rows = table.rows();
        let starts = (0..rows).step_by(usize::try_from(BATCH_ROWS).unwrap_or(usize::MAX));
        let batches = starts.map(move |start| Ok(table.scan(&positions, start..start + BATCH_ROWS)?));
        Ok(Answer { schema: schema(&chosen), batches: Box::new(batches), total: Some(rows) })
    }
}

fn find(snapshot: &Arc<Snapshot>, name: &str) -> Result<Arc<dyn Table>> {
    let found = tables(snapshot).into_iter().find(|table| table.name() == name);
    found.ok_or_else(|| Failure::Query(format!("this kind of dump has no table `{name}`")))
}

fn position(table: &dyn Table, column: &str) -> Result<usize> {
    let found = table.columns().iter().position(|candidate| candidate.name == column);
    found.ok_or_else(|| Failure::Query(format!("the table `{}` has no column `{column}`", table.name())))
}
