//! Sub-queries in expressions: each becomes a column of a relation that is joined.

use super::{Domain, column_of};
use crate::check::Checker;
use crate::check::scope::Origin;
use crate::check::tree::{
    AggregateCall, Body, ColumnId, Expr, Node, Output, Query, Relation, Select, Subquery,
};
use crate::check::types::Type;
use crate::error::{Result, Span};
use crate::functions::{Aggregate, Scalar};
use crate::syntax::ast::{JoinKind, Operator};
use heapwise_engine::table::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Where an expression stands, and thereby which sub-queries DataFusion takes there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A condition on rows: simple EXISTS and IN may stay.
    Filter,
    /// A value: one that looks at nothing may stay as a value.
    Value,
    /// An argument of a function in FROM: none may stay.
    Argument,
}

impl Checker<'_> {
    /// Joins the relation with the sub-queries of an expression over it, which become columns.
    pub(super) fn pull(&mut self, relation: &mut Relation, expr: &mut Expr, place: Place) -> Result<()> {
        if !expr.has_query() {
            return Ok(());
        }
        let inner = inside(&expr.node, place);
        for operand in expr.node.operands_mut() {
            self.pull(relation, operand, inner)?;
        }
        let columns = relation.columns();
        if !stays(&expr.node, &columns, place) {
            return self.pull_query(relation, expr, &columns);
        }
        // What stays has its own sub-queries.
        let Some(query) = expr.node.query_mut() else { return Ok(()) };
        if query.looks_outside() { Ok(()) } else { self.unnest(query) }
    }

    fn pull_query(
        &mut self,
        relation: &mut Relation,
        expr: &mut Expr,
        columns: &BTreeSet<ColumnId>,
    ) -> Result<()> {
        let span = expr.span;
        let node = std::mem::replace(&mut expr.node, Node::Null);
        expr.node = match node {
            Node::Scalarized(Subquery(query)) => self.pull_value(relation, *query, columns, &expr.ty)?,
            Node::Exists(Subquery(query)) => {
                let mark = self.pull_mark(relation, *query, columns, None)?;
                is_marked(mark, span)
            }
            Node::InQuery(value, Subquery(query)) => {
                self.pull_membership(relation, *value, *query, columns, span)?
            }
            other => other,
        };
        Ok(())
    }

    /// The one value of a sub-query; several are an error when they come.
    fn pull_value(
        &mut self,
        relation: &mut Relation,
        mut query: Query,
        columns: &BTreeSet<ColumnId>,
        ty: &Type,
    ) -> Result<Node> {
        let single = is_single(&query);
        let domain = domain_of(relation, &mut query, columns);
        self.carry(&mut query, &domain)?;
        if single {
            let given = self.join(relation, query, &domain)?;
            return Ok(Node::Column(given[0]));
        }
        let value = column_of(ColumnId(0), ty);
        let calls =
            [(Aggregate::AnyValue, Some(value), ty.clone()), (Aggregate::Count, None, Type::of(Kind::Count))];
        let query = self.grouped(query, &domain, &calls);
        let given = self.join(relation, query, &domain)?;
        let count = column_of(given[1], &Type::of(Kind::Count));
        Ok(Node::Scalar(Scalar::Only, vec![column_of(given[0], ty), count]))
    }

    /// A column that is true where a sub-query has a row, or one whose value is `equal`; else null.
    fn pull_mark(
        &mut self,
        relation: &mut Relation,
        mut query: Query,
        columns: &BTreeSet<ColumnId>,
        equal: Option<&Expr>,
    ) -> Result<ColumnId> {
        let domain = domain_of(relation, &mut query, columns);
        self.carry(&mut query, &domain)?;
        let mark = Expr::truth(true, Span::default());
        // The value goes along as if it were part of the domain.
        let kept = usize::from(equal.is_some());
        let width = query.output.len();
        let inner: Vec<ColumnId> = query.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let output = query.output.clone();
        let mut select =
            Select { distinct: true, ..Select::of(Relation::Query(Box::new(query), inner.clone())) };
        let mut given = Vec::new();
        let carried = (0..kept).chain(width - domain.columns.len()..width);
        let chosen = carried.map(|i| (column_of(inner[i], &output[i].ty), output[i].ty.clone()));
        for (item, ty) in [(mark, Type::of(Kind::Bool))].into_iter().chain(chosen) {
            let id = self.column(Origin::Derived);
            select.items.push((id, item));
            given.push(Output { name: String::new(), id, ty });
        }
        let mut query = Query::of(select, given);
        self.unnest(&mut query)?;
        let ids: Vec<ColumnId> = query.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let mut on = domain.matches(&ids[1 + kept..]);
        if let Some(equal) = equal {
            let value = column_of(ids[1], &query.output[1].ty);
            let node = Node::Binary(Operator::Equal, Box::new(equal.clone()), Box::new(value));
            on = super::and(Expr { node, ty: Type::of(Kind::Bool), span: Span::default() }, on);
        }
        add(relation, query, ids.clone(), on);
        Ok(ids[0])
    }

    /// `value IN (query)`, with SQL's third truth value.
    fn pull_membership(
        &mut self,
        relation: &mut Relation,
        value: Expr,
        query: Query,
        columns: &BTreeSet<ColumnId>,
        span: Span,
    ) -> Result<Node> {
        let mark = self.pull_mark(relation, query.clone(), columns, Some(&value))?;
        let mut query = query;
        let ty = query.output[0].ty.clone();
        let domain = domain_of(relation, &mut query, columns);
        self.carry(&mut query, &domain)?;
        let count = Type::of(Kind::Count);
        let of = column_of(ColumnId(0), &ty);
        let calls = [(Aggregate::Count, None, count.clone()), (Aggregate::Count, Some(of), count.clone())];
        let query = self.grouped(query, &domain, &calls);
        let given = self.join(relation, query, &domain)?;
        let truth = |node| Expr { node, ty: Type::of(Kind::Bool), span };
        let binary = |operator, left, right| truth(Node::Binary(operator, Box::new(left), Box::new(right)));
        let (rows, values) = (column_of(given[0], &count), column_of(given[1], &count));
        let none = Expr { node: Node::Int(0), ty: count, span };
        let no_rows = binary(
            Operator::Or,
            truth(Node::IsNull(Box::new(rows.clone()))),
            binary(Operator::Equal, rows.clone(), none),
        );
        let unknown = binary(
            Operator::Or,
            truth(Node::IsNull(Box::new(value))),
            binary(Operator::Greater, rows, values),
        );
        let null = Expr { node: Node::Null, ty: Type::of(Kind::Bool), span };
        Ok(Node::Case(
            vec![
                (truth(is_marked(mark, span)), Expr::truth(true, span)),
                (no_rows, Expr::truth(false, span)),
                (unknown, null),
            ],
            Some(Box::new(Expr::truth(false, span))),
        ))
    }

    /// Aggregates of the first column of a query for each value of the domain, then the domain.
    fn grouped(&mut self, query: Query, domain: &Domain, calls: &[(Aggregate, Option<Expr>, Type)]) -> Query {
        let inner: Vec<ColumnId> = query.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let first = inner[0];
        let carried = &inner[inner.len() - domain.columns.len()..];
        let mut keys = Vec::new();
        for (column, (_, ty)) in carried.iter().zip(&domain.columns) {
            keys.push((self.column(Origin::Derived), column_of(*column, ty)));
        }
        let mut select =
            Select { grouped: true, ..Select::of(Relation::Query(Box::new(query), inner.clone())) };
        let mut wanted = Vec::new();
        for (function, of, ty) in calls {
            let id = self.column(Origin::Derived);
            let arguments = of.iter().map(|of| column_of(first, &of.ty)).collect();
            let call = AggregateCall {
                function: *function,
                arguments,
                distinct: false,
                order: Vec::new(),
                filter: None,
            };
            select.aggregates.push((id, call));
            wanted.push((id, ty.clone()));
        }
        wanted.extend(keys.iter().map(|(id, key)| (*id, key.ty.clone())));
        select.keys = keys;
        let mut output = Vec::new();
        for (column, ty) in wanted {
            let id = self.column(Origin::Derived);
            select.items.push((id, column_of(column, &ty)));
            output.push(Output { name: String::new(), id, ty });
        }
        Query::of(select, output)
    }

    /// Joins the relation with a query whose last columns are the domain; gives the query's columns.
    fn join(&mut self, relation: &mut Relation, mut query: Query, domain: &Domain) -> Result<Vec<ColumnId>> {
        self.unnest(&mut query)?;
        let given: Vec<ColumnId> = query.output.iter().map(|_| self.column(Origin::Derived)).collect();
        let on = domain.matches(&given[given.len() - domain.columns.len()..]);
        add(relation, query, given.clone(), on);
        Ok(given)
    }
}

fn add(relation: &mut Relation, query: Query, columns: Vec<ColumnId>, on: Expr) {
    let left = Box::new(std::mem::replace(relation, Relation::One));
    let right = Box::new(Relation::Query(Box::new(query), columns));
    *relation = Relation::Join(JoinKind::Left, left, right, Some(on));
}

fn is_marked(mark: ColumnId, span: Span) -> Node {
    let truth = |node| Expr { node, ty: Type::of(Kind::Bool), span };
    let mark = truth(Node::Column(mark));
    Node::Not(Box::new(truth(Node::IsNull(Box::new(mark)))))
}

fn domain_of(relation: &Relation, query: &mut Query, columns: &BTreeSet<ColumnId>) -> Domain {
    let mut seen: BTreeMap<ColumnId, Type> = query.outside();
    seen.retain(|id, _| columns.contains(id));
    Domain::new(relation, seen)
}

/// Whether some sub-query of an expression becomes a join.
pub(super) fn needs(expr: &mut Expr, columns: &BTreeSet<ColumnId>, place: Place) -> bool {
    if !expr.has_query() {
        return false;
    }
    let inner = inside(&expr.node, place);
    !stays(&expr.node, columns, place)
        || expr.node.operands_mut().into_iter().any(|operand| needs(operand, columns, inner))
}

/// The place of the operands. DataFusion's NOT IN does not always see nulls: of sub-queries under NOT, EXISTS alone stays.
fn inside(node: &Node, place: Place) -> Place {
    let logic = match node {
        Node::Not(x) => matches!(x.node, Node::Exists(_)),
        node => matches!(node, Node::Binary(Operator::And, ..)),
    };
    if place == Place::Filter && !logic { Place::Value } else { place }
}

/// Whether DataFusion takes a sub-query where it stands.
fn stays(node: &Node, columns: &BTreeSet<ColumnId>, place: Place) -> bool {
    let mut node = node.clone();
    let is_value = matches!(node, Node::Scalarized(_));
    let Some(query) = node.query_mut() else { return true };
    let seen = query.outside().into_keys().any(|id| columns.contains(&id));
    match place {
        Place::Argument => false,
        Place::Value => is_value && !seen,
        Place::Filter => !seen || (!is_value && is_simple(query)),
    }
}

/// Whether only the WHERE of a query looks outside, nothing depends on how many rows it has, and no query in it has to
/// become a join itself.
fn is_simple(query: &mut Query) -> bool {
    if query.limit.is_some() || query.offset.is_some() {
        return false;
    }
    let Body::Select(select) = &mut query.body else { return false };
    let plain = !select.grouped && select.windows.is_empty();
    let Some(filter) = &mut select.filter else { return false };
    if !plain || filter.has_query() {
        return false;
    }
    select.filter = None;
    let mut plain = true;
    query.each_expr(&mut |expr| {
        expr.walk(&mut |inner| {
            plain &= !matches!(inner.node, Node::Outer(_)) && inner.node.query_mut().is_none()
        });
    });
    plain
}

/// Whether a query has at most one row.
fn is_single(query: &Query) -> bool {
    let of_all = matches!(&query.body, Body::Select(select) if select.grouped && select.keys.is_empty());
    of_all || query.limit.is_some_and(|limit| limit <= 1)
}
