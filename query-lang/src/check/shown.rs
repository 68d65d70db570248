//! Values as texts and as times.

use super::Checker;
use super::tree::{Expr, Node};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::functions::Scalar;
use crate::heap::Read;
use arrow_array::timezone::Tz;
use arrow_cast::parse::string_to_datetime;
use heapwise_engine::table::Kind;

const UTC: &str = "+00:00";

impl Checker<'_> {
    /// Any value but a list as text: the contents of Strings, the names of classes, addresses in hexadecimal.
    pub(super) fn shown(&self, value: Expr) -> Result<Expr> {
        let (span, ty) = (value.span, Type::of(Kind::Text));
        Ok(match (value.ty.kind, value.ty.dump.clone()) {
            (Some(Kind::Text), _) => value,
            (None, _) => Expr { ty, ..value },
            (Some(Kind::Class), _) => value.class_as_text(),
            (Some(Kind::Object), Some(dump)) => {
                Expr { node: Node::Read(dump, Read::Text, vec![value]), ty, span }
            }
            (Some(Kind::Address), _) => Expr { node: Node::Scalar(Scalar::ToHex, vec![value]), ty, span },
            (Some(Kind::List(_)), _) => {
                return Err(Diagnostic::check(span, "a list is no text", "is a list")
                    .hint("FROM elements(list) gives its elements as rows; length(list) is their number"));
            }
            _ => Expr { node: Node::Convert(Box::new(value)), ty, span },
        })
    }

    /// A value as a point in time: milliseconds since 1970, a text, or an object that stands for a date.
    pub(super) fn as_time(&self, value: Expr) -> Result<Expr> {
        let time = Type::of(Kind::Time);
        match value.ty.kind {
            Some(Kind::Time) | None => Ok(value),
            Some(Kind::Count | Kind::Text) => {
                check_literal(&value)?;
                Ok(value.into_type(&time))
            }
            Some(Kind::Object) => Ok(self.shown(value)?.into_type(&time)),
            _ => {
                let what = value.ty.name();
                let message = format!("a time is needed here, this is {what}");
                Err(Diagnostic::check(value.span, message, format!("is {what}"))
                    .hint("to_timestamp(x) takes milliseconds since 1970, a text or a java.util.Date"))
            }
        }
    }
}

/// An error for a literal text that is no time.
pub(super) fn check_literal(value: &Expr) -> Result<()> {
    match &value.node {
        Node::Text(text) => time(text, value.span).map(|_| ()),
        _ => Ok(()),
    }
}

/// The milliseconds since 1970 of a text such as `2026-05-01` or `2026-05-01T12:30:00Z`.
pub(super) fn time(text: &str, span: Span) -> Result<i64> {
    let parsed = UTC.parse::<Tz>().and_then(|utc| string_to_datetime(&utc, text));
    parsed.map(|time| time.timestamp_millis()).map_err(|_| {
        Diagnostic::check(span, format!("`{text}` is no time"), "not a time")
            .hint("write 2026-05-01 or 2026-05-01 12:30:00; times are UTC")
    })
}
