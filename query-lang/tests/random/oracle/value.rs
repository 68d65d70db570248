//! Values and what operators make of them.

use std::cmp::Ordering;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// An object, by its id.
    Object(u32),
}

impl Value {
    /// Of two values, neither null, the order; integers and floats compare as floats.
    pub(crate) fn order(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Int(a), Value::Int(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Object(a), Value::Object(b)) => a.cmp(b),
            (a, b) => a.float().partial_cmp(&b.float()).unwrap_or(Ordering::Equal),
        }
    }

    /// The same with nulls: last, unless said otherwise.
    pub(crate) fn sorted(&self, other: &Value, descending: bool, nulls_first: bool) -> Ordering {
        let nulls = if nulls_first { Ordering::Less } else { Ordering::Greater };
        match (self == &Value::Null, other == &Value::Null) {
            (true, true) => Ordering::Equal,
            (true, false) => nulls,
            (false, true) => nulls.reverse(),
            (false, false) if descending => other.order(self),
            (false, false) => self.order(other),
        }
    }

    /// Whether both are the same, nulls too.
    pub(crate) fn same(&self, other: &Value) -> bool {
        self.sorted(other, false, false) == Ordering::Equal
    }

    /// A number as a float.
    pub(crate) fn float(&self) -> f64 {
        match self {
            Value::Float(value) => *value,
            Value::Int(value) => value.to_string().parse().expect("a number"),
            _ => f64::NAN,
        }
    }

    /// True, false or unknown.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Of a truth value.
    pub(crate) fn of(truth: Option<bool>) -> Value {
        truth.map_or(Value::Null, Value::Bool)
    }
}

/// Whether two rows are the same.
pub(crate) fn same_row(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
}

/// The order of rows by all their values.
pub(crate) fn order_rows(a: &[Value], b: &[Value]) -> Ordering {
    let columns = a.iter().zip(b).map(|(a, b)| a.sorted(b, false, false));
    columns.fold(Ordering::Equal, Ordering::then)
}

/// The rows without repeats, the first of each.
pub(crate) fn distinct(rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let mut kept: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        if !kept.iter().any(|other| same_row(other, &row)) {
            kept.push(row);
        }
    }
    kept
}

/// `left operator right` of numbers and texts.
pub(crate) fn arithmetic(operator: &str, left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::Text(a), Value::Text(b)) => Value::Text(format!("{a}{b}")),
        (Value::Int(a), Value::Int(b)) => match operator {
            "+" => Value::Int(a.wrapping_add(*b)),
            "-" => Value::Int(a.wrapping_sub(*b)),
            "*" => Value::Int(a.wrapping_mul(*b)),
            _ if *b == 0 => Value::Null,
            "/" => Value::Int(a.wrapping_div(*b)),
            _ => Value::Int(a.wrapping_rem(*b)),
        },
        (a, b) => match operator {
            "+" => Value::Float(a.float() + b.float()),
            "-" => Value::Float(a.float() - b.float()),
            "*" => Value::Float(a.float() * b.float()),
            _ if b.float() == 0.0 => Value::Null,
            "/" => Value::Float(a.float() / b.float()),
            _ => Value::Float(a.float() % b.float()),
        },
    }
}

/// `left operator right` as a truth value.
pub(crate) fn compare(operator: &str, left: &Value, right: &Value) -> Value {
    match operator {
        "IS DISTINCT FROM" => return Value::Bool(!left.same(right)),
        "IS NOT DISTINCT FROM" => return Value::Bool(left.same(right)),
        _ => {}
    }
    if *left == Value::Null || *right == Value::Null {
        return Value::Null;
    }
    let order = left.order(right);
    Value::Bool(match operator {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// SQL's LIKE.
pub(crate) fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skipped| like(&text[skipped..], rest)),
        Some(('_', rest)) => !text.is_empty() && like(&text[1..], rest),
        Some((c, rest)) => text.first() == Some(c) && like(&text[1..], rest),
    }
}
