//! Walks through the expressions of a query, and what it sees of the query around.

use super::{Body, ColumnId, Expr, Node, Query, Relation, Select};
use crate::check::types::Type;
use std::collections::{BTreeMap, BTreeSet};

impl Query {
    /// Calls `visit` for every expression that is no operand of another, those of relations and sub-queries in FROM too.
    pub(crate) fn each_expr(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.sort.iter_mut().for_each(|key| visit(&mut key.expr));
        match &mut self.body {
            Body::Select(select) => select.each_expr(visit),
            Body::Set(_, _, left, right) => {
                left.each_expr(visit);
                right.each_expr(visit);
            }
        }
    }

    /// The columns of queries around that it looks at, with their types.
    pub(crate) fn outside(&mut self) -> BTreeMap<ColumnId, Type> {
        let mut used = BTreeMap::new();
        self.sort.iter_mut().for_each(|key| key.expr.outside(&mut used));
        match &mut self.body {
            Body::Select(select) => {
                select.relation.outside(&mut used);
                select.each_own(&mut |expr| expr.outside(&mut used));
                let mut own = select.relation.columns();
                own.extend(select.keys.iter().map(|(id, _)| *id));
                own.extend(select.aggregates.iter().map(|(id, _)| *id));
                own.extend(select.windows.iter().map(|(id, _)| *id));
                used.retain(|id, _| !own.contains(id));
            }
            Body::Set(_, _, left, right) => {
                used.extend(left.outside());
                used.extend(right.outside());
            }
        }
        used
    }

    /// Whether it looks at a query around.
    pub(crate) fn looks_outside(&mut self) -> bool {
        !self.outside().is_empty()
    }
}

impl Select {
    fn each_expr(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.relation.each_expr(visit);
        self.each_own(visit);
    }

    /// Calls `visit` for the expressions that are not of the relation.
    fn each_own(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.filter.iter_mut().chain(&mut self.having).for_each(&mut *visit);
        self.keys.iter_mut().chain(&mut self.items).for_each(|(_, expr)| visit(expr));
        self.aggregates.iter_mut().flat_map(|(_, call)| call.operands_mut()).for_each(&mut *visit);
        self.windows.iter_mut().flat_map(|(_, call)| call.operands_mut()).for_each(visit);
    }
}

impl Relation {
    /// Calls `visit` for the expressions of this relation and of those in it.
    pub(crate) fn each_expr(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match self {
            Relation::One | Relation::Scan(..) => {}
            Relation::Filter(inner, condition) => {
                inner.each_expr(visit);
                visit(condition);
            }
            Relation::Apply(inner, call) => {
                inner.each_expr(visit);
                call.arguments.iter_mut().for_each(visit);
            }
            Relation::Query(query, _) => query.each_expr(visit),
            Relation::Join(_, left, right, on) => {
                left.each_expr(visit);
                right.each_expr(visit);
                on.iter_mut().for_each(visit);
            }
        }
    }

    /// Adds the columns outside that its expressions and queries look at; those of its own other side too.
    fn outside(&mut self, used: &mut BTreeMap<ColumnId, Type>) {
        match self {
            Relation::One | Relation::Scan(..) => {}
            Relation::Filter(inner, condition) => {
                inner.outside(used);
                condition.outside(used);
            }
            Relation::Apply(inner, call) => {
                inner.outside(used);
                call.arguments.iter_mut().for_each(|argument| argument.outside(used));
            }
            Relation::Query(query, _) => used.extend(query.outside()),
            Relation::Join(_, left, right, on) => {
                left.outside(used);
                right.outside(used);
                on.iter_mut().for_each(|on| on.outside(used));
            }
        }
    }

    /// The columns that it brings itself, not those of relations in it.
    fn own_columns(&self) -> Vec<ColumnId> {
        match self {
            Relation::Scan(_, columns) | Relation::Query(_, columns) => columns.clone(),
            Relation::Apply(_, call) => call.columns.iter().map(|(id, _)| *id).collect(),
            _ => Vec::new(),
        }
    }

    /// Those of `columns`, which are outside, that it looks at.
    pub(crate) fn outside_in(&mut self, columns: &BTreeSet<ColumnId>) -> BTreeMap<ColumnId, Type> {
        let mut used = BTreeMap::new();
        self.outside(&mut used);
        used.retain(|id, _| columns.contains(id));
        used
    }

    /// Keeps the rows where a condition holds.
    pub(crate) fn restrict(&mut self, condition: Expr) {
        let inner = std::mem::replace(self, Relation::One);
        *self = Relation::Filter(Box::new(inner), Box::new(condition));
    }

    /// All columns that it gives.
    pub(crate) fn columns(&self) -> BTreeSet<ColumnId> {
        let mut columns = BTreeSet::new();
        // A query shows its own columns alone.
        let mut open = vec![self];
        while let Some(relation) = open.pop() {
            columns.extend(relation.own_columns());
            match relation {
                Relation::Filter(inner, _) | Relation::Apply(inner, _) => open.push(inner),
                Relation::Join(_, left, right, _) => open.extend([&**left, &**right]),
                _ => {}
            }
        }
        columns
    }
}

impl Expr {
    /// Those of `columns` that it, or a query in it, looks at.
    pub(crate) fn seen(&mut self, columns: &BTreeSet<ColumnId>) -> BTreeMap<ColumnId, Type> {
        let mut seen = BTreeMap::new();
        self.walk(&mut |inner| match &mut inner.node {
            Node::Column(id) | Node::Outer(id) => {
                seen.insert(*id, inner.ty.clone());
            }
            node => seen.extend(node.query_mut().map(Query::outside).unwrap_or_default()),
        });
        seen.retain(|id, _| columns.contains(id));
        seen
    }

    /// Adds the columns of queries around that it, or a query in it, looks at.
    fn outside(&mut self, used: &mut BTreeMap<ColumnId, Type>) {
        self.walk(&mut |inner| match &mut inner.node {
            Node::Outer(id) => {
                used.insert(*id, inner.ty.clone());
            }
            node => used.extend(node.query_mut().map(Query::outside).unwrap_or_default()),
        });
    }

    /// Whether there is a query in it.
    pub(crate) fn has_query(&mut self) -> bool {
        let mut has = false;
        self.walk(&mut |inner| has |= inner.node.query_mut().is_some());
        has
    }

    /// As [`Expr::walk`], operands first.
    pub(crate) fn walk_up(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.node.operands_mut().into_iter().for_each(|operand| operand.walk_up(visit));
        visit(self);
    }

    /// Calls `visit` for the expression and all operands in it; queries in it are not entered.
    pub(crate) fn walk(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        visit(self);
        self.node.operands_mut().into_iter().for_each(|operand| operand.walk(visit));
    }
}

impl Node {
    /// The query in it that may look outside.
    pub(crate) fn query_mut(&mut self) -> Option<&mut Query> {
        match self {
            Node::Exists(query) | Node::Scalarized(query) | Node::InQuery(_, query) => Some(&mut query.0),
            _ => None,
        }
    }
}
