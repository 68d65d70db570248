//! The tree of a statement, as written: nothing is resolved yet, everything has its span.

mod expr;

use crate::error::Span;
pub(crate) use expr::{Argument, Bound, Call, Expr, Frame, FrameUnit, Node, Operator, Over, Window};

/// A statement.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// What it does.
    pub(crate) action: Action,
    /// The whole statement.
    pub(crate) span: Span,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Answers.
    Query(Query),
    /// `LET name = query`.
    Let(Name, Query),
    /// `ASSERT condition, 'message'`, the condition as a query of one item.
    Assert(Query, Option<String>),
    /// `EXPLAIN [ANALYZE] query`.
    Explain(Query, bool),
}

/// A query with what surrounds its SELECTs.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// `WITH name AS (…)`, each visible to those after it.
    pub(crate) with: Vec<Common>,
    /// The first SELECT.
    pub(crate) first: Branch,
    /// Set operations, applied from left to right.
    pub(crate) rest: Vec<SetStep>,
    /// `ORDER BY`.
    pub(crate) order: Vec<Order>,
    /// `LIMIT`.
    pub(crate) limit: Option<Expr>,
    /// `OFFSET`.
    pub(crate) offset: Option<Expr>,
    /// The whole query.
    pub(crate) span: Span,
}

/// A query of WITH.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    /// Its name.
    pub(crate) name: Name,
    /// The names of its columns, where they are given.
    pub(crate) columns: Vec<Name>,
    /// The query.
    pub(crate) query: Query,
}

/// One operand of a set operation.
#[derive(Clone, Debug)]
pub(crate) enum Branch {
    /// A SELECT.
    Select(Box<Select>),
    /// A query in parentheses.
    Query(Box<Query>),
    /// `VALUES (…), (…)`.
    Values(Vec<Vec<Expr>>, Span),
}

/// A set operation and its right operand.
#[derive(Clone, Debug)]
pub(crate) struct SetStep {
    /// Which one.
    pub(crate) operation: SetOperation,
    /// Whether repeats stay.
    pub(crate) all: bool,
    /// The right operand.
    pub(crate) branch: Branch,
    /// The words.
    pub(crate) span: Span,
}

/// UNION and its relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetOperation {
    /// Rows of either.
    Union,
    /// Rows of both.
    Intersect,
    /// Rows of the left that the right lacks.
    Except,
}

/// One SELECT.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    /// `DISTINCT`.
    pub(crate) distinct: bool,
    /// Where `AS RETAINED SET` stands.
    pub(crate) retained_set: Option<Span>,
    /// What to show.
    pub(crate) items: Vec<Item>,
    /// The relations; the first has the kind [`JoinKind::Cross`].
    pub(crate) from: Vec<Joined>,
    /// `WHERE`.
    pub(crate) filter: Option<Expr>,
    /// `GROUP BY`.
    pub(crate) group: Vec<Expr>,
    /// `HAVING`.
    pub(crate) having: Option<Expr>,
    /// `WINDOW name AS (…)`.
    pub(crate) windows: Vec<(Name, Window)>,
    /// The whole SELECT.
    pub(crate) span: Span,
}

/// An item of the SELECT list.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// `*` or `alias.*`.
    Star(Option<Name>, Span),
    /// `OBJECTS expression`, perhaps named.
    Objects(Expr, Option<Name>),
    /// An expression, perhaps named.
    Expr(Expr, Option<Name>),
}

/// A relation and how it is joined to those before it.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    /// How.
    pub(crate) kind: JoinKind,
    /// What.
    pub(crate) relation: Relation,
    /// `ON`.
    pub(crate) on: Option<Expr>,
    /// `USING (…)`.
    pub(crate) using: Vec<Name>,
}

/// The kinds of JOIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinKind {
    /// Every pair; also the comma.
    Cross,
    /// Pairs that match.
    Inner,
    /// And the left rows without a match.
    Left,
    /// And the right rows without a match.
    Right,
    /// And both.
    Full,
    /// Left rows that have a match.
    LeftSemi,
    /// Left rows that have none.
    LeftAnti,
    /// Right rows that have a match.
    RightSemi,
    /// Right rows that have none.
    RightAnti,
}

/// A source with its dump and name.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    /// What it reads.
    pub(crate) source: Source,
    /// `IN alias`: which dump.
    pub(crate) dump: Option<Name>,
    /// Its name in the query.
    pub(crate) alias: Option<Name>,
    /// The names of its columns, where they are given.
    pub(crate) columns: Vec<Name>,
    /// `LATERAL`: a sub-select may look at the relations before it.
    pub(crate) lateral: bool,
    /// All of it.
    pub(crate) span: Span,
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A table, a named query or the objects of a class.
    Name(ClassName),
    /// Objects of all classes whose whole name matches.
    Pattern(String, Span),
    /// Objects of the classes and of all below.
    Subclasses(Box<Source>),
    /// The class objects of the classes that the inner source names.
    ClassObjects(Box<Source>),
    /// Objects at addresses.
    Addresses(Vec<(u64, Span)>),
    /// A query.
    Query(Box<Query>),
    /// A table function.
    Function(Name, Vec<Argument>),
}

/// A key of ORDER BY.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// What to sort by.
    pub(crate) expr: Expr,
    /// `DESC`.
    pub(crate) descending: bool,
    /// Whether nulls come first; `None`: not said.
    pub(crate) nulls_first: Option<bool>,
}

/// A name as written, back-quotes removed.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// The name.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) span: Span,
}

/// A class name in Java spelling.
#[derive(Clone, Debug)]
pub(crate) struct ClassName {
    /// The name.
    pub(crate) text: String,
    /// Whether it has a dot, brackets or quotes, so that it cannot be a plain word.
    pub(crate) plain: bool,
    /// Where it stands.
    pub(crate) span: Span,
}
