//! Relations that carry a domain along.

use super::Domain;
use crate::check::Checker;
use crate::check::expr::and;
use crate::check::scope::Origin;
use crate::check::tree::{ColumnId, Expr, Node, Relation};
use crate::check::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::ast::JoinKind;
use std::collections::BTreeMap;

impl Checker<'_> {
    /// Makes a relation carry the domain: each of its rows comes once for each value of the domain that it fits.
    ///
    /// Gives the columns with the values. Nothing in it looks at the columns of the domain outside any more.
    pub(super) fn push_relation(
        &mut self,
        relation: &mut Relation,
        domain: &Domain,
    ) -> Result<Vec<ColumnId>> {
        match relation {
            Relation::One => {
                let (instance, columns) = domain.instance(self);
                *relation = instance;
                Ok(columns)
            }
            Relation::Filter(inner, condition) => {
                let columns = self.push_relation(inner, domain)?;
                substitute(condition, domain, &columns);
                Ok(columns)
            }
            Relation::Apply(inner, call) => {
                let columns = self.push_relation(inner, domain)?;
                call.arguments.iter_mut().for_each(|argument| substitute(argument, domain, &columns));
                Ok(columns)
            }
            Relation::Query(query, columns) => {
                if !depends(&query.outside(), domain) {
                    return Ok(self.beside(relation, domain));
                }
                let carried = self.carry(query, domain)?;
                let own: Vec<ColumnId> = carried.iter().map(|_| self.column(Origin::Derived)).collect();
                columns.extend(&own);
                Ok(own)
            }
            Relation::Join(..) => self.push_join(relation, domain),
            Relation::Scan(..) => Ok(self.beside(relation, domain)),
        }
    }

    /// Every row of a relation with every value of the domain.
    fn beside(&mut self, relation: &mut Relation, domain: &Domain) -> Vec<ColumnId> {
        let (instance, columns) = domain.instance(self);
        let inner = std::mem::replace(relation, Relation::One);
        *relation = Relation::Join(JoinKind::Cross, Box::new(instance), Box::new(inner), None);
        columns
    }

    /// The side that always has rows carries the domain, the other one only where it looks at it.
    fn push_join(&mut self, relation: &mut Relation, domain: &Domain) -> Result<Vec<ColumnId>> {
        use JoinKind::{Cross, Full, Inner, Right, RightAnti, RightSemi};
        let Relation::Join(kind, left, right, on) = relation else { return Ok(Vec::new()) };
        let within = domain.columns.iter().map(|(id, _)| *id).collect();
        let (in_left, in_right) =
            (!left.outside_in(&within).is_empty(), !right.outside_in(&within).is_empty());
        let is_right = matches!(kind, Right | RightSemi | RightAnti);
        if *kind == Full {
            return Err(Diagnostic::check(
                Span::default(),
                "a FULL JOIN cannot stand in a sub-query that looks outside",
                "",
            )
            .hint("use two LEFT JOINs and UNION"));
        }
        let either = matches!(kind, Inner | Cross);
        let (main, other, other_looks) = match (is_right, either && in_right && !in_left) {
            (true, _) | (_, true) => (right, left, in_left),
            _ => (left, right, in_right),
        };
        let columns = self.push_relation(main, domain)?;
        if let Some(on) = on {
            substitute(on, domain, &columns);
        }
        if other_looks {
            let others = self.push_relation(other, domain)?;
            let same = domain.same(&columns, &others);
            *on = Some(on.take().map_or(same.clone(), |on| and(on, same)));
            if *kind == Cross {
                *kind = Inner;
            }
        }
        Ok(columns)
    }
}

fn depends(outside: &BTreeMap<ColumnId, Type>, domain: &Domain) -> bool {
    domain.columns.iter().any(|(column, _)| outside.contains_key(column))
}

/// Columns of the domain outside become those that are carried; for queries inside they are outside still.
pub(super) fn substitute(expr: &mut Expr, domain: &Domain, carried: &[ColumnId]) {
    let map: BTreeMap<ColumnId, ColumnId> =
        domain.columns.iter().zip(carried).map(|((id, _), carried)| (*id, *carried)).collect();
    expr.walk(&mut |inner| match &mut inner.node {
        Node::Outer(id) => {
            if let Some(carried) = map.get(id) {
                inner.node = Node::Column(*carried);
            }
        }
        node => rename(node, &map),
    });
}

/// Columns that queries in a node look at outside, renamed.
pub(super) fn rename(node: &mut Node, map: &BTreeMap<ColumnId, ColumnId>) {
    let Some(query) = node.query_mut() else { return };
    query.each_expr(&mut |expr| {
        expr.walk(&mut |inner| match &mut inner.node {
            Node::Outer(id) => *id = map.get(id).copied().unwrap_or(*id),
            node => rename(node, map),
        });
    });
}
