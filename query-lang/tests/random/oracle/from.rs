//! The rows of FROM by nested loops.

use super::expr::{Bound, Env, Failure, Result, Row};
use super::query::{columns_of, rows_of, stop};
use super::tree::{From, Join, Source};
use super::value::Value;
use std::rc::Rc;

/// All rows of what stands in FROM.
pub(crate) fn rows(from: &[From], env: &Env<'_>) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = vec![Vec::new()];
    for next in from {
        rows = joined(rows, next, env)?;
    }
    Ok(rows)
}

fn joined(left: Vec<Row>, next: &From, env: &Env<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let nulls = nulls(next, env)?;
    let sees_left = matches!(next.source, Source::Query(_, true) | Source::Function(..));
    let blank = Vec::new();
    let all = if sees_left { Vec::new() } else { source(next, &env.inner(&blank))? };
    let mut matched = vec![false; all.len()];
    let left_nulls: Option<Row> = left.first().map(|row| row.iter().map(null_row).collect());
    for row in left {
        let right = if sees_left { source(next, &env.inner(&row))? } else { all.clone() };
        let mut found = Vec::new();
        for (i, bound) in right.into_iter().enumerate() {
            stop(env.fuel)?;
            let whole: Row = row.iter().cloned().chain([bound]).collect();
            if next.on.as_ref().map_or(Ok(true), |on| env.inner(&whole).holds(on))? {
                if let Some(mark) = matched.get_mut(i) {
                    *mark = true;
                }
                found.push(whole);
            }
        }
        match (next.join, found.is_empty()) {
            (Join::Semi, false) | (Join::Anti, true) => rows.push(row),
            (Join::Semi | Join::Anti, _) => {}
            (Join::Left | Join::Full, true) => rows.push(row.into_iter().chain([nulls.clone()]).collect()),
            _ => rows.extend(found),
        }
    }
    if matches!(next.join, Join::Right | Join::Full) {
        let blank = left_nulls.ok_or(Failure::TooLong)?;
        let missing = all.into_iter().zip(matched).filter(|(_, matched)| !matched);
        rows.extend(missing.map(|(bound, _)| blank.iter().cloned().chain([bound]).collect::<Row>()));
    }
    Ok(rows)
}

fn null_row(bound: &Bound) -> Bound {
    Bound { values: Rc::new(vec![Value::Null; bound.columns.len()]), ..bound.clone() }
}

impl<'e> Env<'e> {
    /// For rows of FROM, which do not see the groups of their own query.
    pub(crate) fn inner<'r>(&self, row: &'r Row) -> Env<'r>
    where
        'e: 'r,
    {
        self.at(row, None)
    }
}

fn nulls(next: &From, env: &Env<'_>) -> Result<Bound> {
    let columns = Rc::new(columns(next, env)?);
    let values = Rc::new(vec![Value::Null; columns.len()]);
    Ok(Bound { alias: next.alias.clone(), columns, values })
}

fn columns(next: &From, env: &Env<'_>) -> Result<Vec<String>> {
    match &next.source {
        Source::Query(query, _) => Ok(columns_of(query)),
        Source::Function(name, _) => {
            let (_, columns) =
                super::data::CALLS.iter().find(|(call, _)| call == name).ok_or(Failure::Unknown)?;
            Ok(columns.iter().map(|(name, _)| (*name).to_owned()).collect())
        }
        Source::Table(name) => {
            if let Some((_, columns, _)) = env.named.iter().rev().find(|(other, ..)| other == name) {
                return Ok(columns.to_vec());
            }
            let table = env.data.tables.get(name.as_str()).ok_or(Failure::Unknown)?;
            Ok(table.columns.iter().map(|(name, _)| (*name).to_owned()).collect())
        }
    }
}

/// The rows of a relation; those before it are the row of `env`.
fn source(next: &From, env: &Env<'_>) -> Result<Vec<Bound>> {
    let columns = Rc::new(columns(next, env)?);
    let rows = match &next.source {
        Source::Query(query, _) => rows_of(query, env)?,
        Source::Function(name, of) => match env.value(of)? {
            Value::Object(id) => env.data.calls.get(&(*name, id)).cloned().ok_or(Failure::Unknown)?,
            _ => Vec::new(),
        },
        Source::Table(name) => match env.named.iter().rev().find(|(other, ..)| other == name) {
            Some((_, _, rows)) => rows.to_vec(),
            None => env.data.tables.get(name.as_str()).ok_or(Failure::Unknown)?.rows.clone(),
        },
    };
    let bound =
        |values| Bound { alias: next.alias.clone(), columns: Rc::clone(&columns), values: Rc::new(values) };
    Ok(rows.into_iter().map(bound).collect())
}
