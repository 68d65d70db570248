//! Where the rows of a scan come from: a table of the engine, or objects with their attributes as columns.

use crate::dump::Dump;
use crate::heap::Read;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use heapwise_engine::error::{Error, Result};
use heapwise_engine::id::ClassId;
use heapwise_engine::table::{Column, Kind, Table, objects};
use std::ops::Range;
use std::sync::Arc;

/// What a scan reads.
#[derive(Clone)]
pub(crate) enum Source {
    /// The rows of a table; one more column after the table's own is the row's number.
    Table(Arc<dyn Table>),
    /// Objects; column 0 is the object, column `i + 1` is column `i` of [`objects::COLUMNS`].
    Objects(Arc<Dump>, ObjectSet),
}

/// Which objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ObjectSet {
    /// All.
    All,
    /// Those of these classes.
    Classes(Arc<[ClassId]>),
    /// These, ascending.
    Ids(Arc<[u32]>),
}

impl Source {
    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        match self {
            Source::Table(table) => table.columns().len() + 1,
            Source::Objects(..) => objects::COLUMNS.len() + 1,
        }
    }

    /// The kind of a column; `None` for the row number of a table, which no query sees.
    pub(crate) fn kind(&self, column: usize) -> Option<Kind> {
        match self {
            Source::Table(table) => table.columns().get(column).map(|column| column.kind),
            Source::Objects(..) if column == 0 => Some(Kind::Object),
            Source::Objects(..) => objects::COLUMNS.get(column - 1).map(|column| column.kind),
        }
    }

    /// The column in whose order the rows come: the row's number, or the object.
    pub(crate) fn order(&self) -> usize {
        match self {
            Source::Table(table) => table.columns().len(),
            Source::Objects(..) => 0,
        }
    }

    /// How many units a scan goes through: rows, ids of the dump or listed objects.
    pub(crate) fn units(&self) -> u64 {
        match self {
            Source::Table(table) => table.rows(),
            Source::Objects(_, ObjectSet::Ids(ids)) => ids.len() as u64,
            Source::Objects(dump, _) => dump.snapshot.object_count() as u64,
        }
    }

    /// Whether every unit is a row.
    pub(crate) fn is_dense(&self) -> bool {
        !matches!(self, Source::Objects(_, ObjectSet::Classes(_)))
    }

    /// The objects among `units`, ascending; for tables none.
    pub(crate) fn ids(&self, units: Range<u64>) -> Vec<u32> {
        let clamp = |at: u64| u32::try_from(at.min(self.units())).unwrap_or(u32::MAX);
        let range = clamp(units.start)..clamp(units.end);
        match self {
            Source::Table(_) => Vec::new(),
            Source::Objects(_, ObjectSet::All) => range.collect(),
            Source::Objects(dump, ObjectSet::Classes(classes)) => dump.snapshot.instances(classes, range),
            Source::Objects(_, ObjectSet::Ids(ids)) => ids[range.start as usize..range.end as usize].to_vec(),
        }
    }

    /// The rows of `units` with these columns, under `schema`.
    pub(crate) fn rows(
        &self,
        schema: &Arc<Schema>,
        columns: &[usize],
        units: Range<u64>,
    ) -> Result<RecordBatch> {
        match self {
            Source::Table(table) => table_rows(table.as_ref(), schema, columns, units),
            Source::Objects(dump, _) => objects_rows(dump, schema, columns, self.ids(units)),
        }
    }

    /// The field of a column under another name.
    pub(crate) fn field(&self, column: usize, name: &str) -> Field {
        let data_type = self.kind(column).map_or(DataType::UInt64, Kind::data_type);
        Field::new(name, data_type, true)
    }
}

/// The columns and attributes of objects, as `:describe` and errors list them.
pub(crate) fn attributes() -> &'static [Column] {
    objects::COLUMNS
}

/// Rows of some objects.
pub(crate) fn objects_rows(
    dump: &Dump,
    schema: &Arc<Schema>,
    columns: &[usize],
    ids: Vec<u32>,
) -> Result<RecordBatch> {
    let count = ids.len();
    let ids: ArrayRef = Arc::new(UInt32Array::from(ids));
    let read = |&column: &usize| match column.checked_sub(1) {
        None => Ok(Arc::clone(&ids)),
        Some(attribute) => Read::Attribute(attribute).apply(&dump.snapshot, &[Arc::clone(&ids)]),
    };
    batch(schema, columns.iter().map(read).collect::<Result<_>>()?, count)
}

fn table_rows(
    table: &dyn Table,
    schema: &Arc<Schema>,
    columns: &[usize],
    units: Range<u64>,
) -> Result<RecordBatch> {
    let own: Vec<usize> = columns.iter().copied().filter(|&column| column < table.columns().len()).collect();
    let units = units.start..units.end.min(table.rows());
    let mut scanned = table.scan(&own, units.clone())?.columns().to_vec().into_iter();
    let count = usize::try_from(units.end.saturating_sub(units.start)).unwrap_or(usize::MAX);
    let numbers = || Arc::new(UInt64Array::from_iter_values(units.clone())) as ArrayRef;
    let arrays = columns
        .iter()
        .map(|&column| if column < table.columns().len() { scanned.next() } else { Some(numbers()) })
        .map(|array| array.ok_or_else(|| Error::Input(format!("table {} lacks a column", table.name()))))
        .collect::<Result<_>>()?;
    batch(schema, arrays, count)
}

fn batch(schema: &Arc<Schema>, arrays: Vec<ArrayRef>, count: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    RecordBatch::try_new_with_options(Arc::clone(schema), arrays, &options)
        .map_err(|error| Error::Input(error.to_string()))
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Table(table) => write!(f, "table {}", table.name()),
            Source::Objects(dump, ObjectSet::Classes(classes)) => {
                write!(f, "{} classes of {dump:?}", classes.len())
            }
            Source::Objects(dump, ObjectSet::Ids(ids)) => write!(f, "{} objects of {dump:?}", ids.len()),
            Source::Objects(dump, ObjectSet::All) => write!(f, "all objects of {dump:?}"),
        }
    }
}
