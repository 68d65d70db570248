//! The node that scans.

use super::best::{Best, MOST_ROWS};
use super::filter::Filter;
use super::part::{Part, chunks};
use crate::cancel::CancelToken;
use crate::source::Source;
use arrow_schema::{Schema, SchemaRef, SortOptions};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{
    DynamicFilterTracking, EquivalenceProperties, LexOrdering, Partitioning, PhysicalExpr, PhysicalSortExpr,
};
use datafusion::physical_expr_common::physical_expr::is_volatile;
use datafusion::physical_plan::coop::make_cooperative;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::filter_pushdown::{
    ChildPushdownResult, FilterPushdownPhase, FilterPushdownPropagation, PushedDown,
};
use datafusion::physical_plan::limit::LimitStream;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use std::fmt;
use std::sync::Arc;

/// What a scan reads.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) source: Arc<Source>,
    /// The columns of the source that come out.
    pub(super) columns: Vec<usize>,
    /// Their names and types.
    pub(super) schema: SchemaRef,
    /// What holds for the rows that come out, the cheapest first.
    pub(super) filters: Vec<Filter>,
    /// Which of those rows are wanted at all.
    pub(super) best: Option<Best>,
    pub(super) cancel: CancelToken,
}

/// The rows of a source, in its order within each partition.
#[derive(Clone, Debug)]
pub(super) struct ScanExec {
    scan: Arc<Scan>,
    /// Rows of each partition after which it ends.
    limit: Option<usize>,
    threads: usize,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl ScanExec {
    /// All rows of a source, in at most `threads` partitions.
    pub(super) fn new(
        source: Arc<Source>,
        schema: SchemaRef,
        columns: Vec<usize>,
        threads: usize,
        cancel: CancelToken,
    ) -> Result<ScanExec> {
        ScanExec::over(
            Scan { source, columns, schema, filters: Vec::new(), best: None, cancel },
            None,
            threads,
        )
    }

    fn over(scan: Scan, limit: Option<usize>, threads: usize) -> Result<ScanExec> {
        let partitions = usize::try_from(chunks(&scan)).unwrap_or(usize::MAX).min(threads.max(1));
        let properties = PlanProperties::new(
            equivalences(&scan)?,
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let properties = Arc::new(properties.with_scheduling_type(SchedulingType::Cooperative));
        let metrics = ExecutionPlanMetricsSet::new();
        Ok(ScanExec { scan: Arc::new(scan), limit, threads, properties, metrics })
    }

    /// The same with at most so many rows in each partition.
    pub(super) fn limited(&self, limit: Option<usize>) -> ScanExec {
        ScanExec { limit, ..self.clone() }
    }

    /// The same with only the rows for which the conditions hold too.
    fn filtered(&self, conditions: &[Arc<dyn PhysicalExpr>]) -> Result<ScanExec> {
        let mut scan = self.scan.as_ref().clone();
        for condition in conditions {
            scan.filters.push(Filter::new(condition, &scan.columns, &scan.schema)?);
        }
        scan.filters.sort_by_key(|filter| filter.cost);
        ScanExec::over(scan, self.limit, self.threads)
    }

    /// The same without rows that cannot be among the first `rows` by the column at `place`; `None` where it would not pay.
    pub(super) fn first(&self, place: usize, options: SortOptions, rows: usize) -> Option<Result<ScanExec>> {
        if rows == 0 || rows > MOST_ROWS || self.limit.is_some() {
            return None;
        }
        let mut scan = self.scan.as_ref().clone();
        scan.best = Some(Best::new(&scan.source, *scan.columns.get(place)?, options, rows));
        Some(ScanExec::over(scan, self.limit, self.threads))
    }
}

/// What DataFusion may rely on: rows come in the order of the source's order column (each partition takes every n-th
/// chunk, ascending), and a column that comes twice is the same.
fn equivalences(scan: &Scan) -> Result<EquivalenceProperties> {
    let options = SortOptions { descending: false, nulls_first: false };
    let first = |column: usize| scan.columns.iter().position(|other| *other == column);
    let at = |place: usize| -> Arc<dyn PhysicalExpr> {
        Arc::new(Column::new(scan.schema.field(place).name(), place))
    };
    let order = first(scan.source.order())
        .and_then(|place| LexOrdering::new([PhysicalSortExpr::new(at(place), options)]));
    let mut known = EquivalenceProperties::new_with_orderings(Arc::clone(&scan.schema), order);
    let twins = scan.columns.iter().enumerate().filter_map(|(place, column)| Some((first(*column)?, place)));
    for (first, again) in twins.filter(|(first, again)| first != again) {
        known.add_equal_conditions(at(first), at(again))?;
    }
    Ok(known)
}

impl DisplayAs for ScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        let names: Vec<&str> = self.scan.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "ScanExec: {:?}, columns=[{}]", self.scan.source, names.join(", "))?;
        if !self.scan.filters.is_empty() {
            let filters: Vec<String> = self.scan.filters.iter().map(Filter::to_string).collect();
            write!(f, ", filters=[{}]", filters.join(", "))?;
        }
        if let Some(best) = &self.scan.best {
            write!(f, ", {best}")?;
        }
        match self.limit {
            Some(limit) => write!(f, ", limit={limit}"),
            None => Ok(()),
        }
    }
}

impl ExecutionPlan for ScanExec {
    fn name(&self) -> &'static str {
        "ScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for filter in &self.scan.filters {
            if visit(&filter.expr)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let partitions = self.properties.partitioning.partition_count();
        let mut part = Part::new(Arc::clone(&self.scan), partition as u64, partitions as u64);
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let batches = std::iter::from_fn(move || {
            let timer = metrics.elapsed_compute().timer();
            let batch = part.batch();
            timer.done();
            if let Some(Ok(batch)) = &batch {
                metrics.record_output(batch.num_rows());
            }
            batch
        });
        let schema = Arc::clone(&self.scan.schema);
        let batches = RecordBatchStreamAdapter::new(schema, futures::stream::iter(batches));
        let batches = make_cooperative(Box::pin(batches));
        let Some(limit) = self.limit else { return Ok(batches) };
        let metrics = BaselineMetrics::new(&ExecutionPlanMetricsSet::new(), partition);
        Ok(Box::pin(LimitStream::new(batches, 0, Some(limit), metrics)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn fetch(&self) -> Option<usize> {
        self.limit
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        Some(Arc::new(self.limited(limit)))
    }

    /// A projection that only chooses and renames columns is done here.
    fn try_swapping_with_projection(
        &self,
        projection: &ProjectionExec,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let place = |expr: &Arc<dyn PhysicalExpr>| expr.downcast_ref::<Column>().map(Column::index);
        let places =
            projection.expr().iter().map(|projected| place(&projected.expr)).collect::<Option<Vec<_>>>();
        let Some(places) = places else { return Ok(None) };
        let mut scan = self.scan.as_ref().clone();
        let fields = places.iter().zip(projection.expr());
        let fields = fields.map(|(&place, named)| scan.schema.field(place).clone().with_name(&named.alias));
        let schema =
            Schema::new_with_metadata(fields.collect::<Vec<_>>(), projection.schema().metadata().clone());
        scan.columns = places.iter().map(|&place| scan.columns[place]).collect();
        scan.schema = Arc::new(schema);
        Ok(Some(Arc::new(ScanExec::over(scan, self.limit, self.threads)?)))
    }

    /// Conditions that are what they are before the query runs are evaluated here.
    fn handle_child_pushdown_result(
        &self,
        phase: FilterPushdownPhase,
        above: ChildPushdownResult,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        let filters: Vec<_> = above.parent_filters.iter().map(|filter| Arc::clone(&filter.filter)).collect();
        let fixed = |filter: &Arc<dyn PhysicalExpr>| {
            !DynamicFilterTracking::classify(filter).contains_dynamic_filter() && !is_volatile(filter)
        };
        let taken = phase == FilterPushdownPhase::Pre && self.limit.is_none();
        let answers: Vec<bool> = filters.iter().map(|filter| taken && fixed(filter)).collect();
        let word = |&taken: &bool| if taken { PushedDown::Yes } else { PushedDown::No };
        let answered =
            FilterPushdownPropagation::with_parent_pushdown_result(answers.iter().map(word).collect());
        let own: Vec<_> =
            filters.into_iter().zip(&answers).filter(|(_, taken)| **taken).map(|(own, _)| own).collect();
        if own.is_empty() {
            return Ok(answered);
        }
        Ok(answered.with_updated_node(Arc::new(self.filtered(&own)?)))
    }
}
