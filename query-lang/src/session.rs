//! Open dumps, parameters and the machinery that runs statements.

use crate::apply::ApplyPlanner;
use crate::cancel::CancelToken;
use crate::check::tree::Query;
use crate::check::{self, Context};
use crate::complete::{self, Completion};
use crate::describe::{self, Described};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::optimizer;
use crate::plan;
use crate::provider::BestRows;
use crate::run::{self, Rows};
use crate::stored::{Stored, StoredColumn};
use crate::syntax::ast::Action;
use crate::syntax::{self, ast};
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use datafusion::execution::context::SessionState;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionConfig;
use heapwise_engine::rules::Rules;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::{Builder, Runtime};

/// How queries run.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// Threads for queries; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// Bytes that sorting, grouping and joining may hold before they go to disk; `None`: no limit.
    pub memory_limit: Option<u64>,
    /// Where they go to disk; `None`: the system's temporary directory.
    pub spill_dir: Option<PathBuf>,
}

/// Open dumps and their queries.
pub struct Session {
    dumps: Vec<Arc<Dump>>,
    rules: Option<Arc<Rules>>,
    parameters: BTreeMap<String, String>,
    /// What LET has kept.
    results: Mutex<Vec<Arc<Stored>>>,
    state: SessionState,
    runtime: Arc<Runtime>,
    /// Bytes that queries may hold; `None`: no limit.
    memory_limit: Option<u64>,
    /// Bytes that queries have written to disk.
    spilled: Arc<AtomicU64>,
}

/// A statement that parses; spans count in the whole text it was written in.
#[derive(Clone, Debug)]
pub struct Statement {
    text: Arc<str>,
    statement: ast::Statement,
}

/// What a statement gives.
pub enum Answer {
    /// Rows, made as they are asked for.
    Rows(Box<Rows>),
    /// LET has kept a result under its name.
    Kept(Arc<Stored>),
    /// An ASSERT held.
    Held,
}

/// Rows per batch between operators.
const BATCH: usize = 16 << 10;
/// Stack for what recurses on the depth of a query, which is limited: parser, checks, DataFusion's optimizer.
const STACK: usize = 256 << 20;
/// Each function in FROM takes a thread per partition, and waits for those before it: none may wait for a thread.
const MOST_BLOCKING: usize = 1 << 14;
/// Stack of threads that evaluate expressions.
const WORKER_STACK: usize = 16 << 20;

impl Session {
    /// A session without dumps; an error when threads or the spill directory cannot be had.
    pub fn new(options: SessionOptions) -> Result<Session> {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = options.threads.filter(|&threads| threads > 0).unwrap_or_else(cores);
        let failed = |reason: String| Diagnostic::run(Span::default(), reason);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_stack_size(WORKER_STACK)
            .max_blocking_threads(MOST_BLOCKING)
            .thread_name("query")
            .build()
            .map_err(|error| failed(format!("threads cannot be started: {error}")))?;
        let mut environment = RuntimeEnvBuilder::new();
        if let Some(bytes) = options.memory_limit {
            let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
            environment = environment.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
        }
        if let Some(directory) = options.spill_dir {
            let mode = DiskManagerMode::Directories(vec![directory]);
            environment =
                environment.with_disk_manager_builder(DiskManagerBuilder::default().with_mode(mode));
        }
        let environment = environment.build_arc().map_err(|error| plan::failed(Span::default(), &error))?;
        // Scans have as many parts as there are threads, in the order of rows, which round robin would lose.
        // What is never null by one of DataFusion's views may be nullable by another.
        let config = SessionConfig::new()
            .set_bool("datafusion.execution.skip_physical_aggregate_schema_check", true)
            .with_target_partitions(threads)
            .with_batch_size(BATCH)
            .with_round_robin_repartition(false);
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(environment)
            .with_optimizer_rules(optimizer::rules())
            .with_query_planner(Arc::new(ApplyPlanner))
            .with_physical_optimizer_rule(Arc::new(BestRows))
            .build();
        Ok(Session {
            dumps: Vec::new(),
            rules: None,
            parameters: BTreeMap::new(),
            results: Mutex::default(),
            state,
            runtime: Arc::new(runtime),
            memory_limit: options.memory_limit,
            spilled: Arc::default(),
        })
    }

    /// Has the dumps that are added from now on be explained by these rules instead of the built-in ones.
    pub fn set_rules(&mut self, rules: Rules) {
        self.rules = Some(Arc::new(rules));
    }

    /// Adds a dump under an alias; one that had the alias before is closed, with what LET has kept of it.
    pub fn add_dump(&mut self, alias: &str, path: String, snapshot: Arc<Snapshot>) {
        let dump = Arc::new(Dump::new(alias, path, snapshot, self.rules.clone()));
        match self.dumps.iter_mut().find(|dump| dump.alias.eq_ignore_ascii_case(alias)) {
            Some(place) => {
                let closed = std::mem::replace(place, dump);
                lock(&self.results).retain(|result| !result.is_of(&closed));
            }
            None => self.dumps.push(dump),
        }
    }

    /// The open dumps; the first is the default of every source.
    pub fn dumps(&self) -> &[Arc<Dump>] {
        &self.dumps
    }

    /// Gives `$name` a value: a literal when it reads like one (`10MB`, `0x7f00`, `'text'`, `12`), else the text itself.
    pub fn set_parameter(&mut self, name: &str, value: &str) {
        self.parameters.insert(name.trim_start_matches('$').to_owned(), value.to_owned());
    }

    /// The statements of a text, separated by `;`.
    pub fn statements(&self, text: &str) -> Result<Vec<Statement>> {
        let shared: Arc<str> = text.into();
        let statements = deep(|| syntax::parse(text))?;
        Ok(statements
            .into_iter()
            .map(|statement| Statement { text: Arc::clone(&shared), statement })
            .collect())
    }

    /// What LET has kept, in the order of its names' first use.
    pub fn results(&self) -> Vec<Arc<Stored>> {
        lock(&self.results).clone()
    }

    /// Checks a statement and starts it.
    ///
    /// # Errors
    /// What is wrong with it; an ASSERT that does not hold has the kind [`crate::error::Kind::Assert`].
    pub fn run(&self, statement: &Statement, cancel: &CancelToken) -> Result<Answer> {
        let results = self.results();
        let context = Context {
            text: &statement.text,
            dumps: &self.dumps,
            results: &results,
            parameters: &self.parameters,
            cancel,
        };
        deep(|| self.act(context, &statement.statement))
    }

    fn act(&self, context: Context<'_>, statement: &ast::Statement) -> Result<Answer> {
        let span = statement.span;
        match &statement.action {
            Action::Query(query) => {
                let checked = check::check(context, query)?;
                Ok(Answer::Rows(Box::new(self.start(&checked, span, context.cancel)?)))
            }
            Action::Let(name, query) => self.keep(context, name, query),
            Action::Assert(condition, message) => self.assert(context, condition, message.as_deref(), span),
            Action::Explain(query, analyze) => {
                let checked = check::check(context, query)?;
                let rows = self.explained(&checked, *analyze, span, context.cancel)?;
                Ok(Answer::Rows(Box::new(rows)))
            }
        }
    }

    /// The rows of a checked query.
    fn start(&self, query: &Query, span: Span, cancel: &CancelToken) -> Result<Rows> {
        let evaluate = |set: &Query| self.collected(set, span, cancel);
        let program = plan::plan(query, span, cancel, &evaluate)?;
        self.run_program(program, cancel, span)
    }

    fn run_program(&self, program: plan::Program, cancel: &CancelToken, span: Span) -> Result<Rows> {
        let start = run::start(program, &self.state, &self.runtime, cancel, span, &self.spilled);
        self.runtime.block_on(start)
    }

    /// All rows of a query.
    fn collected(&self, query: &Query, span: Span, cancel: &CancelToken) -> Result<Vec<RecordBatch>> {
        let limit = self.memory_limit.unwrap_or(u64::MAX);
        let mut bytes: u64 = self.results().iter().map(|result| result.bytes() as u64).sum();
        let mut batches = Vec::new();
        for batch in self.start(query, span, cancel)? {
            let batch = batch?;
            bytes = bytes.saturating_add(batch.get_array_memory_size() as u64);
            if bytes > limit {
                return Err(Diagnostic::run(
                    span,
                    "the memory limit is reached: a set or result does not fit",
                )
                .hint("raise it with --memory-limit, or select fewer columns or rows"));
            }
            batches.push(batch);
        }
        Ok(batches)
    }

    fn keep(&self, context: Context<'_>, name: &ast::Name, query: &ast::Query) -> Result<Answer> {
        let checked = check::check(context, query)?;
        let columns = checked.output.iter().map(|output| StoredColumn {
            name: output.name.clone(),
            kind: output.ty.kind.unwrap_or(Kind::Text),
            dump: output.ty.dump.clone(),
        });
        let columns = columns.collect();
        let batches = self.collected(&checked, query.span, context.cancel)?;
        let stored = Arc::new(Stored::new(name.text.clone(), columns, batches));
        let mut results = lock(&self.results);
        match results.iter_mut().find(|result| result.name.eq_ignore_ascii_case(&name.text)) {
            Some(place) => *place = Arc::clone(&stored),
            None => results.push(Arc::clone(&stored)),
        }
        Ok(Answer::Kept(stored))
    }

    fn assert(
        &self,
        context: Context<'_>,
        condition: &ast::Query,
        message: Option<&str>,
        span: Span,
    ) -> Result<Answer> {
        let checked = check::condition(context, condition)?;
        let batches = self.collected(&checked, span, context.cancel)?;
        let value = batches.first().filter(|batch| batch.num_rows() > 0).map(|batch| batch.column(0));
        let truth = value.and_then(|value| {
            let value = value.as_boolean_opt()?;
            value.is_valid(0).then(|| value.value(0))
        });
        match truth {
            Some(true) => Ok(Answer::Held),
            found => {
                let label = if found.is_none() { "is null" } else { "is false" };
                Err(Diagnostic::assert(
                    condition.span,
                    message.unwrap_or("the assertion does not hold"),
                    label,
                ))
            }
        }
    }

    /// The plan of a query as rows of text; `analyze` runs it and adds what was measured.
    fn explained(&self, query: &Query, analyze: bool, span: Span, cancel: &CancelToken) -> Result<Rows> {
        if analyze {
            let start = std::time::Instant::now();
            let mut rows = self.start(query, span, cancel)?;
            let mut count = 0;
            for batch in rows.by_ref() {
                count += batch?.num_rows();
            }
            let seconds = start.elapsed().as_secs_f64();
            let spilled = rows.spilled_bytes();
            let summary = format!("{count} rows in {seconds:.3} s, {spilled} bytes spilled to disk\n");
            return Ok(rows.of_lines(&(summary + &rows.explain(true))));
        }
        // Sets are not computed only to show where they go.
        let nothing = |_: &Query| Ok(Vec::new());
        let program = plan::plan(query, span, cancel, &nothing)?;
        let rows = self.run_program(program, cancel, span)?;
        Ok(rows.of_lines(&rows.explain(false)))
    }

    /// Bytes that queries whose rows are dropped have written to disk so far, since memory did not suffice.
    pub fn spilled_bytes(&self) -> u64 {
        self.spilled.load(Ordering::Relaxed)
    }

    /// What could stand at `cursor` (a byte of `text`): the start of the word that is replaced, and the candidates.
    pub fn completions(&self, text: &str, cursor: usize) -> (usize, Vec<Completion>) {
        complete::completions(&self.dumps, text, cursor)
    }

    /// The tables, with a sentence each.
    pub fn tables(&self) -> Vec<Described> {
        describe::tables(&self.dumps)
    }

    /// The columns of a table, the fields of a class, a column (`table.column`) or field, the signature of a function or the
    /// use of a keyword; `None`: nothing has that name.
    pub fn describe(&self, name: &str) -> Option<Vec<Described>> {
        describe::describe(&self.dumps, name)
    }
}

impl Statement {
    /// The statement as written.
    pub fn text(&self) -> &str {
        self.text.get(self.statement.span.start..self.statement.span.end).unwrap_or_default()
    }

    /// Where it stands in the text of all statements.
    pub fn span(&self) -> Span {
        self.statement.span
    }
}

fn lock(results: &Mutex<Vec<Arc<Stored>>>) -> MutexGuard<'_, Vec<Arc<Stored>>> {
    results.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work` on a stack that deep queries cannot exhaust.
fn deep<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("check".to_owned()).stack_size(STACK);
        let handle = thread.spawn_scoped(scope, work).map_err(|error| {
            Diagnostic::run(Span::default(), format!("a thread cannot be started: {error}"))
        })?;
        handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
