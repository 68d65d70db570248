//! DataFusion's optimizer but for what it does wrong: joins that take nulls for equal do so for all of their keys.
//!
//! Two of its rules make keys of more conditions. A key `a = b` beside one of IS NOT DISTINCT FROM would then hold for two
//! nulls, so that `WHERE a.x = (SELECT …)` would keep rows where both are null.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{NullEquality, Result};
use datafusion::logical_expr::{Join, LogicalPlan};
use datafusion::optimizer::optimizer::{ApplyOrder, Optimizer, OptimizerConfig, OptimizerRule};
use std::sync::Arc;

/// DataFusion's rules in their order.
pub(crate) fn rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let guarded = |rule: Arc<dyn OptimizerRule + Send + Sync>| match rule.name() {
        "extract_equijoin_predicate" => Arc::new(Guarded { rule, takes: takes_no_keys }) as _,
        "eliminate_cross_join" => Arc::new(Guarded { rule, takes: holds_no_such_join }) as _,
        _ => rule,
    };
    Optimizer::new().rules.into_iter().map(guarded).collect()
}

/// A rule that leaves some plans as they are.
#[derive(Debug)]
struct Guarded {
    rule: Arc<dyn OptimizerRule + Send + Sync>,
    /// Whether the rule may have a plan.
    takes: fn(&LogicalPlan) -> Result<bool>,
}

impl OptimizerRule for Guarded {
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.rule.apply_order()
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if (self.takes)(&plan)? { self.rule.rewrite(plan, config) } else { Ok(Transformed::no(plan)) }
    }
}

fn takes_no_keys(plan: &LogicalPlan) -> Result<bool> {
    Ok(!is_null_equal(plan))
}

fn holds_no_such_join(plan: &LogicalPlan) -> Result<bool> {
    Ok(!plan.exists(|inner| Ok(is_null_equal(inner)))?)
}

/// Whether it is a join for whose keys nulls are equal.
fn is_null_equal(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Join(Join { null_equality: NullEquality::NullEqualsNull, on, .. }) if !on.is_empty())
}
