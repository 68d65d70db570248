//! Tells a scan below a sort with a limit by what it sorts.

use super::exec::ScanExec;
use arrow_schema::SortOptions;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use std::sync::Arc;

/// A sort that takes a few rows gets from each chunk of a scan only those that can be among them.
#[derive(Debug)]
pub(crate) struct BestRows;

impl PhysicalOptimizerRule for BestRows {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let told = plan.transform_up(|plan| {
            let Some(input) = plan.downcast_ref::<SortExec>().and_then(told_input) else {
                return Ok(Transformed::no(plan));
            };
            Ok(Transformed::yes(replace_children_if_necessary(plan, vec![input?])?))
        });
        Ok(told?.data)
    }

    fn name(&self) -> &'static str {
        "best_rows"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn told_input(sort: &SortExec) -> Option<Result<Arc<dyn ExecutionPlan>>> {
    let first = sort.expr().first();
    let column = first.expr.downcast_ref::<Column>()?;
    told(sort.input(), column.index(), first.options, sort.fetch()?)
}

/// The plan with the scan told, where only columns are chosen in between.
fn told(
    plan: &Arc<dyn ExecutionPlan>,
    place: usize,
    options: SortOptions,
    rows: usize,
) -> Option<Result<Arc<dyn ExecutionPlan>>> {
    if let Some(scan) = plan.downcast_ref::<ScanExec>() {
        return scan.first(place, options, rows).map(|scan| Ok(Arc::new(scan?) as Arc<dyn ExecutionPlan>));
    }
    let projection = plan.downcast_ref::<ProjectionExec>()?;
    let column = projection.expr().get(place)?.expr.downcast_ref::<Column>()?;
    let input = told(projection.input(), column.index(), options, rows)?;
    Some(input.and_then(|input| replace_children_if_necessary(Arc::clone(plan), vec![input])))
}
