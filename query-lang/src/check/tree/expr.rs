//! Typed expressions.

use super::{ColumnId, Query};
use crate::check::types::Type;
use crate::dump::Dump;
use crate::error::Span;
use crate::functions::Scalar;
use crate::heap::Read;
use crate::syntax::ast::Operator;
use std::sync::Arc;

/// A typed expression. Equal when it computes the same, wherever it stands.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    /// What it computes.
    pub(crate) node: Node,
    /// The type of its value.
    pub(crate) ty: Type,
    /// Where it stands.
    pub(crate) span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.node == other.node && self.ty.kind == other.ty.kind
    }
}

impl Expr {
    /// The number of its nodes.
    pub(crate) fn size(&mut self) -> usize {
        1 + self.node.operands_mut().into_iter().map(Expr::size).sum::<usize>()
    }
}

/// The forms of typed expressions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Column(ColumnId),
    /// A column of the query around this sub-query.
    Outer(ColumnId),
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// Milliseconds since 1970.
    Time(i64),
    Address(u64),
    Object(u32),
    /// Something of the heap, in this dump.
    Read(Arc<Dump>, Read, Vec<Expr>),
    Scalar(Scalar, Vec<Expr>),
    Not(Box<Expr>),
    Minus(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    IsNull(Box<Expr>),
    /// Whether it is true (false), null counting as neither.
    Is(Box<Expr>, bool),
    InList(Box<Expr>, Vec<Expr>),
    InQuery(Box<Expr>, Subquery),
    /// SQL's LIKE, with or without regard to case.
    Like(Box<Expr>, Box<Expr>, bool),
    /// Whether they are the same, nulls included.
    Same(Box<Expr>, Box<Expr>),
    /// Whether the whole text matches the regular expression.
    Matches(Box<Expr>, String),
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// The value as the kind of this expression.
    Convert(Box<Expr>),
    Exists(Subquery),
    Scalarized(Subquery),
    /// A column of a query that looks at nothing outside, as a list: computed once, before the plan runs.
    Set(SetQuery, usize),
}

/// A query that is computed once; equal to itself.
#[derive(Clone, Debug)]
pub(crate) struct SetQuery(pub Arc<Query>);

impl PartialEq for SetQuery {
    fn eq(&self, other: &SetQuery) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A query inside an expression; never equal to another.
#[derive(Clone, Debug)]
pub(crate) struct Subquery(pub Box<Query>);

impl PartialEq for Subquery {
    fn eq(&self, _: &Subquery) -> bool {
        false
    }
}

impl Node {
    /// The operands, in reading order; queries inside are not entered.
    pub(crate) fn operands_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Node::Read(_, _, operands) | Node::Scalar(_, operands) => operands.iter_mut().collect(),
            Node::Not(x) | Node::Minus(x) | Node::IsNull(x) | Node::Is(x, _) | Node::Convert(x) => vec![x],
            Node::Matches(x, _) | Node::InQuery(x, _) => vec![x],
            Node::Binary(_, left, right) | Node::Like(left, right, _) | Node::Same(left, right) => {
                vec![left, right]
            }
            Node::InList(x, list) => std::iter::once(&mut **x).chain(list).collect(),
            Node::Case(branches, otherwise) => branches
                .iter_mut()
                .flat_map(|(condition, value)| [condition, value])
                .chain(otherwise.iter_mut().map(|x| &mut **x))
                .collect(),
            _ => Vec::new(),
        }
    }
}
