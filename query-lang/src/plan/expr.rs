//! Expressions in plans.

use super::{Planner, col, name};
use crate::check::tree::{Body, ColumnId, Expr, Node, Query, Subquery};
use crate::error::Result;
use crate::syntax::ast::Operator;
use crate::udf::{self, Function};
use arrow_schema::{DataType, Field};
use datafusion::common::{Column, ScalarValue};
use datafusion::functions::expr_fn as functions;
use datafusion::logical_expr::expr::{InList, Like};
use datafusion::logical_expr::{
    Expr as Planned, JoinType, LogicalPlan, LogicalPlanBuilder, Operator as Planner_, binary_expr, cast,
    exists, in_subquery, lit, scalar_subquery, try_cast, when,
};
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Planner<'_> {
    /// The planned form of an expression.
    pub(super) fn expr(&self, expr: &Expr) -> Result<Planned> {
        let kind = expr.ty.kind;
        match &expr.node {
            Node::Column(id) => Ok(col(*id)),
            Node::Outer(id) => Ok(outer(*id, kind)),
            Node::Null => Ok(null(kind)),
            Node::Bool(value) => Ok(lit(*value)),
            Node::Int(value) => Ok(integer(*value, kind)),
            Node::Float(value) => Ok(lit(*value)),
            Node::Text(value) => Ok(lit(value.as_str())),
            Node::Time(value) => {
                Ok(Planned::Literal(ScalarValue::TimestampMillisecond(Some(*value), None), None))
            }
            Node::Address(value) => Ok(lit(*value)),
            Node::Object(id) => Ok(lit(*id)),
            Node::Read(dump, read, operands) => {
                let function = Function::Read(Arc::clone(dump), read.clone());
                self.done(udf::call(function, self.all(operands)?, self.cancel))
            }
            Node::Scalar(which, operands) => {
                let call = self.scalar(*which, operands, kind)?;
                Ok(kind.map_or(call.clone(), |kind| cast(call, kind.data_type())))
            }
            Node::Not(x) => Ok(Planned::Not(Box::new(self.expr(x)?))),
            Node::Minus(x) => Ok(Planned::Negative(Box::new(self.expr(x)?))),
            Node::Binary(operator, left, right) => self.binary(*operator, left, right),
            Node::IsNull(x) => Ok(self.expr(x)?.is_null()),
            Node::Is(x, true) => Ok(self.expr(x)?.is_true()),
            Node::Is(x, false) => Ok(self.expr(x)?.is_false()),
            Node::InList(x, list) => {
                Ok(Planned::InList(InList::new(Box::new(self.expr(x)?), self.all(list)?, false)))
            }
            Node::InQuery(x, query) => Ok(in_subquery(self.expr(x)?, self.subquery(query)?)),
            Node::Like(x, pattern, case) => {
                let (x, pattern) = (Box::new(self.expr(x)?), Box::new(self.expr(pattern)?));
                Ok(Planned::Like(Like::new(false, x, pattern, None, !case)))
            }
            Node::Same(left, right) => {
                Ok(binary_expr(self.expr(left)?, Planner_::IsNotDistinctFrom, self.expr(right)?))
            }
            Node::Matches(x, regex) => {
                Ok(binary_expr(self.expr(x)?, Planner_::RegexMatch, lit(regex.as_str())))
            }
            Node::Case(branches, otherwise) => self.case(branches, otherwise.as_deref()),
            Node::Convert(x) => self.convert(x, kind),
            Node::Exists(query) => Ok(exists(self.subquery(query)?)),
            Node::Scalarized(query) => Ok(scalar_subquery(self.one_value(query)?)),
            Node::Set(query, column) => self.set_literal(&query.0, *column, kind),
        }
    }

    pub(super) fn all(&self, exprs: &[Expr]) -> Result<Vec<Planned>> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn subquery(&self, query: &Subquery) -> Result<Arc<LogicalPlan>> {
        let plan = self.query(&query.0, false)?.build().map_err(|error| self.failed(&error))?;
        Ok(Arc::new(plan))
    }

    /// A query used as a value, with a row of null where it may have none: once its column is a literal, DataFusion
    /// takes the value for one that is never null.
    fn one_value(&self, query: &Subquery) -> Result<Arc<LogicalPlan>> {
        let plan = self.subquery(query)?;
        if has_one_row(&query.0) {
            return Ok(plan);
        }
        let plan =
            LogicalPlanBuilder::empty(true).join_on(Arc::unwrap_or_clone(plan), JoinType::Left, [lit(true)]);
        self.done(plan.and_then(LogicalPlanBuilder::build)).map(Arc::new)
    }

    fn binary(&self, operator: Operator, left: &Expr, right: &Expr) -> Result<Planned> {
        let (left, divisor) = (self.expr(left)?, right);
        let right = self.expr(right)?;
        let operator = match operator {
            Operator::Or => Planner_::Or,
            Operator::And => Planner_::And,
            Operator::Equal => Planner_::Eq,
            Operator::NotEqual => Planner_::NotEq,
            Operator::Less => Planner_::Lt,
            Operator::LessEqual => Planner_::LtEq,
            Operator::Greater => Planner_::Gt,
            Operator::GreaterEqual => Planner_::GtEq,
            Operator::Matches => Planner_::RegexMatch,
            Operator::MatchesNot => Planner_::RegexNotMatch,
            Operator::Add => Planner_::Plus,
            Operator::Subtract => Planner_::Minus,
            Operator::Multiply => Planner_::Multiply,
            Operator::Concat => Planner_::StringConcat,
            Operator::Divide => return Ok(binary_expr(left, Planner_::Divide, not_zero(divisor, right))),
            Operator::Remainder => return Ok(binary_expr(left, Planner_::Modulo, not_zero(divisor, right))),
        };
        Ok(binary_expr(left, operator, right))
    }

    fn case(&self, branches: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Result<Planned> {
        let mut branches = branches.iter();
        let Some((condition, value)) = branches.next() else { return Ok(null(None)) };
        let mut builder = when(self.expr(condition)?, self.expr(value)?);
        for (condition, value) in branches {
            builder = builder.when(self.expr(condition)?, self.expr(value)?);
        }
        match otherwise {
            Some(value) => self.done(builder.otherwise(self.expr(value)?)),
            None => self.done(builder.end()),
        }
    }

    /// Texts that are no numbers, and numbers that do not fit, become null.
    fn convert(&self, x: &Expr, kind: Option<Kind>) -> Result<Planned> {
        let planned = self.expr(x)?;
        let Some(data_type) = kind.map(Kind::data_type) else { return Ok(planned) };
        let safe = matches!(
            (x.ty.kind, kind),
            (Some(Kind::Count | Kind::Bytes | Kind::Float | Kind::Bool | Kind::Time), Some(Kind::Text))
                | (Some(Kind::Time), Some(Kind::Count))
                | (Some(Kind::Count | Kind::Bytes), Some(Kind::Float))
        );
        Ok(if safe { cast(planned, data_type) } else { try_cast(planned, data_type) })
    }
}

/// Whether it is an aggregate of all rows.
fn has_one_row(query: &Query) -> bool {
    let limited = query.limit.is_some() || query.offset.is_some();
    let of_all = matches!(&query.body, Body::Select(select)
        if select.grouped && select.keys.is_empty() && select.having.is_none());
    of_all && !limited
}

/// Division by zero is null, so that one odd row does not stop a scan.
fn not_zero(divisor: &Expr, planned: Planned) -> Planned {
    match divisor.node {
        Node::Int(value) if value != 0 => planned,
        _ if divisor.ty.is(Kind::Float) => functions::nullif(planned, lit(0.0)),
        _ => functions::nullif(planned, lit(0_i64)),
    }
}

fn integer(value: i64, kind: Option<Kind>) -> Planned {
    match (kind, u64::try_from(value)) {
        (Some(Kind::Address), Ok(address)) => lit(address),
        _ => lit(value),
    }
}

pub(super) fn null(kind: Option<Kind>) -> Planned {
    let null =
        kind.and_then(|kind| ScalarValue::try_from(&kind.data_type()).ok()).unwrap_or(ScalarValue::Null);
    Planned::Literal(null, None)
}

fn outer(id: ColumnId, kind: Option<Kind>) -> Planned {
    let data_type = kind.map_or(DataType::Null, Kind::data_type);
    let field = Arc::new(Field::new(name(id), data_type, true));
    Planned::OuterReferenceColumn(field, Column::new_unqualified(name(id)))
}
