//! Joins that can be stopped: an aborted query ends where an operator pauses, and joins pair rows for long without one.

use crate::cancel::CancelToken;
use crate::udf::{self, Function};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr::ScalarFunctionExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, NestedLoopJoinExec, NestedLoopJoinExecBuilder,
};
use std::sync::Arc;

/// The plan with joins that pause now and then, and nested loops that look at `cancel` whenever they test pairs.
pub(crate) fn stoppable(
    plan: Arc<dyn ExecutionPlan>,
    cancel: &CancelToken,
) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|plan| {
        if let Some(join) = plan.downcast_ref::<NestedLoopJoinExec>() {
            return Ok(Transformed::yes(pausing(Arc::new(checked(join, cancel)?))));
        }
        let pairs = plan.is::<CrossJoinExec>() || plan.is::<HashJoinExec>();
        Ok(if pairs { Transformed::yes(pausing(plan)) } else { Transformed::no(plan) })
    });
    Ok(plan?.data)
}

fn pausing(plan: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
    Arc::new(CooperativeExec::new(plan))
}

/// The join with a condition that fails when the query was stopped.
fn checked(join: &NestedLoopJoinExec, cancel: &CancelToken) -> Result<NestedLoopJoinExec> {
    let builder = NestedLoopJoinExecBuilder::from(join);
    let Some(filter) = join.filter() else { return builder.build() };
    let function = Arc::new(udf::function(Function::Unless, 1, cancel));
    let condition = vec![Arc::clone(filter.expression())];
    let options = Arc::new(ConfigOptions::default());
    let condition = ScalarFunctionExpr::try_new(function, condition, filter.schema(), options)?;
    let columns = filter.column_indices().to_vec();
    let filter = JoinFilter::new(Arc::new(condition), columns, Arc::clone(filter.schema()));
    builder.with_filter(Some(filter)).build()
}
