//! Queries inside expressions, and membership in what they or lists hold.

use super::Checker;
use super::compare::{incomparable, truth};
use super::expr::negate;
use super::scope::Scope;
use super::tree::{Expr, Node, Query, Subquery};
use crate::error::{Diagnostic, Result, Span};
use crate::functions::Scalar;
use crate::syntax::ast::{self};
use heapwise_engine::table::Kind;

impl Checker<'_> {
    pub(super) fn in_query(
        &mut self,
        scope: &Scope<'_>,
        x: &ast::Expr,
        query: &ast::Query,
        negated: bool,
        span: Span,
    ) -> Result<Expr> {
        let value = self.expr(scope, x)?;
        let query = self.one_column(scope, query)?;
        let column = Expr { node: Node::Null, ty: query.output[0].ty.clone(), span };
        let same = value.ty.dump == column.ty.dump && value.ty.kind == column.ty.kind;
        if !same
            && (value.ty.common(&column.ty).is_none()
                || value.ty.is(Kind::Class)
                || column.ty.is(Kind::Class))
        {
            return Err(incomparable(&value, &column, span));
        }
        let value = value.into_type(&column.ty);
        Ok(negate(truth(Node::InQuery(Box::new(value), Subquery(Box::new(query))), span), negated))
    }

    pub(super) fn scalar_query(&mut self, scope: &Scope<'_>, query: &ast::Query, span: Span) -> Result<Expr> {
        let query = self.one_column(scope, query)?;
        let ty = query.output[0].ty.clone();
        Ok(Expr { node: Node::Scalarized(Subquery(Box::new(query))), ty, span })
    }

    fn one_column(&mut self, scope: &Scope<'_>, query: &ast::Query) -> Result<Query> {
        let checked = self.query(query, Some(scope))?;
        match checked.output.len() {
            1 => Ok(checked),
            n => Err(Diagnostic::check(
                query.span,
                format!("a query used as a value gives one column, this gives {n}"),
                "too many columns",
            )
            .hint("select one expression; SELECT * of a class is object, shallow and retained")),
        }
    }

    /// `x IN list`, where the list may also be a named result.
    pub(super) fn in_value(
        &mut self,
        scope: &Scope<'_>,
        x: &ast::Expr,
        list: &ast::Expr,
        negated: bool,
        span: Span,
    ) -> Result<Expr> {
        if let Some(query) = self.query_of(scope, list) {
            return self.in_query(scope, x, &query, negated, span);
        }
        let (value, list) = (self.expr(scope, x)?, self.expr(scope, list)?);
        Ok(negate(self.in_list_value(value, list, span)?, negated))
    }

    /// Whether a list holds a value.
    pub(super) fn in_list_value(&self, value: Expr, list: Expr, span: Span) -> Result<Expr> {
        let Some(Kind::List(item)) = list.ty.kind else {
            let what = list.ty.name();
            return Err(Diagnostic::check(
                list.span,
                format!("IN needs a list, this is {what}"),
                format!("is {what}"),
            )
            .hint("write x IN (a, b) or x IN (SELECT …)"));
        };
        let of = super::types::Type { kind: Some(*item), ..list.ty.clone() };
        let value = if value.ty.is(Kind::Address) && *item == Kind::Object {
            match &list.ty.dump {
                Some(dump) => self.object_literal_in(dump, value)?,
                None => value,
            }
        } else {
            value
        };
        match value.ty.common(&of) {
            Some(ty) if ty.kind == of.kind => {
                Ok(truth(Node::Scalar(Scalar::InList, vec![value.into_type(&of), list]), span))
            }
            _ => Err(incomparable(&value, &Expr { ty: of, ..list }, span)),
        }
    }
}
