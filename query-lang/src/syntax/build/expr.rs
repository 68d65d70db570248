//! From pest's pairs to expressions.

use super::{all, call, class_name, first, has, literal, lost, name, only, query, span};
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::Rule;
use crate::syntax::ast::{Argument, Call, Expr, Name, Node, Operator};
use pest::iterators::{Pair, Pairs};

/// Longer chains of `a + b + …` are refused: their tree is as deep as they are long, and planning
/// takes the square of it.
const MAX_CHAIN: usize = 200;

/// `a OR b OR …`.
pub(super) fn expr(pair: Pair<'_, Rule>) -> Result<Expr> {
    let terms = all(pair, Rule::conjunction).map(conjunction).collect::<Result<Vec<_>>>()?;
    Ok(balanced(Operator::Or, terms))
}

fn conjunction(pair: Pair<'_, Rule>) -> Result<Expr> {
    let terms = all(pair, Rule::negation).map(negation).collect::<Result<Vec<_>>>()?;
    Ok(balanced(Operator::And, terms))
}

/// AND and OR associate, so that a chain of thousands becomes a tree of little depth.
fn balanced(operator: Operator, mut terms: Vec<Expr>) -> Expr {
    while terms.len() > 1 {
        let mut pairs = Vec::with_capacity(terms.len().div_ceil(2));
        let mut rest = terms.into_iter();
        while let Some(left) = rest.next() {
            pairs.push(match rest.next() {
                Some(right) => binary(operator, left, right),
                None => left,
            });
        }
        terms = pairs;
    }
    terms.pop().unwrap_or(Expr { node: Node::Null, span: Span::default() })
}

fn binary(operator: Operator, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { node: Node::Binary(operator, Box::new(left), Box::new(right)), span }
}

fn negation(pair: Pair<'_, Rule>) -> Result<Expr> {
    let whole = span(&pair);
    let mut inner = pair.into_inner();
    let mut nots = 0;
    for part in inner.by_ref() {
        if part.as_rule() == Rule::k_not {
            nots += 1;
            continue;
        }
        let test = test(part)?;
        let odd = nots % 2 == 1;
        return Ok(if odd { Expr { node: Node::Not(Box::new(test)), span: whole } } else { test });
    }
    Err(lost(whole))
}

fn test(pair: Pair<'_, Rule>) -> Result<Expr> {
    let whole = span(&pair);
    let mut inner = pair.into_inner();
    let mut left = sum(inner.next().ok_or_else(|| lost(whole))?)?;
    for (i, part) in inner.enumerate() {
        limit_chain(i, whole)?;
        left = suffix(left, part)?;
    }
    Ok(left)
}

fn suffix(left: Expr, pair: Pair<'_, Rule>) -> Result<Expr> {
    let whole = left.span.to(span(&pair));
    let mut parts = pair.into_inner();
    let head = parts.next().ok_or_else(|| lost(whole))?;
    let negated = has(&head, Rule::k_not);
    let left = Box::new(left);
    let node = match head.as_rule() {
        Rule::compare => {
            let right = sum(parts.next().ok_or_else(|| lost(whole))?)?;
            Node::Binary(comparison(head.as_str()), left, Box::new(right))
        }
        Rule::is_null => Node::Is(left, truth(&head), negated),
        Rule::is_distinct => Node::Distinct(left, Box::new(sum(only(head, Rule::sum)?)?), negated),
        Rule::instance_of => {
            let implements = has(&head, Rule::k_implements);
            Node::InstanceOf(left, class_name(only(head, Rule::class_name)?), implements)
        }
        Rule::in_value => Node::InValue(left, Box::new(sum(only(head, Rule::sum)?)?), negated),
        Rule::in_query => Node::InQuery(left, Box::new(query(first(only_query(head)?)?)?), negated),
        Rule::in_list => Node::InList(left, all(head, Rule::expr).map(expr).collect::<Result<_>>()?, negated),
        Rule::between => {
            let mut bounds = all(head, Rule::sum).map(sum);
            let (Some(low), Some(high)) = (bounds.next(), bounds.next()) else { return Err(lost(whole)) };
            Node::Between(left, Box::new(low?), Box::new(high?), negated)
        }
        Rule::like => {
            let case = has(&head, Rule::k_like);
            let pattern = Box::new(sum(only(head, Rule::sum)?)?);
            Node::Like { value: left, pattern, negated, case }
        }
        _ => return Err(lost(whole)),
    };
    Ok(Expr { node, span: whole })
}

fn only_query(pair: Pair<'_, Rule>) -> Result<Pair<'_, Rule>> {
    only(pair, Rule::sub_select)
}

fn truth(pair: &Pair<'_, Rule>) -> Option<bool> {
    (!has(pair, Rule::k_null)).then(|| has(pair, Rule::k_true))
}

fn comparison(sign: &str) -> Operator {
    match sign {
        "<" => Operator::Less,
        "<=" => Operator::LessEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterEqual,
        "<>" | "!=" => Operator::NotEqual,
        "=~" => Operator::Matches,
        "!~" => Operator::MatchesNot,
        _ => Operator::Equal,
    }
}

pub(super) fn sum(pair: Pair<'_, Rule>) -> Result<Expr> {
    chain(pair, product)
}

fn product(pair: Pair<'_, Rule>) -> Result<Expr> {
    chain(pair, unary)
}

/// `operand (operator operand)*`, from left to right.
fn chain(pair: Pair<'_, Rule>, operand: fn(Pair<'_, Rule>) -> Result<Expr>) -> Result<Expr> {
    let whole = span(&pair);
    let mut parts: Pairs<'_, Rule> = pair.into_inner();
    let mut left = operand(parts.next().ok_or_else(|| lost(whole))?)?;
    let mut length = 0;
    while let (Some(sign), Some(right)) = (parts.next(), parts.next()) {
        limit_chain(length, whole)?;
        length += 1;
        left = binary(arithmetic(sign.as_str()), left, operand(right)?);
    }
    Ok(left)
}

fn limit_chain(length: usize, span: Span) -> Result<()> {
    if length < MAX_CHAIN {
        return Ok(());
    }
    Err(Diagnostic::syntax(span, format!("more than {MAX_CHAIN} operators in a row"), "too long")
        .hint("use IN (…) for many alternatives"))
}

fn arithmetic(sign: &str) -> Operator {
    match sign {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Remainder,
        _ => Operator::Concat,
    }
}

/// `- path :: type`.
fn unary(pair: Pair<'_, Rule>) -> Result<Expr> {
    let whole = span(&pair);
    let minuses = all(pair.clone(), Rule::minus).count();
    let mut operand = path(only(pair.clone(), Rule::path)?)?;
    for kind in all(pair, Rule::any_word) {
        let span = operand.span.to(span(&kind));
        operand = Expr { node: Node::Cast(Box::new(operand), name(kind)?), span };
    }
    Ok(if minuses % 2 == 1 { negative(operand, whole) } else { operand })
}

fn negative(operand: Expr, span: Span) -> Expr {
    let node = match operand.node {
        Node::Int(value) => Node::Int(-value),
        Node::Float(value) => Node::Float(-value),
        Node::Size(value) => Node::Size(-value),
        _ => Node::Minus(Box::new(operand)),
    };
    Expr { node, span }
}

fn path(pair: Pair<'_, Rule>) -> Result<Expr> {
    let whole = span(&pair);
    let mut parts = pair.into_inner();
    let mut left = primary(first(parts.next().ok_or_else(|| lost(whole))?)?)?;
    for (i, part) in parts.enumerate() {
        limit_chain(i, whole)?;
        left = step(left, part)?;
    }
    Ok(left)
}

fn step(left: Expr, pair: Pair<'_, Rule>) -> Result<Expr> {
    let whole = left.span.to(span(&pair));
    let mut parts = pair.into_inner();
    let head = parts.next().ok_or_else(|| lost(whole))?;
    let tail = parts.next();
    let left = Box::new(left);
    let node = match (head.as_rule(), tail) {
        (Rule::attribute, _) => Node::Attribute(Some(left), name(first(head)?)?),
        (Rule::index, _) if has(&head, Rule::slice) => {
            let to = only(only(head.clone(), Rule::slice)?, Rule::expr)?;
            Node::Slice(left, Box::new(expr(first(head)?)?), Box::new(expr(to)?))
        }
        (Rule::index, _) => Node::Index(left, Box::new(expr(first(head)?)?)),
        (_, Some(tail)) if tail.as_rule() == Rule::call_mark => Node::Bean(name(head)?),
        (_, Some(tail)) => Node::Field(left, name(head)?, Some(class_name(first(tail)?))),
        (_, None) => Node::Field(left, name(head)?, None),
    };
    Ok(Expr { node, span: whole })
}

fn primary(pair: Pair<'_, Rule>) -> Result<Expr> {
    let span = span(&pair);
    let node = match pair.as_rule() {
        Rule::literal => return literal::literal(&first(pair)?),
        Rule::expr => return Ok(Expr { span, ..expr(pair)? }),
        Rule::case => case(pair)?,
        Rule::cast => cast(pair)?,
        Rule::extract => extract(pair)?,
        Rule::exists => Node::Exists(Box::new(query(first(only_query(pair)?)?)?)),
        Rule::sub_select => Node::Query(Box::new(query(first(pair)?)?)),
        Rule::parameter => Node::Parameter(pair.as_str()[1..].to_owned()),
        Rule::attribute => Node::Attribute(None, name(first(pair)?)?),
        Rule::call => Node::Call(call::call(pair)?),
        Rule::reference => reference(pair)?,
        _ => return Err(lost(span)),
    };
    Ok(Expr { node, span })
}

fn reference(pair: Pair<'_, Rule>) -> Result<Node> {
    let whole = span(&pair);
    let mut parts = pair.into_inner();
    let head = name(parts.next().ok_or_else(|| lost(whole))?)?;
    let declared = parts.next().map(first).transpose()?.map(class_name);
    Ok(Node::Name(head, declared))
}

/// A query that stands as a value.
pub(super) fn sub_query(pair: Pair<'_, Rule>) -> Result<Expr> {
    let span = span(&pair);
    Ok(Expr { node: Node::Query(Box::new(query(pair)?)), span })
}

fn case(pair: Pair<'_, Rule>) -> Result<Node> {
    let (mut operand, mut branches, mut otherwise) = (None, Vec::new(), None);
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::expr if branches.is_empty() => operand = Some(Box::new(expr(part)?)),
            Rule::expr => otherwise = Some(Box::new(expr(part)?)),
            Rule::when => branches.push(when(part)?),
            _ => {}
        }
    }
    Ok(Node::Case(operand, branches, otherwise))
}

fn when(pair: Pair<'_, Rule>) -> Result<(Expr, Expr)> {
    let whole = span(&pair);
    let mut parts = all(pair, Rule::expr).map(expr);
    match (parts.next(), parts.next()) {
        (Some(condition), Some(value)) => Ok((condition?, value?)),
        _ => Err(lost(whole)),
    }
}

fn cast(pair: Pair<'_, Rule>) -> Result<Node> {
    let operand = Box::new(expr(only(pair.clone(), Rule::expr)?)?);
    Ok(Node::Cast(operand, name(only(pair, Rule::any_word)?)?))
}

/// `EXTRACT(part FROM time)` is `date_part('part', time)`.
fn extract(pair: Pair<'_, Rule>) -> Result<Node> {
    let part = name(only(pair.clone(), Rule::any_word)?)?;
    let time = expr(only(pair, Rule::expr)?)?;
    let text = Expr { node: Node::Text(part.text), span: part.span };
    let arguments = [text, time].into_iter().map(|value| Argument { name: None, value }).collect();
    let name = Name { text: "date_part".to_owned(), span: part.span };
    Ok(Node::Call(Call {
        name,
        distinct: false,
        star: false,
        arguments,
        order: Vec::new(),
        filter: None,
        over: None,
    }))
}
