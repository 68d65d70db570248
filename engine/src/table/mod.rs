//! A snapshot as named tables with documented columns: what the query language sees.

mod batch;
pub mod objects;
mod references;
mod classes;
mod stacks;
mod others;
mod go;

pub use stacks::frame_text;

use crate::error::Result;
use crate::store::Snapshot;
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A table of a snapshot. Rows are addressable, so that a scan can be split, run in parallel and stop early.
pub trait Table: Send + Sync {
    /// The name in `FROM`: plural, lower case.
    fn name(&self) -> &'static str;

    /// One sentence on what a row is.
    fn doc(&self) -> &'static str;

    /// The columns, in order.
    fn columns(&self) -> &'static [Column];

    /// The number of rows.
    fn rows(&self) -> u64;

    /// The columns at positions `columns`, in that order, of the rows in `rows` (clamped to the table).
    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch>;
}

/// A documented column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in queries and outputs: stable.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// One sentence, with the unit.
    pub doc: &'static str,
}

/// What the values of a column are, and thereby how they are stored and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An object: `UInt32`, its id; null for none. Shown as class and address.
    Object,
    /// An address of the dumped process: `UInt64`. Shown in hexadecimal.
    Address,
    /// A class name: `UInt32`, the rank of the name among the dump's sorted, distinct class names. Shown as the name.
    Class,
    /// A size in bytes: `Int64`.
    Bytes,
    /// A number without a unit: `Int64`.
    Count,
    /// A number: `Float64`.
    Float,
    /// `Boolean`.
    Bool,
    /// `Utf8`.
    Text,
    /// A point in time: `Timestamp` in milliseconds, UTC. Shown in ISO 8601.
    Time,
    /// A list of values of a kind that is no list itself: `List`. See [`Kind::list`].
    List(&'static Kind),
}

/// The key of a field's metadata that holds [`Kind::tag`].
pub const KIND_KEY: &str = "heapwise.kind";

impl Kind {
    /// All kinds but lists.
    pub const SCALARS: [Kind; 9] = [
        Kind::Object,
        Kind::Address,
        Kind::Class,
        Kind::Bytes,
        Kind::Count,
        Kind::Float,
        Kind::Bool,
        Kind::Text,
        Kind::Time,
    ];

    /// The kind of lists of this kind, which must not be a list: of lists it gives the same kind.
    pub fn list(self) -> Kind {
        match Kind::SCALARS.iter().position(|&kind| kind == self) {
            Some(place) => Kind::List(&Self::ITEMS[place]),
            None => self,
        }
    }

    /// The kinds that items of lists can have, at addresses that do not change.
    const ITEMS: &'static [Kind] = &Self::SCALARS;

    /// How Arrow stores it.
    pub fn data_type(self) -> DataType {
        match self {
            Kind::Object | Kind::Class => DataType::UInt32,
            Kind::Address => DataType::UInt64,
            Kind::Bytes | Kind::Count => DataType::Int64,
            Kind::Float => DataType::Float64,
            Kind::Bool => DataType::Boolean,
            Kind::Text => DataType::Utf8,
            Kind::Time => DataType::Timestamp(TimeUnit::Millisecond, None),
            Kind::List(item) => DataType::List(Arc::new(Field::new_list_field(item.data_type(), true))),
        }
    }

    /// The word that marks it in a field's metadata; lists are marked by their items' with `[]`.
    pub fn tag(self) -> &'static str {
        match self {
            Kind::Object => "object",
            Kind::Address => "address",
            Kind::Class => "class",
            Kind::Bytes => "bytes",
            Kind::Count => "count",
            Kind::Float => "float",
            Kind::Bool => "bool",
            Kind::Text => "text",
            Kind::Time => "time",
            Kind::List(Kind::Object) => "object[]",
            Kind::List(Kind::Address) => "address[]",
            Kind::List(Kind::Class) => "class[]",
            Kind::List(Kind::Bytes) => "bytes[]",
            Kind::List(Kind::Count) => "count[]",
            Kind::List(Kind::Float) => "float[]",
            Kind::List(Kind::Bool) => "bool[]",
            Kind::List(Kind::Time) => "time[]",
            Kind::List(_) => "text[]",
        }
    }

    /// The kind that a field's metadata tells.
    pub fn of(field: &Field) -> Option<Kind> {
        let tag = field.metadata().get(KIND_KEY)?;
        let all = Kind::SCALARS.into_iter();
        all.chain(Kind::SCALARS.into_iter().map(Kind::list)).find(|kind| kind.tag() == tag)
    }

    /// A nullable field of this kind.
    pub fn field(self, name: &str) -> Field {
        let metadata = HashMap::from([(KIND_KEY.to_owned(), self.tag().to_owned())]);
        Field::new(name, self.data_type(), true).with_metadata(metadata)
    }
}

/// The Arrow schema of some columns.
pub fn schema(columns: &[Column]) -> Arc<Schema> {
    Arc::new(Schema::new(columns.iter().map(|column| column.kind.field(column.name)).collect::<Vec<_>>()))
}

/// All tables of a snapshot, in the order in which they are listed.
pub fn tables(snapshot: &Arc<Snapshot>) -> Vec<Arc<dyn Table>> {
    let own = go::tables(snapshot);
    let snapshot = || Arc::clone(snapshot);
    let mut tables: Vec<Arc<dyn Table>> = vec![
        Arc::new(objects::Objects(snapshot())),
        Arc::new(references::References(snapshot())),
        Arc::new(classes::ClassTable(snapshot())),
        Arc::new(classes::Histogram::new(snapshot())),
        Arc::new(classes::Fields(snapshot())),
        Arc::new(stacks::Roots(snapshot())),
        Arc::new(stacks::Threads::new(snapshot())),
        Arc::new(stacks::Frames(snapshot())),
        Arc::new(others::Strings::new(snapshot())),
        Arc::new(others::LoaderTable::new(snapshot())),
        Arc::new(others::Properties::new(snapshot())),
    ];
    tables.extend(own);
    tables
}
