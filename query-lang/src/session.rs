//! Open dumps, parameters and the machinery that runs statements.

use crate::cancel::CancelToken;
use crate::check::{self, Context};
use crate::complete::{self, Completion};
use crate::describe::{self, Described};
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span};
use crate::plan;
use crate::run::{self, Rows};
use crate::syntax::{self, ast};
use datafusion::execution::context::SessionState;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionConfig;
use heapwise_engine::store::Snapshot;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
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
    parameters: BTreeMap<String, String>,
    state: SessionState,
    runtime: Arc<Runtime>,
}

/// A statement that parses; spans count in the whole text it was written in.
#[derive(Clone, Debug)]
pub struct Statement {
    text: Arc<str>,
    query: ast::Query,
}

/// Rows per batch between operators.
const BATCH: usize = 16 << 10;
/// Stack for what recurses on the depth of a query, which is limited: parser, checks, DataFusion's optimizer.
const STACK: usize = 256 << 20;
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
        let config = SessionConfig::new()
            .with_target_partitions(threads)
            .with_batch_size(BATCH)
            .with_round_robin_repartition(false);
        let state = SessionStateBuilder::new().with_config(config).with_runtime_env(environment).build();
        Ok(Session { dumps: Vec::new(), parameters: BTreeMap::new(), state, runtime: Arc::new(runtime) })
    }

    /// Adds a dump under an alias; one that had the alias before is closed.
    pub fn add_dump(&mut self, alias: &str, path: String, snapshot: Arc<Snapshot>) {
        let dump = Arc::new(Dump::new(alias, path, snapshot));
        match self.dumps.iter_mut().find(|dump| dump.alias.eq_ignore_ascii_case(alias)) {
            Some(place) => *place = dump,
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
        let queries = deep(|| syntax::parse(text))?;
        Ok(queries.into_iter().map(|query| Statement { text: Arc::clone(&shared), query }).collect())
    }

    /// Checks a statement and starts it; rows are made as they are asked for.
    pub fn run(&self, statement: &Statement, cancel: &CancelToken) -> Result<Rows> {
        let context =
            Context { text: &statement.text, dumps: &self.dumps, parameters: &self.parameters, cancel };
        deep(|| {
            let span = statement.query.span;
            let checked = check::check(context, &statement.query)?;
            let program = plan::plan(&checked, span, cancel)?;
            self.runtime.block_on(run::start(program, &self.state, &self.runtime, cancel, span))
        })
    }

    /// What could stand at `cursor` (a byte of `text`): the start of the word that is replaced, and the candidates.
    pub fn completions(&self, text: &str, cursor: usize) -> (usize, Vec<Completion>) {
        complete::completions(&self.dumps, text, cursor)
    }

    /// The tables, with a sentence each.
    pub fn tables(&self) -> Vec<Described> {
        describe::tables(&self.dumps)
    }

    /// The columns of a table, the fields of a class or the signature of a function; `None`: nothing has that name.
    pub fn describe(&self, name: &str) -> Option<Vec<Described>> {
        describe::describe(&self.dumps, name)
    }
}

impl Statement {
    /// The statement as written.
    pub fn text(&self) -> &str {
        self.text.get(self.query.span.start..self.query.span.end).unwrap_or_default()
    }

    /// Where it stands in the text of all statements.
    pub fn span(&self) -> Span {
        self.query.span
    }
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
