//! From pest's pairs to function calls and windows.

use super::{all, argument, expr, first, has, lost, name, order_by, span};
use crate::error::Result;
use crate::syntax::Rule;
use crate::syntax::ast::{Bound, Call, Frame, FrameUnit, Over, Window};
use pest::iterators::Pair;

/// `name(arguments) FILTER (…) OVER (…)`.
pub(super) fn call(pair: Pair<'_, Rule>) -> Result<Call> {
    let whole = span(&pair);
    let mut call = Call {
        name: name(first(pair.clone())?)?,
        distinct: has(&pair, Rule::k_distinct),
        star: has(&pair, Rule::star),
        arguments: Vec::new(),
        order: Vec::new(),
        filter: None,
        over: None,
    };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::argument => call.arguments.push(argument(part)?),
            Rule::order_by => call.order = order_by(part)?,
            Rule::filter => call.filter = Some(Box::new(expr::expr(super::only(part, Rule::expr)?)?)),
            Rule::over => call.over = Some(over(part.into_inner().last().ok_or_else(|| lost(whole))?)?),
            _ => {}
        }
    }
    Ok(call)
}

fn over(pair: Pair<'_, Rule>) -> Result<Over> {
    match pair.as_rule() {
        Rule::window => Ok(Over::Window(Box::new(window(pair)?))),
        _ => Ok(Over::Named(name(pair)?)),
    }
}

/// `PARTITION BY … ORDER BY … ROWS …`.
pub(super) fn window(pair: Pair<'_, Rule>) -> Result<Window> {
    let mut window = Window { partition: Vec::new(), order: Vec::new(), frame: None };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::expr => window.partition.push(expr::expr(part)?),
            Rule::order_by => window.order = order_by(part)?,
            Rule::frame => window.frame = Some(frame(part)?),
            _ => {}
        }
    }
    Ok(window)
}

/// A frame with one bound ends at the current row.
fn frame(pair: Pair<'_, Rule>) -> Result<Frame> {
    let span = span(&pair);
    let unit = match first(pair.clone())?.as_rule() {
        Rule::k_range => FrameUnit::Range,
        Rule::k_groups => FrameUnit::Groups,
        _ => FrameUnit::Rows,
    };
    let mut bounds = all(pair, Rule::bound).map(bound);
    let start = bounds.next().ok_or_else(|| lost(span))??;
    let end = bounds.next().transpose()?.unwrap_or(Bound::Current);
    Ok(Frame { unit, start, end, span })
}

fn bound(pair: Pair<'_, Rule>) -> Result<Bound> {
    if has(&pair, Rule::k_current) {
        return Ok(Bound::Current);
    }
    let is_preceding = has(&pair, Rule::k_preceding);
    let distance = all(pair, Rule::sum).next().map(expr::sum).transpose()?;
    Ok(if is_preceding { Bound::Preceding(distance) } else { Bound::Following(distance) })
}
