//! From pest's pairs to relations and sources.

use super::{
    all, argument, class_name, column_names, expr, first, has, last, literal, lost, name, query, span,
};
use crate::error::{Diagnostic, Result};
use crate::syntax::Rule;
use crate::syntax::ast::{ClassName, JoinKind, Joined, Name, Relation, Source};
use pest::iterators::Pair;

/// The relations of FROM.
pub(super) fn relations(pair: Pair<'_, Rule>) -> Result<Vec<Joined>> {
    let parts = pair.into_inner().filter(|part| part.as_rule() != Rule::k_from);
    parts.map(|part| if part.as_rule() == Rule::join { join(part) } else { joined(part) }).collect()
}

fn joined(pair: Pair<'_, Rule>) -> Result<Joined> {
    Ok(Joined { kind: JoinKind::Cross, relation: relation(pair)?, on: None, using: Vec::new() })
}

fn join(pair: Pair<'_, Rule>) -> Result<Joined> {
    let whole = span(&pair);
    let mut kind = JoinKind::Inner;
    let mut right = None;
    let mut on = None;
    let using = column_names(&pair)?;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::join_kind => kind = join_kind(&part),
            Rule::relation => right = Some(relation(part)?),
            Rule::expr => on = Some(expr::expr(part)?),
            _ => {}
        }
    }
    let relation = right.ok_or_else(|| lost(whole))?;
    let is_call = matches!(relation.source, Source::Function(..));
    match (kind, &on) {
        (JoinKind::Cross, Some(on)) => Err(Diagnostic::syntax(on.span, "a CROSS JOIN has no ON", "not here")
            .hint("write JOIN … ON …, or move the condition to WHERE")),
        (JoinKind::Cross, None) | (_, Some(_)) => Ok(Joined { kind, relation, on, using }),
        (JoinKind::Inner | JoinKind::Left, None) if is_call => Ok(Joined { kind, relation, on, using }),
        _ if !using.is_empty() => Ok(Joined { kind, relation, on, using }),
        _ => Err(Diagnostic::syntax(whole, "a JOIN needs ON and a condition", "ON is missing")
            .hint("write JOIN … ON a.x = b.y, or CROSS JOIN for every pair")),
    }
}

fn join_kind(pair: &Pair<'_, Rule>) -> JoinKind {
    let is = |rule| has(pair, rule);
    match (is(Rule::k_semi), is(Rule::k_anti), is(Rule::k_right)) {
        (true, _, right) => return if right { JoinKind::RightSemi } else { JoinKind::LeftSemi },
        (_, true, right) => return if right { JoinKind::RightAnti } else { JoinKind::LeftAnti },
        (_, _, true) => return JoinKind::Right,
        _ => {}
    }
    match (is(Rule::k_cross), is(Rule::k_left), is(Rule::k_full)) {
        (true, ..) => JoinKind::Cross,
        (_, true, _) => JoinKind::Left,
        (.., true) => JoinKind::Full,
        _ => JoinKind::Inner,
    }
}

/// `FROM objects o` and `FROM OBJECTS Type` read alike: a lone plain word after OBJECTS is the alias of the table.
fn relation(pair: Pair<'_, Rule>) -> Result<Relation> {
    let span = span(&pair);
    let (lateral, columns) = (has(&pair, Rule::k_lateral), column_names(&pair)?);
    let mut parts = pair.into_inner().skip_while(|part| part.as_rule() == Rule::k_lateral);
    let source_pair = parts.next().ok_or_else(|| lost(span))?;
    let keyword =
        source_pair.clone().into_inner().next().and_then(|class_objects| class_objects.into_inner().next());
    let source = source(source_pair)?;
    let mut relation = Relation { source, dump: None, alias: None, columns, lateral, span };
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
            Ok(Source::Function(function, parts.map(argument).collect::<Result<_>>()?))
        }
        _ => Ok(Source::Name(class_name(inner))),
    }
}
