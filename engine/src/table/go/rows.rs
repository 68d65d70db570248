//! Small tables whose rows are made when they are first asked for.

use crate::error::Result;
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::table::batch::{batch, clamp, no_such, signed};
use crate::table::{Column, Kind, Table};
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array, UInt64Array,
};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Object(ObjectId),
    /// An address, a size or a number.
    Number(u64),
    Float(f64),
    Bool(bool),
    Text(String),
    /// The rank of a class's name.
    Class(u32),
}

/// What a table is.
#[derive(Clone, Copy)]
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) columns: &'static [Column],
    /// The rows; each has a cell for each column.
    pub(super) rows: fn(&Snapshot) -> Vec<Vec<Cell>>,
}

/// A table of a snapshot.
pub(super) struct Rows {
    snapshot: Arc<Snapshot>,
    spec: Spec,
    rows: OnceLock<Vec<Vec<Cell>>>,
}

impl Rows {
    pub(super) fn new(snapshot: Arc<Snapshot>, spec: Spec) -> Rows {
        Rows { snapshot, spec, rows: OnceLock::new() }
    }

    fn made(&self) -> &[Vec<Cell>] {
        self.rows.get_or_init(|| (self.spec.rows)(&self.snapshot))
    }
}

impl Table for Rows {
    fn name(&self) -> &'static str {
        self.spec.name
    }

    fn doc(&self) -> &'static str {
        self.spec.doc
    }

    fn columns(&self) -> &'static [Column] {
        self.spec.columns
    }

    fn rows(&self) -> u64 {
        self.made().len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let made = self.made();
        batch(self.spec.columns, columns, clamp(rows, made.len()), |name, rows| {
            let place = self.spec.columns.iter().position(|column| column.name == name);
            let Some(place) = place else { return no_such(name) };
            let cells = made[rows].iter().map(|row| row.get(place).unwrap_or(&Cell::Null));
            Ok(array(self.spec.columns[place].kind, cells))
        })
    }
}

fn array<'a>(kind: Kind, cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    let number = |cell: &Cell| match *cell {
        Cell::Number(number) => Some(number),
        _ => None,
    };
    match kind {
        Kind::Object | Kind::Class => {
            let id = |cell: &Cell| match *cell {
                Cell::Object(id) => Some(id.0),
                Cell::Class(rank) => Some(rank),
                _ => None,
            };
            Arc::new(cells.map(id).collect::<UInt32Array>())
        }
        Kind::Address => Arc::new(cells.map(number).collect::<UInt64Array>()),
        Kind::Float => {
            let float = |cell: &Cell| match *cell {
                Cell::Float(float) => Some(float),
                _ => None,
            };
            Arc::new(cells.map(float).collect::<Float64Array>())
        }
        Kind::Bool => {
            let bool = |cell: &Cell| match *cell {
                Cell::Bool(value) => Some(value),
                _ => None,
            };
            Arc::new(cells.map(bool).collect::<BooleanArray>())
        }
        Kind::Text => {
            let text = |cell: &'a Cell| match cell {
                Cell::Text(text) => Some(text.as_str()),
                _ => None,
            };
            Arc::new(cells.map(text).collect::<StringArray>())
        }
        _ => Arc::new(cells.map(|cell| number(cell).map(signed)).collect::<Int64Array>()),
    }
}

/// The object at or around an address.
pub(super) fn object(snapshot: &Snapshot, address: u64) -> Cell {
    snapshot.find(crate::id::Address(address)).map_or(Cell::Null, Cell::Object)
}

/// A text; null where it is empty.
pub(super) fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Null } else { Cell::Text(text.to_owned()) }
}
