//! A condition that a scan evaluates on the columns that it names, before any other column is read.

use crate::source::{Chosen, Source};
use crate::udf;
use arrow_array::cast::AsArray;
use arrow_schema::{Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::physical_expr::utils::{collect_columns, reassign_expr_columns};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use std::fmt;
use std::sync::Arc;

/// A condition on the rows of a source.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// The columns of the source that it names.
    columns: Vec<usize>,
    /// Those columns under the names of the plan.
    schema: SchemaRef,
    /// The condition over them.
    pub(super) expr: Arc<dyn PhysicalExpr>,
    /// What it costs for a row, roughly.
    pub(super) cost: u32,
}

impl Filter {
    /// The condition `expr` over a scan's `columns` of a source, whose names and types are in `schema`.
    pub(super) fn new(expr: &Arc<dyn PhysicalExpr>, columns: &[usize], schema: &Schema) -> Result<Filter> {
        let mut places: Vec<usize> = collect_columns(expr).iter().map(|column| column.index()).collect();
        places.sort_unstable();
        let fields: Vec<_> = places.iter().map(|&place| schema.field(place).clone()).collect();
        let schema = Arc::new(Schema::new(fields));
        let expr = reassign_expr_columns(Arc::clone(expr), &schema)?;
        let cost = cost(&expr)?;
        Ok(Filter { columns: places.into_iter().map(|place| columns[place]).collect(), schema, expr, cost })
    }

    /// Those of `rows` for which the condition holds.
    pub(super) fn kept(&self, source: &Source, rows: Chosen) -> Result<Chosen> {
        let batch = source.read(&self.schema, &self.columns, &rows).map_err(udf::external)?;
        let holds = self.expr.evaluate(&batch)?.into_array(batch.num_rows())?;
        Ok(rows.filtered(holds.as_boolean()))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

/// What the functions in an expression cost together.
fn cost(expr: &Arc<dyn PhysicalExpr>) -> Result<u32> {
    let mut cost = 0;
    expr.apply(|expr| {
        if let Some(call) = expr.downcast_ref::<ScalarFunctionExpr>() {
            cost += udf::cost(call.fun());
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(cost)
}
