//! What statements and commands do.

use super::help;
use super::meta::Meta;
use super::{Flow, Repl, SCREEN_ROWS};
use crate::args::{DumpArg, Format};
use crate::command::{self, PAGE_ROWS};
use crate::failure::{Failure, Result};
use crate::output::{Shown, Sink, View, escape, human_bytes, preferred_pager, thousands, write};
use crate::session::{Dump, Outcome, Statement};
use crate::terminal::{find_referrers, open, warn};
use std::io::Write;
use std::time::Instant;

/// What to do next.
pub(super) enum Step {
    Statement(Box<Statement>),
    Meta(Meta),
}

impl Repl {
    /// Does one thing and says what came of it.
    pub(super) fn step(&mut self, step: Step, sink: &mut Sink) -> Result<Flow> {
        let start = Instant::now();
        let shown = match step {
            Step::Statement(statement) => self.statement(&statement, sink)?,
            Step::Meta(Meta::Quit) => return Ok(Flow::Quit),
            Step::Meta(meta) => self.meta(meta, sink)?.map(|shown| (shown, 0)),
        };
        if let Some((shown, spilled)) = shown.filter(|_| self.timing) {
            let rows = if shown.rows == 1 { "row" } else { "rows" };
            let seconds = start.elapsed().saturating_sub(sink.waited()).as_secs_f64();
            write!(sink, "{} {rows}, {seconds:.3} s", thousands(shown.rows))?;
            if spilled > 0 {
                write!(sink, ", {} spilled to disk", human_bytes(spilled))?;
            }
            writeln!(sink)?;
        }
        Ok(Flow::Continue)
    }

    /// The rows that a statement showed, and the bytes that it spilled; `None` of one that shows none.
    fn statement(&self, statement: &Statement, sink: &mut Sink) -> Result<Option<(Shown, u64)>> {
        let view = self.view(None);
        let (outcome, spilled) =
            command::query::answer(&self.queries.borrow(), statement, &self.dumps, view, sink)?;
        let timed = self.timing && matches!(outcome, Outcome::Shown(_));
        if !timed {
            command::query::tell_spilled(spilled);
        }
        match outcome {
            Outcome::Shown(shown) => return Ok(Some((shown, spilled))),
            Outcome::Kept(result) if self.is_prompt => {
                let rows = if result.rows() == 1 { "row" } else { "rows" };
                writeln!(sink, "{}: {} {rows} kept", escape(&result.name), thousands(result.rows()))?;
            }
            Outcome::Held if self.is_prompt => writeln!(sink, "holds")?,
            Outcome::Kept(_) | Outcome::Held => {}
        }
        Ok(None)
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
            Meta::Results => self.list_results(sink)?,
            Meta::Pager(choice) => self.choose_pager(choice.as_deref(), sink)?,
            Meta::Format(format) if self.is_prompt && format.is_binary() => {
                let text = "this format is not for a terminal: heapwise query DUMP QUERY --format … -o FILE";
                return Err(Failure::Usage(text.to_owned()));
            }
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
        let object = command::paths::object(dump, target)?;
        find_referrers(dump, &self.options)?;
        match object {
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

    pub(super) fn list_dumps(&self, sink: &mut Sink) -> Result<()> {
        for dump in self.dumps.list() {
            writeln!(sink, "{}", summary(dump))?;
        }
        Ok(())
    }

    fn list_results(&self, sink: &mut Sink) -> Result<()> {
        let results = self.queries.borrow().session().results();
        if results.is_empty() {
            writeln!(sink, "nothing is kept; `LET name = query;` keeps a result")?;
        }
        for result in results {
            let rows = if result.rows() == 1 { "row" } else { "rows" };
            let (count, bytes) = (thousands(result.rows()), human_bytes(result.bytes() as u64));
            writeln!(sink, "{}: {count} {rows}, {bytes}", escape(&result.name))?;
        }
        Ok(())
    }

    /// `on`, `off` or a command; `None` says what the pager is.
    fn choose_pager(&mut self, choice: Option<&str>, sink: &mut Sink) -> Result<()> {
        match choice {
            None => writeln!(sink, "{}", self.pager.as_deref().map_or("off".into(), escape))?,
            Some("off") => self.pager = None,
            Some("on") => {
                let none = "no pager is known: set HEAPWISE_PAGER, or give a command as in `:pager less -S`";
                self.pager = Some(preferred_pager().ok_or_else(|| Failure::Usage(none.to_owned()))?);
            }
            Some(command) => self.pager = Some(command.to_owned()),
        }
        Ok(())
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
            None if format == Format::Table => page.or(self.is_prompt.then_some(SCREEN_ROWS)),
            // Programs cannot see a line that says how much is missing.
            None => None,
        };
        View { format, limit, show_all: if self.is_prompt { ":limit 0" } else { "--limit 0" } }
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
