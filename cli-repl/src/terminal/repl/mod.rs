//! The prompt: reads statements and commands, answers each, and outlives their errors.

mod meta;
mod editor;
mod help;
mod act;

use crate::args::Options;
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::output::{Sink, escape_lines, preferred_pager};
use crate::session::{self, Dumps, Queries, Source};
use act::Step;
use editor::{Editor, Read};
use meta::Meta;
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

/// Rows that an answer at the prompt shows unless the user asks for more: about a screen.
const SCREEN_ROWS: u64 = 50;

/// A session at the prompt, or one that a script drives.
pub(crate) struct Repl {
    dumps: Dumps,
    /// Shared with the editor, which completes names with it.
    queries: Rc<RefCell<Queries>>,
    options: Options,
    /// Whether a person types, and not a script.
    is_prompt: bool,
    /// Whether to say how long each answer took.
    timing: bool,
    /// The most rows to show (`Some(None)`: all), where the user has said so.
    limit: Option<Option<u64>>,
    /// What shows an answer that is longer than the screen.
    pager: Option<String>,
}

/// Whether to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Continue,
    Quit,
}

impl Repl {
    /// A session on the open `dumps`.
    pub(crate) fn new(dumps: Dumps, options: Options) -> Result<Repl> {
        let queries = Rc::new(RefCell::new(Queries::new(&options, &dumps)?));
        let limit = options.limit.map(|limit| (limit > 0).then_some(limit));
        Ok(Repl { dumps, queries, options, is_prompt: false, timing: false, limit, pager: None })
    }

    /// Runs the statements and commands of a script; the first that fails ends it.
    pub(crate) fn script(&mut self, source: Source, sink: &mut Sink) -> Result<()> {
        for step in self.steps(source)? {
            if self.step(step, sink)? == Flow::Quit {
                break;
            }
        }
        Ok(())
    }

    /// Talks to the user until they leave.
    pub(crate) fn interact(&mut self) -> Result<()> {
        self.is_prompt = true;
        self.timing = true;
        self.pager = preferred_pager();
        self.banner()?;
        // Ctrl-C never ends the session: at the prompt it is a key, and what runs is stopped by it.
        interrupt::during(|| (), || self.talk())
    }

    fn talk(&mut self) -> Result<()> {
        let mut editor = Editor::new(self.queries.clone())?;
        loop {
            interrupt::reset();
            let text = match editor.read()? {
                Read::Text(text) => text,
                Read::Cancelled => {
                    say("(:quit or Ctrl-D leaves)")?;
                    continue;
                }
                Read::End => return Ok(()),
            };
            let flow = interrupt::during(|| (), || self.answer(text));
            match flow {
                Ok(Flow::Continue) => {}
                Ok(Flow::Quit) => return Ok(()),
                Err(failure) if failure.is_broken_pipe() => return Err(failure),
                Err(failure) => complain(&failure),
            }
        }
    }

    fn answer(&mut self, text: String) -> Result<Flow> {
        for step in self.steps(Source::typed(text))? {
            let mut sink = Sink::paged(self.pager.as_deref());
            let flow = self.step(step, &mut sink);
            let flow = match flow {
                Err(failure) if sink.is_left(&failure) => Ok(Flow::Continue),
                flow => flow,
            };
            // What was answered before a failure is shown before it is told.
            let ended = sink.finish();
            let flow = flow?;
            ended?;
            if flow == Flow::Quit {
                return Ok(flow);
            }
        }
        Ok(Flow::Continue)
    }

    /// The steps of a script; all of it is understood before the first one runs.
    fn steps(&self, source: Source) -> Result<Vec<Step>> {
        let steps = self.queries.borrow().script(source)?;
        let step = |step| {
            Ok(match step {
                session::Step::Statement(statement) => Step::Statement(statement),
                session::Step::Command(line, place) => {
                    Step::Meta(Meta::parse(&line).map_err(|failure| place.of_command(failure))?)
                }
            })
        };
        steps.into_iter().map(step).collect()
    }

    fn banner(&self) -> Result<()> {
        let mut sink = Sink::stdout();
        writeln!(sink, "heapwise {}", env!("CARGO_PKG_VERSION"))?;
        self.list_dumps(&mut sink)?;
        writeln!(
            sink,
            "End a statement with `;`. :help tells more, Tab completes, Ctrl-C stops a query, Ctrl-D leaves."
        )?;
        sink.finish()
    }
}

fn say(text: &str) -> Result<()> {
    let mut sink = Sink::stdout();
    writeln!(sink, "{text}")?;
    sink.finish()
}

/// Tells what went wrong; where standard error is gone, there is nobody to tell.
fn complain(failure: &Failure) {
    drop(writeln!(std::io::stderr(), "error: {}", escape_lines(&failure.to_string())));
}
