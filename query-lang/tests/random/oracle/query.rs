//! The rows of a query for a row of the query around it.

use super::expr::{Env, Failure, Named, Place, Result, Row};
use super::from;
use super::tree::{Body, Key, Order, Query, Select};
use super::value::{Value, distinct, same_row};
use std::cell::Cell;
use std::cmp::Ordering;
use std::rc::Rc;

/// Takes a step.
pub(crate) fn stop(fuel: &Cell<u64>) -> Result<()> {
    fuel.set(fuel.get().checked_sub(1).ok_or(Failure::TooLong)?);
    Ok(())
}

/// The names of the columns of a query.
pub(crate) fn columns_of(query: &Query) -> Vec<String> {
    match &query.body {
        Body::Select(select) => select.items.iter().map(|(_, name)| name.clone()).collect(),
        Body::Set(_, left, _) => columns_of(left),
    }
}

/// The rows of a query inside the query of `outer`.
pub(crate) fn rows_of(query: &Query, outer: &Env<'_>) -> Result<Vec<Vec<Value>>> {
    let mut named: Vec<Named> = outer.named.to_vec();
    let none = Row::new();
    for (name, inner) in &query.with {
        // What WITH names looks at nothing outside.
        let env = Env { row: &none, group: None, places: None, parent: None, named: &named, ..*outer };
        let rows = rows_of(inner, &env)?;
        named.push((name.clone(), Rc::new(columns_of(inner)), Rc::new(rows)));
    }
    let env = Env { row: &none, group: None, places: None, named: &named, parent: Some(outer), ..*outer };
    let mut rows = match &query.body {
        Body::Select(select) => select_rows(select, &query.order, &env)?,
        Body::Set(operation, left, right) => {
            let rows = combined(operation, rows_of(left, &env)?, rows_of(right, &env)?);
            by_columns(rows, &query.order)?
        }
    };
    rows.sort_by(|a, b| sorted_by(&query.order, &a.0, &b.0));
    let rows = rows.into_iter().map(|(_, row)| row);
    let rows = rows.skip(query.offset.unwrap_or(0)).take(query.limit.unwrap_or(usize::MAX));
    Ok(rows.collect())
}

/// Rows with the values of their keys.
type Keyed = Vec<(Vec<Value>, Vec<Value>)>;

fn by_columns(rows: Vec<Vec<Value>>, order: &[Order]) -> Result<Keyed> {
    let keyed = |row: Vec<Value>| {
        let keys = order.iter().map(|order| match &order.key {
            Key::Column(number) => row.get(number - 1).cloned().ok_or(Failure::Unknown),
            Key::Expr(_) => Err(Failure::Unknown),
        });
        Ok((keys.collect::<Result<Vec<Value>>>()?, row))
    };
    rows.into_iter().map(keyed).collect()
}

fn select_rows(select: &Select, order: &[Order], env: &Env<'_>) -> Result<Keyed> {
    if select.grouped != select.says_grouped() {
        return Err(Failure::Unknown);
    }
    let mut rows = Vec::new();
    for row in from::rows(&select.from, env)? {
        if select.filter.as_ref().map_or(Ok(true), |filter| env.at(&row, None).holds(filter))? {
            rows.push(row);
        }
    }
    let places = match select.grouped {
        true => groups(select, rows, env)?,
        false => rows.into_iter().map(|row| Place { row, group: None }).collect(),
    };
    let mut keyed = Vec::new();
    for (i, place) in places.iter().enumerate() {
        let env = Env { places: Some((&places, i)), ..env.at(&place.row, place.group.as_deref()) };
        let row = select.items.iter().map(|(item, _)| env.value(item)).collect::<Result<Vec<Value>>>()?;
        let keys = order.iter().map(|order| match &order.key {
            Key::Column(number) => row.get(number - 1).cloned().ok_or(Failure::Unknown),
            Key::Expr(expr) => env.value(expr),
        });
        keyed.push((keys.collect::<Result<Vec<Value>>>()?, row));
    }
    if select.distinct {
        let rows = keyed.into_iter().map(|(_, row)| row).collect();
        return by_columns(distinct(rows), order);
    }
    Ok(keyed)
}

fn groups(select: &Select, rows: Vec<Row>, env: &Env<'_>) -> Result<Vec<Place>> {
    let mut groups: Vec<(Vec<Value>, Vec<Row>)> = Vec::new();
    if select.keys.is_empty() {
        groups.push((Vec::new(), rows));
    } else {
        for row in rows {
            let env = env.at(&row, None);
            let keys = select.keys.iter().map(|key| env.value(key)).collect::<Result<Vec<Value>>>()?;
            match groups.iter_mut().find(|(other, _)| same_row(other, &keys)) {
                Some((_, rows)) => rows.push(row.clone()),
                None => groups.push((keys, vec![row.clone()])),
            }
        }
    }
    let mut places = Vec::new();
    for (_, rows) in groups {
        let row = rows.first().cloned().unwrap_or_default();
        let holds = match &select.having {
            Some(having) => env.at(&row, Some(&rows)).holds(having)?,
            None => true,
        };
        if holds {
            places.push(Place { row, group: Some(rows) });
        }
    }
    Ok(places)
}

/// The values of the keys of a window.
pub(crate) fn key_values(order: &[Order], env: &Env<'_>) -> Result<Vec<Value>> {
    let keys = order.iter().map(|order| match &order.key {
        Key::Expr(expr) => env.value(expr),
        Key::Column(_) => Err(Failure::Unknown),
    });
    keys.collect()
}

/// The order of two rows by their keys.
pub(crate) fn sorted_by(order: &[Order], a: &[Value], b: &[Value]) -> Ordering {
    let keys = order.iter().zip(a.iter().zip(b));
    let keys = keys.map(|(order, (a, b))| a.sorted(b, order.descending, order.nulls_first));
    keys.fold(Ordering::Equal, Ordering::then)
}

fn combined(operation: &str, left: Vec<Vec<Value>>, right: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let (operation, all) = operation.split_once(' ').unwrap_or((operation, ""));
    if operation == "UNION" {
        let rows = left.into_iter().chain(right).collect();
        return if all.is_empty() { distinct(rows) } else { rows };
    }
    let (left, right) = if all.is_empty() { (distinct(left), distinct(right)) } else { (left, right) };
    let mut rest = right;
    let mut rows = Vec::new();
    for row in left {
        let place = rest.iter().position(|other| same_row(other, &row));
        if place.is_some() == (operation == "INTERSECT") {
            rows.push(row);
        }
        place.map(|place| rest.swap_remove(place));
    }
    rows
}
