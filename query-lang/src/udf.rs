//! Functions of ours as DataFusion calls them.

use crate::cancel::CancelToken;
use crate::dump::Dump;
use crate::heap::{self, Read};
use crate::{numbers, times};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, StringArray, TimestampMillisecondArray};
use arrow_schema::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use heapwise_engine::error::Error;
use heapwise_engine::table::Kind;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a function of ours computes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Function {
    /// Something of the heap.
    Read(Arc<Dump>, Read),
    /// A number in hexadecimal.
    Hex,
    /// A number without its sign; the least integer stays as it is.
    Abs,
    /// -1, 0 or 1 of a number's kind.
    Sign,
    /// A float rounded to so many places.
    Round,
    /// A function of floats.
    Float(Float),
    /// The package of a class name.
    Package,
    /// A class name without its package.
    SimpleName,
    /// The text of the group of the first match.
    Extract,
    /// A size for people.
    FormatBytes,
    /// A part of a time.
    DatePart,
    /// The beginning of a unit of time.
    DateTrunc,
    /// The number of elements of a list.
    ListLength,
    /// Whether a list has a value.
    InList,
    /// An element of a list; the kind of elements.
    Item(Kind),
    /// The one value of a sub-query, an error where it gave several rows: value, number of rows.
    Only(Kind),
    /// A truth as it is, an error when the query was stopped.
    Unless,
}

/// Functions of one or two floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Float {
    Floor,
    Ceil,
    Trunc,
    Sqrt,
    Exp,
    Ln,
    Log10,
    Log2,
    Power,
}

/// A function with its place in DataFusion.
#[derive(Debug)]
struct Udf {
    function: Function,
    name: String,
    signature: Signature,
    cancel: CancelToken,
}

/// The call of `function`.
///
/// A list that is known already can be long, and a plan spells out its literals: what takes one is computed here.
pub(crate) fn call(function: Function, arguments: Vec<Expr>, cancel: &CancelToken) -> Result<Expr> {
    let Some(literals) = with_list(&arguments) else {
        return Ok(self::function(function, arguments.len(), cancel).call(arguments));
    };
    let arrays = literals.iter().map(|literal| literal.to_array()).collect::<Result<Vec<_>>>()?;
    let value = function.apply(&arrays, cancel)?;
    Ok(Expr::Literal(ScalarValue::try_from_array(&value, 0)?, None))
}

/// All the arguments, where they are literals and the first is a list.
fn with_list(arguments: &[Expr]) -> Option<Vec<&ScalarValue>> {
    let literals = arguments.iter().map(|argument| match argument {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    });
    let literals = literals.collect::<Option<Vec<_>>>()?;
    matches!(literals.first(), Some(ScalarValue::List(_))).then_some(literals)
}

/// A function of so many arguments.
pub(crate) fn function(function: Function, arguments: usize, cancel: &CancelToken) -> ScalarUDF {
    let name = match &function {
        Function::Read(_, read) => read.name(),
        other => format!("{other:?}").to_lowercase(),
    };
    let signature = Signature::any(arguments, Volatility::Immutable);
    ScalarUDF::new_from_impl(Udf { function, name, signature, cancel: cancel.clone() })
}

/// What a call costs for a row, roughly: 1 for a gather from a column or a computation, more for what is read from the dump.
pub(crate) fn cost(function: &ScalarUDF) -> u32 {
    match function.inner().downcast_ref::<Udf>().map(|udf| &udf.function) {
        Some(Function::Read(_, read)) => read.cost(),
        _ => 1,
    }
}

impl PartialEq for Udf {
    fn eq(&self, other: &Udf) -> bool {
        self.function == other.function
    }
}

impl Eq for Udf {}

impl Hash for Udf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.hash(state);
    }
}

impl ScalarUDFImpl for Udf {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(self.function.gives(types))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if self.cancel.is_cancelled() {
            return Err(external(Error::Interrupted));
        }
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        // Constant arguments come as one row.
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let values = self.function.apply(&arrays, &self.cancel)?;
        if constant && values.len() == 1 {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&values, 0)?));
        }
        Ok(ColumnarValue::Array(values))
    }
}

impl Function {
    fn gives(&self, types: &[DataType]) -> DataType {
        let integer = types.first() == Some(&DataType::Int64);
        match self {
            Function::Read(_, read) => read.gives().data_type(),
            Function::Item(kind) | Function::Only(kind) => kind.data_type(),
            Function::Abs | Function::Sign if integer => DataType::Int64,
            Function::Abs | Function::Sign | Function::Round | Function::Float(_) => DataType::Float64,
            Function::Hex
            | Function::Package
            | Function::SimpleName
            | Function::Extract
            | Function::FormatBytes => DataType::Utf8,
            Function::DatePart | Function::ListLength => DataType::Int64,
            Function::DateTrunc => Kind::Time.data_type(),
            Function::InList | Function::Unless => DataType::Boolean,
        }
    }

    fn apply(&self, arrays: &[ArrayRef], cancel: &CancelToken) -> Result<ArrayRef> {
        if let Some(null) = arrays.iter().find(|array| *array.data_type() == DataType::Null) {
            return Ok(arrow_array::new_null_array(&self.gives(&[]), null.len()));
        }
        let text = |i: usize| arrays[i].as_string::<i32>();
        Ok(match self {
            Function::Read(dump, read) => read.apply(dump, arrays, cancel).map_err(external)?,
            Function::Hex => numbers::hex(&arrays[0]),
            Function::Abs => numbers::abs(&arrays[0]),
            Function::Sign => numbers::sign(&arrays[0]),
            Function::Round => numbers::round(arrays),
            Function::Float(function) => function.apply(arrays),
            Function::Package => mapped(text(0), heap::package),
            Function::SimpleName => mapped(text(0), heap::simple_name),
            Function::Extract => extract(arrays)?,
            Function::FormatBytes => numbers::sizes(&arrays[0]),
            Function::DatePart => Arc::new(parts(arrays).collect::<Int64Array>()),
            Function::DateTrunc => Arc::new(truncated(arrays)),
            Function::ListLength => lengths(&arrays[0]),
            Function::InList => in_lists(arrays)?,
            Function::Item(kind) => items(arrays, *kind)?,
            Function::Only(_) => only(arrays)?,
            Function::Unless => Arc::clone(&arrays[0]),
        })
    }
}

impl Float {
    fn apply(self, arrays: &[ArrayRef]) -> ArrayRef {
        let function: fn(f64) -> f64 = match self {
            Float::Floor => f64::floor,
            Float::Ceil => f64::ceil,
            Float::Trunc => f64::trunc,
            Float::Sqrt => f64::sqrt,
            Float::Exp => f64::exp,
            Float::Ln => f64::ln,
            Float::Log10 => f64::log10,
            Float::Log2 => f64::log2,
            Float::Power => return numbers::power(arrays),
        };
        numbers::floats(&arrays[0], function)
    }
}

fn mapped(texts: &StringArray, part: fn(&str) -> &str) -> ArrayRef {
    Arc::new(texts.iter().map(|text| text.map(part)).collect::<StringArray>())
}

/// The group (the whole match, 0) of the first match of a pattern that was checked.
fn extract(arrays: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (arrays[0].as_string::<i32>(), arrays[1].as_string::<i32>());
    let groups = arrays.get(2).map(|groups| groups.as_primitive::<Int64Type>());
    let Some(pattern) = (!patterns.is_empty()).then(|| patterns.value(0)) else {
        return Ok(Arc::clone(&arrays[0]));
    };
    let regex = regex::Regex::new(pattern).map_err(|error| external(Error::Input(error.to_string())))?;
    let found = (0..texts.len()).map(|row| {
        let group = groups.map_or(0, |groups| groups.value(row));
        let text = texts.is_valid(row).then(|| texts.value(row))?;
        regex.captures(text)?.get(usize::try_from(group).ok()?).map(|found| found.as_str())
    });
    Ok(Arc::new(found.collect::<StringArray>()))
}

fn parts(arrays: &[ArrayRef]) -> impl Iterator<Item = Option<i64>> {
    let (names, values) =
        (arrays[0].as_string::<i32>(), arrays[1].as_primitive::<TimestampMillisecondType>());
    names.iter().zip(values).map(|(name, time)| times::part(&name?.to_lowercase(), time?))
}

fn truncated(arrays: &[ArrayRef]) -> TimestampMillisecondArray {
    let (units, values) =
        (arrays[0].as_string::<i32>(), arrays[1].as_primitive::<TimestampMillisecondType>());
    units.iter().zip(values).map(|(unit, time)| times::truncated(&unit?.to_lowercase(), time?)).collect()
}

fn lengths(lists: &ArrayRef) -> ArrayRef {
    let lists = lists.as_list::<i32>();
    let length = |row: usize| lists.is_valid(row).then(|| i64::from(lists.value_length(row)));
    Arc::new((0..lists.len()).map(length).collect::<Int64Array>())
}

/// Three-valued: a list without the value but with a null does not tell.
fn in_lists(arrays: &[ArrayRef]) -> Result<ArrayRef> {
    let lists = arrays[1].as_list::<i32>();
    let found = (0..lists.len()).map(|row| {
        if lists.is_null(row) || arrays[0].is_null(row) {
            return Ok(None);
        }
        let items = lists.value(row);
        let value = arrow_array::Scalar::new(arrays[0].slice(row, 1));
        let equal = datafusion::arrow::compute::kernels::cmp::eq(&items, &value)?;
        let any = equal.true_count() > 0;
        Ok((any || items.null_count() == 0).then_some(any))
    });
    Ok(Arc::new(found.collect::<Result<BooleanArray>>()?))
}

/// The element at an index, from the end for negative ones; null out of range.
fn items(arrays: &[ArrayRef], kind: Kind) -> Result<ArrayRef> {
    let (lists, indexes) = (arrays[0].as_list::<i32>(), arrays[1].as_primitive::<Int64Type>());
    let place = |row: usize| {
        if lists.is_null(row) || indexes.is_null(row) {
            return None;
        }
        let (start, length) = (lists.value_offsets()[row], i64::from(lists.value_length(row)));
        let index = indexes.value(row);
        let index = if index < 0 { index.checked_add(length)? } else { index };
        (0..length).contains(&index).then(|| u64::try_from(index + i64::from(start)).unwrap_or(0))
    };
    let places: arrow_array::UInt64Array = (0..lists.len()).map(place).collect();
    if lists.values().is_empty() {
        return Ok(arrow_array::new_null_array(&kind.data_type(), lists.len()));
    }
    Ok(arrow_select::take::take(lists.values(), &places, None)?)
}

fn only(arrays: &[ArrayRef]) -> Result<ArrayRef> {
    if arrays[1].as_primitive::<Int64Type>().iter().flatten().any(|rows| rows > 1) {
        return Err(external(Error::Input("a sub-query used as a value gave more than one row".into())));
    }
    Ok(Arc::clone(&arrays[0]))
}

/// An error of the engine on its way through DataFusion.
pub(crate) fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
