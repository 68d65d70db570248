//! The prompt: reads statements and commands, answers each, and outlives their errors.

mod line;
mod meta;
mod editor;
mod help;

use crate::args::{DumpArg, Format, Options};
use crate::command::{self, PAGE_ROWS};
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::output::{Shown, Sink, View, escape, escape_lines, human_bytes, thousands, write};
use crate::session::{Dump, Dumps, Queries};
use crate::terminal::{open, warn};
use editor::{Editor, Read};
use line::Line;
use meta::Meta;
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::Instant;

/// Rows that an answer at the prompt shows unless the user asks for more: about a screen.
const SCREEN_ROWS: u64 = 50;

/// A session at the prompt, or one that a script drives.
pub(crate) struct Repl {
    dumps: Dumps,
    /// Shared with the editor, which completes names with it.
    queries: Rc<RefCell<Queries>>,
    options: Options,
    /// Whether to say how long each answer took.
    timing: bool,
    /// The most rows to show (`Some(None)`: all), where the user has said so.
    limit: Option<Option<u64>>,
    /// The most rows of a table where they have not; `None` for all.
    screen: Option<u64>,
    show_all: &'static str,
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
        Ok(Repl { dumps, queries, options, timing: false, limit, screen: None, show_all: "--limit 0" })
    }

    /// Runs the statements and commands of `text`; the first that fails ends it.
    pub(crate) fn script(&mut self, text: &str, sink: &mut Sink) -> Result<()> {
        for line in line::split(text) {
            if self.line(&line, sink)? == Flow::Quit {
                break;
            }
        }
        Ok(())
    }

    /// Talks to the user until they leave.
    pub(crate) fn interact(&mut self) -> Result<()> {
        self.timing = true;
        self.screen = Some(SCREEN_ROWS);
        self.show_all = ":limit 0";
        self.banner()?;
        let mut editor = Editor::new(self.queries.clone())?;
        loop {
            let read = editor.read()?;
            interrupt::reset();
            let text = match read {
                Read::Text(text) => text,
                Read::Cancelled => {
                    say("(:quit or Ctrl-D leaves)")?;
                    continue;
                }
                Read::End => return Ok(()),
            };
            // While an answer is on its way, Ctrl-C stops it and never the session.
            let flow = interrupt::during(|| (), || self.answer(&text));
            match flow {
                Ok(Flow::Continue) => {}
                Ok(Flow::Quit) => return Ok(()),
                Err(failure) if failure.is_broken_pipe() => return Err(failure),
                Err(failure) => complain(&failure),
            }
        }
    }

    fn answer(&mut self, text: &str) -> Result<Flow> {
        for line in line::split(text) {
            let mut sink = Sink::stdout();
            let flow = self.line(&line, &mut sink)?;
            sink.finish()?;
            if flow == Flow::Quit {
                return Ok(flow);
            }
        }
        Ok(Flow::Continue)
    }

    fn line(&mut self, line: &Line, sink: &mut Sink) -> Result<Flow> {
        let start = Instant::now();
        let shown = match line {
            Line::Statements(text) => {
                let queries = self.queries.borrow();
                Some(command::query::run(&queries, text, &self.dumps, self.view(None), sink)?)
            }
            Line::Meta(text) => match Meta::parse(text)? {
                Meta::Quit => return Ok(Flow::Quit),
                meta => self.meta(meta, sink)?,
            },
        };
        if let Some(shown) = shown.filter(|_| self.timing) {
            let rows = if shown.rows == 1 { "row" } else { "rows" };
            writeln!(sink, "{} {rows}, {:.3} s", thousands(shown.rows), start.elapsed().as_secs_f64())?;
        }
        Ok(Flow::Continue)
    }

    /// Does what a command says; the rows it showed, where it shows rows.
    fn meta(&mut self, meta: Meta, sink: &mut Sink) -> Result<Option<Shown>> {
        match meta {
            Meta::Quit => {}
            Meta::Help(topic) => {
                sink.write_all(help::text(topic.as_deref(), &self.queries.borrow())?.as_bytes())?
            }
            Meta::Tables => sink.write_all(help::tables(&self.queries.borrow()).as_bytes())?,
            Meta::Describe(name) => {
                sink.write_all(help::describe(&name, &self.queries.borrow())?.as_bytes())?
            }
            Meta::Open(dump) => self.open(&dump, sink)?,
            Meta::Dumps => self.list_dumps(sink)?,
            Meta::Format(format) => self.options.format = format,
            Meta::Timing(on) => self.timing = on,
            Meta::Limit(limit) => self.limit = Some(limit),
            Meta::Info(alias) => command::info::run(self.dump(alias.as_deref())?, self.options.format, sink)?,
            Meta::Histogram(alias) => {
                let answer = command::histogram::answer(self.dump(alias.as_deref())?)?;
                return write(answer, self.view(Some(PAGE_ROWS)), &self.dumps, sink).map(Some);
            }
            Meta::Dominators(alias) => {
                let answer = command::dominators::answer(self.dump(alias.as_deref())?);
                return write(answer, self.view(Some(PAGE_ROWS)), &self.dumps, sink).map(Some);
            }
            Meta::Threads(alias) => {
                let answer = command::threads::answer(self.dump(alias.as_deref())?)?;
                return write(answer, self.view(None), &self.dumps, sink).map(Some);
            }
            Meta::Paths(target) => {
                self.paths(&target, sink)?;
            }
        }
        Ok(None)
    }

    fn paths(&self, target: &str, sink: &mut Sink) -> Result<Shown> {
        let view = View { limit: Some(1), ..self.view(None) };
        let dump = self.dump(None)?;
        match command::paths::object(dump, target)? {
            Some(id) => command::paths::run(dump, id, &self.dumps, view, sink),
            None => command::paths::run_query(&self.queries.borrow(), target, &self.dumps, view, sink),
        }
    }

    fn open(&mut self, dump: &DumpArg, sink: &mut Sink) -> Result<()> {
        let dump = open(&mut self.dumps, dump, &self.options, false)?;
        warn(&dump);
        self.queries.borrow_mut().add(&dump);
        Ok(writeln!(sink, "{}", summary(&dump))?)
    }

    fn list_dumps(&self, sink: &mut Sink) -> Result<()> {
        for dump in self.dumps.list() {
            writeln!(sink, "{}", summary(dump))?;
        }
        Ok(())
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

    /// The dump of that alias, else the first.
    fn dump(&self, alias: Option<&str>) -> Result<&Dump> {
        let list = self.dumps.list();
        let found = match alias {
            Some(alias) => list.iter().find(|dump| dump.alias == alias),
            None => list.first(),
        };
        found.ok_or_else(|| match alias {
            Some(alias) => Failure::Usage(format!("no dump is called `{alias}`; :dumps lists them")),
            None => Failure::Usage("no dump is open; `:open PATH` opens one".to_owned()),
        })
    }

    /// How to show an answer; `page`: the rows of a table of a command that has a number of its own.
    fn view(&self, page: Option<u64>) -> View {
        let format = self.options.format;
        let limit = match self.limit {
            Some(limit) => limit,
            None if format == Format::Table => page.or(self.screen),
            // Programs cannot see a line that says how much is missing.
            None => None,
        };
        View { format, limit, show_all: self.show_all }
    }
}

/// A line on an open dump.
fn summary(dump: &Dump) -> String {
    let info = dump.snapshot.info();
    let warnings = match info.warnings.len() {
        0 => String::new(),
        1 => ", 1 warning (:info)".to_owned(),
        many => format!(", {many} warnings (:info)"),
    };
    let (objects, bytes) = (thousands(info.objects), human_bytes(info.shallow_total));
    format!("{} = {}: {objects} objects, {bytes}{warnings}", dump.alias, escape(&dump.path))
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
