//! Where the rows of a call go: into columns, and from there in batches to whoever reads them.

use super::Call;
use crate::cancel::CancelToken;
use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, TimestampMillisecondBuilder, UInt32Builder,
    UInt64Builder,
};
use arrow_array::{ArrayRef, UInt32Array};
use datafusion::common::DataFusionError;
use heapwise_engine::error::{Error, Result};
use heapwise_engine::table::Kind;
use std::sync::Arc;

/// Rows of a batch.
const ROWS: usize = 8 << 10;
/// Rows between two looks at whether the query was stopped.
const CHECKED: usize = 256;

/// A value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Null,
    /// An object or a class rank.
    Id(u32),
    Address(u64),
    Number(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Time(i64),
}

impl Cell<'_> {
    /// An object, perhaps none.
    pub(crate) fn object(id: Option<heapwise_engine::id::ObjectId>) -> Cell<'static> {
        id.map_or(Cell::Null, |id| Cell::Id(id.0))
    }

    /// A size or a count; beyond 2^63 it stays there.
    pub(crate) fn count(number: u64) -> Cell<'static> {
        Cell::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

enum Column {
    Id(UInt32Builder),
    Address(UInt64Builder),
    Number(Int64Builder),
    Float(Float64Builder),
    Bool(BooleanBuilder),
    Text(StringBuilder),
    Time(TimestampMillisecondBuilder),
}

/// What takes a batch: the rows of the relation that the new columns belong to, and the columns; whether more is wanted.
type Emit<'a> = dyn FnMut(UInt32Array, Vec<ArrayRef>) -> std::result::Result<bool, DataFusionError> + 'a;

/// Gathers rows.
pub(crate) struct Sink<'a> {
    columns: Vec<Column>,
    rows: UInt32Builder,
    gathered: usize,
    /// The row of the relation, and how many rows its call has given.
    row: u32,
    number: i64,
    outer: bool,
    done: bool,
    cancel: &'a CancelToken,
    emit: &'a mut Emit<'a>,
}

impl<'a> Sink<'a> {
    /// An empty one for the columns of a call.
    pub(crate) fn new(call: &Call, cancel: &'a CancelToken, emit: &'a mut Emit<'a>) -> Sink<'a> {
        let columns = call.columns.iter().map(|(_, kind)| Column::new(*kind)).collect();
        let rows = UInt32Builder::new();
        Sink { columns, rows, gathered: 0, row: 0, number: 0, outer: call.outer, done: false, cancel, emit }
    }

    /// Whether nobody wants more rows.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// What stops long computations.
    pub(crate) fn cancel(&self) -> &'a CancelToken {
        self.cancel
    }

    /// The next rows belong to this row of the relation.
    pub(super) fn begin(&mut self, row: usize) -> Result<()> {
        self.row = u32::try_from(row).unwrap_or(u32::MAX);
        self.number = 0;
        self.check()
    }

    /// Nulls for a row of the relation without rows, where it stays.
    pub(super) fn end(&mut self, _: usize) -> Result<()> {
        if self.outer && self.number == 0 && !self.done {
            self.push(&[])?;
        }
        Ok(())
    }

    /// A row; cells that are missing at its end are null. Gives whether more rows are wanted.
    pub(crate) fn push(&mut self, cells: &[Cell<'_>]) -> Result<bool> {
        let Some((last, columns)) = self.columns.split_last_mut() else { return Ok(false) };
        let cells = cells.iter().copied().chain(std::iter::repeat(Cell::Null));
        columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        last.push(Cell::Number(self.number));
        self.rows.append_value(self.row);
        self.number += 1;
        self.gathered += 1;
        if self.gathered.is_multiple_of(CHECKED) {
            self.check()?;
        }
        if self.gathered >= ROWS {
            self.flush()?;
        }
        Ok(!self.done)
    }

    /// A row for each item, until nobody wants more; `row` pushes it.
    pub(crate) fn each<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut row: impl FnMut(&mut Self, T) -> Result<bool>,
    ) -> Result<()> {
        for item in items {
            if !row(self, item)? {
                break;
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(Error::Interrupted) } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        self.gathered = 0;
        let columns = self.columns.iter_mut().map(Column::finish).collect();
        let more =
            (self.emit)(self.rows.finish(), columns).map_err(|error| Error::Input(error.to_string()))?;
        self.done |= !more;
        Ok(())
    }

    /// Sends what is left; whether more is wanted.
    pub(crate) fn finish(mut self) -> Result<bool> {
        if self.gathered > 0 && !self.done {
            self.flush()?;
        }
        Ok(!self.done)
    }
}

impl Column {
    fn new(kind: Kind) -> Column {
        match kind {
            Kind::Object | Kind::Class => Column::Id(UInt32Builder::new()),
            Kind::Address => Column::Address(UInt64Builder::new()),
            Kind::Bytes | Kind::Count => Column::Number(Int64Builder::new()),
            Kind::Float => Column::Float(Float64Builder::new()),
            Kind::Bool => Column::Bool(BooleanBuilder::new()),
            Kind::Time => Column::Time(TimestampMillisecondBuilder::new()),
            Kind::Text | Kind::List(_) => Column::Text(StringBuilder::new()),
        }
    }

    /// Adds a value; one of another kind than the column's is null.
    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Column::Id(column), Cell::Id(id)) => column.append_value(id),
            (Column::Id(column), _) => column.append_null(),
            (Column::Address(column), Cell::Address(address)) => column.append_value(address),
            (Column::Address(column), _) => column.append_null(),
            (Column::Number(column), Cell::Number(number)) => column.append_value(number),
            (Column::Number(column), _) => column.append_null(),
            (Column::Float(column), Cell::Float(number)) => column.append_value(number),
            (Column::Float(column), _) => column.append_null(),
            (Column::Bool(column), Cell::Bool(truth)) => column.append_value(truth),
            (Column::Bool(column), _) => column.append_null(),
            (Column::Text(column), Cell::Text(text)) => column.append_value(text),
            (Column::Text(column), _) => column.append_null(),
            (Column::Time(column), Cell::Time(time)) => column.append_value(time),
            (Column::Time(column), _) => column.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Column::Id(column) => Arc::new(column.finish()),
            Column::Address(column) => Arc::new(column.finish()),
            Column::Number(column) => Arc::new(column.finish()),
            Column::Float(column) => Arc::new(column.finish()),
            Column::Bool(column) => Arc::new(column.finish()),
            Column::Text(column) => Arc::new(column.finish()),
            Column::Time(column) => Arc::new(column.finish()),
        }
    }
}
