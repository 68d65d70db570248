//! Functions of ours as DataFusion calls them.

use crate::cancel::CancelToken;
use crate::dump::Dump;
use crate::heap::{self, Read};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array};
use arrow_schema::DataType;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use heapwise_engine::error::Error;
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
    /// A float rounded to so many places.
    Round,
    /// The largest integer not above.
    Floor,
    /// The least integer not below.
    Ceil,
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
pub(crate) fn call(function: Function, arguments: Vec<Expr>, cancel: &CancelToken) -> Expr {
    let name = match &function {
        Function::Read(_, read) => read.name(),
        Function::Hex => "hex".to_owned(),
        Function::Abs => "abs".to_owned(),
        Function::Round => "round".to_owned(),
        Function::Floor => "floor".to_owned(),
        Function::Ceil => "ceil".to_owned(),
    };
    let signature = Signature::any(arguments.len(), Volatility::Immutable);
    ScalarUDF::new_from_impl(Udf { function, name, signature, cancel: cancel.clone() }).call(arguments)
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
        Ok(match &self.function {
            Function::Abs if types.first() == Some(&DataType::Int64) => DataType::Int64,
            Function::Read(_, read) => read.gives().data_type(),
            Function::Hex => DataType::Utf8,
            Function::Abs | Function::Round | Function::Floor | Function::Ceil => DataType::Float64,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if self.cancel.is_cancelled() {
            return Err(external(Error::Interrupted));
        }
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        // Constant arguments come as one row.
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let values = self.function.apply(&arrays)?;
        if constant && values.len() == 1 {
            return Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&values, 0)?));
        }
        Ok(ColumnarValue::Array(values))
    }
}

impl Function {
    fn apply(&self, arrays: &[ArrayRef]) -> Result<ArrayRef> {
        if let Some(null) = arrays.iter().find(|array| *array.data_type() == DataType::Null) {
            let data_type = match self {
                Function::Read(_, read) => read.gives().data_type(),
                Function::Hex => DataType::Utf8,
                _ => DataType::Float64,
            };
            return Ok(arrow_array::new_null_array(&data_type, null.len()));
        }
        match self {
            Function::Read(dump, read) => read.apply(&dump.snapshot, arrays).map_err(external),
            Function::Hex => Ok(heap::hex(&arrays[0])),
            Function::Abs => Ok(heap::abs(&arrays[0])),
            Function::Floor => Ok(heap::floats(&arrays[0], f64::floor)),
            Function::Ceil => Ok(heap::floats(&arrays[0], f64::ceil)),
            Function::Round => Ok(round(arrays)),
        }
    }
}

fn round(arrays: &[ArrayRef]) -> ArrayRef {
    let numbers = arrays[0].as_primitive::<Float64Type>();
    let Some(digits) = arrays.get(1) else { return heap::floats(&arrays[0], f64::round) };
    let digits = digits.as_primitive::<Int64Type>();
    let rounded: Float64Array = numbers.iter().zip(digits).map(|(x, d)| Some(round_to(x?, d?))).collect();
    Arc::new(rounded)
}

fn round_to(number: f64, digits: i64) -> f64 {
    // Beyond 300 places a float has nothing left to round, or is rounded away.
    let digits = i32::try_from(digits.clamp(-300, 300)).unwrap_or(0);
    let scale = 10_f64.powi(digits);
    let rounded = (number * scale).round() / scale;
    if rounded.is_finite() { rounded } else { number }
}

/// An error of the engine on its way through DataFusion.
pub(crate) fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
