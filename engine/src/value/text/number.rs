//! Large numbers and UUIDs.

use super::part::Part;
use crate::format::hprof::{FieldType, SubRecord};
use crate::value::body::record;
use std::fmt::Write;

/// Ints of a number that is written in decimal, which costs the square of them: some 20 ms and 40,000 digits.
const MOST_INTS: usize = 4_096;

/// Zeros that are written before or behind the digits of a decimal number.
const MOST_ZEROS: i64 = 10_000;

/// `00000000-0000-0001-0000-000000000002`.
pub(super) fn uuid(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let (high, low) = (part.integer(0)?.cast_unsigned(), part.integer(1)?.cast_unsigned());
    let (time, version) = (high >> 32, high >> 16 & 0xffff);
    let (middle, clock, node) = (high & 0xffff, low >> 48, low & 0xffff_ffff_ffff);
    write!(out, "{time:08x}-{version:04x}-{middle:04x}-{clock:04x}-{node:012x}").ok()
}

/// A `BigInteger` in decimal; none of more than 4,096 ints.
pub(super) fn big_integer(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let signum = part.integer(0)?;
    let array = part.object(1)?;
    let SubRecord::PrimitiveArray(array) = record(part.snapshot(), array)? else { return None };
    let body = array.body.filter(|_| array.element == FieldType::Int)?;
    if body.len() / 4 > MOST_INTS {
        return None;
    }
    let ints = body.as_chunks::<4>().0.iter().map(|&int| u32::from_be_bytes(int)).collect();
    if signum < 0 {
        out.push('-');
    }
    push_decimal(ints, out);
    Some(())
}

/// Divides by 10⁹ until nothing is left; `ints` is big endian.
fn push_decimal(mut ints: Vec<u32>, out: &mut String) {
    const GROUP: u64 = 1_000_000_000;
    let mut groups: Vec<u64> = Vec::new();
    let mut start = 0;
    while start < ints.len() {
        let mut rest = 0;
        for int in &mut ints[start..] {
            let number = rest << 32 | u64::from(*int);
            *int = u32::try_from(number / GROUP).unwrap_or_default();
            rest = number % GROUP;
        }
        groups.push(rest);
        start += ints[start..].iter().take_while(|&&int| int == 0).count();
    }
    let mut groups = groups.into_iter().rev().skip_while(|&group| group == 0);
    let _ = write!(out, "{}", groups.next().unwrap_or_default());
    for group in groups {
        let _ = write!(out, "{group:09}");
    }
}

/// A `BigDecimal` as its `toString` writes it; `intVal` holds the digits where `intCompact` is `Long.MIN_VALUE`.
pub(super) fn big_decimal(part: &mut Part<'_, '_>, out: &mut String) -> Option<()> {
    let digits = match part.integer(0)? {
        i64::MIN => part.text(2)?,
        compact => compact.to_string(),
    };
    push_scaled(&digits, part.integer(1)?, out)
}

/// `java.math.BigDecimal.toString`: plain where the scale is not negative and the exponent at least -6, else scientific.
fn push_scaled(digits: &str, scale: i64, out: &mut String) -> Option<()> {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let length = i64::try_from(digits.len()).ok()?;
    let exponent = -scale + (length - 1);
    if scale == 0 {
        return write!(out, "{sign}{digits}").ok();
    }
    if scale > 0 && exponent >= -6 {
        let zeros = usize::try_from((scale - length + 1).clamp(0, MOST_ZEROS)).ok()?;
        let all = format!("{}{digits}", "0".repeat(zeros));
        let point = all.len() - usize::try_from(scale).ok()?;
        return write!(out, "{sign}{}.{}", all.get(..point)?, all.get(point..)?).ok();
    }
    write!(out, "{sign}{}", digits.get(..1)?).ok()?;
    if length > 1 {
        write!(out, ".{}", &digits[1..]).ok()?;
    }
    if exponent == 0 { Some(()) } else { write!(out, "E{exponent:+}").ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_become_decimal() {
        let check = |ints: &[u32], expected: &str| {
            let mut text = String::new();
            push_decimal(ints.to_vec(), &mut text);
            assert_eq!(text, expected);
        };
        check(&[], "0");
        check(&[0, 0], "0");
        check(&[7], "7");
        check(&[1, 0], "4294967296");
        check(&[0x3b9a_ca00], "1000000000");
        check(&[0, 0x0de0_b6b3, 0xa764_0000], "1000000000000000000");
        check(&[u32::MAX; 4], &u128::MAX.to_string());
    }

    /// The examples in the documentation of `BigDecimal.toString`.
    #[test]
    fn decimals_are_written_as_java_does() {
        let check = |digits, scale, expected: &str| {
            let mut text = String::new();
            push_scaled(digits, scale, &mut text).unwrap();
            assert_eq!(text, expected);
        };
        check("123", 0, "123");
        check("-123", 0, "-123");
        check("123", -1, "1.23E+3");
        check("123", -3, "1.23E+5");
        check("123", 1, "12.3");
        check("123", 5, "0.00123");
        check("123", 10, "1.23E-8");
        check("-123", 12, "-1.23E-10");
        check("5", 1, "0.5");
        check("0", 2, "0.00");
        check("0", 7, "0E-7");
        check("1", i64::from(i32::MAX), "1E-2147483647");
    }
}
