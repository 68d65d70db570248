//! Queries on the open dumps.

use super::answer::Answer;
use super::dumps::{Dump, Dumps};
use super::script::{self, Source, Statement, Step};
use crate::args::Options;
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::watch::Watch;
use heapwise_engine::memory::available_bytes;
use heapwise_engine::rules::Rules;
use heapwise_query_lang as language;
use heapwise_query_lang::{CancelToken, Session, SessionOptions, Stored};
use std::sync::Arc;

/// What a statement led to.
pub(crate) enum Outcome<T> {
    /// Its rows were shown.
    Shown(T),
    /// LET has kept a result.
    Kept(Arc<Stored>),
    /// An ASSERT held.
    Held,
}

/// The query language with the open dumps in it.
pub(crate) struct Queries {
    session: Session,
    options: Options,
}

impl Queries {
    /// The language on `dumps`.
    pub(crate) fn new(options: &Options, dumps: &Dumps) -> Result<Queries> {
        let memory_limit = options.memory_limit.or_else(|| Some(available_bytes() / 2));
        let settings = SessionOptions { threads: options.threads, memory_limit, spill_dir: None };
        let mut session = Session::new(settings).map_err(|diagnostic| Failure::Query(diagnostic.message))?;
        if options.rules.is_some() {
            session.set_rules(rules(options)?);
        }
        for (name, value) in &options.parameters {
            session.set_parameter(name, value);
        }
        let mut queries = Queries { session, options: options.clone() };
        dumps.list().iter().for_each(|dump| queries.add(dump));
        Ok(queries)
    }

    /// Makes a further dump known.
    pub(crate) fn add(&mut self, dump: &Dump) {
        self.session.add_dump(&dump.alias, dump.path.clone(), dump.snapshot.clone());
    }

    /// The steps of a script, with all that it includes; they are parsed before the first one can run.
    pub(crate) fn script(&self, source: Source) -> Result<Vec<Step>> {
        script::steps(&self.session, source)
    }

    /// The statements of a script that has no commands.
    pub(crate) fn statements(&self, source: Source) -> Result<Vec<Statement>> {
        let only_statements = |step| match step {
            Step::Statement(statement) => Ok(*statement),
            Step::Command(line, place) => Err(place.refuse(
                line.len(),
                "commands are for the prompt and for scripts on its standard input: heapwise DUMP < SCRIPT"
                    .to_owned(),
            )),
        };
        self.script(source)?.into_iter().map(only_statements).collect()
    }

    /// Runs a statement and hands its rows to `show`; the second value is the bytes that spilled to disk. Ctrl-C stops it.
    pub(crate) fn run<T>(
        &self,
        statement: &Statement,
        show: impl FnOnce(Answer) -> Result<T>,
    ) -> Result<(Outcome<T>, u64)> {
        let cancel = CancelToken::new();
        let stop = cancel.clone();
        let fails = |diagnostic| statement.place.failure(&diagnostic);
        let work = || match self.session.run(&statement.statement, &cancel).map_err(fails)? {
            language::Answer::Rows(mut rows) => {
                let schema = rows.schema().clone();
                let batches = rows.by_ref().map(|batch| batch.map_err(fails));
                show(Answer { schema, batches: Box::new(batches), total: None }).map(Outcome::Shown)
            }
            language::Answer::Kept(result) => Ok(Outcome::Kept(result)),
            language::Answer::Held => Ok(Outcome::Held),
        };
        let _watch = Watch::start(cancel.progress(), &self.options);
        let before = self.session.spilled_bytes();
        let outcome = interrupt::during(move || stop.cancel(), work)?;
        Ok((outcome, self.session.spilled_bytes() - before))
    }

    /// The language itself, for completion and help.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}

/// The rules that ship, and those of a file before them.
pub(crate) fn rules(options: &Options) -> Result<Rules> {
    let rules = Rules::built_in()?;
    Ok(match &options.rules {
        Some(path) => rules.with_file(path)?,
        None => rules,
    })
}
