//! From pest's pairs to the tree of statements and queries; relations and expressions are in `build/`.

mod call;
mod expr;
mod literal;
mod relation;

use super::Rule;
use super::ast::{
    Action, Argument, Branch, ClassName, Common, Expr, Item, Name, Order, Query, Select, SetOperation,
    SetStep, Statement, Window,
};
use crate::error::{Diagnostic, Result, Span};
use pest::iterators::Pair;

/// The statements of a script.
pub(super) fn script(pair: Pair<'_, Rule>) -> Result<Vec<Statement>> {
    all(pair, Rule::statement).map(statement).collect()
}

fn statement(pair: Pair<'_, Rule>) -> Result<Statement> {
    let span = span(&pair);
    let inner = first(pair)?;
    let action = match inner.as_rule() {
        Rule::explain => {
            let analyze = has(&inner, Rule::k_analyze);
            Action::Explain(query(only(inner, Rule::query)?)?, analyze)
        }
        Rule::let_result => {
            Action::Let(name(only(inner.clone(), Rule::name)?)?, query(only(inner, Rule::query)?)?)
        }
        Rule::assert => {
            let condition = expr::expr(only(inner.clone(), Rule::expr)?)?;
            let message = inner.into_inner().find(|part| is_text(part)).map(|text| literal::text(&text));
            Action::Assert(of_one(condition, span), message)
        }
        _ => Action::Query(query(inner)?),
    };
    Ok(Statement { action, span })
}

fn is_text(pair: &Pair<'_, Rule>) -> bool {
    matches!(pair.as_rule(), Rule::single_quoted | Rule::double_quoted)
}

/// `SELECT item`.
fn of_one(item: Expr, span: Span) -> Query {
    let select = Select { items: vec![Item::Expr(item, None)], ..empty_select(span) };
    let first = Branch::Select(Box::new(select));
    Query { with: Vec::new(), first, rest: Vec::new(), order: Vec::new(), limit: None, offset: None, span }
}

fn query(pair: Pair<'_, Rule>) -> Result<Query> {
    let span = span(&pair);
    let (mut with, mut body, mut order, mut limit, mut offset) = (Vec::new(), None, Vec::new(), None, None);
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::with => with = all(part, Rule::common).map(common).collect::<Result<_>>()?,
            Rule::body => body = Some(part),
            Rule::order_by => order = order_by(part)?,
            _ => {
                limit = count(part.clone())?;
                offset = all(part, Rule::offset).next().map(count).transpose()?.flatten();
            }
        }
    }
    let mut parts = body.ok_or_else(|| lost(span))?.into_inner();
    let first = branch(parts.next().ok_or_else(|| lost(span))?)?;
    let mut rest = Vec::new();
    while let (Some(operation), Some(operand)) = (parts.next(), parts.next()) {
        rest.push(set_step(operation, operand)?);
    }
    Ok(Query { with, first, rest, order, limit, offset, span })
}

fn count(pair: Pair<'_, Rule>) -> Result<Option<Expr>> {
    all(pair, Rule::count).next().map(|count| literal::count(first(count)?)).transpose()
}

fn common(pair: Pair<'_, Rule>) -> Result<Common> {
    let name = name(only(pair.clone(), Rule::name)?)?;
    let columns = column_names(&pair)?;
    Ok(Common { name, columns, query: query(only(pair, Rule::query)?)? })
}

/// The names in parentheses that a part of `pair` may have.
pub(super) fn column_names(pair: &Pair<'_, Rule>) -> Result<Vec<Name>> {
    let names = all(pair.clone(), Rule::column_names).flat_map(|names| all(names, Rule::name));
    names.map(name).collect()
}

fn set_step(operation: Pair<'_, Rule>, operand: Pair<'_, Rule>) -> Result<SetStep> {
    let span = span(&operation);
    let all = has(&operation, Rule::k_all);
    let operation = match first(operation)?.as_rule() {
        Rule::k_intersect => SetOperation::Intersect,
        Rule::k_except => SetOperation::Except,
        _ => SetOperation::Union,
    };
    Ok(SetStep { operation, all, branch: branch(operand)?, span })
}

fn branch(pair: Pair<'_, Rule>) -> Result<Branch> {
    let inner = first(pair)?;
    match inner.as_rule() {
        Rule::select => Ok(Branch::Select(Box::new(select(inner)?))),
        Rule::values => {
            let span = span(&inner);
            let row = |row| all(row, Rule::expr).map(expr::expr).collect();
            Ok(Branch::Values(all(inner, Rule::row).map(row).collect::<Result<_>>()?, span))
        }
        _ => Ok(Branch::Query(Box::new(query(inner)?))),
    }
}

fn select(pair: Pair<'_, Rule>) -> Result<Select> {
    let mut select = empty_select(span(&pair));
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::k_distinct => select.distinct = true,
            Rule::retained_set => select.retained_set = Some(span(&part)),
            Rule::items => select.items = part.into_inner().map(item).collect::<Result<_>>()?,
            Rule::from => select.from = relation::relations(part)?,
            Rule::r#where => select.filter = Some(expr::expr(only(part, Rule::expr)?)?),
            Rule::group_by => select.group = all(part, Rule::expr).map(expr::expr).collect::<Result<_>>()?,
            Rule::having => select.having = Some(expr::expr(only(part, Rule::expr)?)?),
            Rule::windows => {
                select.windows = part.into_inner().filter_map(named_window).collect::<Result<_>>()?
            }
            _ => {}
        }
    }
    Ok(select)
}

fn empty_select(span: Span) -> Select {
    Select {
        distinct: false,
        retained_set: None,
        items: Vec::new(),
        from: Vec::new(),
        filter: None,
        group: Vec::new(),
        having: None,
        windows: Vec::new(),
        span,
    }
}

fn named_window(pair: Pair<'_, Rule>) -> Option<Result<(Name, Window)>> {
    if pair.as_rule() != Rule::named_window {
        return None;
    }
    let parts = || {
        let named = name(only(pair.clone(), Rule::name)?)?;
        Ok((named, call::window(only(pair.clone(), Rule::window)?)?))
    };
    Some(parts())
}

fn item(pair: Pair<'_, Rule>) -> Result<Item> {
    let span = span(&pair);
    let is_objects = pair.as_rule() == Rule::objects_item;
    let label = all(pair.clone(), Rule::label).next().map(label).transpose()?;
    let mut inner = pair.into_inner().filter(|part| !matches!(part.as_rule(), Rule::k_as | Rule::k_objects));
    let head = inner.next().ok_or_else(|| lost(span))?;
    match head.as_rule() {
        Rule::star => Ok(Item::Star(None, span)),
        Rule::name_star => Ok(Item::Star(Some(name(first(head)?)?), span)),
        _ if is_objects => Ok(Item::Objects(expr::expr(head)?, label)),
        _ => Ok(Item::Expr(expr::expr(head)?, label)),
    }
}

/// A name of an item, perhaps in double quotes.
fn label(pair: Pair<'_, Rule>) -> Result<Name> {
    let inner = first(pair)?;
    match inner.as_rule() {
        Rule::double_quoted => Ok(Name { text: literal::text(&inner), span: span(&inner) }),
        _ => name(inner),
    }
}

/// An argument of a function, perhaps named.
pub(super) fn argument(pair: Pair<'_, Rule>) -> Result<Argument> {
    let whole = span(&pair);
    let named = all(pair.clone(), Rule::any_word).next().map(name).transpose()?;
    let value = pair.into_inner().last().ok_or_else(|| lost(whole))?;
    let value = match value.as_rule() {
        Rule::query => expr::sub_query(value)?,
        _ => expr::expr(value)?,
    };
    Ok(Argument { name: named, value })
}

/// The keys of ORDER BY.
pub(super) fn order_by(pair: Pair<'_, Rule>) -> Result<Vec<Order>> {
    all(pair, Rule::order).map(order_key).collect()
}

fn order_key(pair: Pair<'_, Rule>) -> Result<Order> {
    let descending = has(&pair, Rule::k_desc);
    let nulls_first = if has(&pair, Rule::k_nulls) { Some(has(&pair, Rule::k_first)) } else { None };
    Ok(Order { expr: expr::expr(only(pair, Rule::expr)?)?, descending, nulls_first })
}

/// `a.b[]`, each part perhaps in back-quotes.
pub(super) fn class_name(pair: Pair<'_, Rule>) -> ClassName {
    let span = span(&pair);
    let whole = pair.as_str();
    let brackets = whole.len() - whole.trim_end_matches("[]").len();
    let parts: Vec<String> = pair.into_inner().map(|part| literal::unquoted(part.as_str())).collect();
    let plain = brackets == 0 && parts.len() == 1 && !whole.starts_with('`');
    ClassName { text: parts.join(".") + &whole[whole.len() - brackets..], plain, span }
}

/// A word, perhaps in back-quotes.
pub(super) fn name(pair: Pair<'_, Rule>) -> Result<Name> {
    Ok(Name { text: literal::unquoted(pair.as_str()), span: span(&pair) })
}

/// Where a pair stands, without the blanks before something that could have followed.
pub(super) fn span(pair: &Pair<'_, Rule>) -> Span {
    let start = pair.as_span().start();
    Span { start, end: start + pair.as_str().trim_end().len() }
}

pub(super) fn has(pair: &Pair<'_, Rule>, rule: Rule) -> bool {
    pair.clone().into_inner().any(|inner| inner.as_rule() == rule)
}

pub(super) fn all(pair: Pair<'_, Rule>, rule: Rule) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(move |inner| inner.as_rule() == rule)
}

pub(super) fn only(pair: Pair<'_, Rule>, rule: Rule) -> Result<Pair<'_, Rule>> {
    let span = span(&pair);
    all(pair, rule).next().ok_or_else(|| lost(span))
}

pub(super) fn first(pair: Pair<'_, Rule>) -> Result<Pair<'_, Rule>> {
    let span = span(&pair);
    pair.into_inner().next().ok_or_else(|| lost(span))
}

fn last(pair: Pair<'_, Rule>) -> Result<Pair<'_, Rule>> {
    let span = span(&pair);
    pair.into_inner().last().ok_or_else(|| lost(span))
}

/// The grammar promises a part that is not there: a defect of ours, told rather than a panic.
pub(super) fn lost(span: Span) -> Diagnostic {
    Diagnostic::syntax(span, "this form is not understood", "").hint("please report this query as a defect")
}
