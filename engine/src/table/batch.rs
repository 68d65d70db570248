//! Record batches from columns that are made one at a time.

use super::{Column, Kind};
use crate::error::{Error, Result};
use crate::id::ObjectId;
use arrow_array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray, UInt32Array,
    UInt64Array,
};
use arrow_schema::Schema;
use std::ops::Range;
use std::sync::Arc;

/// The columns at `projection`, each made by `make` from its name, over `rows` (already clamped).
pub(super) fn batch(
    columns: &[Column],
    projection: &[usize],
    rows: Range<usize>,
    make: impl Fn(&str, Range<usize>) -> Result<ArrayRef>,
) -> Result<RecordBatch> {
    let wanted: Vec<Column> = projection.iter().filter_map(|&column| columns.get(column).copied()).collect();
    let fields: Vec<_> = wanted.iter().map(|column| column.kind.field(column.name)).collect();
    let arrays = wanted.iter().map(|column| make(column.name, rows.clone())).collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| Error::Input(format!("a table's columns do not fit together: {error}")))
}

/// `rows` within a table of `count` rows.
pub(super) fn clamp(rows: Range<u64>, count: usize) -> Range<usize> {
    let within = |row: u64| usize::try_from(row).unwrap_or(usize::MAX).min(count);
    within(rows.start)..within(rows.end).max(within(rows.start))
}

/// A column that the table does not have: a mistake in its code.
pub(super) fn no_such(column: &str) -> Result<ArrayRef> {
    Err(Error::Input(format!("the table has no column {column}")))
}

pub(super) fn objects(ids: impl Iterator<Item = Option<ObjectId>>) -> Result<ArrayRef> {
    Ok(Arc::new(ids.map(|id| id.map(|id| id.0)).collect::<UInt32Array>()))
}

pub(super) fn classes(ranks: impl Iterator<Item = u32>) -> Result<ArrayRef> {
    Ok(Arc::new(UInt32Array::from_iter_values(ranks)))
}

pub(super) fn addresses(addresses: impl Iterator<Item = u64>) -> Result<ArrayRef> {
    Ok(Arc::new(UInt64Array::from_iter_values(addresses)))
}

/// Numbers and sizes; beyond 2^63 they stay there.
pub(super) fn counts(counts: impl Iterator<Item = u64>) -> Result<ArrayRef> {
    Ok(Arc::new(Int64Array::from_iter_values(counts.map(signed))))
}

pub(super) fn optional_counts(counts: impl Iterator<Item = Option<u64>>) -> Result<ArrayRef> {
    Ok(Arc::new(counts.map(|count| count.map(signed)).collect::<Int64Array>()))
}

pub(super) fn texts<T: AsRef<str>>(texts: impl Iterator<Item = Option<T>>) -> Result<ArrayRef> {
    Ok(Arc::new(texts.collect::<StringArray>()))
}

pub(super) fn bools(values: impl Iterator<Item = Option<bool>>) -> Result<ArrayRef> {
    Ok(Arc::new(values.collect::<BooleanArray>()))
}

pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A column of a table.
pub(super) const fn column(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column { name, kind, doc }
}
