//! Arithmetic between typed values.

use super::Checker;
use super::tree::{Expr, Node};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::ast::Operator;
use heapwise_engine::table::Kind;

impl Checker<'_> {
    /// `left operator right` for numbers.
    pub(super) fn arithmetic(&self, operator: Operator, left: Expr, right: Expr, span: Span) -> Result<Expr> {
        let wrong = |side: &Expr| {
            let what = side.ty.name();
            let error = Diagnostic::check(
                side.span,
                format!("`{}` needs numbers, this is {what}", operator.sign()),
                format!("is {what}"),
            );
            match side.ty.kind {
                Some(Kind::Text) if operator == Operator::Add => error.hint("texts are joined by ||"),
                Some(Kind::Text) => error.hint("CAST(x AS int) makes a number of a text"),
                _ => error,
            }
        };
        let numeric = |side: &Expr| {
            let counts = matches!(side.ty.kind, None | Some(Kind::Address | Kind::Time));
            side.ty.is_number() || counts
        };
        for side in [&left, &right] {
            if !numeric(side) {
                return Err(wrong(side));
            }
        }
        let (computed, result) = kinds(operator, left.ty.kind, right.ty.kind);
        let ty = Type::of(computed);
        let node = Node::Binary(operator, Box::new(left.into_type(&ty)), Box::new(right.into_type(&ty)));
        Ok(Expr { node, ty, span }.into_type(&Type::of(result)))
    }
}

/// The kind in which numbers are computed, and the kind of the result.
fn kinds(operator: Operator, left: Option<Kind>, right: Option<Kind>) -> (Kind, Kind) {
    use Kind::{Address, Bytes, Count, Float, Time};
    let either = |kind| left == Some(kind) || right == Some(kind);
    let both = |kind| left == Some(kind) && right == Some(kind);
    let result = match operator {
        _ if either(Float) => Float,
        Operator::Divide if both(Bytes) => Float,
        Operator::Divide if right == Some(Bytes) => Float,
        Operator::Multiply if both(Bytes) => Count,
        Operator::Add | Operator::Subtract if either(Address) && !both(Address) => Address,
        Operator::Add | Operator::Subtract if either(Time) && !both(Time) => Time,
        _ if either(Bytes) => Bytes,
        _ => Count,
    };
    match result {
        Float => (Float, Float),
        result => (Count, result),
    }
}
