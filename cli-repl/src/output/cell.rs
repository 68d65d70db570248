//! One value of an answer, with ids resolved to what they stand for.

use crate::failure::Result;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array, UInt64Array,
};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Field, Schema};
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;
use heapwise_engine::value;
use std::collections::HashSet;

/// A value, borrowed from the batch or the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// No value.
    Null,
    /// An object.
    Object(Object<'a>),
    /// An address of the dumped process.
    Address(u64),
    /// A number; every integer of Arrow fits.
    Number(i128),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Text, or the name of a class.
    Text(&'a str),
}

/// An object of the dump as outputs name it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object<'a> {
    /// The name of its class, in Java spelling.
    pub(crate) class: &'a str,
    /// Its address.
    pub(crate) address: u64,
    /// One line for people that also tells what it holds; only where people read.
    pub(crate) line: Option<String>,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The name: unique within the answer.
    pub(crate) name: String,
    /// Whether its values line up at the right.
    pub(crate) numeric: bool,
}

/// The columns of a batch, ready to be read row by row.
pub(crate) struct Columns<'a> {
    columns: Vec<Values<'a>>,
}

enum Values<'a> {
    Object(UInt32Array, &'a Snapshot, bool),
    Class(UInt32Array, &'a Snapshot),
    Address(UInt64Array),
    Integer(Int64Array),
    Unsigned(UInt64Array),
    Float(Float64Array),
    Bool(BooleanArray),
    Text(StringArray),
    Null,
}

/// The heads of a schema's columns. A name that comes again gets a number, so that JSON keys stay apart.
pub(crate) fn headings(schema: &Schema) -> Vec<Heading> {
    let mut taken = HashSet::new();
    let unique = |field: &Field, taken: &mut HashSet<String>| {
        let mut name = field.name().clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{}_{number}", field.name());
            number += 1;
        }
        name
    };
    schema
        .fields()
        .iter()
        .map(|field| Heading { name: unique(field, &mut taken), numeric: is_numeric(field) })
        .collect()
}

impl<'a> Columns<'a> {
    /// The columns of `batch`, whose ids belong to the snapshot that `dump_of` names for the column.
    /// With `lines`, objects carry their line for people.
    pub(crate) fn new(
        batch: &RecordBatch,
        lines: bool,
        dump_of: impl Fn(&Field) -> Option<&'a Snapshot>,
    ) -> Result<Columns<'a>> {
        let schema = batch.schema();
        let columns = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, array)| values(field, array, lines, dump_of(field)))
            .collect::<Result<_>>()?;
        Ok(Columns { columns })
    }

    /// The values of row `row` replace what is in `cells`.
    pub(crate) fn read<'b>(&'b self, row: usize, cells: &mut Vec<Cell<'b>>) {
        cells.clear();
        cells.extend(self.columns.iter().map(|column| column.cell(row)));
    }
}

fn is_numeric(field: &Field) -> bool {
    match Kind::of(field) {
        Some(Kind::Bytes | Kind::Count | Kind::Float) => true,
        Some(_) => false,
        None => field.data_type().is_numeric(),
    }
}

fn values<'a>(
    field: &Field,
    array: &dyn Array,
    lines: bool,
    snapshot: Option<&'a Snapshot>,
) -> Result<Values<'a>> {
    let stored = array.data_type();
    match (Kind::of(field), stored, snapshot) {
        (Some(Kind::Object), DataType::UInt32, Some(snapshot)) => {
            return Ok(Values::Object(array.as_primitive::<UInt32Type>().clone(), snapshot, lines));
        }
        (Some(Kind::Class), DataType::UInt32, Some(snapshot)) => {
            return Ok(Values::Class(array.as_primitive::<UInt32Type>().clone(), snapshot));
        }
        (Some(Kind::Address), DataType::UInt64, _) => {
            return Ok(Values::Address(array.as_primitive::<UInt64Type>().clone()));
        }
        _ => {}
    }
    let to = |data_type: &DataType| cast(array, data_type);
    Ok(match stored {
        DataType::Null => Values::Null,
        DataType::UInt64 => Values::Unsigned(array.as_primitive::<UInt64Type>().clone()),
        stored if stored.is_integer() => {
            Values::Integer(to(&DataType::Int64)?.as_primitive::<Int64Type>().clone())
        }
        stored if stored.is_floating() => {
            Values::Float(to(&DataType::Float64)?.as_primitive::<Float64Type>().clone())
        }
        DataType::Boolean => Values::Bool(array.as_boolean().clone()),
        DataType::Utf8 => Values::Text(array.as_string::<i32>().clone()),
        DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
            Values::Text(to(&DataType::Utf8)?.as_string::<i32>().clone())
        }
        _ => Values::Text(formatted(array)?),
    })
}

/// Lists, decimals and what else has no form of its own here, as Arrow writes it.
fn formatted(array: &dyn Array) -> Result<StringArray> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options)?;
    (0..array.len())
        .map(|row| match array.is_null(row) {
            true => Ok(None),
            false => Ok(Some(formatter.value(row).try_to_string()?)),
        })
        .collect()
}

impl<'a> Values<'a> {
    fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Values::Object(ids, snapshot, lines) if ids.is_valid(row) => {
                Cell::Object(Object::new(snapshot, ObjectId(ids.value(row)), *lines))
            }
            Values::Class(ranks, snapshot) if ranks.is_valid(row) => {
                snapshot.name_at(ranks.value(row)).map_or(Cell::Null, Cell::Text)
            }
            Values::Address(values) if values.is_valid(row) => Cell::Address(values.value(row)),
            Values::Integer(values) if values.is_valid(row) => Cell::Number(values.value(row).into()),
            Values::Unsigned(values) if values.is_valid(row) => Cell::Number(values.value(row).into()),
            Values::Float(values) if values.is_valid(row) => Cell::Float(values.value(row)),
            Values::Bool(values) if values.is_valid(row) => Cell::Bool(values.value(row)),
            Values::Text(values) if values.is_valid(row) => Cell::Text(values.value(row)),
            _ => Cell::Null,
        }
    }
}

impl<'a> Object<'a> {
    /// The object `id` of `snapshot`; with `line`, with its line for people.
    pub(crate) fn new(snapshot: &'a Snapshot, id: ObjectId, line: bool) -> Object<'a> {
        Object {
            class: snapshot.class_name(snapshot.class_of(id)),
            address: snapshot.address(id).0,
            line: line.then(|| value::display(snapshot, id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn rows(batch: &RecordBatch) -> Vec<String> {
        let columns = Columns::new(batch, false, |_| None).unwrap();
        let mut cells = Vec::new();
        (0..batch.num_rows())
            .map(|row| {
                columns.read(row, &mut cells);
                format!("{cells:?}")
            })
            .collect()
    }

    #[test]
    fn every_stored_type_becomes_a_cell() {
        let batch = RecordBatch::try_from_iter([
            ("i", Arc::new(arrow_array::Int8Array::from(vec![Some(-1), None])) as arrow_array::ArrayRef),
            ("u", Arc::new(UInt64Array::from(vec![u64::MAX, 0]))),
            ("f", Arc::new(arrow_array::Float32Array::from(vec![0.5, f32::INFINITY]))),
            ("t", Arc::new(arrow_array::StringViewArray::from(vec![Some("x"), None]))),
            ("b", Arc::new(BooleanArray::from(vec![true, false]))),
            ("n", Arc::new(arrow_array::NullArray::new(2))),
            ("d", Arc::new(arrow_array::Date32Array::from(vec![0, 1]))),
        ])
        .unwrap();
        assert_eq!(
            rows(&batch),
            [
                "[Number(-1), Number(18446744073709551615), Float(0.5), Text(\"x\"), Bool(true), Null, \
                 Text(\"1970-01-01\")]",
                "[Null, Number(0), Float(inf), Null, Bool(false), Null, Text(\"1970-01-02\")]",
            ]
        );
    }

    #[test]
    fn kinds_decide_over_storage() {
        let schema = Arc::new(Schema::new(vec![Kind::Address.field("a"), Kind::Bytes.field("b")]));
        let arrays: Vec<arrow_array::ArrayRef> =
            vec![Arc::new(UInt64Array::from(vec![255])), Arc::new(Int64Array::from(vec![255]))];
        let batch = RecordBatch::try_new(schema, arrays).unwrap();
        assert_eq!(rows(&batch), ["[Address(255), Number(255)]"]);
    }

    #[test]
    fn repeated_names_are_told_apart() {
        let fields = ["a", "a", "a_2", "a"].map(|name| Kind::Text.field(name));
        let names: Vec<_> = headings(&Schema::new(fields.to_vec())).into_iter().map(|h| h.name).collect();
        assert_eq!(names, ["a", "a_2", "a_2_2", "a_3"]);
    }
}
