//! Relations in plans: scans, table functions, sub-selects, joins.

use super::{Planner, col, name};
use crate::apply::ApplyNode;
use crate::check::tree::{ColumnId, Expr, Node, Relation, TableCall};
use crate::error::Result;
use crate::provider::Provider;
use crate::rows::Call;
use crate::source::Source;
use crate::syntax::ast::{JoinKind, Operator};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr as Planned, Extension, JoinType, LogicalPlan, LogicalPlanBuilder};
use heapwise_engine::table::Kind;
use std::sync::Arc;

impl Planner<'_> {
    /// The plan of a relation.
    pub(super) fn relation(&self, relation: &Relation) -> Result<LogicalPlanBuilder> {
        match relation {
            Relation::One => Ok(LogicalPlanBuilder::empty(true)),
            Relation::Scan(source, columns) => self.scan(source.clone(), columns),
            Relation::Apply(input, call) => self.apply(input, call),
            Relation::Filter(input, condition) => {
                let plan = self.relation(input)?;
                self.done(plan.filter(self.expr(condition)?))
            }
            Relation::Query(query, columns) => {
                let renamed =
                    query.output.iter().zip(columns).map(|(output, id)| col(output.id).alias(name(*id)));
                self.done(self.query(query, false)?.project(renamed.collect::<Vec<_>>()))
            }
            Relation::Join(kind, left, right, on) => self.join(*kind, left, right, on.as_ref()),
        }
    }

    fn apply(&self, input: &Relation, call: &TableCall) -> Result<LogicalPlanBuilder> {
        let plan = self.relation(input)?.build().map_err(|error| self.failed(&error))?;
        let columns =
            call.columns.iter().map(|(id, ty)| (name(*id), ty.kind.unwrap_or(Kind::Text))).collect();
        let (dump, dumps) = (Arc::clone(&call.dump), call.dumps.clone());
        let rows = Call { function: call.function, dump, dumps, columns, outer: call.outer };
        let arguments = self.all(&call.arguments)?;
        let node =
            self.done(ApplyNode::new(plan, Arc::new(rows), arguments, is_ordered(input), self.cancel))?;
        Ok(LogicalPlanBuilder::from(LogicalPlan::Extension(Extension { node: Arc::new(node) })))
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
            JoinKind::LeftSemi => JoinType::LeftSemi,
            JoinKind::LeftAnti => JoinType::LeftAnti,
            JoinKind::RightSemi => JoinType::RightSemi,
            JoinKind::RightAnti => JoinType::RightAnti,
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

/// Whether the order in which a relation comes, if it has one, tells all its rows apart.
fn is_ordered(relation: &Relation) -> bool {
    match relation {
        Relation::One | Relation::Scan(..) => true,
        Relation::Apply(input, _) | Relation::Filter(input, _) => is_ordered(input),
        Relation::Query(..) | Relation::Join(..) => false,
    }
}
