//! Functions over windows, a partition looked for anew for every row.

use super::expr::{Env, Failure, Result, aggregate};
use super::query::{key_values, sorted_by};
use super::tree::{Aggregate, Window};
use super::value::{Value, same_row};
use std::cmp::Ordering;

/// The value of a call for the row of `env`.
pub(crate) fn value(call: &Window, env: &Env<'_>) -> Result<Value> {
    let (places, this) = env.places.ok_or(Failure::Unknown)?;
    let at = |i: usize| env.at(&places[i].row, places[i].group.as_deref());
    let partition =
        |i: usize| call.partition.iter().map(|key| at(i).value(key)).collect::<Result<Vec<Value>>>();
    let own = partition(this)?;
    let mut rows = Vec::new();
    for i in 0..places.len() {
        if same_row(&partition(i)?, &own) {
            rows.push((key_values(&call.order, &at(i))?, i));
        }
    }
    rows.sort_by(|a, b| sorted_by(&call.order, &a.0, &b.0));
    let place = rows.iter().position(|(_, i)| *i == this).ok_or(Failure::Unknown)?;
    let peers = |i: usize| sorted_by(&call.order, &rows[i].0, &rows[place].0) == Ordering::Equal;
    let number = |n: usize| Value::Int(i64::try_from(n).expect("a few"));
    let argument =
        |i: usize| call.argument.as_ref().map_or(Ok(Value::Bool(true)), |x| at(rows[i].1).value(x));
    match call.name {
        "row_number" => Ok(number(place + 1)),
        "rank" => Ok(number(1 + (0..place).find(|&i| peers(i)).unwrap_or(place))),
        "dense_rank" => {
            let before = (1..=place).filter(|&i| sorted_by(&call.order, &rows[i - 1].0, &rows[i].0).is_ne());
            Ok(number(1 + before.count()))
        }
        "lag" if place == 0 => Ok(Value::Null),
        "lag" => argument(place - 1),
        "lead" if place + 1 == rows.len() => Ok(Value::Null),
        "lead" => argument(place + 1),
        _ => {
            let last = (0..rows.len()).rev().find(|&i| peers(i)).unwrap_or(place);
            let frame = match call.rows {
                Some((before, after)) => place.saturating_sub(before)..(place + after + 1).min(rows.len()),
                None if call.order.is_empty() => 0..rows.len(),
                None => 0..last + 1,
            };
            let values = frame.map(argument).collect::<Result<Vec<Value>>>()?;
            let of = Aggregate { name: call.name, distinct: false, argument: None, filter: None };
            Ok(aggregate(&of, values))
        }
    }
}
