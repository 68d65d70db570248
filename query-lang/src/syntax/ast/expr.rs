//! The tree of expressions, as written.

use super::{ClassName, Name, Order, Query};
use crate::error::Span;

/// An expression.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    /// What it is.
    pub(crate) node: Node,
    /// Where it stands.
    pub(crate) span: Span,
}

/// The forms of expressions.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// `12`.
    Int(i64),
    /// `1.5`.
    Float(f64),
    /// `'text'` or `"text"`.
    Text(String),
    /// `TIMESTAMP '…'`.
    Time(String),
    /// `0x7f00`.
    Address(u64),
    /// `10MB`, in bytes.
    Size(i64),
    /// `$name`.
    Parameter(String),
    /// A column, an alias or a field.
    Name(Name, Option<ClassName>),
    /// `@name` or `of.@name`.
    Attribute(Option<Box<Expr>>, Name),
    /// `of.name`, `of.name@(class)`.
    Field(Box<Expr>, Name, Option<ClassName>),
    /// `of.name()`: Java's way, answered with advice.
    Bean(Name),
    /// `of[index]`.
    Index(Box<Expr>, Box<Expr>),
    /// `of[from:to]`, both ends included.
    Slice(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `name(arguments)`.
    Call(Call),
    /// `NOT x`.
    Not(Box<Expr>),
    /// `-x`.
    Minus(Box<Expr>),
    /// Both of `AND`, `OR` and all binary operators.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `x IS [NOT] NULL | TRUE | FALSE`; `None` is null.
    Is(Box<Expr>, Option<bool>, bool),
    /// `x [NOT] IN (a, b)`.
    InList(Box<Expr>, Vec<Expr>, bool),
    /// `x [NOT] IN list`.
    InValue(Box<Expr>, Box<Expr>, bool),
    /// `x [NOT] IN (SELECT …)`.
    InQuery(Box<Expr>, Box<Query>, bool),
    /// `x [NOT] BETWEEN a AND b`.
    Between(Box<Expr>, Box<Expr>, Box<Expr>, bool),
    /// `x [NOT] LIKE pattern`, with `case` or, as ILIKE, without.
    Like { value: Box<Expr>, pattern: Box<Expr>, negated: bool, case: bool },
    /// `x IS [NOT] DISTINCT FROM y`.
    Distinct(Box<Expr>, Box<Expr>, bool),
    /// `x INSTANCEOF class`, or with the word `implements`.
    InstanceOf(Box<Expr>, ClassName, bool),
    /// `CASE [x] WHEN a THEN b … [ELSE c] END`.
    Case(Option<Box<Expr>>, Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// `CAST(x AS type)`.
    Cast(Box<Expr>, Name),
    /// `EXISTS (SELECT …)`.
    Exists(Box<Query>),
    /// `(SELECT …)` as a value.
    Query(Box<Query>),
}

/// A function call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The function.
    pub(crate) name: Name,
    /// `f(DISTINCT x)`.
    pub(crate) distinct: bool,
    /// `f(*)`.
    pub(crate) star: bool,
    /// The arguments.
    pub(crate) arguments: Vec<Argument>,
    /// `f(x ORDER BY y)`.
    pub(crate) order: Vec<Order>,
    /// `FILTER (WHERE …)`.
    pub(crate) filter: Option<Box<Expr>>,
    /// `OVER …`.
    pub(crate) over: Option<Over>,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// `name => value`.
    pub(crate) name: Option<Name>,
    /// The value; a query without parentheses is a [`Node::Query`], too.
    pub(crate) value: Expr,
}

/// What follows OVER.
#[derive(Clone, Debug)]
pub(crate) enum Over {
    /// A window of the WINDOW clause.
    Named(Name),
    /// A window of its own.
    Window(Box<Window>),
}

/// The rows that a window function sees.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// `PARTITION BY`.
    pub(crate) partition: Vec<Expr>,
    /// `ORDER BY`.
    pub(crate) order: Vec<Order>,
    /// `ROWS BETWEEN …`.
    pub(crate) frame: Option<Frame>,
}

/// Which rows around the current one.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// What bounds count.
    pub(crate) unit: FrameUnit,
    /// The first row.
    pub(crate) start: Bound,
    /// The last row.
    pub(crate) end: Bound,
    /// All of it.
    pub(crate) span: Span,
}

/// What the bounds of a frame count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameUnit {
    /// Rows.
    Rows,
    /// Distance in the values of the key.
    Range,
    /// Groups of rows with equal keys.
    Groups,
}

/// An end of a frame.
#[derive(Clone, Debug)]
pub(crate) enum Bound {
    /// So many before; `None`: the first.
    Preceding(Option<Expr>),
    /// The current row.
    Current,
    /// So many after; `None`: the last.
    Following(Option<Expr>),
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `OR`.
    Or,
    /// `AND`.
    And,
    /// `=`.
    Equal,
    /// `<>`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `=~`: the whole text matches the regular expression.
    Matches,
    /// `!~`.
    MatchesNot,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
    /// `||`.
    Concat,
}

impl Operator {
    /// How it is written.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Operator::Or => "OR",
            Operator::And => "AND",
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::LessEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterEqual => ">=",
            Operator::Matches => "=~",
            Operator::MatchesNot => "!~",
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
            Operator::Concat => "||",
        }
    }

    /// Whether it compares: gives a truth value of two alike.
    pub(crate) fn compares(self) -> bool {
        use Operator::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
    }
}
