//! Sources as DataFusion scans them: in parallel, only the columns asked for, in the order of rows.

use crate::cancel::CancelToken;
use crate::source::Source;
use crate::udf::external;
use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef, SortOptions};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, project_schema};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use heapwise_engine::error::Error;
use std::sync::Arc;

/// Rows of a dense source that are read at a time: enough to keep vectors busy, little enough for LIMIT.
const ROWS: u64 = 16 << 10;
/// Ids that are searched at a time for objects of some classes.
const IDS: u64 = 64 << 10;
/// Fewer rows than this are gathered before a batch goes on.
const MIN_ROWS: usize = 4 << 10;

/// A source under the column names of a plan.
#[derive(Debug)]
pub(crate) struct Provider {
    source: Arc<Source>,
    schema: SchemaRef,
    cancel: CancelToken,
}

impl Provider {
    /// The source with one name for each of its columns.
    pub(crate) fn new(source: Source, names: &[String], cancel: &CancelToken) -> Provider {
        let order = source.order();
        let fields =
            names.iter().enumerate().map(|(i, name)| source.field(i, name).with_nullable(i != order));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Provider { source: Arc::new(source), schema, cancel: cancel.clone() }
    }
}

#[async_trait]
impl TableProvider for Provider {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let columns: Arc<[usize]> = match projection {
            Some(columns) => columns.as_slice().into(),
            None => (0..self.schema.fields().len()).collect(),
        };
        let schema = project_schema(&self.schema, projection)?;
        let chunk = if self.source.is_dense() { ROWS } else { IDS };
        let chunks = self.source.units().div_ceil(chunk).max(1);
        let partitions = chunks.min(state.config().target_partitions().max(1) as u64);
        let part = |first| Part {
            source: Arc::clone(&self.source),
            schema: Arc::clone(&schema),
            columns: Arc::clone(&columns),
            chunk,
            first,
            step: partitions,
            cancel: self.cancel.clone(),
        };
        let parts = (0..partitions).map(|first| Arc::new(part(first)) as Arc<dyn PartitionStream>).collect();
        let ordering = self.ordering(&schema, &columns);
        Ok(Arc::new(StreamingTableExec::try_new(schema, parts, None, ordering, false, limit)?))
    }
}

impl Provider {
    /// Rows come in the order of the source's order column: each part takes every n-th chunk, ascending.
    fn ordering(&self, schema: &Schema, columns: &[usize]) -> Option<LexOrdering> {
        let place = columns.iter().position(|&column| column == self.source.order())?;
        let column = Arc::new(Column::new(schema.field(place).name(), place));
        let options = SortOptions { descending: false, nulls_first: false };
        LexOrdering::new([PhysicalSortExpr::new(column, options)])
    }
}

/// Every `step`-th chunk of a source.
#[derive(Clone, Debug)]
struct Part {
    source: Arc<Source>,
    schema: SchemaRef,
    columns: Arc<[usize]>,
    chunk: u64,
    first: u64,
    step: u64,
    cancel: CancelToken,
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let part = self.clone();
        let batches = futures::stream::unfold(self.first, move |next| {
            let batch = part.next(next);
            async move { batch }
        });
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches))
    }
}

impl Part {
    /// The next batch from chunk `next` on, and the chunk after it; `None` at the end.
    fn next(&self, mut next: u64) -> Option<(Result<RecordBatch>, u64)> {
        let mut ids = Vec::new();
        while next * self.chunk < self.source.units() {
            if self.cancel.is_cancelled() {
                return Some((Err(external(Error::Interrupted)), u64::MAX / self.chunk));
            }
            let units = next * self.chunk..(next + 1) * self.chunk;
            next += self.step;
            if self.source.is_dense() {
                let rows = self.source.rows(&self.schema, &self.columns, units);
                return Some((rows.map_err(external), next));
            }
            ids.extend(self.source.ids(units));
            if ids.len() >= MIN_ROWS {
                break;
            }
        }
        let Source::Objects(dump, _) = self.source.as_ref() else { return None };
        let rows =
            (!ids.is_empty()).then(|| crate::source::objects_rows(dump, &self.schema, &self.columns, ids));
        rows.map(|rows| (rows.map_err(external), next))
    }
}
