//! The values of the query around that a sub-query looks at.

use super::column_of;
use crate::check::Checker;
use crate::check::expr::and;
use crate::check::scope::Origin;
use crate::check::tree::{ColumnId, Expr, Node, Output, Query, Relation, Select};
use crate::check::types::Type;
use crate::error::Span;
use crate::syntax::ast::JoinKind;
use heapwise_engine::table::Kind;
use std::collections::BTreeMap;

/// Columns of a relation; perhaps also values that the relation's rows do not have, which do no harm.
pub(super) struct Domain {
    relation: Relation,
    /// The columns that are looked at, in the order in which they are carried.
    pub(super) columns: Vec<(ColumnId, Type)>,
}

impl Domain {
    /// The values of `columns`, all of `relation`.
    pub(super) fn new(relation: &Relation, columns: BTreeMap<ColumnId, Type>) -> Domain {
        let mut part = relation;
        // What only adds columns to rows is left out.
        while let Relation::Join(JoinKind::Left, left, _, _) = part
            && left.columns().is_superset(&columns.keys().copied().collect())
        {
            part = left;
        }
        Domain { relation: part.clone(), columns: columns.into_iter().collect() }
    }

    /// The distinct values as a relation, with columns of its own.
    pub(super) fn instance(&self, checker: &mut Checker<'_>) -> (Relation, Vec<ColumnId>) {
        if self.columns.is_empty() {
            return (Relation::One, Vec::new());
        }
        let mut select = Select { distinct: true, ..Select::of(self.relation.clone()) };
        let mut output = Vec::new();
        for (column, ty) in &self.columns {
            let id = checker.column(Origin::Derived);
            select.items.push((id, column_of(*column, ty)));
            output.push(Output { name: String::new(), id, ty: ty.clone() });
        }
        let columns: Vec<ColumnId> = self.columns.iter().map(|_| checker.column(Origin::Derived)).collect();
        (Relation::Query(Box::new(Query::of(select, output)), columns.clone()), columns)
    }

    /// That the relation's columns have the values that were carried; without any, what is always true.
    pub(super) fn matches(&self, carried: &[ColumnId]) -> Expr {
        let own: Vec<ColumnId> = self.columns.iter().map(|(id, _)| *id).collect();
        self.same(&own, carried)
    }

    /// That two carry the same values.
    pub(super) fn same(&self, left: &[ColumnId], right: &[ColumnId]) -> Expr {
        let pairs = left.iter().zip(right).zip(&self.columns);
        let same = all_same(pairs.map(|((left, right), (_, ty))| (*left, *right, ty)));
        same.unwrap_or_else(|| Expr::truth(true, Span::default()))
    }
}

/// That the two columns of each pair, of that type, have the same value; `None` without pairs.
pub(super) fn all_same<'t>(pairs: impl Iterator<Item = (ColumnId, ColumnId, &'t Type)>) -> Option<Expr> {
    let same = pairs.map(|(left, right, ty)| {
        let node = Node::Same(Box::new(column_of(left, ty)), Box::new(column_of(right, ty)));
        Expr { node, ty: Type::of(Kind::Bool), span: Span::default() }
    });
    same.reduce(and)
}
