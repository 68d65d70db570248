//! The node that runs: a thread for each partition calls the function and sends batches.

use super::node::ApplyNode;
use crate::cancel::CancelToken;
use crate::rows::{Arguments, Call, Sink};
use crate::udf::external;
use arrow_array::{RecordBatch, UInt32Array};
use arrow_schema::{Field, Schema, SchemaRef, SortOptions};
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PhysicalExpr, PlanProperties,
};
use futures::StreamExt;
use std::fmt;
use std::sync::Arc;
use tokio::runtime::Handle;

/// A relation with the rows of a function for each of its rows.
#[derive(Debug)]
pub(super) struct ApplyExec {
    input: Arc<dyn ExecutionPlan>,
    call: Arc<Call>,
    arguments: Vec<Arc<dyn PhysicalExpr>>,
    is_ordered: bool,
    cancel: CancelToken,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl ApplyExec {
    /// The node over a physical relation.
    pub(super) fn new(
        input: Arc<dyn ExecutionPlan>,
        node: &ApplyNode,
        arguments: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<ApplyExec> {
        ApplyExec::over(input, Arc::clone(&node.call), arguments, node.is_ordered, node.cancel.clone())
    }

    fn over(
        input: Arc<dyn ExecutionPlan>,
        call: Arc<Call>,
        arguments: Vec<Arc<dyn PhysicalExpr>>,
        is_ordered: bool,
        cancel: CancelToken,
    ) -> Result<ApplyExec> {
        let before = input.schema();
        let own = call.columns.iter().map(|(name, kind)| Arc::new(Field::new(name, kind.data_type(), true)));
        let schema: SchemaRef =
            Arc::new(Schema::new(before.fields().iter().cloned().chain(own).collect::<Vec<_>>()));
        let mut equivalences = EquivalenceProperties::new(Arc::clone(&schema));
        if let Some(ordering) = ordering(&input, &schema, is_ordered) {
            equivalences.add_ordering(ordering);
        }
        let properties = PlanProperties::new(
            equivalences,
            input.output_partitioning().clone(),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let metrics = ExecutionPlanMetricsSet::new();
        Ok(ApplyExec {
            input,
            call,
            arguments,
            is_ordered,
            cancel,
            properties: Arc::new(properties),
            metrics,
        })
    }
}

/// The order of the relation and, where it tells all rows apart, that of the function's rows after it.
fn ordering(input: &Arc<dyn ExecutionPlan>, schema: &Schema, is_ordered: bool) -> Option<LexOrdering> {
    let before = input.output_ordering();
    if !is_ordered || (before.is_none() && input.output_partitioning().partition_count() > 1) {
        return before.cloned();
    }
    let last = schema.fields().len().checked_sub(1)?;
    let column = Arc::new(Column::new(schema.field(last).name(), last));
    let options = SortOptions { descending: false, nulls_first: false };
    let own = PhysicalSortExpr::new(column, options);
    LexOrdering::new(before.into_iter().flat_map(|order| order.iter().cloned()).chain([own]))
}

impl DisplayAs for ApplyExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "ApplyExec: {}", self.call.name())
    }
}

impl ExecutionPlan for ApplyExec {
    fn name(&self) -> &'static str {
        "ApplyExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for argument in &self.arguments {
            if visit(argument)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.pop().unwrap_or_else(|| Arc::clone(&self.input));
        let (call, arguments) = (Arc::clone(&self.call), self.arguments.clone());
        Ok(Arc::new(ApplyExec::over(input, call, arguments, self.is_ordered, self.cancel.clone())?))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut input = self.input.execute(partition, context)?;
        let mut builder = RecordBatchReceiverStreamBuilder::new(self.schema(), 2);
        let worker = Worker {
            call: Arc::clone(&self.call),
            arguments: self.arguments.clone(),
            schema: self.schema(),
            cancel: self.cancel.clone(),
            metrics: BaselineMetrics::new(&self.metrics, partition),
        };
        let sender = builder.tx();
        builder.spawn_blocking(move || {
            let handle = Handle::current();
            while let Some(batch) = handle.block_on(input.next()) {
                let goes_on = worker.apply(&batch?, &mut |batch| sender.blocking_send(Ok(batch)).is_ok())?;
                if !goes_on {
                    break;
                }
            }
            Ok(())
        });
        Ok(builder.build())
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// What one partition needs.
struct Worker {
    call: Arc<Call>,
    arguments: Vec<Arc<dyn PhysicalExpr>>,
    schema: SchemaRef,
    cancel: CancelToken,
    metrics: BaselineMetrics,
}

impl Worker {
    /// Calls the function for each row of a batch; whether somebody still wants more.
    fn apply(&self, batch: &RecordBatch, send: &mut dyn FnMut(RecordBatch) -> bool) -> Result<bool> {
        let values =
            self.arguments.iter().map(|argument| argument.evaluate(batch)).collect::<Result<Vec<_>>>()?;
        let arguments = Arguments::new(&values)?;
        let mut emit = |rows: UInt32Array, columns: Vec<arrow_array::ArrayRef>| {
            let before = arrow_select::take::take_arrays(batch.columns(), &rows, None)?;
            let all = before.into_iter().chain(columns).collect();
            let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
            let joined = RecordBatch::try_new_with_options(Arc::clone(&self.schema), all, &options)?;
            self.metrics.record_output(joined.num_rows());
            Ok(send(joined))
        };
        let mut sink = Sink::new(&self.call, &self.cancel, &mut emit);
        crate::rows::run(&self.call, &arguments, batch.num_rows(), &mut sink).map_err(external)?;
        sink.finish().map_err(external)
    }
}
