//! The queries that are tried: what the evaluator walks and what is written as text.

use super::value::Value;

/// What an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Int,
    Float,
    Text,
    Object,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Literal(Value),
    /// A column of a relation; without a name the relation's object itself.
    Column(String, &'static str),
    /// A column of a sub-query, by its name.
    Named(String, String),
    /// A field of an object.
    Field(Box<Expr>, &'static str),
    Not(Box<Expr>),
    Minus(Box<Expr>),
    /// AND, OR, arithmetic or a comparison.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `x IS …`, with what follows.
    Is(Box<Expr>, &'static str),
    In(Box<Expr>, Vec<Expr>, bool),
    Between(Box<Expr>, Box<Expr>, Box<Expr>, bool),
    Like(Box<Expr>, String, bool),
    Call(&'static str, Vec<Expr>),
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    Exists(Box<Query>, bool),
    InQuery(Box<Expr>, Box<Query>, bool),
    Scalar(Box<Query>),
    Aggregate(Box<Aggregate>),
    Window(Box<Window>),
}

/// An aggregate; without an argument it counts rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Aggregate {
    pub(crate) name: &'static str,
    pub(crate) distinct: bool,
    pub(crate) argument: Option<Expr>,
    pub(crate) filter: Option<Expr>,
}

/// A function over a window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) name: &'static str,
    pub(crate) argument: Option<Expr>,
    pub(crate) partition: Vec<Expr>,
    pub(crate) order: Vec<Order>,
    /// Rows before and after the current one; `None`: the usual frame.
    pub(crate) rows: Option<(usize, usize)>,
}

/// A key to sort by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) key: Key,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// What is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    /// The number of an output column, from 1.
    Column(usize),
    Expr(Expr),
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    /// Named queries before it.
    pub(crate) with: Vec<(String, Query)>,
    pub(crate) body: Body,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: Option<usize>,
}

/// One SELECT, or two queries put together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Select(Box<Select>),
    /// The operation as it is written.
    Set(&'static str, Box<Query>, Box<Query>),
}

/// One SELECT.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Select {
    pub(crate) distinct: bool,
    /// Items with their names.
    pub(crate) items: Vec<(Expr, String)>,
    pub(crate) from: Vec<From>,
    pub(crate) filter: Option<Expr>,
    pub(crate) grouped: bool,
    pub(crate) keys: Vec<Expr>,
    pub(crate) having: Option<Expr>,
}

/// A relation in FROM.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct From {
    pub(crate) join: Join,
    pub(crate) source: Source,
    pub(crate) alias: String,
    pub(crate) on: Option<Expr>,
}

/// How a relation is joined with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    Cross,
    Inner,
    Left,
    Right,
    Full,
    Semi,
    Anti,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    /// A class or a named result.
    Table(String),
    /// A sub-query; LATERAL when it sees the relations before it.
    Query(Query, bool),
    /// A table function of an object.
    Function(&'static str, Expr),
}

/// The operands of an expression; queries in it are not entered.
pub(crate) fn operands(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Field(x, _)
        | Expr::InQuery(x, ..)
        | Expr::Not(x)
        | Expr::Minus(x)
        | Expr::Is(x, _)
        | Expr::Like(x, ..) => vec![x],
        Expr::Binary(_, a, b) => vec![a, b],
        Expr::In(x, list, _) => std::iter::once(&mut **x).chain(list).collect(),
        Expr::Between(x, a, b, _) => vec![x, a, b],
        Expr::Call(_, arguments) => arguments.iter_mut().collect(),
        Expr::Case(branches, otherwise) => {
            let branches = branches.iter_mut().flat_map(|(when, then)| [when, then]);
            branches.chain(otherwise.iter_mut().map(|x| &mut **x)).collect()
        }
        Expr::Aggregate(call) => call.argument.iter_mut().chain(&mut call.filter).collect(),
        Expr::Window(call) => {
            let keys = call.order.iter_mut().filter_map(|order| match &mut order.key {
                Key::Expr(expr) => Some(expr),
                Key::Column(_) => None,
            });
            call.argument.iter_mut().chain(&mut call.partition).chain(keys).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether there is an aggregate in an expression, those of queries in it aside.
pub(crate) fn has_aggregate(expr: &Expr) -> bool {
    let mut expr = expr.clone();
    matches!(expr, Expr::Aggregate(_))
        || operands(&mut expr).into_iter().any(|operand| has_aggregate(operand))
}

impl Select {
    /// Whether its text says that rows are grouped.
    pub(crate) fn says_grouped(&self) -> bool {
        !self.keys.is_empty()
            || self.having.is_some()
            || self.items.iter().any(|(item, _)| has_aggregate(item))
    }
}
