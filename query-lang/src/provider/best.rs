//! Which rows can be among the first few of a sort.

use crate::source::{Chosen, Source};
use crate::udf::external;
use arrow_array::{Array, ArrayRef, BooleanArray, Scalar};
use arrow_schema::{Schema, SchemaRef, SortOptions};
use datafusion::arrow::compute::kernels::cmp::{gt, gt_eq, lt, lt_eq};
use datafusion::arrow::compute::{filter, is_null, sort_to_indices};
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
        if self.best.options.nulls_first && values.null_count() >= self.best.rows {
            return Ok(rows.filtered(&is_null(&values)?));
        }
        if !self.can_be_narrowed(&values)? {
            return Ok(rows);
        }
        let order = sort_to_indices(&values, Some(self.best.options), Some(self.best.rows))?;
        let Some(&last) = order.values().last() else { return Ok(rows) };
        let worst = values.slice(last as usize, 1);
        let kept = rows.filtered(&self.as_good(&values, &worst)?);
        self.worst = Some(worst);
        Ok(kept)
    }

    /// Whether enough values sort before the worst, so that one of them becomes the worst.
    fn can_be_narrowed(&self, values: &ArrayRef) -> Result<bool> {
        let better = match &self.worst {
            Some(worst) if self.best.options.descending => gt(values, &Scalar::new(worst))?.true_count(),
            Some(worst) => lt(values, &Scalar::new(worst))?.true_count(),
            None => values.len() - values.null_count(),
        };
        Ok(better >= self.best.rows)
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

#[cfg(test)]
mod tests {
    use super::{Arc, Best, SortOptions, Source};
    use crate::stored::{Stored, StoredColumn};
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int64Type;
    use arrow_array::{ArrayRef, Int64Array, RecordBatch};
    use heapwise_engine::table::Kind;

    /// Numbers that repeat, with nulls among them where `nulls` is not 0.
    fn source(values: impl Iterator<Item = u64>, nulls: u64) -> (Source, Vec<Option<i64>>) {
        let value = |value: u64| (nulls == 0 || value % 8 >= nulls).then(|| (value % 101).cast_signed());
        let values: Vec<Option<i64>> = values.map(value).collect();
        let column: ArrayRef = Arc::new(Int64Array::from(values.clone()));
        let batch = RecordBatch::try_from_iter_with_nullable([("n", column, true)]).unwrap();
        let column = StoredColumn { name: "n".to_owned(), kind: Kind::Count, dump: None };
        (Source::Stored(Arc::new(Stored::new("r".to_owned(), vec![column], vec![batch]))), values)
    }

    fn sorted(mut values: Vec<Option<i64>>, options: SortOptions) -> Vec<Option<i64>> {
        values.sort_by_key(|value| {
            let null = value.is_none() != options.nulls_first;
            (null, value.map(|value| if options.descending { -value } else { value }))
        });
        values
    }

    fn check(values: impl Iterator<Item = u64>, nulls: u64, options: SortOptions, rows: usize) {
        let (source, all) = source(values, nulls);
        let best = Best::new(&source, 0, options, rows);
        let mut search = best.search();
        let mut kept = Vec::new();
        for chunk in 0..10 {
            let rows = search.kept(&source, source.chosen(chunk * 100..chunk * 100 + 100)).unwrap();
            kept.extend(search.values(&source, &rows).unwrap().as_primitive::<Int64Type>());
        }
        let first = |values| sorted(values, options)[..rows].to_vec();
        assert_eq!(first(kept), first(all), "{rows} rows, {options:?}, nulls {nulls}");
    }

    #[test]
    fn the_first_rows_are_among_those_kept() {
        for (descending, nulls_first) in [(false, false), (false, true), (true, false), (true, true)] {
            let options = SortOptions { descending, nulls_first };
            for rows in [1, 2, 7, 100, 101] {
                for nulls in [0, 1, 4, 8] {
                    check(0..1000, nulls, options, rows);
                    check((0..1000).rev(), nulls, options, rows);
                    check(
                        (0..1000).map(|i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20),
                        nulls,
                        options,
                        rows,
                    );
                    check(std::iter::repeat_n(12, 1000), nulls, options, rows);
                }
            }
        }
    }
}
