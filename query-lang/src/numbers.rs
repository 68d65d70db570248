//! Functions of numbers as columns.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{ArrayRef, Float64Array, StringArray};
use std::sync::Arc;

/// Numbers as `0x…`.
pub(crate) fn hex(numbers: &ArrayRef) -> ArrayRef {
    let texts: StringArray = match numbers.as_primitive_opt::<UInt64Type>() {
        Some(addresses) => {
            addresses.iter().map(|number| number.map(|number| format!("{number:#x}"))).collect()
        }
        None => numbers
            .as_primitive::<Int64Type>()
            .iter()
            .map(|n| n.map(|number| format!("{number:#x}")))
            .collect(),
    };
    Arc::new(texts)
}

/// Integers or floats without their sign.
pub(crate) fn abs(numbers: &ArrayRef) -> ArrayRef {
    match numbers.as_primitive_opt::<Int64Type>() {
        Some(integers) => Arc::new(integers.unary::<_, Int64Type>(i64::wrapping_abs)),
        None => floats(numbers, f64::abs),
    }
}

/// -1, 0 or 1.
pub(crate) fn sign(numbers: &ArrayRef) -> ArrayRef {
    match numbers.as_primitive_opt::<Int64Type>() {
        Some(integers) => Arc::new(integers.unary::<_, Int64Type>(i64::signum)),
        None => floats(numbers, |number| if number == 0.0 { 0.0 } else { number.signum() }),
    }
}

/// Floats rounded to so many decimal places, halves away from zero.
pub(crate) fn round(arrays: &[ArrayRef]) -> ArrayRef {
    let numbers = arrays[0].as_primitive::<Float64Type>();
    let Some(digits) = arrays.get(1) else { return floats(&arrays[0], f64::round) };
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

/// Floats to the power of floats.
pub(crate) fn power(arrays: &[ArrayRef]) -> ArrayRef {
    let (bases, exponents) =
        (arrays[0].as_primitive::<Float64Type>(), arrays[1].as_primitive::<Float64Type>());
    let powers: Float64Array = bases.iter().zip(exponents).map(|(x, y)| Some(x?.powf(y?))).collect();
    Arc::new(powers)
}

/// Sizes in bytes for people, in units of powers of 1024.
pub(crate) fn sizes(bytes: &ArrayRef) -> ArrayRef {
    let texts: StringArray = match bytes.as_primitive_opt::<Int64Type>() {
        Some(integers) => integers.iter().map(|bytes| bytes.map(size)).collect(),
        None => {
            let floats = bytes.as_primitive::<Float64Type>().iter();
            #[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates")]
            floats.map(|bytes| bytes.map(|bytes| size(bytes as i64))).collect()
        }
    };
    Arc::new(texts)
}

#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn size(bytes: i64) -> String {
    const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];
    if bytes.unsigned_abs() < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value.abs() >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Floats through `function`.
pub(crate) fn floats(numbers: &ArrayRef, function: impl Fn(f64) -> f64) -> ArrayRef {
    Arc::new(numbers.as_primitive::<Float64Type>().unary::<_, Float64Type>(function))
}
