//! Queries: one SELECT from its relations to its order, and what surrounds it.

use super::Checker;
use super::aggregate::Groups;
use super::scope::{Found, Origin, Scope};
use super::sets::{ascending, output_of, sort_key};
use super::tree::{Body, ColumnId, Expr, Node, Output, Query, Select, Sort, WindowCall};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::ast::{self, Branch, Item};

/// The checked items of a SELECT with what ORDER BY still needs of it.
struct Checked<'p> {
    select: Select,
    output: Vec<Output>,
    scope: Scope<'p>,
    /// The columns that put its rows into their order when nobody says one.
    order: Vec<Expr>,
    groups: Groups,
    objects: bool,
}

impl Checker<'_> {
    /// A query with everything around it.
    pub(super) fn query(&mut self, query: &ast::Query, parent: Option<&Scope<'_>>) -> Result<Query> {
        let visible = self.named.len();
        for common in &query.with {
            let name = &common.name;
            if query.with.iter().filter(|other| other.name.text.eq_ignore_ascii_case(&name.text)).count() > 1
            {
                return Err(Diagnostic::check(
                    name.span,
                    format!("`{}` is named twice", name.text),
                    "a name of WITH",
                ));
            }
            self.named.push(common.clone());
            self.query_alone(&common.query)?;
        }
        let checked = self.unlimited(query, parent);
        self.named.truncate(visible);
        let mut checked = checked?;
        let none = Scope::default();
        let limit = query.limit.as_ref().map(|limit| self.positive(&none, limit)).transpose()?;
        let offset = query.offset.as_ref().map(|offset| self.positive(&none, offset)).transpose()?;
        checked.cut(offset.unwrap_or(0), limit);
        Ok(checked)
    }

    /// Checks a query of WITH even if nobody reads it.
    fn query_alone(&mut self, inner: &ast::Query) -> Result<()> {
        let own = self.named.pop();
        let checked = self.query(inner, None);
        self.named.extend(own);
        checked.map(|_| ())
    }

    fn unlimited(&mut self, query: &ast::Query, parent: Option<&Scope<'_>>) -> Result<Query> {
        if query.rest.is_empty()
            && let Branch::Select(select) = &query.first
        {
            return match select.retained_set {
                Some(_) => self.ordered_select(&super::short::rewritten(select), &query.order, parent),
                None => self.ordered_select(select, &query.order, parent),
            };
        }
        let mut whole = self.branch(&query.first, parent)?;
        for step in &query.rest {
            let right = self.branch(&step.branch, parent)?;
            whole = self.set(step, whole, right)?;
        }
        match (query.rest.is_empty(), query.order.is_empty()) {
            (true, true) => Ok(whole),
            (true, false) => self.ordered_again(whole, &query.order),
            (false, _) => {
                self.order_output(&mut whole, &query.order)?;
                Ok(whole)
            }
        }
    }

    fn branch(&mut self, branch: &Branch, parent: Option<&Scope<'_>>) -> Result<Query> {
        match branch {
            Branch::Select(select) if select.retained_set.is_some() => {
                self.ordered_select(&super::short::rewritten(select), &[], parent)
            }
            Branch::Select(select) => self.ordered_select(select, &[], parent),
            Branch::Query(query) => self.query(query, parent),
            Branch::Values(rows, span) => self.values(rows, *span, parent),
        }
    }

    fn ordered_select(
        &mut self,
        select: &ast::Select,
        order: &[ast::Order],
        parent: Option<&Scope<'_>>,
    ) -> Result<Query> {
        self.groups.push(Groups::default());
        let checked = self.select(select, parent).and_then(|checked| self.finished(checked, order));
        self.groups.pop();
        checked
    }

    fn finished(&mut self, mut checked: Checked<'_>, order: &[ast::Order]) -> Result<Query> {
        let distinct = checked.select.distinct;
        self.groups.push(std::mem::take(&mut checked.groups));
        let keys = if distinct { &[] } else { order };
        let keys = keys.iter().map(|key| Ok(sort_key(key, self.order_key(&checked, &key.expr)?)));
        let sorted = keys.collect::<Result<Vec<Sort>>>().and_then(|keys| Ok((keys, self.windows(&checked)?)));
        let groups = self.groups.pop().unwrap_or_default();
        let (mut sort, windows) = sorted?;
        let written_keys = sort.len();
        if !distinct {
            sort.extend(checked.order.into_iter().map(ascending));
        }
        checked.select.aggregates = groups.calls;
        checked.select.windows = windows;
        let body = Body::Select(Box::new(checked.select));
        let objects = checked.objects;
        let mut query =
            Query { body, sort, written_keys, offset: None, limit: None, output: checked.output, objects };
        if distinct {
            self.order_output(&mut query, order)?;
        }
        Ok(query)
    }

    /// A key of ORDER BY: an output column by name or number, or any expression over the input.
    fn order_key(&mut self, checked: &Checked<'_>, expr: &ast::Expr) -> Result<Expr> {
        if let Some(output) = output_of(&checked.output, expr)?
            && let Some((_, item)) = checked.select.items.iter().find(|(id, _)| *id == output.id)
        {
            return Ok(Expr { span: expr.span, ..item.clone() });
        }
        let key = self.expr(&checked.scope, expr)?;
        let calls = self.groups.last().is_some_and(|groups| !groups.calls.is_empty());
        if calls && !checked.select.grouped {
            return Err(Diagnostic::check(
                expr.span,
                "rows without groups cannot be ordered by an aggregate",
                "an aggregate",
            )
            .hint("add GROUP BY, or order by it in a query around this one"));
        }
        if checked.select.grouped { self.over_groups(key, &checked.select.keys) } else { Ok(key) }
    }

    fn select<'p>(&mut self, select: &ast::Select, parent: Option<&'p Scope<'p>>) -> Result<Checked<'p>> {
        let mut scope = Scope { entries: Vec::new(), parent };
        let mut relation = self.from(&mut scope, &select.from)?;
        self.forbid(Some("in WHERE"));
        let mut filter = select.filter.as_ref().map(|filter| self.condition(&scope, filter)).transpose()?;
        if let Some(groups) = self.groups.last_mut() {
            groups.natural = natural_order(&scope, None);
            groups.columns = relation.columns();
            groups.named.clone_from(&select.windows);
        }
        self.forbid(Some("in GROUP BY"));
        let keys = self.group_keys(&scope, select)?;
        self.forbid(None);
        let mut items = select.items.clone();
        if keys.is_empty() && select.having.is_none() {
            self.flatten(&mut scope, &mut relation, &mut filter, &mut items)?;
        }
        let (items, objects) = self.items(&scope, &items, select.span)?;
        let having = select.having.as_ref().map(|having| self.condition(&scope, having)).transpose()?;
        let has_calls = self.groups.last().is_some_and(|groups| !groups.calls.is_empty());
        let grouped = !keys.is_empty() || has_calls || having.is_some();
        let mut named = Vec::new();
        for (name, item) in items {
            let item = if grouped { self.over_groups(item, &keys)? } else { item };
            named.push((name, item));
        }
        let having = having.map(|having| self.over_groups(having, &keys)).transpose()?;
        let order = natural_order(&scope, grouped.then_some(&keys));
        let (output, items) = self.outputs(named);
        let select = Select {
            filter,
            grouped,
            keys,
            having,
            items,
            distinct: select.distinct,
            ..Select::of(relation)
        };
        Ok(Checked {
            select,
            output,
            scope,
            order,
            groups: self.groups.last_mut().map(std::mem::take).unwrap_or_default(),
            objects,
        })
    }

    fn group_keys(&mut self, scope: &Scope<'_>, select: &ast::Select) -> Result<Vec<(ColumnId, Expr)>> {
        let mut keys = Vec::new();
        for key in &select.group {
            let value = self.group_key(scope, key, &select.items)?;
            if value.ty.is_list() {
                return Err(Diagnostic::check(key.span, "rows cannot be grouped by a list", "is a list"));
            }
            keys.push((self.column(Origin::Derived), value));
        }
        Ok(keys)
    }

    /// The calls over windows, over the groups where there are any, their ties broken by the order of rows.
    fn windows(&mut self, checked: &Checked<'_>) -> Result<Vec<(ColumnId, WindowCall)>> {
        let calls = self.groups.last().map(|groups| groups.windows.clone()).unwrap_or_default();
        let mut windows = Vec::new();
        for (id, mut call) in calls {
            if checked.select.grouped {
                call = self.window_over_groups(call, &checked.select)?;
            }
            if call.by_row {
                call.order.extend(checked.order.iter().cloned().map(ascending));
            }
            windows.push((id, call));
        }
        Ok(windows)
    }

    /// A key of GROUP BY: the number or the name of an item, or an expression.
    fn group_key(&mut self, scope: &Scope<'_>, key: &ast::Expr, items: &[Item]) -> Result<Expr> {
        let item = match &key.node {
            ast::Node::Int(number) => {
                let place = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
                match place.and_then(|place| items.get(place)) {
                    Some(Item::Expr(expr, _) | Item::Objects(expr, _)) => Some(expr),
                    _ => {
                        return Err(Diagnostic::check(
                            key.span,
                            format!("there is no item number {number}"),
                            "no such item",
                        )
                        .hint(format!("items are numbered 1 to {}", items.len())));
                    }
                }
            }
            ast::Node::Name(name, None) if matches!(scope.name(&name.text, name.span), Found::Nothing) => {
                items.iter().find_map(|item| match item {
                    Item::Expr(expr, Some(alias)) if alias.text.eq_ignore_ascii_case(&name.text) => {
                        Some(expr)
                    }
                    _ => None,
                })
            }
            _ => None,
        };
        self.expr(scope, item.unwrap_or(key))
    }
}

impl Query {
    /// Leaves out `offset` more rows and keeps at most `limit` of what then comes.
    fn cut(&mut self, offset: usize, limit: Option<usize>) {
        let left = self.limit.map(|own| own.saturating_sub(offset));
        self.limit = left.into_iter().chain(limit).min();
        if offset > 0 {
            self.offset = Some(self.offset.unwrap_or(0).saturating_add(offset));
        }
    }

    /// Makes the names of output columns distinct: a second `n` becomes `n_2`.
    pub(super) fn name_apart(&mut self) {
        for i in 1..self.output.len() {
            let name = self.output[i].name.clone();
            let taken = |name: &str, before: &[Output]| before.iter().any(|output| output.name == name);
            let mut number = 2_usize;
            let mut candidate = name.clone();
            while taken(&candidate, &self.output[..i]) {
                candidate = format!("{name}_{number}");
                number += 1;
            }
            self.output[i].name = candidate;
        }
    }
}

/// The order that rows have by themselves: of their sources, or of the keys of groups.
fn natural_order(scope: &Scope<'_>, keys: Option<&Vec<(ColumnId, Expr)>>) -> Vec<Expr> {
    let column =
        |id: ColumnId, ty: &Type| Expr { node: Node::Column(id), ty: ty.clone(), span: Span::default() };
    match keys {
        Some(keys) => keys.iter().map(|(id, key)| column(*id, &key.ty)).collect(),
        None => scope.entries.iter().flat_map(|entry| &entry.order).map(|(id, ty)| column(*id, ty)).collect(),
    }
}
