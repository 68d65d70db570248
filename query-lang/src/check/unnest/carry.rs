//! Queries that carry a domain along: all that they do, they do for each of its values apart.

use super::push::substitute;
use super::{Domain, column_of};
use crate::check::Checker;
use crate::check::scope::Origin;
use crate::check::tree::{
    AggregateCall, Body, ColumnId, Expr, Node, Output, Query, Relation, Select, Sort, WindowCall,
    WindowFunction,
};
use crate::check::types::Type;
use crate::error::{Result, Span};
use crate::functions::{Aggregate, Ranking, Scalar};
use crate::syntax::ast::{JoinKind, Operator};
use heapwise_engine::table::Kind;
use std::collections::BTreeMap;

impl Checker<'_> {
    /// Adds the values of the domain as output columns; gives them. The rows of a value are those that the query would
    /// have for it alone, but for their order.
    pub(super) fn carry(&mut self, query: &mut Query, domain: &Domain) -> Result<Vec<ColumnId>> {
        let carried = match &mut query.body {
            Body::Select(_) => self.carry_select(query, domain)?,
            Body::Set(_, _, left, right) => {
                self.carry(left, domain)?;
                self.carry(right, domain)?;
                self.add_outputs(query, domain)
            }
        };
        if query.limit.is_some() || query.offset.is_some() {
            return Ok(self.limit_each(query, domain));
        }
        query.sort.clear();
        Ok(carried)
    }

    fn add_outputs(&mut self, query: &mut Query, domain: &Domain) -> Vec<ColumnId> {
        let mut carried = Vec::new();
        for (_, ty) in &domain.columns {
            let id = self.column(Origin::Derived);
            query.output.push(Output { name: String::new(), id, ty: ty.clone() });
            carried.push(id);
        }
        carried
    }

    fn carry_select(&mut self, query: &mut Query, domain: &Domain) -> Result<Vec<ColumnId>> {
        let carried = self.add_outputs(query, domain);
        let Body::Select(select) = &mut query.body else { return Ok(carried) };
        let mut columns = self.push_relation(&mut select.relation, domain)?;
        let Select { filter, keys, aggregates, .. } = select.as_mut();
        let calls = aggregates.iter_mut().flat_map(|(_, call)| call.operands_mut());
        let before = filter.iter_mut().chain(keys.iter_mut().map(|(_, key)| key)).chain(calls);
        before.into_iter().for_each(|expr| substitute(expr, domain, &columns));
        if select.grouped {
            columns = self.carry_groups(select, &mut query.sort, domain, &columns);
        }
        for expr in super::after_groups_of(select, &mut query.sort) {
            substitute(expr, domain, &columns);
        }
        let of = |i: usize| column_of(columns[i], &domain.columns[i].1);
        for (_, call) in &mut select.windows {
            call.partition.extend((0..columns.len()).map(of));
        }
        select.items.extend(carried.iter().enumerate().map(|(i, &id)| (id, of(i))));
        Ok(carried)
    }

    /// Groups of each value of the domain; an aggregate of all rows has its one row also where there is none.
    fn carry_groups(
        &mut self,
        select: &mut Select,
        sort: &mut [Sort],
        domain: &Domain,
        columns: &[ColumnId],
    ) -> Vec<ColumnId> {
        let of_all = select.keys.is_empty();
        let mut keys = Vec::new();
        for (column, (_, ty)) in columns.iter().zip(&domain.columns) {
            let id = self.column(Origin::Derived);
            select.keys.push((id, column_of(*column, ty)));
            keys.push(id);
        }
        if !of_all || domain.columns.is_empty() {
            return keys;
        }
        let aggregates: std::collections::BTreeSet<ColumnId> =
            select.aggregates.iter().map(|(id, _)| *id).collect();
        let counts: Vec<ColumnId> =
            select.aggregates.iter().filter(|(_, call)| counts(call)).map(|(id, _)| *id).collect();
        let after = super::after_groups_of(select, sort);
        let mut wanted: BTreeMap<ColumnId, Type> =
            after.into_iter().flat_map(|expr| expr.seen(&aggregates)).collect();
        wanted.extend(keys.iter().zip(&domain.columns).map(|(id, (_, ty))| (*id, ty.clone())));
        let groups = super::take_groups(select);
        let (groups, given) = self.as_query(groups, wanted);
        let (instance, all) = domain.instance(self);
        let on = domain.same(&all, &keys);
        let groups = Relation::Query(Box::new(groups), given);
        select.relation = Relation::Join(JoinKind::Left, Box::new(instance), Box::new(groups), Some(on));
        for expr in super::after_groups_of(select, sort) {
            zero(expr, &counts);
            substitute(expr, domain, &all);
        }
        select.filter = select.having.take();
        all
    }

    /// The first rows of each value of the domain instead of the first rows of all.
    fn limit_each(&mut self, query: &mut Query, domain: &Domain) -> Vec<ColumnId> {
        let (limit, offset) = (query.limit.take(), query.offset.take().unwrap_or(0));
        let mut sort = std::mem::take(&mut query.sort);
        let numbers =
            matches!(&query.body, Body::Select(select) if !select.distinct && select.windows.is_empty());
        let orders_input = matches!(&query.body, Body::Select(select) if !select.distinct);
        let width = query.output.len();
        let mut hidden = 0;
        if !numbers {
            if orders_input {
                hidden = sort.len();
                sort = self.keys_as_outputs(query, sort, width - domain.columns.len());
            }
            sort = self.as_relation(query, sort);
        }
        let width = width + hidden;
        let number = self.column(Origin::Derived);
        let Body::Select(select) = &mut query.body else { return Vec::new() };
        let carried = select.items[width - domain.columns.len()..].iter().map(|(_, item)| item.clone());
        let call = WindowCall {
            function: WindowFunction::Ranking(Ranking::RowNumber, Vec::new()),
            partition: carried.collect(),
            order: sort,
            frame: None,
            by_row: true,
        };
        select.windows.push((number, call));
        let counted = self.column(Origin::Derived);
        let count = Type::of(Kind::Count);
        select.items.push((counted, column_of(number, &count)));
        query.output.push(Output { name: String::new(), id: counted, ty: count.clone() });
        query.written_keys = 0;
        let order = self.as_relation(query, Vec::new());
        debug_assert!(order.is_empty());
        let Body::Select(select) = &mut query.body else { return Vec::new() };
        let Some((_, number)) = select.items.pop() else { return Vec::new() };
        query.output.pop();
        let bound = |operator, value: usize| {
            let value = Node::Int(i64::try_from(value).unwrap_or(i64::MAX));
            let value = Expr { node: value, ty: count.clone(), span: Span::default() };
            let node = Node::Binary(operator, Box::new(number.clone()), Box::new(value));
            Expr { node, ty: Type::of(Kind::Bool), span: Span::default() }
        };
        let above = bound(Operator::Greater, offset);
        let below = limit.map(|limit| bound(Operator::LessEqual, offset.saturating_add(limit)));
        select.filter = Some(match below {
            Some(below) => super::and(above, below),
            None => above,
        });
        let place = width - domain.columns.len() - hidden;
        select.items.drain(place..place + hidden);
        query.output.drain(place..place + hidden);
        query.output[query.output.len() - domain.columns.len()..].iter().map(|output| output.id).collect()
    }

    /// The keys of a SELECT become outputs from `place` on; gives them over the output.
    fn keys_as_outputs(&mut self, query: &mut Query, mut sort: Vec<Sort>, place: usize) -> Vec<Sort> {
        let Body::Select(select) = &mut query.body else { return sort };
        for (place, key) in (place..).zip(&mut sort) {
            let id = self.column(Origin::Derived);
            let ty = key.expr.ty.clone();
            let item = std::mem::replace(&mut key.expr, column_of(id, &ty));
            select.items.insert(place, (id, item));
            query.output.insert(place, Output { name: String::new(), id, ty });
        }
        sort
    }

    /// Puts a query into the FROM of another that gives the same columns; the sort keys, over its output, follow.
    fn as_relation(&mut self, query: &mut Query, mut sort: Vec<Sort>) -> Vec<Sort> {
        let columns: Vec<ColumnId> = query.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let items: Vec<(ColumnId, Expr)> = query
            .output
            .iter()
            .zip(&columns)
            .map(|(output, &column)| (self.column(Origin::Derived), column_of(column, &output.ty)))
            .collect();
        let map: BTreeMap<ColumnId, ColumnId> =
            query.output.iter().map(|output| output.id).zip(columns.iter().copied()).collect();
        for key in &mut sort {
            key.expr.walk(&mut |inner| {
                if let Node::Column(id) = &mut inner.node {
                    *id = map.get(id).copied().unwrap_or(*id);
                }
            });
        }
        let mut output = query.output.clone();
        output.iter_mut().zip(&items).for_each(|(output, (id, _))| output.id = *id);
        let inner = std::mem::replace(query, Query::of(Select::of(Relation::One), output));
        let select = Select { items, ..Select::of(Relation::Query(Box::new(inner), columns)) };
        query.body = Body::Select(Box::new(select));
        sort
    }
}

fn counts(call: &AggregateCall) -> bool {
    matches!(call.function, Aggregate::Count | Aggregate::ApproxDistinct)
}

/// A count of no rows is 0, not null.
fn zero(expr: &mut Expr, counts: &[ColumnId]) {
    expr.walk_up(&mut |inner| {
        if matches!(inner.node, Node::Column(id) if counts.contains(&id)) {
            let none = Expr { node: Node::Int(0), ty: inner.ty.clone(), span: inner.span };
            let count = std::mem::replace(inner, none.clone());
            inner.node = Node::Scalar(Scalar::Coalesce, vec![count, none]);
        }
    });
}
