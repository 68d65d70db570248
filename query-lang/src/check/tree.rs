//! The tree of a checked query: every name resolved, every expression typed.

use super::types::Type;
use crate::dump::Dump;
use crate::error::Span;
use crate::functions::{Aggregate, Scalar};
use crate::heap::Read;
use crate::source::Source;
use crate::syntax::ast::{JoinKind, Operator, SetOperation};
use std::sync::Arc;

/// A column of some relation: unique in the whole statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ColumnId(pub usize);

/// A query: body, then sort, then offset and limit.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// What is sorted.
    pub(crate) body: Body,
    /// The keys. Over the input of the items of a SELECT without DISTINCT,
    /// so that LIMIT spares their work; else over the output.
    pub(crate) sort: Vec<Sort>,
    /// How many of the keys the user wrote; the others break ties.
    pub(crate) written_keys: usize,
    /// Rows to leave out at the start.
    pub(crate) offset: Option<usize>,
    /// Rows to give.
    pub(crate) limit: Option<usize>,
    /// The columns it gives.
    pub(crate) output: Vec<Output>,
    /// Whether `SELECT OBJECTS` made it: its one column can be used as an object source.
    pub(crate) objects: bool,
}

/// A column of a query's result.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    /// Its name.
    pub(crate) name: String,
    /// The column.
    pub(crate) id: ColumnId,
    /// Its type.
    pub(crate) ty: Type,
}

/// What a query computes.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// One SELECT.
    Select(Box<Select>),
    /// Two queries of the same types; the output ids are those of the whole.
    Set(SetOperation, bool, Box<Query>, Box<Query>),
}

/// One SELECT, in the order of evaluation.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    /// Rows.
    pub(crate) relation: Relation,
    /// Which of them.
    pub(crate) filter: Option<Expr>,
    /// Whether rows are grouped (perhaps into one group).
    pub(crate) grouped: bool,
    /// The keys of groups.
    pub(crate) keys: Vec<(ColumnId, Expr)>,
    /// The aggregates of a group.
    pub(crate) aggregates: Vec<(ColumnId, AggregateCall)>,
    /// Which groups.
    pub(crate) having: Option<Expr>,
    /// The result's columns.
    pub(crate) items: Vec<(ColumnId, Expr)>,
    /// Whether repeats are left out.
    pub(crate) distinct: bool,
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub(crate) enum Relation {
    /// One row without columns.
    One,
    /// A scan; column `i` of the source is `columns[i]`.
    Scan(Source, Vec<ColumnId>),
    /// A table function that runs when the plan is made.
    Call(TableCall, Vec<ColumnId>),
    /// Rows of a query; its column `i` is `columns[i]`.
    Query(Box<Query>, Vec<ColumnId>),
    /// Two relations.
    Join(JoinKind, Box<Relation>, Box<Relation>, Option<Expr>),
}

/// A table function with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct TableCall {
    /// Which.
    pub(crate) function: crate::functions::TableFunction,
    /// In which dump.
    pub(crate) dump: Arc<Dump>,
    /// Of which object.
    pub(crate) object: u32,
    /// How many rows or paths, when said.
    pub(crate) count: Option<usize>,
    /// Where it stands.
    pub(crate) span: Span,
}

/// A key to sort by.
#[derive(Clone, Debug)]
pub(crate) struct Sort {
    /// The key.
    pub(crate) expr: Expr,
    /// Largest first.
    pub(crate) descending: bool,
    /// Nulls first.
    pub(crate) nulls_first: bool,
}

/// An aggregate function with its argument; `None` counts rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AggregateCall {
    /// Which.
    pub(crate) function: Aggregate,
    /// Of what.
    pub(crate) argument: Option<Expr>,
    /// Of distinct values.
    pub(crate) distinct: bool,
}

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
    /// SQL's LIKE.
    Like(Box<Expr>, Box<Expr>),
    /// Whether the whole text matches the regular expression.
    Matches(Box<Expr>, String),
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// The value as the kind of this expression.
    Convert(Box<Expr>),
    Exists(Subquery),
    Scalarized(Subquery),
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
            Node::Binary(_, left, right) | Node::Like(left, right) => vec![left, right],
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
