//! The value of an expression for a row.

use super::data::Data;
use super::functions;
use super::query::{rows_of, stop};
use super::tree::{Aggregate, Expr};
use super::value::{Value, arithmetic, compare, like};
use super::window;
use std::cell::Cell;
use std::rc::Rc;

/// Why a query cannot be evaluated: a name that is not there, or too much work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Unknown,
    TooLong,
    /// A sub-query used as a value has several rows.
    Several,
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A row of a relation under its alias.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) alias: String,
    pub(crate) columns: Rc<Vec<String>>,
    pub(crate) values: Rc<Vec<Value>>,
}

/// A row of everything in FROM.
pub(crate) type Row = Vec<Bound>;

/// A row after grouping, with the rows of its group.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) row: Row,
    pub(crate) group: Option<Vec<Row>>,
}

/// Rows of a named query.
pub(crate) type Named = (String, Rc<Vec<String>>, Rc<Vec<Vec<Value>>>);

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Env<'e> {
    pub(crate) data: &'e Data,
    pub(crate) row: &'e Row,
    pub(crate) group: Option<&'e [Row]>,
    /// All rows that windows see, and which of them this is.
    pub(crate) places: Option<(&'e [Place], usize)>,
    pub(crate) named: &'e [Named],
    pub(crate) parent: Option<&'e Env<'e>>,
    /// Steps that are left.
    pub(crate) fuel: &'e Cell<u64>,
}

impl<'e> Env<'e> {
    /// The same for another row.
    pub(crate) fn at<'r>(&self, row: &'r Row, group: Option<&'r [Row]>) -> Env<'r>
    where
        'e: 'r,
    {
        Env { row, group, places: None, ..*self }
    }

    fn column(&self, alias: &str, name: &str) -> Result<Value> {
        let bound = self.row.iter().find(|bound| bound.alias == alias);
        match (bound, self.parent) {
            (Some(bound), _) => {
                let place = bound.columns.iter().position(|column| column == name);
                place.map(|place| bound.values[place].clone()).ok_or(Failure::Unknown)
            }
            (None, Some(parent)) => parent.column(alias, name),
            (None, None) => Err(Failure::Unknown),
        }
    }

    /// Whether a condition is true here.
    pub(crate) fn holds(&self, condition: &Expr) -> Result<bool> {
        Ok(self.value(condition)?.truth() == Some(true))
    }

    /// The value of an expression.
    pub(crate) fn value(&self, expr: &Expr) -> Result<Value> {
        stop(self.fuel)?;
        match expr {
            Expr::Literal(value) => Ok(value.clone()),
            Expr::Column(alias, name) => self.column(alias, name),
            Expr::Named(alias, name) => self.column(alias, name),
            Expr::Field(x, name) => match self.value(x)? {
                Value::Object(id) => self.data.fields.get(&(id, *name)).cloned().ok_or(Failure::Unknown),
                _ => Ok(Value::Null),
            },
            Expr::Not(x) => Ok(Value::of(self.value(x)?.truth().map(|truth| !truth))),
            Expr::Minus(x) => Ok(match self.value(x)? {
                Value::Int(value) => Value::Int(value.wrapping_neg()),
                Value::Float(value) => Value::Float(-value),
                _ => Value::Null,
            }),
            Expr::Binary(operator, a, b) => self.binary(operator, a, b),
            Expr::Is(x, what) => {
                let value = self.value(x)?;
                Ok(Value::Bool(is(&value, what)))
            }
            Expr::In(x, of, negated) => {
                // A query in two pairs of parentheses is a query, not a list of one value.
                if let [Expr::Scalar(query)] = of.as_slice() {
                    return self.value(&Expr::InQuery(x.clone(), query.clone(), *negated));
                }
                let of = of.iter().map(|item| self.value(item)).collect::<Result<Vec<Value>>>()?;
                Ok(member(&self.value(x)?, &of, *negated))
            }
            Expr::Between(x, a, b, negated) => {
                let (x, a, b) = (self.value(x)?, self.value(a)?, self.value(b)?);
                let both = and(compare(">=", &x, &a).truth(), compare("<=", &x, &b).truth());
                Ok(Value::of(both.map(|both| both != *negated)))
            }
            Expr::Like(x, pattern, negated) => Ok(match self.value(x)? {
                Value::Text(text) => {
                    let pattern: Vec<char> = pattern.chars().collect();
                    Value::Bool(like(&text.chars().collect::<Vec<_>>(), &pattern) != *negated)
                }
                _ => Value::Null,
            }),
            Expr::Call(name, arguments) => {
                let values = arguments.iter().map(|x| self.value(x)).collect::<Result<Vec<Value>>>()?;
                functions::call(name, &values).ok_or(Failure::Unknown)
            }
            Expr::Case(branches, otherwise) => self.case(branches, otherwise.as_deref()),
            Expr::Exists(query, negated) => Ok(Value::Bool(rows_of(query, self)?.is_empty() == *negated)),
            Expr::InQuery(x, query, negated) => {
                let rows = rows_of(query, self)?;
                let of: Vec<Value> = rows.into_iter().map(|mut row| row.swap_remove(0)).collect();
                Ok(member(&self.value(x)?, &of, *negated))
            }
            Expr::Scalar(query) => match rows_of(query, self)?.as_mut_slice() {
                [] => Ok(Value::Null),
                [row] => Ok(row.swap_remove(0)),
                _ => Err(Failure::Several),
            },
            Expr::Aggregate(call) => self.aggregate(call),
            Expr::Window(call) => window::value(call, self),
        }
    }

    fn binary(&self, operator: &str, a: &Expr, b: &Expr) -> Result<Value> {
        let (a, b) = (self.value(a)?, self.value(b)?);
        Ok(match operator {
            "AND" => Value::of(and(a.truth(), b.truth())),
            "OR" => Value::of(and(a.truth().map(|a| !a), b.truth().map(|b| !b)).map(|both| !both)),
            "+" | "-" | "*" | "/" | "%" | "||" => arithmetic(operator, &a, &b),
            _ => compare(operator, &a, &b),
        })
    }

    fn case(&self, branches: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Result<Value> {
        for (condition, value) in branches {
            if self.holds(condition)? {
                return self.value(value);
            }
        }
        otherwise.map_or(Ok(Value::Null), |value| self.value(value))
    }

    fn aggregate(&self, call: &Aggregate) -> Result<Value> {
        let rows = self.group.ok_or(Failure::Unknown)?;
        let mut values = Vec::new();
        for row in rows {
            let env = self.at(row, None);
            if call.filter.as_ref().map_or(Ok(true), |filter| env.holds(filter))? {
                values.push(
                    call.argument.as_ref().map_or(Ok(Value::Bool(true)), |argument| env.value(argument))?,
                );
            }
        }
        Ok(aggregate(call, values))
    }
}

/// The value of an aggregate of the values of its argument.
pub(crate) fn aggregate(call: &Aggregate, mut values: Vec<Value>) -> Value {
    values.retain(|value| *value != Value::Null);
    if call.distinct {
        let rows = values.into_iter().map(|value| vec![value]).collect();
        values = super::value::distinct(rows).into_iter().flatten().collect();
    }
    functions::aggregate(call.name, &values)
}

fn is(value: &Value, what: &str) -> bool {
    let tested = match what.trim_start_matches("NOT ") {
        "NULL" => *value == Value::Null,
        "TRUE" => *value == Value::Bool(true),
        _ => *value == Value::Bool(false),
    };
    tested != what.starts_with("NOT ")
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn member(x: &Value, of: &[Value], negated: bool) -> Value {
    let tests: Vec<Option<bool>> = of.iter().map(|item| compare("=", x, item).truth()).collect();
    let found = match tests.contains(&Some(true)) {
        true => Some(true),
        false if tests.contains(&None) => None,
        false => Some(false),
    };
    Value::of(found.map(|found| found != negated))
}
