//! Queries on the open dumps.

use super::answer::Answer;
use super::dumps::{Dump, Dumps};
use crate::args::Options;
use crate::failure::{Failure, Result};
use crate::interrupt;
use heapwise_query_lang::error::Kind;
use heapwise_query_lang::{CancelToken, Diagnostic, Session, SessionOptions};

/// The query language with the open dumps in it.
pub(crate) struct Queries {
    session: Session,
}

impl Queries {
    /// The language on `dumps`.
    pub(crate) fn new(options: &Options, dumps: &Dumps) -> Result<Queries> {
        let settings =
            SessionOptions { threads: options.threads, memory_limit: options.memory_limit, spill_dir: None };
        let mut session = Session::new(settings).map_err(|diagnostic| failure(&diagnostic, ""))?;
        for (name, value) in &options.parameters {
            session.set_parameter(name, value);
        }
        let mut queries = Queries { session };
        dumps.list().iter().for_each(|dump| queries.add(dump));
        Ok(queries)
    }

    /// Makes a further dump known.
    pub(crate) fn add(&mut self, dump: &Dump) {
        self.session.add_dump(&dump.alias, dump.path.clone(), dump.snapshot.clone());
    }

    /// Runs the statements of `text` one after the other and hands each answer to `show`. All are parsed before
    /// the first one runs. Ctrl-C stops the one that runs and all that follow.
    pub(crate) fn run(&self, text: &str, mut show: impl FnMut(Answer) -> Result<()>) -> Result<()> {
        let statements = self.session.statements(text).map_err(|diagnostic| failure(&diagnostic, text))?;
        for statement in &statements {
            let cancel = CancelToken::new();
            let stop = cancel.clone();
            interrupt::during(
                move || stop.cancel(),
                || {
                    let rows = self
                        .session
                        .run(statement, &cancel)
                        .map_err(|diagnostic| failure(&diagnostic, text))?;
                    let schema = rows.schema().clone();
                    let batches = rows.map(|batch| batch.map_err(|diagnostic| failure(&diagnostic, text)));
                    show(Answer { schema, batches: Box::new(batches), total: None })
                },
            )?;
        }
        Ok(())
    }

    /// The language itself, for completion and help.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}

/// The diagnostic drawn under the text.
fn failure(diagnostic: &Diagnostic, text: &str) -> Failure {
    match diagnostic.kind {
        Kind::Interrupted => Failure::Interrupted,
        _ => {
            let drawn = diagnostic.render(text);
            // Whoever prints the failure says that it is an error.
            Failure::Query(drawn.strip_prefix("error: ").unwrap_or(&drawn).to_owned())
        }
    }
}
