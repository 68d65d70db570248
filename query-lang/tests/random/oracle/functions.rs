//! Functions of values, each in the plainest way.

use super::value::Value;

/// The value of a function; `None` for arguments of other types.
pub(crate) fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first()?;
    Some(match name {
        "coalesce" => arguments.iter().find(|value| **value != Value::Null).cloned().unwrap_or(Value::Null),
        "nullif" => match *first != Value::Null && first.same(arguments.get(1)?) {
            true => Value::Null,
            false => first.clone(),
        },
        "if" => arguments.get(if first.truth() == Some(true) { 1 } else { 2 })?.clone(),
        "greatest" => extreme(arguments, true),
        "least" => extreme(arguments, false),
        "concat" => {
            let texts = arguments.iter().filter(|value| **value != Value::Null).map(text);
            Value::Text(texts.collect::<Option<String>>()?)
        }
        _ if arguments.contains(&Value::Null) => Value::Null,
        _ => return of_values(name, arguments),
    })
}

fn of_values(name: &str, arguments: &[Value]) -> Option<Value> {
    let first = arguments.first()?;
    match (name, first) {
        ("abs", Value::Int(value)) => return Some(Value::Int(value.wrapping_abs())),
        ("abs", value) => return Some(Value::Float(value.float().abs())),
        ("cast as float", value) => return Some(Value::Float(value.float())),
        _ => {}
    }
    let whole = text(first)?;
    let second = arguments.get(1).and_then(text);
    Some(match name {
        "length" => count(whole.chars().count()),
        "lower" => Value::Text(whole.to_lowercase()),
        "upper" => Value::Text(whole.to_uppercase()),
        "reverse" => Value::Text(whole.chars().rev().collect()),
        "position" => count(whole.find(&second?).map_or(0, |at| at + 1)),
        "substring" => {
            let (skipped, taken) = (arguments.get(1)?.float(), arguments.get(2)?.float());
            let places = (1..).map(|place: i32| f64::from(place)).zip(whole.chars());
            Value::Text(
                places.filter(|(at, _)| *at >= skipped && *at < skipped + taken).map(|(_, c)| c).collect(),
            )
        }
        "cast as text" => Value::Text(whole),
        _ => return None,
    })
}

fn count(n: usize) -> Value {
    Value::Int(i64::try_from(n).expect("a few"))
}

fn extreme(of: &[Value], largest: bool) -> Value {
    let values = of.iter().filter(|value| **value != Value::Null);
    let best = if largest { values.max_by(|a, b| a.order(b)) } else { values.min_by(|a, b| a.order(b)) };
    best.cloned().unwrap_or(Value::Null)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The value of an aggregate of these values, nulls left out already.
pub(crate) fn aggregate(name: &str, values: &[Value]) -> Value {
    match (name, values) {
        ("count", values) => count(values.len()),
        (_, []) => Value::Null,
        ("min", values) => extreme(values, false),
        ("max", values) => extreme(values, true),
        ("avg", values) => {
            let sum: f64 = values.iter().map(Value::float).sum();
            Value::Float(sum / count(values.len()).float())
        }
        ("bool_or", values) => Value::Bool(values.contains(&Value::Bool(true))),
        ("bool_and", values) => Value::Bool(!values.contains(&Value::Bool(false))),
        (_, [Value::Int(_), ..]) => {
            let numbers = values.iter().map(|value| if let Value::Int(number) = value { *number } else { 0 });
            Value::Int(numbers.fold(0, i64::wrapping_add))
        }
        (_, values) => Value::Float(values.iter().map(Value::float).sum()),
    }
}
