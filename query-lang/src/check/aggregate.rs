//! Aggregates and groups: calls are gathered while expressions are checked, then group keys replace their like.

use super::Checker;
use super::scope::{Origin, Scope};
use super::tree::{AggregateCall, ColumnId, Expr, Node, Query, Sort, WindowCall};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::functions::{Aggregate, Function, Parameter};
use crate::syntax::ast::{self, Call, Name};
use heapwise_engine::table::Kind;
use std::collections::BTreeSet;

/// The aggregates and windows of one SELECT.
#[derive(Default)]
pub(super) struct Groups {
    /// Where an aggregate cannot stand, the place; `None` where it can.
    pub(crate) forbidden: Option<&'static str>,
    /// The aggregates so far, without repeats.
    pub(crate) calls: Vec<(ColumnId, AggregateCall)>,
    /// The calls over windows so far, without repeats.
    pub(crate) windows: Vec<(ColumnId, WindowCall)>,
    /// The windows of the WINDOW clause.
    pub(crate) named: Vec<(Name, ast::Window)>,
    /// The columns of the rows before they are grouped.
    pub(crate) columns: BTreeSet<ColumnId>,
    /// What puts the rows into their order.
    pub(crate) natural: Vec<Expr>,
}

impl Checker<'_> {
    /// An aggregate call: the column that will hold its value.
    pub(super) fn aggregate(
        &mut self,
        scope: &Scope<'_>,
        function: &Function,
        which: Aggregate,
        call: &Call,
        span: Span,
    ) -> Result<Expr> {
        let place = self.groups.last().map_or(Some("here"), |groups| groups.forbidden);
        if let Some(place) = place {
            return Err(misplaced(&call.name.text, place, span));
        }
        let before = self.forbid(Some("inside another aggregate"));
        let checked = self.aggregate_call(scope, function, which, call, span);
        self.forbid(before);
        let (call, ty) = checked?;
        let id = self.remembered(call, |groups| &mut groups.calls);
        Ok(Expr { node: Node::Column(id), ty, span })
    }

    /// The column of a call of the SELECT, the same one for the same call.
    pub(super) fn remembered<C: PartialEq>(
        &mut self,
        call: C,
        calls: impl Fn(&mut Groups) -> &mut Vec<(ColumnId, C)>,
    ) -> ColumnId {
        let known =
            self.groups.last_mut().and_then(|groups| calls(groups).iter().find(|(_, other)| *other == call));
        if let Some((id, _)) = known {
            return *id;
        }
        let id = self.column(Origin::Derived);
        if let Some(groups) = self.groups.last_mut() {
            calls(groups).push((id, call));
        }
        id
    }

    /// The checked call, wherever it is computed, and the type of its value.
    pub(super) fn aggregate_call(
        &mut self,
        scope: &Scope<'_>,
        function: &Function,
        which: Aggregate,
        call: &Call,
        span: Span,
    ) -> Result<(AggregateCall, Type)> {
        let arguments = self.aggregate_arguments(scope, function, which, call, span)?;
        let ty = result_type(which, arguments.first(), span)?;
        let order = call.order.iter().map(|key| {
            let expr = self.expr(scope, &key.expr)?;
            Ok(super::sets::sort_key(key, expr))
        });
        let mut order = order.collect::<Result<Vec<Sort>>>()?;
        if matches!(which, Aggregate::Collect | Aggregate::Join) {
            // Of repeats nobody can tell which one stays: distinct values are sorted themselves.
            let natural = match call.distinct {
                true => arguments.iter().take(1).cloned().collect(),
                false => self.groups.last().map(|groups| groups.natural.clone()).unwrap_or_default(),
            };
            order.extend(natural.into_iter().map(super::sets::ascending));
        }
        let filter = call.filter.as_ref().map(|filter| self.condition(scope, filter)).transpose()?;
        Ok((AggregateCall { function: which, arguments, distinct: call.distinct, order, filter }, ty))
    }

    fn aggregate_arguments(
        &mut self,
        scope: &Scope<'_>,
        function: &Function,
        which: Aggregate,
        call: &Call,
        span: Span,
    ) -> Result<Vec<Expr>> {
        let crate::functions::Role::Aggregate(_, parameters) = function.role else { return Ok(Vec::new()) };
        if call.star && which == Aggregate::Count {
            return Ok(Vec::new());
        }
        if call.star || call.arguments.len() != parameters.len() {
            let count = match parameters.len() {
                1 => "one value".to_owned(),
                n => format!("{n} values"),
            };
            return Err(Diagnostic::check(
                span,
                format!("`{}` takes {count}", call.name.text),
                "wrong arguments",
            )
            .hint("count(*) counts rows; sum, avg, min and max take an expression"));
        }
        let mut arguments = Vec::new();
        for (argument, &parameter) in call.arguments.iter().zip(parameters.iter()) {
            let value = self.expr(scope, &argument.value)?;
            let summed = matches!(which, Aggregate::Sum | Aggregate::Avg) && !arguments.is_empty();
            arguments.push(match parameter {
                Parameter::Number if !summed => summable(value)?,
                _ => self.argument(function, parameter, value)?,
            });
        }
        self.check_constants(which, &arguments)?;
        Ok(arguments)
    }

    fn check_constants(&self, which: Aggregate, arguments: &[Expr]) -> Result<()> {
        let Some(second) = arguments.get(1) else { return Ok(()) };
        let fits = match (which, &second.node) {
            (Aggregate::Join, node) => matches!(node, Node::Text(_)),
            (_, Node::Float(p)) => (0.0..=1.0).contains(p),
            (_, Node::Int(p)) => (0..=1).contains(p),
            _ => false,
        };
        let (message, hint) = match which {
            Aggregate::Join => ("the separator is a literal text", "string_agg(x, ', ')"),
            _ => ("a percentile is a literal number from 0 to 1", "the median is approx_percentile(x, 0.5)"),
        };
        if fits { Ok(()) } else { Err(Diagnostic::check(second.span, message, "not here").hint(hint)) }
    }

    /// Says where aggregates cannot stand, and gives back what was said before.
    pub(super) fn forbid(&mut self, place: Option<&'static str>) -> Option<&'static str> {
        let groups = self.groups.last_mut();
        groups.and_then(|groups| std::mem::replace(&mut groups.forbidden, place))
    }

    /// The expression over the groups: keys and aggregates are columns, nothing else may be one.
    pub(super) fn over_groups(&self, mut expr: Expr, keys: &[(ColumnId, Expr)]) -> Result<Expr> {
        self.replace(&mut expr, keys)?;
        Ok(expr)
    }

    fn replace(&self, expr: &mut Expr, keys: &[(ColumnId, Expr)]) -> Result<()> {
        if let Some((id, _)) = keys.iter().find(|(_, key)| key == expr) {
            expr.node = Node::Column(*id);
            return Ok(());
        }
        if let Node::Column(id) = expr.node {
            return if self.is_call(id) { Ok(()) } else { self.replace_attribute(expr, id, keys) };
        }
        if let Some(query) = expr.node.query_mut() {
            self.replace_outside(query, keys, expr.span)?;
        }
        let is_path = matches!(expr.node, Node::Read(..));
        let span = expr.span;
        let replaced =
            expr.node.operands_mut().into_iter().try_for_each(|operand| self.replace(operand, keys));
        // Of a path, all of it is missing in GROUP BY, not its first name alone.
        replaced.map_err(|error| if is_path { self.ungrouped(span) } else { error })
    }

    /// In a sub-query, what it looks at in this SELECT are the groups.
    fn replace_outside(&self, query: &mut Query, keys: &[(ColumnId, Expr)], span: Span) -> Result<()> {
        let outer: Vec<(ColumnId, Expr)> =
            keys.iter().map(|(id, key)| (*id, seen_from_inside(key))).collect();
        query.each_expr(&mut |expr| replace_keys(expr, &outer));
        let rows = self.groups.last().map(|groups| &groups.columns);
        match query.outside().keys().any(|id| rows.is_some_and(|rows| rows.contains(id))) {
            true => Err(self.ungrouped(span)),
            false => Ok(()),
        }
    }

    /// Whether the column holds an aggregate or a call over a window.
    fn is_call(&self, id: ColumnId) -> bool {
        self.groups.last().is_some_and(|groups| {
            groups.calls.iter().any(|(call, _)| *call == id)
                || groups.windows.iter().any(|(call, _)| *call == id)
        })
    }

    /// An attribute of an object that is a key is read from the key.
    fn replace_attribute(&self, expr: &mut Expr, id: ColumnId, keys: &[(ColumnId, Expr)]) -> Result<()> {
        if let Some(Origin::Attribute(this, column)) = self.origins.get(id.0)
            && let Some((key, object)) = keys.iter().find(|(_, key)| key.node == Node::Column(*this))
            && let Some(dump) = &object.ty.dump
        {
            let object = Expr { node: Node::Column(*key), ty: object.ty.clone(), span: expr.span };
            let read = crate::heap::Read::Attribute(*column);
            expr.node = Node::Read(std::sync::Arc::clone(dump), read, vec![object]);
            return Ok(());
        }
        Err(self.ungrouped(expr.span))
    }

    fn ungrouped(&self, span: Span) -> Diagnostic {
        let words = self.words(span);
        Diagnostic::check(
            span,
            format!("`{words}` is neither a group key nor an aggregate"),
            "not in GROUP BY",
        )
        .hint(format!("add it to GROUP BY, or take one of the group: min({words})"))
    }
}

/// A key as a sub-query writes it.
fn seen_from_inside(key: &Expr) -> Expr {
    let mut key = key.clone();
    key.walk(&mut |inner| {
        if let Node::Column(id) = inner.node {
            inner.node = Node::Outer(id);
        }
    });
    key
}

fn replace_keys(expr: &mut Expr, keys: &[(ColumnId, Expr)]) {
    if let Some((id, _)) = keys.iter().find(|(_, key)| key == expr) {
        expr.node = Node::Outer(*id);
        return;
    }
    if let Some(query) = expr.node.query_mut() {
        query.each_expr(&mut |expr| replace_keys(expr, keys));
    }
    expr.node.operands_mut().into_iter().for_each(|operand| replace_keys(operand, keys));
}

/// An aggregate or a window function where none can stand.
pub(super) fn misplaced(name: &str, place: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::check(span, format!("`{name}` cannot stand {place}"), "an aggregate");
    if place == "in WHERE" { error.hint("conditions on groups stand in HAVING") } else { error }
}

fn summable(value: Expr) -> Result<Expr> {
    if value.ty.is_number() || value.ty.kind.is_none() {
        return Ok(value);
    }
    let what = value.ty.name();
    let error = Diagnostic::check(
        value.span,
        format!("only numbers can be added up, this is {what}"),
        format!("is {what}"),
    );
    Err(if value.ty.is(Kind::Object) { error.hint("write sum(x.@shallow) for sizes") } else { error })
}

fn result_type(function: Aggregate, argument: Option<&Expr>, span: Span) -> Result<Type> {
    let Some(argument) = argument else { return Ok(Type::of(Kind::Count)) };
    let null = || Diagnostic::check(span, "the aggregate of null is null", "null");
    match function {
        Aggregate::Count | Aggregate::ApproxDistinct => Ok(Type::of(Kind::Count)),
        Aggregate::Join => Ok(Type::of(Kind::Text)),
        Aggregate::All | Aggregate::Any => Ok(Type::of(Kind::Bool)),
        Aggregate::Avg
        | Aggregate::Median
        | Aggregate::Percentile
        | Aggregate::ApproxPercentile
        | Aggregate::StdDev
        | Aggregate::Variance => Ok(Type::of(Kind::Float)),
        Aggregate::Collect => match argument.ty.kind {
            None | Some(Kind::List(_)) => Err(null()),
            Some(kind) => Ok(Type { kind: Some(kind.list()), ..argument.ty.clone() }),
        },
        Aggregate::Sum | Aggregate::Min | Aggregate::Max | Aggregate::AnyValue => match argument.ty.kind {
            None => Err(null()),
            Some(Kind::List(_)) => Err(Diagnostic::check(argument.span, "lists have no order", "is a list")
                .hint("take its length, or one element")),
            Some(_) => Ok(argument.ty.clone()),
        },
    }
}
