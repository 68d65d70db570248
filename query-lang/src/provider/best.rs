//! Which rows can be among the first few of a sort.

use crate::source::{Chosen, Source};
use crate::udf::external;
use arrow_array::{Array, ArrayRef, BooleanArray, Scalar};
use arrow_schema::{Schema, SchemaRef, SortOptions};
use datafusion::arrow::compute::kernels::cmp::{gt_eq, lt_eq};
use datafusion::arrow::compute::{filter, sort_to_indices};
use datafusion::common::Result;
use std::fmt;
use std::sync::Arc;

/// More rows than this are not worth looking for in each chunk.
pub(super) const MOST_ROWS: usize = 2 << 10;

/// The first rows by a column; others that sort the same may follow.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// The column of the source.
    column: usize,
    schema: SchemaRef,
    options: SortOptions,
    rows: usize,
}

/// What one part of a scan knows of the rows before.
#[derive(Debug)]
pub(super) struct Search {
    best: Best,
    /// A value of which it is known that enough rows are as good.
    worst: Option<ArrayRef>,
}

impl Best {
    /// The first `rows` by `column`, which is at least one.
    pub(super) fn new(source: &Source, column: usize, options: SortOptions, rows: usize) -> Best {
        Best { column, schema: Arc::new(Schema::new(vec![source.field(column, "key")])), options, rows }
    }

    /// A search that has seen no row.
    pub(super) fn search(&self) -> Search {
        Search { best: self.clone(), worst: None }
    }
}

impl fmt::Display for Best {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.options.descending { "descending" } else { "ascending" };
        write!(f, "first {} by column {} {direction}", self.rows, self.column)
    }
}

impl Search {
    /// Those of `rows`, which follow the rows before, that can be among the first of all.
    pub(super) fn kept(&mut self, source: &Source, rows: Chosen) -> Result<Chosen> {
        let read = self.values(source, &rows)?;
        let (mut rows, mut values) = (rows, read);
        if let Some(worst) = &self.worst {
            let good = self.as_good(&values, worst)?;
            values = filter(&values, &good)?;
            rows = rows.filtered(&good);
        }
        if values.len() < self.best.rows {
            return Ok(rows);
        }
        let order = sort_to_indices(&values, Some(self.best.options), Some(self.best.rows))?;
        let Some(&last) = order.values().last() else { return Ok(rows) };
        if values.is_null(last as usize) {
            return Ok(rows);
        }
        let worst = values.slice(last as usize, 1);
        let kept = rows.filtered(&self.as_good(&values, &worst)?);
        self.worst = Some(worst);
        Ok(kept)
    }

    fn values(&self, source: &Source, rows: &Chosen) -> Result<ArrayRef> {
        let batch = source.read(&self.best.schema, &[self.best.column], rows).map_err(external)?;
        Ok(Arc::clone(batch.column(0)))
    }

    /// Whether each value sorts before `worst` or with it.
    fn as_good(&self, values: &ArrayRef, worst: &ArrayRef) -> Result<BooleanArray> {
        let worst = Scalar::new(worst);
        let good = if self.best.options.descending { gt_eq(values, &worst)? } else { lt_eq(values, &worst)? };
        if !self.best.options.nulls_first || good.null_count() == 0 {
            return Ok(good);
        }
        Ok(good.iter().map(|good| Some(good.unwrap_or(true))).collect())
    }
}
