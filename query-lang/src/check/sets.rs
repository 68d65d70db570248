//! Set operations, and the order of what is sorted after its columns are made.

use super::Checker;
use super::expr::null;
use super::scope::Origin;
use super::tree::{Body, ColumnId, Expr, Node, Output, Query, Select, Sort};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::ast::{self, SetStep};

impl Checker<'_> {
    pub(super) fn set(&mut self, step: &SetStep, mut left: Query, mut right: Query) -> Result<Query> {
        let (a, b) = (left.output.len(), right.output.len());
        if a != b {
            return Err(Diagnostic::check(
                step.span,
                format!("the left side has {a} columns, the right side {b}"),
                "sides differ",
            )
            .hint("both sides need the same columns"));
        }
        let mut output = Vec::new();
        for i in 0..a {
            let (one, other) = (&left.output[i], &right.output[i]);
            let Some(ty) = one.ty.common(&other.ty) else {
                let (name, one, other) = (&one.name, one.ty.name(), other.ty.name());
                let message = format!("column `{name}` is {one} on the left, {other} on the right");
                return Err(Diagnostic::check(step.span, message, "sides differ"));
            };
            output.push(Output { name: one.name.clone(), id: self.column(Origin::Derived), ty });
        }
        for query in [&mut left, &mut right] {
            convert_output(query, &output)?;
        }
        let objects = left.objects && right.objects;
        let all = step.all && step.operation == ast::SetOperation::Union;
        if let (false, Some(list)) = (all, output.iter().find(|output| output.ty.is_list())) {
            let message = format!("column `{}` is a list, and lists are not compared", list.name);
            return Err(
                Diagnostic::check(step.span, message, "compares rows").hint("UNION ALL keeps all rows")
            );
        }
        let body = Body::Set(step.operation, step.all, Box::new(left), Box::new(right));
        let mut whole =
            Query { body, sort: Vec::new(), written_keys: 0, offset: None, limit: None, output, objects };
        self.order_output(&mut whole, &[])?;
        Ok(whole)
    }

    /// Sorts by output columns: those written, then all, so that rows come in the same order every time.
    pub(super) fn order_output(&mut self, whole: &mut Query, order: &[ast::Order]) -> Result<()> {
        let mut sort = Vec::new();
        for key in order {
            let output = output_of(&whole.output, &key.expr)?.ok_or_else(|| {
                Diagnostic::check(
                    key.expr.span,
                    "only output columns can order the rows of a set operation or DISTINCT",
                    "not an output column",
                )
                .hint("order by the name or the number of a column")
            })?;
            sort.push(sort_key(key, output_expr(output, key.expr.span)));
        }
        whole.written_keys = sort.len();
        let comparable = whole.output.iter().filter(|output| !output.ty.is_list());
        sort.extend(comparable.map(|output| ascending(output_expr(output, Span::default()))));
        whole.sort = sort;
        Ok(())
    }

    /// A query in parentheses whose rows, after its own limit, come in another order.
    pub(super) fn ordered_again(&mut self, inner: Query, order: &[ast::Order]) -> Result<Query> {
        let columns: Vec<ColumnId> = inner.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let as_read = inner.output.iter().zip(&columns).map(|(output, &id)| Output { id, ..output.clone() });
        let mut whole = Query {
            body: Body::Set(ast::SetOperation::Union, true, Box::new(inner.clone()), Box::new(inner.clone())),
            sort: Vec::new(),
            written_keys: 0,
            offset: None,
            limit: None,
            output: as_read.collect(),
            objects: inner.objects,
        };
        self.order_output(&mut whole, order)?;
        let named =
            whole.output.iter().map(|output| (output.name.clone(), output_expr(output, Span::default())));
        let (output, items) = self.outputs(named.collect());
        let relation = super::tree::Relation::Query(Box::new(inner), columns);
        let select = Select { items, ..Select::of(relation) };
        Ok(Query { body: Body::Select(Box::new(select)), output, ..whole })
    }
}

impl Checker<'_> {
    /// `VALUES (…), (…)`: as many selects, columns are `column1` and so on.
    pub(super) fn values(
        &mut self,
        rows: &[Vec<ast::Expr>],
        span: Span,
        parent: Option<&super::scope::Scope<'_>>,
    ) -> Result<Query> {
        let select = |row: &Vec<ast::Expr>| {
            let name = |i: usize| ast::Name { text: format!("column{}", i + 1), span };
            let items = row.iter().enumerate().map(|(i, expr)| ast::Item::Expr(expr.clone(), Some(name(i))));
            super::short::plain(items.collect(), Vec::new(), span)
        };
        let mut branches = rows.iter().map(|row| ast::Branch::Select(Box::new(select(row))));
        let first = branches.next().ok_or_else(|| Diagnostic::check(span, "there are no values", ""))?;
        let step = |branch| SetStep { operation: ast::SetOperation::Union, all: true, branch, span };
        let rest = branches.map(step).collect();
        let query =
            ast::Query { with: Vec::new(), first, rest, order: Vec::new(), limit: None, offset: None, span };
        self.query(&query, parent)
    }
}

/// Makes the output of an operand of a set operation have the common types.
fn convert_output(query: &mut Query, wanted: &[Output]) -> Result<()> {
    for (i, target) in wanted.iter().enumerate() {
        if query.output[i].ty.kind == target.ty.kind {
            continue;
        }
        let id = query.output[i].id;
        match &mut query.body {
            Body::Select(select) => {
                for (_, item) in select.items.iter_mut().filter(|(item, _)| *item == id) {
                    let old = std::mem::replace(item, null(item.span));
                    *item = if old.ty.kind.is_none() {
                        Expr { ty: target.ty.clone(), ..old }
                    } else {
                        old.into_type(&target.ty)
                    };
                }
            }
            Body::Set(_, _, left, right) => {
                let inner: Vec<Output> = query
                    .output
                    .iter()
                    .enumerate()
                    .map(|(j, output)| {
                        if j == i {
                            Output { ty: target.ty.clone(), ..output.clone() }
                        } else {
                            output.clone()
                        }
                    })
                    .collect();
                convert_output(left, &inner)?;
                convert_output(right, &inner)?;
            }
        }
        query.output[i].ty = Type { objects: query.output[i].ty.objects.clone(), ..target.ty.clone() };
    }
    Ok(())
}

/// The output column that a key names by number or name.
pub(super) fn output_of<'o>(output: &'o [Output], expr: &ast::Expr) -> Result<Option<&'o Output>> {
    match &expr.node {
        ast::Node::Int(number) => {
            let place = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
            let found = place.and_then(|place| output.get(place));
            found.map(Some).ok_or_else(|| {
                Diagnostic::check(expr.span, format!("there is no column number {number}"), "no such column")
                    .hint(format!("columns are numbered 1 to {}", output.len()))
            })
        }
        ast::Node::Name(name, None) => {
            Ok(output.iter().find(|output| output.name.eq_ignore_ascii_case(&name.text)))
        }
        _ => Ok(None),
    }
}

pub(super) fn output_expr(output: &Output, span: Span) -> Expr {
    Expr { node: Node::Column(output.id), ty: output.ty.clone(), span }
}

pub(super) fn sort_key(key: &ast::Order, expr: Expr) -> Sort {
    Sort { expr, descending: key.descending, nulls_first: key.nulls_first.unwrap_or(false) }
}

pub(super) fn ascending(expr: Expr) -> Sort {
    Sort { expr, descending: false, nulls_first: false }
}
