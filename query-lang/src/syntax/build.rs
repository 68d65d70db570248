//! From pest's pairs to the tree of queries and sources; expressions are in `build/expr.rs`.

mod expr;
mod literal;

use super::Rule;
use super::ast::{
    Branch, ClassName, Item, JoinKind, Joined, Name, Order, Query, Relation, Select, SetOperation, SetStep,
    Source,
};
use crate::error::{Diagnostic, Result, Span};
use pest::iterators::Pair;

/// The queries of a script.
pub(super) fn script(pair: Pair<'_, Rule>) -> Result<Vec<Query>> {
    pair.into_inner()
        .filter(|inner| inner.as_rule() == Rule::statement)
        .map(|inner| query(first(inner)?))
        .collect()
}

fn query(pair: Pair<'_, Rule>) -> Result<Query> {
    let span = span(&pair);
    let (mut with, mut body, mut order, mut counts) = (Vec::new(), None, Vec::new(), Vec::new());
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::with => with = all(part, Rule::common).map(common).collect::<Result<_>>()?,
            Rule::body => body = Some(part),
            Rule::order_by => order = all(part, Rule::order).map(order_key).collect::<Result<_>>()?,
            _ => {
                counts = all(part, Rule::count)
                    .map(|count| literal::count(first(count)?))
                    .collect::<Result<_>>()?
            }
        }
    }
    let mut counts = counts.into_iter();
    let (limit, offset) = (counts.next(), counts.next());
    let mut parts = body.ok_or_else(|| lost(span))?.into_inner();
    let first = branch(parts.next().ok_or_else(|| lost(span))?)?;
    let mut rest = Vec::new();
    while let (Some(operation), Some(operand)) = (parts.next(), parts.next()) {
        rest.push(set_step(operation, operand)?);
    }
    Ok(Query { with, first, rest, order, limit, offset, span })
}

fn common(pair: Pair<'_, Rule>) -> Result<(Name, Query)> {
    let span = span(&pair);
    let mut inner = pair.into_inner().filter(|part| matches!(part.as_rule(), Rule::name | Rule::query));
    let (Some(name_pair), Some(query_pair)) = (inner.next(), inner.next()) else { return Err(lost(span)) };
    Ok((name(name_pair)?, query(query_pair)?))
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
        _ => Ok(Branch::Query(Box::new(query(inner)?))),
    }
}

fn select(pair: Pair<'_, Rule>) -> Result<Select> {
    let mut select = Select {
        distinct: false,
        retained_set: None,
        items: Vec::new(),
        from: Vec::new(),
        filter: None,
        group: Vec::new(),
        having: None,
        span: span(&pair),
    };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::k_distinct => select.distinct = true,
            Rule::retained_set => select.retained_set = Some(span(&part)),
            Rule::items => select.items = part.into_inner().map(item).collect::<Result<_>>()?,
            Rule::from => select.from = relations(part)?,
            Rule::r#where => select.filter = Some(expr::expr(only(part, Rule::expr)?)?),
            Rule::group_by => select.group = all(part, Rule::expr).map(expr::expr).collect::<Result<_>>()?,
            Rule::having => select.having = Some(expr::expr(only(part, Rule::expr)?)?),
            _ => {}
        }
    }
    Ok(select)
}

fn item(pair: Pair<'_, Rule>) -> Result<Item> {
    if pair.as_rule() == Rule::objects_item {
        return Ok(Item::Objects(expr::expr(only(pair, Rule::expr)?)?));
    }
    let span = span(&pair);
    let mut inner = pair.into_inner().filter(|part| part.as_rule() != Rule::k_as);
    let head = inner.next().ok_or_else(|| lost(span))?;
    match head.as_rule() {
        Rule::star => Ok(Item::Star(None, span)),
        Rule::name_star => Ok(Item::Star(Some(name(first(head)?)?), span)),
        _ => Ok(Item::Expr(expr::expr(head)?, inner.next().map(name).transpose()?)),
    }
}

fn relations(pair: Pair<'_, Rule>) -> Result<Vec<Joined>> {
    let parts = pair.into_inner().filter(|part| part.as_rule() != Rule::k_from);
    parts.map(|part| if part.as_rule() == Rule::join { join(part) } else { joined(part) }).collect()
}

fn joined(pair: Pair<'_, Rule>) -> Result<Joined> {
    Ok(Joined { kind: JoinKind::Cross, relation: relation(pair)?, on: None })
}

fn join(pair: Pair<'_, Rule>) -> Result<Joined> {
    let whole = span(&pair);
    let mut kind = JoinKind::Inner;
    let mut right = None;
    let mut on = None;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::join_kind => kind = join_kind(&part),
            Rule::relation => right = Some(relation(part)?),
            Rule::expr => on = Some(expr::expr(part)?),
            _ => {}
        }
    }
    let relation = right.ok_or_else(|| lost(whole))?;
    match (kind, &on) {
        (JoinKind::Cross, Some(on)) => Err(Diagnostic::syntax(on.span, "a CROSS JOIN has no ON", "not here")
            .hint("write JOIN … ON …, or move the condition to WHERE")),
        (JoinKind::Cross, None) | (_, Some(_)) => Ok(Joined { kind, relation, on }),
        _ => Err(Diagnostic::syntax(whole, "a JOIN needs ON and a condition", "ON is missing")
            .hint("write JOIN … ON a.x = b.y, or CROSS JOIN for every pair")),
    }
}

fn join_kind(pair: &Pair<'_, Rule>) -> JoinKind {
    match pair.clone().into_inner().next().map(|word| word.as_rule()) {
        Some(Rule::k_cross) => JoinKind::Cross,
        Some(Rule::k_left) => JoinKind::Left,
        Some(Rule::k_right) => JoinKind::Right,
        Some(Rule::k_full) => JoinKind::Full,
        _ => JoinKind::Inner,
    }
}

/// `FROM objects o` and `FROM OBJECTS Type` read alike: a lone plain word after OBJECTS is the alias of the table.
fn relation(pair: Pair<'_, Rule>) -> Result<Relation> {
    let span = span(&pair);
    let mut parts = pair.into_inner().peekable();
    let source_pair = parts.next().ok_or_else(|| lost(span))?;
    let keyword =
        source_pair.clone().into_inner().next().and_then(|class_objects| class_objects.into_inner().next());
    let mut relation = Relation { source: source(source_pair)?, dump: None, alias: None, span };
    let mut in_dump = false;
    for part in parts {
        match part.as_rule() {
            Rule::k_in => in_dump = true,
            Rule::name if in_dump => {
                relation.dump = Some(name(part)?);
                in_dump = false;
            }
            Rule::name => relation.alias = Some(name(part)?),
            _ => {}
        }
    }
    if let Some(word) = keyword.filter(|word| word.as_rule() == Rule::k_objects)
        && relation.alias.is_none()
        && let Source::ClassObjects(inner) = &relation.source
        && let Source::Name(class) = inner.as_ref()
        && class.plain
    {
        relation.alias = Some(Name { text: class.text.clone(), span: class.span });
        relation.source = Source::Name(class_of_word(&word));
    }
    Ok(relation)
}

fn class_of_word(word: &Pair<'_, Rule>) -> ClassName {
    ClassName { text: word.as_str().to_lowercase(), plain: true, span: span(word) }
}

fn source(pair: Pair<'_, Rule>) -> Result<Source> {
    let whole = span(&pair);
    let inner =
        pair.into_inner().find(|part| part.as_rule() != Rule::k_objects).ok_or_else(|| lost(whole))?;
    named_source(inner)
}

fn named_source(inner: Pair<'_, Rule>) -> Result<Source> {
    let whole = span(&inner);
    match inner.as_rule() {
        Rule::addresses => Ok(Source::Addresses(
            all(inner, Rule::address).map(|address| literal::address(&address)).collect::<Result<_>>()?,
        )),
        Rule::sub_select => Ok(Source::Query(Box::new(query(first(inner)?)?))),
        Rule::class_objects => Ok(Source::ClassObjects(Box::new(named_source(last(inner)?)?))),
        Rule::subclasses => Ok(Source::Subclasses(Box::new(named_source(last(inner)?)?))),
        Rule::pattern => Ok(Source::Pattern(literal::text(&first(inner)?), whole)),
        Rule::table_function => {
            let mut parts = inner.into_inner();
            let function = name(parts.next().ok_or_else(|| lost(whole))?)?;
            Ok(Source::Function(function, parts.map(expr::expr).collect::<Result<_>>()?))
        }
        _ => Ok(Source::Name(class_name(inner))),
    }
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

pub(super) fn span(pair: &Pair<'_, Rule>) -> Span {
    Span { start: pair.as_span().start(), end: pair.as_span().end() }
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
