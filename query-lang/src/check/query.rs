//! Queries: SELECT, set operations, the order of rows.

use super::Checker;
use super::aggregate::Groups;
use super::expr::null;
use super::scope::{Found, Origin, Scope};
use super::tree::{Body, ColumnId, Expr, Node, Output, Query, Select, Sort};
use super::types::Type;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::syntax::ast::{self, Branch, Item, Name, SetStep};
use heapwise_engine::table::Kind;

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
        for (name, inner) in &query.with {
            if query.with.iter().filter(|(other, _)| other.text.eq_ignore_ascii_case(&name.text)).count() > 1
            {
                return Err(Diagnostic::check(
                    name.span,
                    format!("`{}` is named twice", name.text),
                    "a name of WITH",
                ));
            }
            self.named.push((name.clone(), inner.clone()));
            self.query_alone(inner)?;
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
            return self.ordered_select(select, &query.order, parent);
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
            Branch::Select(select) => self.ordered_select(select, &[], parent),
            Branch::Query(query) => self.query(query, parent),
        }
    }

    fn set(&mut self, step: &SetStep, mut left: Query, mut right: Query) -> Result<Query> {
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
        let body = Body::Set(step.operation, step.all, Box::new(left), Box::new(right));
        let mut whole =
            Query { body, sort: Vec::new(), written_keys: 0, offset: None, limit: None, output, objects };
        self.order_output(&mut whole, &[])?;
        Ok(whole)
    }

    /// Sorts by output columns: those written, then all, so that rows come in the same order every time.
    fn order_output(&mut self, whole: &mut Query, order: &[ast::Order]) -> Result<()> {
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
        sort.extend(whole.output.iter().map(|output| ascending(output_expr(output, Span::default()))));
        whole.sort = sort;
        Ok(())
    }

    /// A query in parentheses whose rows, after its own limit, come in another order.
    fn ordered_again(&mut self, inner: Query, order: &[ast::Order]) -> Result<Query> {
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
        let select = Select {
            relation: super::tree::Relation::Query(Box::new(inner), columns),
            filter: None,
            grouped: false,
            keys: Vec::new(),
            aggregates: Vec::new(),
            having: None,
            items,
            distinct: false,
        };
        Ok(Query { body: Body::Select(Box::new(select)), output, ..whole })
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
        let mut sort = Vec::new();
        if !distinct {
            self.groups.push(std::mem::take(&mut checked.groups));
            let keys = order.iter().map(|key| Ok(sort_key(key, self.order_key(&checked, &key.expr)?)));
            let keys = keys.collect::<Result<Vec<Sort>>>();
            checked.groups = self.groups.pop().unwrap_or_default();
            sort = keys?;
        }
        let written_keys = sort.len();
        sort.extend(checked.order.into_iter().map(ascending));
        checked.select.aggregates = checked.groups.calls;
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
        if checked.select.grouped { self.over_groups(key, &checked.select.keys) } else { Ok(key) }
    }

    fn select<'p>(&mut self, select: &ast::Select, parent: Option<&'p Scope<'p>>) -> Result<Checked<'p>> {
        if let Some(span) = select.retained_set {
            return Err(Diagnostic::check(span, "AS RETAINED SET is not supported yet", "MAT's form")
                .hint("x.@retained is the size of what one object retains"));
        }
        let mut scope = Scope { entries: Vec::new(), parent };
        let relation = self.from(&mut scope, &select.from)?;
        self.forbid(Some("in WHERE"));
        let filter = select.filter.as_ref().map(|filter| self.condition(&scope, filter)).transpose()?;
        self.forbid(Some("in GROUP BY"));
        let keys = select.group.iter().map(|key| self.group_key(&scope, key, &select.items));
        let keys = keys.collect::<Result<Vec<Expr>>>()?;
        let keys: Vec<(ColumnId, Expr)> =
            keys.into_iter().map(|key| (self.column(Origin::Derived), key)).collect();
        self.forbid(None);
        let (items, objects) = self.items(&scope, &select.items, select.span)?;
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
        let aggregates = Vec::new();
        let distinct = select.distinct;
        let select = Select { relation, filter, grouped, keys, aggregates, having, items, distinct };
        Ok(Checked {
            select,
            output,
            scope,
            order,
            groups: self.groups.last_mut().map(std::mem::take).unwrap_or_default(),
            objects,
        })
    }

    fn outputs(&mut self, named: Vec<(String, Expr)>) -> (Vec<Output>, Vec<(ColumnId, Expr)>) {
        let mut outputs = Vec::new();
        let mut items = Vec::new();
        for (name, item) in named {
            let id = self.column(Origin::Derived);
            outputs.push(Output { name, id, ty: item.ty.clone() });
            items.push((id, item));
        }
        (outputs, items)
    }

    /// A key of GROUP BY: the number or the name of an item, or an expression.
    fn group_key(&mut self, scope: &Scope<'_>, key: &ast::Expr, items: &[Item]) -> Result<Expr> {
        let item = match &key.node {
            ast::Node::Int(number) => {
                let place = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
                match place.and_then(|place| items.get(place)) {
                    Some(Item::Expr(expr, _) | Item::Objects(expr)) => Some(expr),
                    _ => {
                        return Err(Diagnostic::check(
                            key.span,
                            format!("there is no item number {number}"),
                            "no such item",
                        )
                        .hint(format!("SELECT has {} items", items.len())));
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

    fn items(
        &mut self,
        scope: &Scope<'_>,
        items: &[Item],
        span: Span,
    ) -> Result<(Vec<(String, Expr)>, bool)> {
        let mut named = Vec::new();
        let mut objects = false;
        for item in items {
            match item {
                Item::Star(alias, at) => self.star(scope, alias.as_ref(), *at, &mut named)?,
                Item::Objects(expr) => {
                    let value = self.expr(scope, expr)?;
                    if !value.ty.is(Kind::Object) {
                        let what = value.ty.name();
                        return Err(Diagnostic::check(
                            expr.span,
                            format!("OBJECTS needs an object, this is {what}"),
                            format!("is {what}"),
                        )
                        .hint("leave out the word OBJECTS"));
                    }
                    objects = true;
                    named.push(("object".to_owned(), value));
                }
                Item::Expr(expr, alias) => {
                    let value = self.expr(scope, expr)?;
                    named.push((
                        alias.as_ref().map_or_else(|| self.item_name(expr), |alias| alias.text.clone()),
                        value,
                    ));
                }
            }
        }
        if named.is_empty() {
            return Err(Diagnostic::check(span, "nothing is selected", ""));
        }
        Ok((named, objects))
    }

    /// A column or attribute goes by its own name, everything else by its text.
    fn item_name(&self, expr: &ast::Expr) -> String {
        match &expr.node {
            ast::Node::Name(name, _) => name.text.clone(),
            ast::Node::Attribute(None, name) => name.text.clone(),
            ast::Node::Attribute(Some(of), name) if matches!(of.node, ast::Node::Name(..)) => {
                name.text.clone()
            }
            ast::Node::Field(of, name, None) if matches!(of.node, ast::Node::Name(..)) => name.text.clone(),
            _ => self.words(expr.span),
        }
    }

    fn star(
        &mut self,
        scope: &Scope<'_>,
        alias: Option<&Name>,
        span: Span,
        named: &mut Vec<(String, Expr)>,
    ) -> Result<()> {
        if scope.entries.is_empty() {
            return Err(Diagnostic::check(span, "`*` needs a FROM", "of what?"));
        }
        let wanted = |name: &Option<String>| match alias {
            None => true,
            Some(alias) => name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&alias.text)),
        };
        let before = named.len();
        for entry in scope.entries.iter().filter(|entry| wanted(&entry.alias)) {
            match &entry.this {
                Some((id, ty)) if entry.shows_object => {
                    let object = Expr { node: Node::Column(*id), ty: ty.clone(), span };
                    let several = scope.entries.len() > 1;
                    let name = entry.alias.clone().filter(|_| several).unwrap_or_else(|| "object".to_owned());
                    named.push((name, object.clone()));
                    named.extend(self.sizes(object, span));
                }
                _ => named.extend(entry.columns.iter().map(|column| {
                    (column.name.clone(), Expr { node: Node::Column(column.id), ty: column.ty.clone(), span })
                })),
            }
        }
        match alias {
            Some(alias) if named.len() == before => {
                let error = Diagnostic::check(
                    alias.span,
                    format!("no relation is called `{}`", alias.text),
                    "unknown name",
                );
                let names = scope.entries.iter().filter_map(|entry| entry.alias.as_deref());
                Err(match nearest(&alias.text, names) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error,
                })
            }
            _ => Ok(()),
        }
    }

    fn sizes(&self, object: Expr, span: Span) -> Vec<(String, Expr)> {
        let Some(dump) = object.ty.dump.clone() else { return Vec::new() };
        ["shallow", "retained"]
            .into_iter()
            .filter_map(|name| {
                let column = super::path::attribute_column(name)?;
                Some((name.to_owned(), self.attribute_of(object.clone(), &dump, column, span)))
            })
            .collect()
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

fn sort_key(key: &ast::Order, expr: Expr) -> Sort {
    Sort { expr, descending: key.descending, nulls_first: key.nulls_first.unwrap_or(false) }
}

fn ascending(expr: Expr) -> Sort {
    Sort { expr, descending: false, nulls_first: false }
}

fn output_expr(output: &Output, span: Span) -> Expr {
    Expr { node: Node::Column(output.id), ty: output.ty.clone(), span }
}

/// The output column that a key names by number or name.
fn output_of<'o>(output: &'o [Output], expr: &ast::Expr) -> Result<Option<&'o Output>> {
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
