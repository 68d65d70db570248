//! Aggregates and groups: calls are gathered while expressions are checked, then group keys replace their like.

use super::Checker;
use super::scope::{Origin, Scope};
use super::tree::{AggregateCall, ColumnId, Expr, Node};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::functions::Aggregate;
use crate::syntax::ast::Call;
use heapwise_engine::table::Kind;

/// The aggregates of one SELECT.
#[derive(Default)]
pub(super) struct Groups {
    /// Where an aggregate cannot stand, the place; `None` where it can.
    pub(crate) forbidden: Option<&'static str>,
    /// The calls so far, without repeats.
    pub(crate) calls: Vec<(ColumnId, AggregateCall)>,
}

impl Checker<'_> {
    /// An aggregate call: the column that will hold its value.
    pub(super) fn aggregate(
        &mut self,
        scope: &Scope<'_>,
        function: Aggregate,
        call: &Call,
        span: Span,
    ) -> Result<Expr> {
        let place = self.groups.last().map_or(Some("here"), |groups| groups.forbidden);
        if let Some(place) = place {
            let name = &call.name.text;
            let error = Diagnostic::check(span, format!("`{name}` cannot stand {place}"), "an aggregate");
            return Err(if place == "in WHERE" {
                error.hint("conditions on groups stand in HAVING")
            } else {
                error
            });
        }
        let argument = self.aggregate_argument(scope, function, call, span)?;
        let ty = result_type(function, argument.as_ref(), span)?;
        let call = AggregateCall { function, argument, distinct: call.distinct };
        let known =
            self.groups.last().and_then(|groups| groups.calls.iter().find(|(_, other)| *other == call));
        let id = match known {
            Some((id, _)) => *id,
            None => {
                let id = self.column(Origin::Derived);
                if let Some(groups) = self.groups.last_mut() {
                    groups.calls.push((id, call));
                }
                id
            }
        };
        Ok(Expr { node: Node::Column(id), ty, span })
    }

    fn aggregate_argument(
        &mut self,
        scope: &Scope<'_>,
        function: Aggregate,
        call: &Call,
        span: Span,
    ) -> Result<Option<Expr>> {
        match (call.star, call.arguments.as_slice()) {
            (true, _) if function == Aggregate::Count => Ok(None),
            (false, [argument]) => {
                let before = self.forbid(Some("inside another aggregate"));
                let value = self.expr(scope, argument);
                self.forbid(before);
                value.map(Some)
            }
            _ => Err(Diagnostic::check(
                span,
                format!("`{}` takes one value", call.name.text),
                "wrong arguments",
            )
            .hint("count(*) counts rows; sum, avg, min and max take an expression")),
        }
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
            let is_aggregate =
                self.groups.last().is_some_and(|groups| groups.calls.iter().any(|(call, _)| *call == id));
            return if is_aggregate { Ok(()) } else { self.replace_attribute(expr, id, keys) };
        }
        let is_path = matches!(expr.node, Node::Read(..));
        let span = expr.span;
        let replaced =
            expr.node.operands_mut().into_iter().try_for_each(|operand| self.replace(operand, keys));
        // Of a path, all of it is missing in GROUP BY, not its first name alone.
        replaced.map_err(|error| if is_path { self.ungrouped(span) } else { error })
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

fn result_type(function: Aggregate, argument: Option<&Expr>, span: Span) -> Result<Type> {
    let Some(argument) = argument else { return Ok(Type::of(Kind::Count)) };
    let number = argument.ty.is_number() || argument.ty.kind.is_none();
    match function {
        Aggregate::Count => Ok(Type::of(Kind::Count)),
        Aggregate::Sum | Aggregate::Avg if !number => {
            let what = argument.ty.name();
            let error = Diagnostic::check(
                argument.span,
                format!("only numbers can be added up, this is {what}"),
                format!("is {what}"),
            );
            Err(if argument.ty.is(Kind::Object) {
                error.hint("write sum(x.@shallow) for sizes")
            } else {
                error
            })
        }
        Aggregate::Avg => Ok(Type::of(Kind::Float)),
        Aggregate::Sum | Aggregate::Min | Aggregate::Max if argument.ty.kind.is_none() => {
            Err(Diagnostic::check(span, "the aggregate of null is null", "null"))
        }
        Aggregate::Sum | Aggregate::Min | Aggregate::Max => Ok(argument.ty.clone()),
    }
}
