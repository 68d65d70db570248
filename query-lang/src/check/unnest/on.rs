//! Sub-queries in the condition of a join that keeps rows without a match.

use super::domain::all_same;
use super::pull::Place;
use super::push::rename;
use super::{Domain, and, conjuncts};
use crate::check::Checker;
use crate::check::tree::{ColumnId, Expr, Node, Relation};
use crate::check::types::Type;
use crate::error::{Diagnostic, Result, Span};
use crate::syntax::ast::JoinKind;
use std::collections::BTreeMap;

impl Checker<'_> {
    /// The values of both sides for which the condition's sub-queries hold become a relation of their own.
    ///
    /// It is joined with the side whose rows need not stay, and what it has of the other side is compared in ON.
    pub(super) fn unnest_on(
        &mut self,
        kind: JoinKind,
        left: &mut Relation,
        right: &mut Relation,
        on: &mut Option<Expr>,
    ) -> Result<()> {
        if !on.as_mut().is_some_and(Expr::has_query) {
            return Ok(());
        }
        let all = on.take().map(conjuncts).unwrap_or_default();
        let (with, without): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|conjunct| conjunct.clone().has_query());
        let Some(mut with) = with.into_iter().reduce(and) else { return Ok(()) };
        if kind == JoinKind::Full {
            return Err(Diagnostic::check(
                with.span,
                "a sub-query cannot stand in ON of a FULL JOIN",
                "not here",
            )
            .hint("use two LEFT JOINs and UNION"));
        }
        let plain = without.into_iter().reduce(and);
        let (lefts, rights) = (with.seen(&left.columns()), with.seen(&right.columns()));
        let pairs = if plain.is_some() { JoinKind::Inner } else { JoinKind::Cross };
        let pairs = Relation::Join(pairs, Box::new(left.clone()), Box::new(right.clone()), plain.clone());
        let seen: BTreeMap<ColumnId, Type> =
            lefts.iter().chain(&rights).map(|(id, ty)| (*id, ty.clone())).collect();
        let domain = Domain::new(&pairs, seen);
        let (mut fitting, columns) = domain.instance(self);
        let map: BTreeMap<ColumnId, ColumnId> =
            domain.columns.iter().map(|(id, _)| *id).zip(columns).collect();
        with.walk(&mut |inner| match &mut inner.node {
            Node::Column(id) => *id = map.get(id).copied().unwrap_or(*id),
            node => rename(node, &map),
        });
        self.pull(&mut fitting, &mut with, Place::Filter)?;
        fitting.restrict(with);
        let is_right = matches!(kind, JoinKind::Right | JoinKind::RightSemi | JoinKind::RightAnti);
        let (side, own, others) = if is_right { (left, lefts, rights) } else { (right, rights, lefts) };
        let same = same(&own, &map);
        let kind = if same.is_some() { JoinKind::Inner } else { JoinKind::Cross };
        let before = std::mem::replace(side, Relation::One);
        *side = Relation::Join(kind, Box::new(before), Box::new(fitting), same);
        let fits = self::same(&others, &map);
        *on = plain.into_iter().chain(fits).reduce(and).or_else(|| Some(Expr::truth(true, Span::default())));
        Ok(())
    }
}

/// That columns have the values of those which they are mapped to.
fn same(columns: &BTreeMap<ColumnId, Type>, map: &BTreeMap<ColumnId, ColumnId>) -> Option<Expr> {
    all_same(columns.iter().filter_map(|(id, ty)| Some((*id, *map.get(id)?, ty))))
}
