//! Runs programs: plans become streams, streams become an iterator of batches that can be stopped.

use crate::cancel::CancelToken;
use crate::error::{Diagnostic, Result, Span};
use crate::plan::{Program, failed};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::execution::context::SessionState;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::StreamExt;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The rows of a statement: its schema and an iterator of batches, made as they are asked for.
///
/// Dropping it stops the query.
pub struct Rows {
    schema: SchemaRef,
    waiting: VecDeque<Arc<dyn ExecutionPlan>>,
    finished: Vec<Arc<dyn ExecutionPlan>>,
    stream: Option<SendableRecordBatchStream>,
    context: Arc<TaskContext>,
    runtime: Arc<Runtime>,
    cancel: CancelToken,
    span: Span,
    offset: usize,
    limit: Option<usize>,
    ended: bool,
}

impl Rows {
    /// Names, types and kinds of the columns: each field has the engine's `heapwise.kind`, fields of objects and classes
    /// also `heapwise.dump`, the alias of their dump.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Bytes that were written to disk so far, since memory did not suffice.
    pub fn spilled_bytes(&self) -> usize {
        self.finished.iter().map(spilled).sum()
    }

    /// The physical plan, for people.
    pub fn explain(&self) -> String {
        let plans = self.finished.iter().chain(&self.waiting);
        plans
            .map(|plan| datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string())
            .collect()
    }
}

fn spilled(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.spilled_bytes()).unwrap_or(0);
    own + plan.children().into_iter().map(spilled).sum::<usize>()
}

/// The rows of a program. Plans are made here; nothing is read yet.
pub(crate) async fn start(
    program: Program,
    state: &SessionState,
    runtime: &Arc<Runtime>,
    cancel: &CancelToken,
    span: Span,
) -> Result<Rows> {
    let mut waiting = VecDeque::new();
    for part in &program.parts {
        waiting.push_back(physical(state, part).await.map_err(|error| failed(span, &error))?);
    }
    Ok(Rows {
        schema: program.schema,
        waiting,
        finished: Vec::new(),
        stream: None,
        context: Arc::new(TaskContext::from(state)),
        runtime: Arc::clone(runtime),
        cancel: cancel.clone(),
        span,
        offset: program.offset,
        limit: program.limit,
        ended: false,
    })
}

async fn physical(
    state: &SessionState,
    plan: &LogicalPlan,
) -> datafusion::common::Result<Arc<dyn ExecutionPlan>> {
    state.create_physical_plan(plan).await
}

impl Iterator for Rows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        while !self.ended {
            match self.advance() {
                Ok(Some(batch)) if batch.num_rows() == 0 => {}
                Ok(Some(batch)) => return Some(Ok(batch)),
                Ok(None) => self.end(),
                Err(error) => {
                    self.end();
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl Rows {
    /// The next batch, perhaps empty; `None` at the end.
    fn advance(&mut self) -> Result<Option<RecordBatch>> {
        if self.limit == Some(0) {
            return Ok(None);
        }
        if self.stream.is_none() {
            let Some(plan) = self.waiting.pop_front() else { return Ok(None) };
            self.finished.push(Arc::clone(&plan));
            let guard = self.runtime.enter();
            let stream = execute_stream(plan, Arc::clone(&self.context));
            drop(guard);
            self.stream = Some(stream.map_err(|error| failed(self.span, &error))?);
        }
        match self.poll()? {
            Some(batch) => self.cut(&batch).map(Some),
            None => {
                self.stream = None;
                Ok(Some(RecordBatch::new_empty(Arc::clone(&self.schema))))
            }
        }
    }

    /// Waits for the stream or the user, whoever comes first.
    fn poll(&mut self) -> Result<Option<RecordBatch>> {
        let Some(stream) = &mut self.stream else { return Ok(None) };
        let cancel = &self.cancel;
        let next = self.runtime.block_on(async {
            let cancelled = std::pin::pin!(cancel.cancelled());
            match futures::future::select(cancelled, stream.next()).await {
                futures::future::Either::Left(_) => None,
                futures::future::Either::Right((next, _)) => Some(next),
            }
        });
        match next {
            None => Err(Diagnostic::interrupted(self.span)),
            Some(None) => Ok(None),
            Some(Some(batch)) => batch.map(Some).map_err(|error| failed(self.span, &error)),
        }
    }

    /// The batch under our schema, within offset and limit.
    fn cut(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let skipped = self.offset.min(batch.num_rows());
        self.offset -= skipped;
        let kept = self.limit.unwrap_or(usize::MAX).min(batch.num_rows() - skipped);
        self.limit = self.limit.map(|limit| limit - kept);
        let batch = batch.slice(skipped, kept);
        RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec())
            .map_err(|error| Diagnostic::run(self.span, error.to_string()))
    }

    fn end(&mut self) {
        self.ended = true;
        self.stream = None;
        self.waiting.clear();
    }
}
