//! Rows that LET has kept: computed once, read by later statements.

use crate::dump::Dump;
use arrow_array::RecordBatch;
use heapwise_engine::table::Kind;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A named result.
pub struct Stored {
    /// The name that LET gave it.
    pub name: String,
    /// Its columns.
    pub columns: Vec<StoredColumn>,
    batches: Vec<RecordBatch>,
    /// The row at which each batch begins; one more than there are batches.
    starts: Vec<u64>,
}

/// A column of a named result.
#[derive(Clone, Debug)]
pub struct StoredColumn {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// The dump that objects and classes belong to.
    pub(crate) dump: Option<Arc<Dump>>,
}

impl Stored {
    /// Rows under a name; the batches have the columns' types.
    pub(crate) fn new(name: String, columns: Vec<StoredColumn>, batches: Vec<RecordBatch>) -> Stored {
        let mut starts = vec![0];
        for batch in &batches {
            starts.push(starts[starts.len() - 1] + batch.num_rows() as u64);
        }
        Stored { name, columns, batches, starts }
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The bytes that it occupies in memory.
    pub fn bytes(&self) -> usize {
        self.batches.iter().map(RecordBatch::get_array_memory_size).sum()
    }

    /// The parts of the batches that hold `rows`, in order.
    pub(crate) fn slices(&self, rows: Range<u64>) -> Vec<RecordBatch> {
        let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
        let parts = self.batches.iter().zip(&self.starts).filter_map(|(batch, &start)| {
            let end = start + batch.num_rows() as u64;
            let (from, to) = (rows.start.max(start), rows.end.min(end));
            (from < to).then(|| batch.slice(place(from - start), place(to - from)))
        });
        parts.collect()
    }

    /// Whether one of its columns belongs to this dump.
    pub(crate) fn is_of(&self, dump: &Dump) -> bool {
        self.columns.iter().any(|column| column.dump.as_deref() == Some(dump))
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} rows)", self.name, self.rows())
    }
}

#[cfg(test)]
mod tests {
    use super::Stored;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Int64Type;
    use arrow_array::{ArrayRef, Int64Array, RecordBatch};
    use std::sync::Arc;

    #[test]
    fn rows_are_found_across_batches() {
        let batch = |range: std::ops::Range<i64>| {
            let column: ArrayRef = Arc::new(Int64Array::from_iter_values(range));
            RecordBatch::try_from_iter([("n", column)]).unwrap()
        };
        let stored = Stored::new("x".to_owned(), Vec::new(), vec![batch(0..3), batch(3..3), batch(3..8)]);
        assert_eq!(stored.rows(), 8);
        for (start, end) in [(0, 8), (2, 4), (3, 3), (7, 100), (0, 1)] {
            let slices = stored.slices(start..end);
            let found: Vec<i64> = slices
                .iter()
                .flat_map(|part| part.column(0).as_primitive::<Int64Type>().values().to_vec())
                .collect();
            let expected: Vec<i64> = (0..8).filter(|&n| (start..end).contains(&(n as u64))).collect();
            assert_eq!(found, expected, "{start}..{end}");
        }
    }
}
