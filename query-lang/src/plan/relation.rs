//! Relations in plans: scans, table functions, sub-selects, joins.

use super::{Planner, col, name};
use crate::check::tree::{ColumnId, Expr, Node, Relation};
use crate::error::Result;
use crate::provider::Provider;
use crate::source::Source;
use crate::syntax::ast::{JoinKind, Operator};
use crate::tables;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr as Planned, JoinType, LogicalPlanBuilder};
use std::sync::Arc;

impl Planner<'_> {
    /// The plan of a relation.
    pub(super) fn relation(&self, relation: &Relation) -> Result<LogicalPlanBuilder> {
        match relation {
            Relation::One => Ok(LogicalPlanBuilder::empty(true)),
            Relation::Scan(source, columns) => self.scan(source.clone(), columns),
            Relation::Call(call, columns) => {
                let table = tables::call(call.function, &call.dump, call.object, call.count)
                    .map_err(|error| crate::check::failed(call.span, &error))?;
                self.scan(Source::Table(table), columns)
            }
            Relation::Query(query, columns) => {
                let renamed =
                    query.output.iter().zip(columns).map(|(output, id)| col(output.id).alias(name(*id)));
                self.done(self.query(query, false)?.project(renamed.collect::<Vec<_>>()))
            }
            Relation::Join(kind, left, right, on) => self.join(*kind, left, right, on.as_ref()),
        }
    }

    /// The projection drops the qualifier that DataFusion puts before columns of a scan.
    fn scan(&self, source: Source, columns: &[ColumnId]) -> Result<LogicalPlanBuilder> {
        let names: Vec<String> = columns.iter().map(|id| format!("s{}", id.0)).collect();
        let table = format!("t{}", columns.first().map_or(0, |id| id.0));
        let provider = provider_as_source(Arc::new(Provider::new(source, &names, self.cancel)));
        let plan = self.done(LogicalPlanBuilder::scan(table.as_str(), provider, None))?;
        let bare = names.iter().zip(columns).map(|(scanned, &id)| {
            let column = datafusion::common::Column::new(Some(table.as_str()), scanned.as_str());
            Planned::Column(column).alias(name(id))
        });
        self.done(plan.project(bare.collect::<Vec<_>>()))
    }

    fn join(
        &self,
        kind: JoinKind,
        left: &Relation,
        right: &Relation,
        on: Option<&Expr>,
    ) -> Result<LogicalPlanBuilder> {
        let plan = self.relation(left)?;
        let right = self.relation(right)?.build().map_err(|error| self.failed(&error))?;
        let Some(on) = on else { return self.done(plan.cross_join(right)) };
        let mut conditions = Vec::new();
        self.conjuncts(on, &mut conditions)?;
        let kind = match kind {
            JoinKind::Cross | JoinKind::Inner => JoinType::Inner,
            JoinKind::Left => JoinType::Left,
            JoinKind::Right => JoinType::Right,
            JoinKind::Full => JoinType::Full,
        };
        self.done(plan.join_on(right, kind, conditions))
    }

    fn conjuncts(&self, on: &Expr, conditions: &mut Vec<Planned>) -> Result<()> {
        if let Node::Binary(Operator::And, left, right) = &on.node {
            self.conjuncts(left, conditions)?;
            return self.conjuncts(right, conditions);
        }
        conditions.push(self.expr(on)?);
        Ok(())
    }
}
