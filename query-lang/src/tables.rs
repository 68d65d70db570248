//! The table of open dumps, which no dump has itself.

use crate::dump::Dump;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringArray};
use heapwise_engine::error::{Error, Result};
use heapwise_engine::table::{Column, Kind, Table, schema};
use std::ops::Range;
use std::sync::Arc;

/// The name of the table of open dumps.
pub(crate) const DUMPS: &str = "dumps";

/// A table whose rows are known.
struct Fixed {
    name: &'static str,
    doc: &'static str,
    columns: &'static [Column],
    rows: usize,
    arrays: Vec<ArrayRef>,
}

impl Table for Fixed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn columns(&self) -> &'static [Column] {
        self.columns
    }

    fn rows(&self) -> u64 {
        self.rows as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(self.rows);
        let (start, end) = (place(rows.start), place(rows.end));
        let count = end.saturating_sub(start);
        let described: Vec<Column> = columns.iter().map(|&column| self.columns[column]).collect();
        let arrays = columns.iter().map(|&column| self.arrays[column].slice(start, count)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(schema(&described), arrays, &options)
            .map_err(|error| Error::Input(error.to_string()))
    }
}

const fn column(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column { name, kind, doc }
}

const DUMP_COLUMNS: &[Column] = &[
    column("alias", Kind::Text, "the name of the dump in queries"),
    column("path", Kind::Text, "the file"),
    column("objects", Kind::Count, "the number of objects in it"),
    column("classes", Kind::Count, "the number of classes in it"),
];

/// The table of open dumps.
pub(crate) fn dumps(open: &[Arc<Dump>]) -> Arc<dyn Table> {
    let texts = |text: fn(&Dump) -> &str| -> ArrayRef {
        Arc::new(open.iter().map(|dump| Some(text(dump))).collect::<StringArray>())
    };
    let counts = |count: fn(&Dump) -> usize| -> ArrayRef {
        Arc::new(open.iter().map(|dump| i64::try_from(count(dump)).ok()).collect::<Int64Array>())
    };
    Arc::new(Fixed {
        name: DUMPS,
        doc: "open dumps",
        columns: DUMP_COLUMNS,
        rows: open.len(),
        arrays: vec![
            texts(|dump| &dump.alias),
            texts(|dump| &dump.path),
            counts(|dump| dump.snapshot.object_count()),
            counts(|dump| dump.snapshot.class_count()),
        ],
    })
}
