//! Calls over windows: like aggregates they become columns, computed after the groups.

use super::Checker;
use super::aggregate::misplaced;
use super::scope::Scope;
use super::sets::sort_key;
use super::tree::{Expr, Frame, FrameEnd, Node, Select, Sort, WindowCall, WindowFunction};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::functions::{Function, Ranking, Role};
use crate::syntax::ast::{self, Bound, Call, Over};
use heapwise_engine::table::Kind;

impl Checker<'_> {
    /// `function(…) OVER (…)`: the column that will hold its value.
    pub(super) fn windowed(
        &mut self,
        scope: &Scope<'_>,
        function: &Function,
        call: &Call,
        over: &Over,
        span: Span,
    ) -> Result<Expr> {
        let forbidden = self.groups.last().map_or(Some("here"), |groups| groups.forbidden);
        if let Some(place) = forbidden {
            return Err(misplaced(&call.name.text, place, span)
                .hint("compute it in a sub-select and test it outside"));
        }
        let window = self.window_of(over)?;
        let before = self.forbid(None);
        let checked = self.window_call(scope, function, call, &window, span);
        self.forbid(before);
        let (call, ty) = checked?;
        let id = self.remembered(call, |groups| &mut groups.windows);
        Ok(Expr { node: Node::Column(id), ty, span })
    }

    fn window_of(&self, over: &Over) -> Result<ast::Window> {
        let name = match over {
            Over::Window(window) => return Ok(window.as_ref().clone()),
            Over::Named(name) => name,
        };
        let named = self.groups.last().map(|groups| groups.named.as_slice()).unwrap_or_default();
        let found = named.iter().find(|(other, _)| other.text.eq_ignore_ascii_case(&name.text));
        found.map(|(_, window)| window.clone()).ok_or_else(|| {
            let error = Diagnostic::check(
                name.span,
                format!("no window is called `{}`", name.text),
                "unknown window",
            );
            match nearest(&name.text, named.iter().map(|(other, _)| other.text.as_str())) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error
                    .hint(format!("add WINDOW {} AS (PARTITION BY … ORDER BY …) after HAVING", name.text)),
            }
        })
    }

    fn window_call(
        &mut self,
        scope: &Scope<'_>,
        function: &Function,
        call: &Call,
        window: &ast::Window,
        span: Span,
    ) -> Result<(WindowCall, Type)> {
        let (function, ty) = match function.role {
            Role::Aggregate(which, _) => {
                let (call, ty) = self.aggregate_call(scope, function, which, call, span)?;
                (WindowFunction::Aggregate(call), ty)
            }
            Role::Ranking(which, ..) => self.ranking(scope, function, which, call, span)?,
            _ => return Err(not_windowed(function, span)),
        };
        let partition =
            window.partition.iter().map(|key| self.expr(scope, key)).collect::<Result<Vec<_>>>()?;
        let order = window.order.iter().map(|key| Ok(sort_key(key, self.expr(scope, &key.expr)?)));
        let order = order.collect::<Result<Vec<Sort>>>()?;
        let frame = window.frame.as_ref().map(|frame| self.frame(scope, frame, &order)).transpose()?;
        let by_row = by_row(&function, frame.as_ref());
        Ok((WindowCall { function, partition, order, frame, by_row }, ty))
    }

    fn ranking(
        &mut self,
        scope: &Scope<'_>,
        function: &Function,
        which: Ranking,
        call: &Call,
        span: Span,
    ) -> Result<(WindowFunction, Type)> {
        let Role::Ranking(_, parameters, optional) = function.role else {
            return Err(not_windowed(function, span));
        };
        if call.filter.is_some() || call.distinct || call.star || !call.order.is_empty() {
            return Err(Diagnostic::check(
                span,
                format!("`{}` takes values only", function.name),
                "no aggregate",
            )
            .hint(format!("write {}", function.signature)));
        }
        super::call::check_count(function, parameters, optional, call.arguments.len(), span)?;
        let mut arguments = Vec::new();
        for (argument, &parameter) in call.arguments.iter().zip(parameters) {
            let value = self.expr(scope, &argument.value)?;
            arguments.push(self.argument(function, parameter, value)?);
        }
        let count = if which == Ranking::Ntile { arguments.first() } else { arguments.get(1) };
        if let Some(count) = count.filter(|count| !matches!(count.node, Node::Int(1..))) {
            return Err(Diagnostic::check(
                count.span,
                "a literal number from 1 on is needed here",
                "not a count",
            ));
        }
        let ty = match (which, arguments.first()) {
            (Ranking::PercentRank | Ranking::CumeDist, _) => Type::of(Kind::Float),
            (Ranking::Lag | Ranking::Lead | Ranking::First | Ranking::Last | Ranking::Nth, Some(value)) => {
                value.ty.clone()
            }
            _ => Type::of(Kind::Count),
        };
        Ok((WindowFunction::Ranking(which, arguments), ty))
    }

    fn frame(&mut self, scope: &Scope<'_>, frame: &ast::Frame, order: &[Sort]) -> Result<Frame> {
        let start = self.frame_end(scope, &frame.start)?;
        let end = self.frame_end(scope, &frame.end)?;
        let counts =
            |end: FrameEnd| matches!(end, FrameEnd::Preceding(Some(_)) | FrameEnd::Following(Some(_)));
        let wrong = |message: &str| Err(Diagnostic::check(frame.span, message, "this frame"));
        if matches!(start, FrameEnd::Following(None)) || matches!(end, FrameEnd::Preceding(None)) {
            return wrong("a frame begins before it ends");
        }
        let numeric = matches!(order, [only] if only.expr.ty.is_number());
        if frame.unit == ast::FrameUnit::Range && (counts(start) || counts(end)) && !numeric {
            return wrong("RANGE with a distance needs one number in ORDER BY");
        }
        if frame.unit == ast::FrameUnit::Groups && order.is_empty() {
            return wrong("GROUPS needs ORDER BY");
        }
        Ok(Frame { unit: frame.unit, start, end })
    }

    fn frame_end(&mut self, scope: &Scope<'_>, bound: &Bound) -> Result<FrameEnd> {
        let mut distance = |expr: &Option<ast::Expr>| {
            let count = expr.as_ref().map(|expr| self.positive(scope, expr)).transpose()?;
            Ok(count.map(|count| count as u64))
        };
        Ok(match bound {
            Bound::Preceding(expr) => FrameEnd::Preceding(distance(expr)?),
            Bound::Current => FrameEnd::Current,
            Bound::Following(expr) => FrameEnd::Following(distance(expr)?),
        })
    }

    /// The call over the groups, where a SELECT has both.
    pub(super) fn window_over_groups(&self, mut call: WindowCall, select: &Select) -> Result<WindowCall> {
        for expr in call.operands_mut() {
            *expr = self.over_groups(expr.clone(), &select.keys)?;
        }
        Ok(call)
    }
}

fn not_windowed(function: &Function, span: Span) -> Diagnostic {
    Diagnostic::check(span, format!("`{}` has no OVER", function.name), "no window function")
        .hint("OVER follows aggregates and functions such as row_number()")
}

/// Whether the value depends on the order of rows whose keys are equal.
fn by_row(function: &WindowFunction, frame: Option<&Frame>) -> bool {
    use Ranking::{CumeDist, DenseRank, PercentRank, Rank};
    match function {
        WindowFunction::Ranking(which, _) => !matches!(which, Rank | DenseRank | PercentRank | CumeDist),
        WindowFunction::Aggregate(_) => frame.is_some_and(|frame| frame.unit == ast::FrameUnit::Rows),
    }
}
