//! Runs programs: plans become streams, streams become an iterator of batches that can be stopped.

use crate::cancel::CancelToken;
use crate::error::{Diagnostic, Result, Span};
use crate::plan::{Program, failed};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::execution::context::SessionState;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::StreamExt;
use heapwise_engine::table::Kind;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::AbortHandle;

/// The rows of a statement: its schema and an iterator of batches, made as they are asked for.
///
/// Dropping it stops the query.
pub struct Rows {
    schema: SchemaRef,
    /// Rows that are there already.
    ready: Option<RecordBatch>,
    waiting: VecDeque<Arc<dyn ExecutionPlan>>,
    finished: Vec<Arc<dyn ExecutionPlan>>,
    running: Option<Running>,
    context: Arc<TaskContext>,
    runtime: Arc<Runtime>,
    cancel: CancelToken,
    span: Span,
    offset: usize,
    limit: Option<usize>,
    ended: bool,
    /// Where bytes on disk are counted when the rows are dropped.
    spilled: Arc<AtomicU64>,
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

    /// The physical plan, for people; with what was measured when it ran.
    pub(crate) fn explain(&self, measured: bool) -> String {
        let shown = |plan: &Arc<dyn ExecutionPlan>| match measured {
            true => DisplayableExecutionPlan::with_metrics(plan.as_ref()).indent(false).to_string(),
            false => DisplayableExecutionPlan::new(plan.as_ref()).indent(false).to_string(),
        };
        self.finished.iter().chain(&self.waiting).map(shown).collect()
    }

    /// A text as rows of one column, a line each.
    pub(crate) fn of_lines(&self, text: &str) -> Rows {
        let schema: SchemaRef = Arc::new(Schema::new(vec![Kind::Text.field("plan")]));
        let lines: ArrayRef = Arc::new(text.lines().map(Some).collect::<StringArray>());
        Rows {
            ready: RecordBatch::try_new(Arc::clone(&schema), vec![lines]).ok(),
            schema,
            waiting: VecDeque::new(),
            finished: Vec::new(),
            running: None,
            context: Arc::clone(&self.context),
            runtime: Arc::clone(&self.runtime),
            cancel: self.cancel.clone(),
            span: self.span,
            offset: 0,
            limit: None,
            ended: false,
            spilled: Arc::clone(&self.spilled),
        }
    }
}

fn spilled(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.spilled_bytes()).unwrap_or(0);
    own + plan.children().into_iter().map(spilled).sum::<usize>()
}

/// A plan that runs on the runtime's threads: a batch that takes long does not keep the caller from stopping it.
struct Running {
    /// Batches, then `None`: a channel that closes without it tells of a panic.
    batches: Receiver<std::result::Result<Option<RecordBatch>, DataFusionError>>,
    task: AbortHandle,
}

impl Running {
    fn new(mut stream: SendableRecordBatchStream, runtime: &Runtime) -> Running {
        let (sender, batches) = channel(1);
        let task = runtime.spawn(async move {
            while let Some(batch) = stream.next().await {
                if sender.send(batch.map(Some)).await.is_err() {
                    return;
                }
            }
            // Nobody to tell is no harm: then nobody waits.
            let _ = sender.send(Ok(None)).await;
        });
        Running { batches, task: task.abort_handle() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The rows of a program. Plans are made here; nothing is read yet.
pub(crate) async fn start(
    program: Program,
    state: &SessionState,
    runtime: &Arc<Runtime>,
    cancel: &CancelToken,
    span: Span,
    spilled: &Arc<AtomicU64>,
) -> Result<Rows> {
    let mut waiting = VecDeque::new();
    for part in &program.parts {
        waiting.push_back(physical(state, part, cancel).await.map_err(|error| failed(span, &error))?);
    }
    Ok(Rows {
        schema: program.schema,
        ready: None,
        waiting,
        finished: Vec::new(),
        running: None,
        context: Arc::new(TaskContext::from(state)),
        runtime: Arc::clone(runtime),
        cancel: cancel.clone(),
        span,
        offset: program.offset,
        limit: program.limit,
        ended: false,
        spilled: Arc::clone(spilled),
    })
}

async fn physical(
    state: &SessionState,
    plan: &LogicalPlan,
    cancel: &CancelToken,
) -> datafusion::common::Result<Arc<dyn ExecutionPlan>> {
    crate::stop::stoppable(state.create_physical_plan(plan).await?, cancel)
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.spilled.fetch_add(self.spilled_bytes() as u64, Ordering::Relaxed);
    }
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
        if let Some(ready) = self.ready.take() {
            return Ok(Some(ready));
        }
        if self.running.is_none() {
            let Some(plan) = self.waiting.pop_front() else { return Ok(None) };
            self.finished.push(Arc::clone(&plan));
            let guard = self.runtime.enter();
            let stream = execute_stream(plan, Arc::clone(&self.context));
            drop(guard);
            let stream = stream.map_err(|error| failed(self.span, &error))?;
            self.running = Some(Running::new(stream, &self.runtime));
        }
        match self.poll()? {
            Some(batch) => self.cut(&batch).map(Some),
            None => {
                self.running = None;
                Ok(Some(RecordBatch::new_empty(Arc::clone(&self.schema))))
            }
        }
    }

    /// Waits for the stream or the user, whoever comes first.
    fn poll(&mut self) -> Result<Option<RecordBatch>> {
        let Some(running) = &mut self.running else { return Ok(None) };
        let cancel = &self.cancel;
        let next = self.runtime.block_on(async {
            let cancelled = std::pin::pin!(cancel.cancelled());
            let next = std::pin::pin!(running.batches.recv());
            match futures::future::select(cancelled, next).await {
                futures::future::Either::Left(_) => None,
                futures::future::Either::Right((next, _)) => Some(next),
            }
        });
        match next {
            None => Err(Diagnostic::interrupted(self.span)),
            Some(None) => Err(Diagnostic::run(self.span, "the query ended unexpectedly")
                .hint("please report this query as a defect")),
            Some(Some(batch)) => batch.map_err(|error| failed(self.span, &error)),
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
        self.running = None;
        self.waiting.clear();
    }
}
