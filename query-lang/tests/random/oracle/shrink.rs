//! Smaller queries that fail in the same way.

use super::tree::{Body, Expr, Join, Key, Query, Select, Source, operands};
use super::value::Value;

/// The smallest query that is found for which `fails` holds as it does for `query`.
pub(crate) fn shrunk(query: &Query, fails: &dyn Fn(&Query) -> bool) -> Query {
    let mut best = query.clone();
    let (mut edit, mut tried) = (0, 0);
    let mut clean = 0;
    while tried < 1500 {
        let mut smaller = best.clone();
        let mut left = edit;
        if !edit_query(&mut smaller, &mut left) {
            if clean == 0 {
                break;
            }
            (edit, clean) = (0, 0);
            continue;
        }
        tried += 1;
        if smaller != best && smaller.to_string().len() < best.to_string().len() && fails(&smaller) {
            best = smaller;
            clean += 1;
        } else {
            edit += 1;
        }
    }
    best
}

/// Whether this is the edit that is wanted.
fn here(left: &mut usize) -> bool {
    let found = *left == 0;
    *left = left.wrapping_sub(1);
    found
}

fn edit_query(query: &mut Query, left: &mut usize) -> bool {
    if let Body::Set(_, a, b) = query.body.clone() {
        for side in [a, b] {
            if here(left) {
                *query = *side;
                return true;
            }
        }
    }
    if drops(&mut query.with, 0, left)
        || drops(&mut query.order, 0, left)
        || clears(&mut query.limit, left)
        || clears(&mut query.offset, left)
    {
        return true;
    }
    if query.with.iter_mut().any(|(_, inner)| edit_query(inner, left)) {
        return true;
    }
    let keys = query.order.iter_mut().filter_map(|order| match &mut order.key {
        Key::Expr(expr) => Some(expr),
        Key::Column(_) => None,
    });
    for key in keys {
        if edit_expr(key, left) {
            return true;
        }
    }
    match &mut query.body {
        Body::Select(select) => edit_select(select, left),
        Body::Set(_, a, b) => edit_query(a, left) || edit_query(b, left),
    }
}

fn edit_select(select: &mut Select, left: &mut usize) -> bool {
    if clears(&mut select.filter, left)
        || clears(&mut select.having, left)
        || drops(&mut select.from, 0, left)
        || drops(&mut select.items, 1, left)
        || drops(&mut select.keys, 0, left)
    {
        if let Some(first) = select.from.first_mut() {
            (first.join, first.on) = (Join::Cross, None);
        }
        return true;
    }
    if select.distinct && here(left) {
        select.distinct = false;
        return true;
    }
    for from in &mut select.from {
        let inside = match &mut from.source {
            Source::Query(query, _) => edit_query(query, left),
            Source::Function(_, object) => edit_expr(object, left),
            Source::Table(_) => false,
        };
        if inside || from.on.as_mut().is_some_and(|on| edit_expr(on, left)) {
            return true;
        }
    }
    let items = select.items.iter_mut().map(|(item, _)| item);
    let mut exprs = items.chain(&mut select.filter).chain(&mut select.keys).chain(&mut select.having);
    exprs.any(|expr| edit_expr(expr, left))
}

fn drops<T>(of: &mut Vec<T>, least: usize, left: &mut usize) -> bool {
    for i in 0..of.len() {
        if of.len() > least && here(left) {
            of.remove(i);
            return true;
        }
    }
    false
}

fn clears<T>(of: &mut Option<T>, left: &mut usize) -> bool {
    of.is_some() && here(left) && of.take().is_some()
}

fn edit_expr(expr: &mut Expr, left: &mut usize) -> bool {
    if matches!(expr, Expr::Literal(_) | Expr::Column(..) | Expr::Named(..)) {
        return false;
    }
    let simpler = [Value::Bool(true), Value::Int(1), Value::Float(0.5), Value::Text("a".to_owned())];
    let children: Vec<Expr> = operands(expr).into_iter().map(|child| child.clone()).collect();
    for simple in simpler.into_iter().map(Expr::Literal).chain(children) {
        if here(left) {
            *expr = simple;
            return true;
        }
    }
    let inside = match expr {
        Expr::Exists(query, _) | Expr::Scalar(query) => edit_query(query, left),
        Expr::InQuery(_, query, _) => edit_query(query, left),
        Expr::Aggregate(call) => clears(&mut call.filter, left),
        Expr::Window(call) => drops(&mut call.partition, 0, left) || drops(&mut call.order, 0, left),
        Expr::In(_, list, _) => drops(list, 1, left),
        Expr::Case(branches, _) => drops(branches, 1, left),
        _ => false,
    };
    if inside {
        return true;
    }
    operands(expr).into_iter().any(|child| edit_expr(child, left))
}
