//! Where the rows of a scan come from: a table of the engine, or objects with their attributes as columns.

use crate::dump::Dump;
use crate::heap;
use crate::stored::Stored;
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array, UInt64Array, new_empty_array,
};
use arrow_buffer::BooleanBuffer;
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
    /// The rows of a named result; one more column after its own is the row's number.
    Stored(Arc<Stored>),
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

/// Rows of a source, ascending.
#[derive(Clone, Debug)]
pub(crate) enum Chosen {
    /// Objects.
    Ids(Vec<u32>),
    /// Rows of a table or result, by number.
    Rows(Vec<u64>),
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen::Ids(Vec::new())
    }
}

impl Chosen {
    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Chosen::Ids(ids) => ids.len(),
            Chosen::Rows(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they are rows of a table or result.
    pub(crate) fn are_of_a_table(&self) -> bool {
        matches!(self, Chosen::Rows(_))
    }

    /// These and some that follow.
    pub(crate) fn and(mut self, others: Chosen) -> Chosen {
        match (&mut self, others) {
            (this, others) if this.is_empty() => return others,
            (Chosen::Ids(ids), Chosen::Ids(others)) => ids.extend(others),
            (Chosen::Rows(rows), Chosen::Rows(others)) => rows.extend(others),
            _ => {}
        }
        self
    }

    /// Those for which `holds` is true.
    pub(crate) fn filtered(self, holds: &BooleanArray) -> Chosen {
        let holds = match holds.nulls() {
            Some(nulls) => holds.values() & nulls.inner(),
            None => holds.values().clone(),
        };
        let count = holds.count_set_bits();
        match self {
            all if count == all.len() => all,
            Chosen::Ids(ids) => Chosen::Ids(taken(&ids, &holds, count)),
            Chosen::Rows(rows) => Chosen::Rows(taken(&rows, &holds, count)),
        }
    }
}

fn taken<T: Copy>(all: &[T], chosen: &BooleanBuffer, count: usize) -> Vec<T> {
    let mut taken = Vec::with_capacity(count);
    taken.extend(chosen.set_indices().map(|place| all[place]));
    taken
}

impl Source {
    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        match self {
            Source::Table(table) => table.columns().len() + 1,
            Source::Stored(stored) => stored.columns.len() + 1,
            Source::Objects(..) => objects::COLUMNS.len() + 1,
        }
    }

    /// The kind of a column; `None` for the row number of a table, which no query sees.
    pub(crate) fn kind(&self, column: usize) -> Option<Kind> {
        match self {
            Source::Table(table) => table.columns().get(column).map(|column| column.kind),
            Source::Stored(stored) => stored.columns.get(column).map(|column| column.kind),
            Source::Objects(..) if column == 0 => Some(Kind::Object),
            Source::Objects(..) => objects::COLUMNS.get(column - 1).map(|column| column.kind),
        }
    }

    /// The column in whose order the rows come: the row's number, or the object.
    pub(crate) fn order(&self) -> usize {
        match self {
            Source::Table(table) => table.columns().len(),
            Source::Stored(stored) => stored.columns.len(),
            Source::Objects(..) => 0,
        }
    }

    /// How many units a scan goes through: rows, ids of the dump or listed objects.
    pub(crate) fn units(&self) -> u64 {
        match self {
            Source::Table(table) => table.rows(),
            Source::Stored(stored) => stored.rows(),
            Source::Objects(_, ObjectSet::Ids(ids)) => ids.len() as u64,
            Source::Objects(dump, _) => dump.snapshot.object_count() as u64,
        }
    }

    /// Whether every unit is a row.
    pub(crate) fn is_dense(&self) -> bool {
        !matches!(self, Source::Objects(_, ObjectSet::Classes(_)))
    }

    /// The rows of `units`, which are rows, ids of the dump or places in a list.
    pub(crate) fn chosen(&self, units: Range<u64>) -> Chosen {
        let units = units.start.min(self.units())..units.end.min(self.units());
        let id = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        let (start, end) = (id(units.start), id(units.end));
        match self {
            Source::Table(_) | Source::Stored(_) => Chosen::Rows(units.collect()),
            Source::Objects(_, ObjectSet::All) => Chosen::Ids((start..end).collect()),
            Source::Objects(dump, ObjectSet::Classes(classes)) => {
                Chosen::Ids(dump.snapshot.instances(classes, start..end))
            }
            Source::Objects(_, ObjectSet::Ids(ids)) => {
                Chosen::Ids(ids[start as usize..end as usize].to_vec())
            }
        }
    }

    /// The objects among `units`; for tables none.
    pub(crate) fn ids(&self, units: Range<u64>) -> Vec<u32> {
        match self.chosen(units) {
            Chosen::Ids(ids) => ids,
            Chosen::Rows(_) => Vec::new(),
        }
    }

    /// The rows of `units` with these columns, under `schema`.
    pub(crate) fn rows(
        &self,
        schema: &Arc<Schema>,
        columns: &[usize],
        units: Range<u64>,
    ) -> Result<RecordBatch> {
        self.read(schema, columns, &self.chosen(units))
    }

    /// These columns of `rows`, under `schema`.
    pub(crate) fn read(&self, schema: &Arc<Schema>, columns: &[usize], rows: &Chosen) -> Result<RecordBatch> {
        match (self, rows) {
            (Source::Objects(dump, _), Chosen::Ids(ids)) => objects_rows(dump, schema, columns, ids.clone()),
            (Source::Table(table), Chosen::Rows(rows)) => {
                within(rows, |span| table_rows(table.as_ref(), schema, columns, span))
            }
            (Source::Stored(stored), Chosen::Rows(rows)) => {
                within(rows, |span| stored_rows(stored, schema, columns, span))
            }
            _ => batch(
                schema,
                schema.fields().iter().map(|field| new_empty_array(field.data_type())).collect(),
                0,
            ),
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
fn objects_rows(dump: &Dump, schema: &Arc<Schema>, columns: &[usize], ids: Vec<u32>) -> Result<RecordBatch> {
    let count = ids.len();
    let ids: ArrayRef = Arc::new(UInt32Array::from(ids));
    let read = |&column: &usize| match column.checked_sub(1) {
        None => Ok(Arc::clone(&ids)),
        Some(column) => heap::attribute(&dump.snapshot, column, ids.as_primitive()),
    };
    batch(schema, columns.iter().map(read).collect::<Result<_>>()?, count)
}

/// The rows of a table, read with what is between them.
fn within(rows: &[u64], read: impl Fn(Range<u64>) -> Result<RecordBatch>) -> Result<RecordBatch> {
    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return read(0..0) };
    let all = read(first..last + 1)?;
    if all.num_rows() == rows.len() {
        return Ok(all);
    }
    if all.num_columns() == 0 {
        return Ok(all.slice(0, rows.len()));
    }
    let places: UInt64Array = rows.iter().map(|row| row - first).collect();
    arrow_select::take::take_record_batch(&all, &places).map_err(|error| Error::Input(error.to_string()))
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

fn stored_rows(
    stored: &Stored,
    schema: &Arc<Schema>,
    columns: &[usize],
    units: Range<u64>,
) -> Result<RecordBatch> {
    let units = units.start..units.end.min(stored.rows());
    let slices = stored.slices(units.clone());
    let count = usize::try_from(units.end.saturating_sub(units.start)).unwrap_or(usize::MAX);
    let arrays = columns.iter().map(|&column| {
        if column >= stored.columns.len() {
            return Ok(Arc::new(UInt64Array::from_iter_values(units.clone())) as ArrayRef);
        }
        let parts: Vec<&dyn Array> = slices.iter().map(|slice| slice.column(column).as_ref()).collect();
        match parts.as_slice() {
            [] => Ok(new_empty_array(&stored.columns[column].kind.data_type())),
            parts => arrow_select::concat::concat(parts).map_err(|error| Error::Input(error.to_string())),
        }
    });
    batch(schema, arrays.collect::<Result<_>>()?, count)
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
            Source::Stored(stored) => write!(f, "result {stored:?}"),
            Source::Objects(dump, ObjectSet::Classes(classes)) => {
                write!(f, "{} classes of {dump:?}", classes.len())
            }
            Source::Objects(dump, ObjectSet::Ids(ids)) => write!(f, "{} objects of {dump:?}", ids.len()),
            Source::Objects(dump, ObjectSet::All) => write!(f, "all objects of {dump:?}"),
        }
    }
}
