//! The tree of a statement, as written: nothing is resolved yet, everything has its span.

use crate::error::Span;

/// A query with what surrounds its SELECTs.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// `WITH name AS (…)`, each visible to those after it.
    pub(crate) with: Vec<(Name, Query)>,
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

/// One operand of a set operation.
#[derive(Clone, Debug)]
pub(crate) enum Branch {
    /// A SELECT.
    Select(Box<Select>),
    /// A query in parentheses.
    Query(Box<Query>),
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
    /// The whole SELECT.
    pub(crate) span: Span,
}

/// An item of the SELECT list.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// `*` or `alias.*`.
    Star(Option<Name>, Span),
    /// `OBJECTS expression`.
    Objects(Expr),
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
    Function(Name, Vec<Expr>),
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
    /// `of[from:to]`, where the brackets stand.
    Slice(Span),
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
    /// `x [NOT] IN (SELECT …)`.
    InQuery(Box<Expr>, Box<Query>, bool),
    /// `x [NOT] BETWEEN a AND b`.
    Between(Box<Expr>, Box<Expr>, Box<Expr>, bool),
    /// `x [NOT] LIKE pattern`.
    Like(Box<Expr>, Box<Expr>, bool),
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
    pub(crate) arguments: Vec<Expr>,
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
