//! Queries as text.

use super::tree::{Aggregate, Body, Expr, From, Join, Key, Order, Query, Select, Source, Window};
use super::value::Value;
use std::fmt::{Display, Formatter, Result};

fn list<T: Display>(of: &[T]) -> String {
    of.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Value::Null => write!(f, "null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) if *value < 0 => write!(f, "({value})"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) if *value < 0.0 => write!(f, "({value:?})"),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Text(value) => write!(f, "'{value}'"),
            Value::Object(id) => write!(f, "object {id}"),
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Expr::Literal(value) => write!(f, "{value}"),
            Expr::Column(alias, "") => write!(f, "{alias}"),
            Expr::Column(alias, "text") => write!(f, "toString({alias}.name)"),
            Expr::Column(alias, name) => write!(f, "{alias}.{name}"),
            Expr::Named(alias, name) => write!(f, "{alias}.{name}"),
            Expr::Field(x, name) => write!(f, "{x}.{name}"),
            Expr::Not(x) => write!(f, "(NOT {x})"),
            Expr::Minus(x) => write!(f, "(- {x})"),
            Expr::Binary(operator, a, b) => write!(f, "({a} {operator} {b})"),
            Expr::Is(x, what) => write!(f, "({x} IS {what})"),
            Expr::In(x, of, negated) => write!(f, "({x} {}IN ({}))", not(*negated), list(of)),
            Expr::Between(x, a, b, negated) => write!(f, "({x} {}BETWEEN {a} AND {b})", not(*negated)),
            Expr::Like(x, pattern, negated) => write!(f, "({x} {}LIKE '{pattern}')", not(*negated)),
            Expr::Call("cast as float", x) => write!(f, "CAST({} AS float)", list(x)),
            Expr::Call("cast as text", x) => write!(f, "CAST({} AS text)", list(x)),
            Expr::Call(name, arguments) => write!(f, "{name}({})", list(arguments)),
            Expr::Case(branches, otherwise) => {
                write!(f, "CASE")?;
                branches.iter().try_for_each(|(when, then)| write!(f, " WHEN {when} THEN {then}"))?;
                otherwise.iter().try_for_each(|x| write!(f, " ELSE {x}"))?;
                write!(f, " END")
            }
            Expr::Exists(query, negated) => write!(f, "({}EXISTS ({query}))", not(*negated)),
            Expr::InQuery(x, query, negated) => write!(f, "({x} {}IN ({query}))", not(*negated)),
            Expr::Scalar(query) => write!(f, "({query})"),
            Expr::Aggregate(call) => write!(f, "{call}"),
            Expr::Window(call) => write!(f, "{call}"),
        }
    }
}

impl Display for Aggregate {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        match &self.argument {
            Some(argument) => write!(f, "{}({distinct}{argument})", self.name)?,
            None => write!(f, "{}(*)", self.name)?,
        }
        self.filter.iter().try_for_each(|filter| write!(f, " FILTER (WHERE {filter})"))
    }
}

impl Display for Window {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.argument {
            Some(argument) => write!(f, "{}({argument}) OVER (", self.name)?,
            None => write!(f, "{}() OVER (", self.name)?,
        }
        if !self.partition.is_empty() {
            write!(f, "PARTITION BY {} ", list(&self.partition))?;
        }
        if !self.order.is_empty() {
            write!(f, "ORDER BY {} ", list(&self.order))?;
        }
        match self.rows {
            Some((before, after)) => write!(f, "ROWS BETWEEN {before} PRECEDING AND {after} FOLLOWING)"),
            None => write!(f, ")"),
        }
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.key {
            Key::Column(number) => write!(f, "{number}")?,
            Key::Expr(expr) => write!(f, "{expr}")?,
        }
        let nulls = if self.nulls_first { " NULLS FIRST" } else { "" };
        write!(f, "{}{nulls}", if self.descending { " DESC" } else { "" })
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (i, (name, query)) in self.with.iter().enumerate() {
            write!(f, "{}{name} AS ({query}) ", if i == 0 { "WITH " } else { ", " })?;
        }
        match &self.body {
            Body::Select(select) => write!(f, "{select}")?,
            Body::Set(operation, left, right) => write!(f, "({left}) {operation} ({right})")?,
        }
        if !self.order.is_empty() {
            write!(f, " ORDER BY {}", list(&self.order))?;
        }
        self.limit.iter().try_for_each(|n| write!(f, " LIMIT {n}"))?;
        self.offset.iter().try_for_each(|n| write!(f, " OFFSET {n}"))
    }
}

impl Display for Select {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let items: Vec<String> = self.items.iter().map(|(item, name)| format!("{item} AS {name}")).collect();
        write!(f, "SELECT {}{}", if self.distinct { "DISTINCT " } else { "" }, items.join(", "))?;
        for (i, from) in self.from.iter().enumerate() {
            match i {
                0 => write!(f, " FROM {} {}", from.source, from.alias)?,
                _ => write!(f, "{from}")?,
            }
        }
        self.filter.iter().try_for_each(|filter| write!(f, " WHERE {filter}"))?;
        if !self.keys.is_empty() {
            write!(f, " GROUP BY {}", list(&self.keys))?;
        }
        self.having.iter().try_for_each(|having| write!(f, " HAVING {having}"))
    }
}

impl Display for From {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let join = match self.join {
            Join::Cross => ",",
            Join::Inner => " JOIN",
            Join::Left => " LEFT JOIN",
            Join::Right => " RIGHT JOIN",
            Join::Full => " FULL JOIN",
            Join::Semi => " SEMI JOIN",
            Join::Anti => " ANTI JOIN",
        };
        write!(f, "{join} {} {}", self.source, self.alias)?;
        self.on.iter().try_for_each(|on| write!(f, " ON {on}"))
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Source::Table(name) => write!(f, "{name}"),
            Source::Query(query, true) => write!(f, "LATERAL ({query})"),
            Source::Query(query, false) => write!(f, "({query})"),
            Source::Function(name, of) => write!(f, "{name}({of})"),
        }
    }
}
