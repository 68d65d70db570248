//! The arguments of a call, row by row. Constants are kept once, however many rows there are.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;

/// Columns of arguments.
pub(crate) struct Arguments {
    columns: Vec<(ArrayRef, bool)>,
}

impl Arguments {
    /// The values of the arguments' expressions.
    pub(crate) fn new(values: &[ColumnarValue]) -> Result<Arguments> {
        let column = |value: &ColumnarValue| match value {
            ColumnarValue::Array(array) => Ok((array.clone(), false)),
            ColumnarValue::Scalar(scalar) => Ok((scalar.to_array()?, true)),
        };
        Ok(Arguments { columns: values.iter().map(column).collect::<Result<_>>()? })
    }

    /// The column of an argument and the place of its value for a row; `None` for null and where there is none.
    pub(crate) fn at(&self, argument: usize, row: usize) -> Option<(&ArrayRef, usize)> {
        let (array, constant) = self.columns.get(argument)?;
        let place = if *constant { 0 } else { row };
        let known = *array.data_type() != DataType::Null && array.is_valid(place);
        known.then_some((array, place))
    }

    /// An object, or a class rank.
    pub(crate) fn id(&self, argument: usize, row: usize) -> Option<u32> {
        let (array, place) = self.at(argument, row)?;
        Some(array.as_primitive_opt::<UInt32Type>()?.value(place))
    }

    /// The objects of a list, nulls left out, or the one object.
    pub(crate) fn ids(&self, argument: usize, row: usize) -> Option<Vec<u32>> {
        let items = self.items(argument, row);
        match items {
            Some(items) => Some(items.as_primitive_opt::<UInt32Type>()?.iter().flatten().collect()),
            None => self.id(argument, row).map(|id| vec![id]),
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self, argument: usize, row: usize) -> Option<ArrayRef> {
        let (array, place) = self.at(argument, row)?;
        Some(array.as_list_opt::<i32>()?.value(place))
    }

    /// An integer.
    pub(crate) fn number(&self, argument: usize, row: usize) -> Option<i64> {
        let (array, place) = self.at(argument, row)?;
        Some(array.as_primitive_opt::<Int64Type>()?.value(place))
    }

    /// A text.
    pub(crate) fn text(&self, argument: usize, row: usize) -> Option<&str> {
        let (array, place) = self.at(argument, row)?;
        Some(array.as_string_opt::<i32>()?.value(place))
    }
}

/// The value at `place` of an array of any kind that is no list.
pub(super) fn cell(array: &ArrayRef, place: usize) -> super::Cell<'_> {
    use super::Cell;
    if array.is_null(place) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::UInt32 => Cell::Id(array.as_primitive::<UInt32Type>().value(place)),
        DataType::UInt64 => Cell::Address(array.as_primitive::<UInt64Type>().value(place)),
        DataType::Int64 => Cell::Number(array.as_primitive::<Int64Type>().value(place)),
        DataType::Float64 => Cell::Float(array.as_primitive::<Float64Type>().value(place)),
        DataType::Boolean => Cell::Bool(array.as_boolean().value(place)),
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(place)),
        DataType::Timestamp(..) => Cell::Time(array.as_primitive::<TimestampMillisecondType>().value(place)),
        _ => Cell::Null,
    }
}
