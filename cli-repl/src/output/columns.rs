//! The columns of a batch, read row by row as cells.

use super::cell::{Cell, LISTED, Object};
use crate::failure::Result;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType, UInt32Type, UInt64Type};
use arrow_array::{
    Array, BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    TimestampMillisecondArray, UInt32Array, UInt64Array,
};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Field, TimeUnit};
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;

/// The columns of a batch.
pub(crate) struct Columns<'a> {
    columns: Vec<Values<'a>>,
    /// Whether objects carry their line for people.
    lines: bool,
}

enum Values<'a> {
    Object(UInt32Array, &'a Snapshot),
    Class(UInt32Array, &'a Snapshot),
    Address(UInt64Array),
    Integer(Int64Array),
    Unsigned(UInt64Array),
    Float(Float64Array),
    Bool(BooleanArray),
    Text(StringArray),
    Time(TimestampMillisecondArray),
    /// The items of list i are those at `offsets[i]..offsets[i + 1]` of the values.
    List(ListArray, Box<Values<'a>>),
    Null,
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
            .map(|(field, array)| values(Kind::of(field), array, dump_of(field)))
            .collect::<Result<_>>()?;
        Ok(Columns { columns, lines })
    }

    /// The values of row `row` replace what is in `cells`.
    pub(crate) fn read<'b>(&'b self, row: usize, cells: &mut Vec<Cell<'b>>) {
        cells.clear();
        cells.extend(self.columns.iter().map(|column| column.cell(row, self.lines)));
    }
}

fn values<'a>(kind: Option<Kind>, array: &dyn Array, snapshot: Option<&'a Snapshot>) -> Result<Values<'a>> {
    let stored = array.data_type();
    match (kind, stored, snapshot) {
        (Some(Kind::Object), DataType::UInt32, Some(snapshot)) => {
            return Ok(Values::Object(array.as_primitive::<UInt32Type>().clone(), snapshot));
        }
        (Some(Kind::Class), DataType::UInt32, Some(snapshot)) => {
            return Ok(Values::Class(array.as_primitive::<UInt32Type>().clone(), snapshot));
        }
        (Some(Kind::Address), DataType::UInt64, _) => {
            return Ok(Values::Address(array.as_primitive::<UInt64Type>().clone()));
        }
        (_, DataType::List(_), _) => {
            let item = if let Some(Kind::List(item)) = kind { Some(*item) } else { None };
            let lists = array.as_list::<i32>().clone();
            let items = values(item, lists.values(), snapshot)?;
            return Ok(Values::List(lists, Box::new(items)));
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
        DataType::Timestamp(..) => {
            let times = to(&DataType::Timestamp(TimeUnit::Millisecond, None))?;
            Values::Time(times.as_primitive::<TimestampMillisecondType>().clone())
        }
        _ => Values::Text(formatted(array)?),
    })
}

/// Decimals and what else has no form of its own here, as Arrow writes it.
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
    fn cell(&self, row: usize, lines: bool) -> Cell<'_> {
        match self {
            Values::Object(ids, snapshot) if ids.is_valid(row) => {
                Cell::Object(Object::new(snapshot, ObjectId(ids.value(row)), lines))
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
            Values::Time(values) if values.is_valid(row) => Cell::Time(values.value(row)),
            Values::List(lists, items) if lists.is_valid(row) => {
                let offsets = lists.value_offsets();
                let place = |row: usize| usize::try_from(offsets[row]).unwrap_or(0);
                let items = (place(row)..place(row + 1))
                    .enumerate()
                    .map(|(position, item)| items.cell(item, lines && position < LISTED));
                Cell::List(items.collect())
            }
            _ => Cell::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_schema::Schema;
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
    fn lists_have_items_of_their_kind() {
        let mut lists = arrow_array::builder::ListBuilder::new(UInt64Array::builder(3));
        lists.append_value([Some(255), None]);
        lists.append_null();
        lists.append_value([]);
        lists.append_value([Some(1)]);
        let schema = Arc::new(Schema::new(vec![Kind::Address.list().field("a")]));
        let batch = RecordBatch::try_new(schema, vec![Arc::new(lists.finish())]).unwrap();
        let all = ["[List([Address(255), Null])]", "[Null]", "[List([])]", "[List([Address(1)])]"];
        assert_eq!(rows(&batch), all);
        assert_eq!(rows(&batch.slice(2, 2)), all[2..]);
    }

    #[test]
    fn times_are_milliseconds_however_they_are_stored() {
        let seconds = arrow_array::TimestampSecondArray::from(vec![Some(2), None]);
        let milliseconds = TimestampMillisecondArray::from(vec![2000, -1]);
        let columns: [(_, arrow_array::ArrayRef); 2] =
            [("s", Arc::new(seconds)), ("m", Arc::new(milliseconds))];
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
                .unwrap();
        assert_eq!(rows(&batch), ["[Time(2000), Time(2000)]", "[Null, Time(-1)]"]);
    }
}
