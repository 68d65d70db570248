//! Sub-queries that look at the query around them become joins, whatever they consist of.
//!
//! Neumann and Kemper, "Unnesting Arbitrary Queries" (BTW 2015): the distinct values that a sub-query looks at are its
//! *domain*. The sub-query runs once for the whole domain, carries the values of the domain along as columns, and is
//! joined with the query around on them. What DataFusion does itself, simple EXISTS and IN in WHERE, is left to it.

mod domain;
mod pull;
mod push;
mod carry;
mod on;

use super::Checker;
use super::expr::and;
use super::scope::Origin;
use super::tree::{Body, ColumnId, Expr, Node, Output, Query, Relation, Select, Sort};
use super::types::Type;
use crate::error::Result;
use crate::syntax::ast::{JoinKind, Operator};
use domain::Domain;
use pull::Place;
use std::collections::BTreeMap;

impl Checker<'_> {
    /// Makes joins of the sub-queries in a query that looks at nothing outside.
    pub(super) fn unnest(&mut self, query: &mut Query) -> Result<()> {
        if let Body::Set(_, _, left, right) = &mut query.body {
            self.unnest(left)?;
            return self.unnest(right);
        }
        self.limit_first(query);
        let Body::Select(select) = &mut query.body else { return Ok(()) };
        self.unnest_relation(&mut select.relation)?;
        self.unnest_filter(select)?;
        for (_, key) in &mut select.keys {
            self.pull(&mut select.relation, key, Place::Value)?;
        }
        for operand in select.aggregates.iter_mut().flat_map(|(_, call)| call.operands_mut()) {
            self.pull(&mut select.relation, operand, Place::Value)?;
        }
        if select.grouped && after_groups(query).iter_mut().any(|expr| expr.has_query()) {
            self.groups_first(query);
            if let Body::Select(select) = &mut query.body {
                self.unnest_filter(select)?;
            }
        }
        self.unnest_after_groups(query)
    }

    fn unnest_after_groups(&mut self, query: &mut Query) -> Result<()> {
        let Body::Select(select) = &mut query.body else { return Ok(()) };
        let Select { relation, windows, .. } = select.as_mut();
        for operand in windows.iter_mut().flat_map(|(_, call)| call.operands_mut()) {
            self.pull(relation, operand, Place::Value)?;
        }
        if !select.windows.is_empty()
            && after_windows(select, &mut query.sort).iter_mut().any(|expr| expr.has_query())
        {
            self.windows_first(select, &mut query.sort);
        }
        let Select { relation, items, .. } = select.as_mut();
        let keys = query.sort.iter_mut().map(|key| &mut key.expr);
        for expr in items.iter_mut().map(|(_, item)| item).chain(keys) {
            self.pull(relation, expr, Place::Value)?;
        }
        Ok(())
    }

    fn unnest_relation(&mut self, relation: &mut Relation) -> Result<()> {
        match relation {
            Relation::One | Relation::Scan(..) => Ok(()),
            Relation::Query(query, _) => self.unnest(query),
            Relation::Filter(inner, condition) => {
                self.unnest_relation(inner)?;
                self.pull(inner, condition, Place::Filter)
            }
            Relation::Apply(inner, call) => {
                self.unnest_relation(inner)?;
                call.arguments.iter_mut().try_for_each(|argument| self.pull(inner, argument, Place::Argument))
            }
            Relation::Join(..) => self.unnest_join(relation),
        }
    }

    /// A right side that looks at the left one (LATERAL) carries what it looks at.
    fn unnest_join(&mut self, relation: &mut Relation) -> Result<()> {
        let Relation::Join(kind, left, right, on) = relation else { return Ok(()) };
        self.unnest_relation(left)?;
        let seen = right.outside_in(&left.columns());
        if !seen.is_empty() {
            let domain = Domain::new(left, seen);
            let carried = self.push_relation(right, &domain)?;
            let same = domain.matches(&carried);
            *on = Some(on.take().map_or(same.clone(), |on| and(on, same)));
            if *kind == JoinKind::Cross {
                *kind = JoinKind::Inner;
            }
        }
        self.unnest_relation(right)?;
        let inner = matches!(kind, JoinKind::Inner | JoinKind::Cross);
        if inner && on.as_mut().is_some_and(Expr::has_query) {
            let condition = on.take();
            *kind = JoinKind::Cross;
            if let Some(mut condition) = condition {
                self.pull(relation, &mut condition, Place::Filter)?;
                relation.restrict(condition);
            }
            return Ok(());
        }
        self.unnest_on(*kind, left, right, on)
    }

    /// Conditions without sub-queries go first, so that a domain has no values of rows that are left out.
    fn unnest_filter(&mut self, select: &mut Select) -> Result<()> {
        if !pulls(select) {
            let Select { relation, filter, .. } = select;
            return filter.iter_mut().try_for_each(|filter| self.pull(relation, filter, Place::Filter));
        }
        let filter = select.filter.take().map(conjuncts).unwrap_or_default();
        let (with, without): (Vec<_>, Vec<_>) =
            filter.into_iter().partition(|conjunct| conjunct.clone().has_query());
        if let Some(plain) = without.into_iter().reduce(and) {
            select.relation.restrict(plain);
        }
        for mut conjunct in with {
            self.pull(&mut select.relation, &mut conjunct, Place::Filter)?;
            select.relation.restrict(conjunct);
        }
        Ok(())
    }

    /// Rows are limited before the sub-queries of items are made, where nothing else needs these.
    fn limit_first(&mut self, query: &mut Query) {
        let limited = query.limit.is_some() || query.offset.is_some();
        let Body::Select(select) = &mut query.body else { return };
        let fits = limited && !select.grouped && !select.distinct && select.windows.is_empty();
        let sorts = query.sort.iter_mut().any(|key| key.expr.has_query());
        if !fits || sorts || !select.items.iter_mut().any(|(_, item)| item.has_query()) {
            return;
        }
        let columns = select.relation.columns();
        let keys = query.sort.iter_mut().map(|key| &mut key.expr);
        let after = select.items.iter_mut().map(|(_, item)| item).chain(keys);
        let wanted: BTreeMap<ColumnId, Type> = after.flat_map(|expr| expr.seen(&columns)).collect();
        let relation = std::mem::replace(&mut select.relation, Relation::One);
        let first = Select { filter: select.filter.take(), ..Select::of(relation) };
        let (first, columns) = self.as_query(first, wanted);
        let first = Query {
            sort: query.sort.clone(),
            written_keys: query.written_keys,
            limit: query.limit.take(),
            offset: query.offset.take(),
            ..first
        };
        select.relation = Relation::Query(Box::new(first), columns);
    }

    /// The groups become a relation of their own, so that sub-queries can be joined with them.
    fn groups_first(&mut self, query: &mut Query) {
        let Body::Select(select) = &query.body else { return };
        let keys = select.keys.iter().map(|(id, _)| *id);
        let columns = keys.chain(select.aggregates.iter().map(|(id, _)| *id)).collect();
        let wanted: BTreeMap<ColumnId, Type> =
            after_groups(query).into_iter().flat_map(|expr| expr.seen(&columns)).collect();
        let Body::Select(select) = &mut query.body else { return };
        let groups = take_groups(select);
        select.filter = select.having.take();
        // All rows are one group, of which nothing is wanted.
        if groups.keys.is_empty() && wanted.is_empty() {
            return;
        }
        let (groups, columns) = self.as_query(groups, wanted);
        select.relation = Relation::Query(Box::new(groups), columns);
    }

    /// The rows with their windows become a relation of their own, so that sub-queries can be joined with them.
    fn windows_first(&mut self, select: &mut Select, sort: &mut [Sort]) {
        let mut columns = select.relation.columns();
        columns.extend(select.keys.iter().map(|(id, _)| *id));
        columns.extend(select.aggregates.iter().map(|(id, _)| *id));
        columns.extend(select.windows.iter().map(|(id, _)| *id));
        let wanted = after_windows(select, sort).into_iter().flat_map(|expr| expr.seen(&columns)).collect();
        let outer = Select {
            distinct: select.distinct,
            items: std::mem::take(&mut select.items),
            ..Select::of(Relation::One)
        };
        let inner = Select { distinct: false, ..std::mem::replace(select, outer) };
        let (inner, columns) = self.as_query(inner, wanted);
        select.relation = Relation::Query(Box::new(inner), columns);
    }

    /// A query that gives these columns of a SELECT, and the columns in the order in which it gives them.
    fn as_query(&mut self, mut select: Select, columns: BTreeMap<ColumnId, Type>) -> (Query, Vec<ColumnId>) {
        let mut output = Vec::new();
        let mut given = Vec::new();
        if columns.is_empty() {
            // DataFusion loses rows that have no columns.
            let (id, ty) = (self.column(Origin::Derived), Type::of(heapwise_engine::table::Kind::Bool));
            select.items.push((id, Expr::truth(true, crate::error::Span::default())));
            output.push(Output { name: String::new(), id, ty });
            given.push(self.column(Origin::Derived));
        }
        for (column, ty) in columns {
            let id = self.column(Origin::Derived);
            select.items.push((id, column_of(column, &ty)));
            output.push(Output { name: String::new(), id, ty });
            given.push(column);
        }
        (Query::of(select, output), given)
    }
}

/// A column as an expression.
fn column_of(id: ColumnId, ty: &Type) -> Expr {
    Expr { node: Node::Column(id), ty: ty.clone(), span: crate::error::Span::default() }
}

/// The groups of a SELECT as one of their own, which gives nothing yet; no rows are left to the first.
fn take_groups(select: &mut Select) -> Select {
    Select {
        filter: select.filter.take(),
        grouped: std::mem::take(&mut select.grouped),
        keys: std::mem::take(&mut select.keys),
        aggregates: std::mem::take(&mut select.aggregates),
        ..Select::of(std::mem::replace(&mut select.relation, Relation::One))
    }
}

/// What is computed after the groups.
fn after_groups(query: &mut Query) -> Vec<&mut Expr> {
    match &mut query.body {
        Body::Select(select) => after_groups_of(select, &mut query.sort),
        Body::Set(..) => Vec::new(),
    }
}

fn after_groups_of<'q>(select: &'q mut Select, sort: &'q mut [Sort]) -> Vec<&'q mut Expr> {
    let Select { having, windows, items, .. } = select;
    let windows = windows.iter_mut().flat_map(|(_, call)| call.operands_mut());
    let keys = sort.iter_mut().map(|key| &mut key.expr);
    having.iter_mut().chain(windows).chain(items.iter_mut().map(|(_, item)| item)).chain(keys).collect()
}

/// What is computed after the windows.
fn after_windows<'q>(select: &'q mut Select, sort: &'q mut [Sort]) -> Vec<&'q mut Expr> {
    let keys = sort.iter_mut().map(|key| &mut key.expr);
    select.items.iter_mut().map(|(_, item)| item).chain(keys).collect()
}

/// Whether some sub-query over the rows of the relation becomes a join.
fn pulls(select: &mut Select) -> bool {
    let columns = select.relation.columns();
    let Select { filter, keys, aggregates, items, .. } = select;
    let calls = aggregates.iter_mut().flat_map(|(_, call)| call.operands_mut());
    let values = keys.iter_mut().chain(items).map(|(_, expr)| expr).chain(calls);
    filter.iter_mut().any(|filter| pull::needs(filter, &columns, Place::Filter))
        || values.into_iter().any(|value| pull::needs(value, &columns, Place::Value))
}

fn conjuncts(filter: Expr) -> Vec<Expr> {
    match filter.node {
        Node::Binary(Operator::And, left, right) => {
            let mut all = conjuncts(*left);
            all.extend(conjuncts(*right));
            all
        }
        _ => vec![filter],
    }
}
