//! The values of literals.

use super::{lost, span};
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::Rule;
use crate::syntax::ast::{Expr, Node};
use pest::iterators::Pair;

/// The expression of a literal's rule.
pub(super) fn literal(pair: &Pair<'_, Rule>) -> Result<Expr> {
    let node = match pair.as_rule() {
        Rule::time => Node::Time(time(pair)?),
        Rule::k_null => Node::Null,
        Rule::k_true => Node::Bool(true),
        Rule::k_false => Node::Bool(false),
        Rule::address => Node::Address(address(pair)?.0),
        Rule::size => Node::Size(size(pair)?),
        Rule::float => Node::Float(float(pair)?),
        Rule::integer => Node::Int(integer(pair)?),
        Rule::single_quoted | Rule::double_quoted => Node::Text(text(pair)),
        _ => return Err(lost(span(pair))),
    };
    Ok(Expr { node, span: span(pair) })
}

fn time(pair: &Pair<'_, Rule>) -> Result<String> {
    Ok(text(&super::only(pair.clone(), Rule::single_quoted)?))
}

/// The number of a LIMIT, perhaps a parameter.
pub(super) fn count(pair: Pair<'_, Rule>) -> Result<Expr> {
    let span = span(&pair);
    match pair.as_rule() {
        Rule::parameter => Ok(Expr { node: Node::Parameter(pair.as_str()[1..].to_owned()), span }),
        _ => literal(&pair),
    }
}

/// `0x…`.
pub(super) fn address(pair: &Pair<'_, Rule>) -> Result<(u64, Span)> {
    let digits = pair.as_str().get(2..).unwrap_or_default();
    let value = u64::from_str_radix(digits, 16).map_err(|_| {
        Diagnostic::syntax(span(pair), "an address has at most 16 hexadecimal digits", "too long")
    })?;
    Ok((value, span(pair)))
}

fn integer(pair: &Pair<'_, Rule>) -> Result<i64> {
    let digits = pair.as_str().replace('_', "");
    digits.parse().map_err(|_| {
        Diagnostic::syntax(span(pair), format!("integers go up to {}", i64::MAX), "too large")
            .hint("write a decimal point to make it a float")
    })
}

fn float(pair: &Pair<'_, Rule>) -> Result<f64> {
    let value: Option<f64> = pair.as_str().replace('_', "").parse().ok();
    value
        .filter(|number| number.is_finite())
        .ok_or_else(|| Diagnostic::syntax(span(pair), "this float is beyond what 64 bits hold", "too large"))
}

/// All units are powers of 1024, as tools for the JVM have it (`-Xmx1GB` and `1GiB` are the same).
fn size(pair: &Pair<'_, Rule>) -> Result<i64> {
    let mut parts = pair.clone().into_inner();
    let (Some(amount), Some(unit)) = (parts.next(), parts.next()) else { return Err(lost(span(pair))) };
    let shift = match unit.as_str().as_bytes()[0].to_ascii_lowercase() {
        b'k' => 10,
        b'm' => 20,
        b'g' => 30,
        _ => 40,
    };
    let digits = amount.as_str().replace('_', "");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, "0"));
    let too_large = || Diagnostic::syntax(span(pair), "this size is beyond 63 bits of bytes", "too large");
    let whole: i64 = whole.parse().map_err(|_| too_large())?;
    let bytes = whole.checked_mul(1 << shift).ok_or_else(too_large)?;
    bytes.checked_add(fraction_of(fraction, shift)).ok_or_else(too_large)
}

/// `0.fraction` of `1 << shift`, rounded down; digits beyond the twelfth are below a byte.
fn fraction_of(fraction: &str, shift: u32) -> i64 {
    let digits: String = fraction.chars().take(12).collect();
    let scale = 10_i128.pow(u32::try_from(digits.len()).unwrap_or(12));
    let part: i128 = digits.parse().unwrap_or(0);
    i64::try_from((part << shift) / scale).unwrap_or(0)
}

/// The text between the quotes: `''` is a quote in single ones, `\"` in double ones; other backslashes stay, since
/// double quotes also hold regular expressions.
pub(super) fn text(pair: &Pair<'_, Rule>) -> String {
    let inner = pair.as_str().get(1..pair.as_str().len() - 1).unwrap_or_default();
    match pair.as_rule() {
        Rule::single_quoted => inner.replace("''", "'"),
        _ => inner.replace("\\\"", "\""),
    }
}

/// A name without its back-quotes; doubled ones inside are one.
pub(super) fn unquoted(name: &str) -> String {
    match name.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
        Some(inner) => inner.replace("``", "`"),
        None => name.to_owned(),
    }
}
