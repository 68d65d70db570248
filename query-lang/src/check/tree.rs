//! The tree of a checked query: every name resolved, every expression typed.

mod calls;
mod expr;
mod visit;

use super::types::Type;
use crate::dump::Dump;
use crate::functions::TableFunction;
use crate::source::Source;
use crate::syntax::ast::{JoinKind, SetOperation};
pub(crate) use calls::{AggregateCall, Frame, FrameEnd, WindowCall, WindowFunction};
pub(crate) use expr::{Expr, Node, SetQuery, Subquery};
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

impl Query {
    /// A SELECT whose rows have no order.
    pub(crate) fn of(select: Select, output: Vec<Output>) -> Query {
        let body = Body::Select(Box::new(select));
        Query { body, sort: Vec::new(), written_keys: 0, offset: None, limit: None, output, objects: false }
    }
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
    /// What window functions add to the rows, computed after the groups.
    pub(crate) windows: Vec<(ColumnId, WindowCall)>,
    /// The result's columns.
    pub(crate) items: Vec<(ColumnId, Expr)>,
    /// Whether repeats are left out.
    pub(crate) distinct: bool,
}

impl Select {
    /// Everything of a relation, without items yet.
    pub(crate) fn of(relation: Relation) -> Select {
        Select {
            relation,
            filter: None,
            grouped: false,
            keys: Vec::new(),
            aggregates: Vec::new(),
            having: None,
            windows: Vec::new(),
            items: Vec::new(),
            distinct: false,
        }
    }
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub(crate) enum Relation {
    /// One row without columns.
    One,
    /// A scan; column `i` of the source is `columns[i]`.
    Scan(Source, Vec<ColumnId>),
    /// For each row of the relation before, the rows of a table function.
    Apply(Box<Relation>, TableCall),
    /// Rows of a query; its column `i` is `columns[i]`.
    Query(Box<Query>, Vec<ColumnId>),
    /// The rows where a condition holds.
    Filter(Box<Relation>, Box<Expr>),
    /// Two relations.
    Join(JoinKind, Box<Relation>, Box<Relation>, Option<Expr>),
}

/// A table function with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct TableCall {
    /// Which.
    pub(crate) function: TableFunction,
    /// In which dump.
    pub(crate) dump: Arc<Dump>,
    /// The dumps that it compares; else none.
    pub(crate) dumps: Vec<Arc<Dump>>,
    /// One for each parameter, null where it is left out; over the columns of the relation before.
    pub(crate) arguments: Vec<Expr>,
    /// Its columns with their types; the last numbers the rows of a call.
    pub(crate) columns: Vec<(ColumnId, Type)>,
    /// Whether a row of the relation before stays when there is none of the function.
    pub(crate) outer: bool,
}

/// A key to sort by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sort {
    /// The key.
    pub(crate) expr: Expr,
    /// Largest first.
    pub(crate) descending: bool,
    /// Nulls first.
    pub(crate) nulls_first: bool,
}
