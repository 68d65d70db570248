//! The steps from a command line to its answer.

use crate::args::{Cli, Command, DumpArg, Format, Only, Options};
use crate::command::{self, PAGE_ROWS};
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::output::{Sink, View, write};
use crate::session::{self, Answer, Dump, Dumps, Queries, Source};
use crate::terminal::{self, Repl, find_referrers, open, warn};
use clap::CommandFactory;
use std::io::{IsTerminal, stdin, stdout};

/// Does what the command line says.
pub(crate) fn run(cli: Cli) -> Result<()> {
    interrupt::install();
    let Cli { command, dumps, options } = cli;
    match command {
        Some(command) => answer(command, options),
        None if dumps.is_empty() => {
            Err(Failure::Usage("no dump: heapwise DUMP, or see heapwise --help".to_owned()))
        }
        None => {
            dumps.iter().try_for_each(refuse_command)?;
            talk(&dumps, options)
        }
    }
}

/// A command that stands behind its dump looks like a second dump.
fn refuse_command(dump: &DumpArg) -> Result<()> {
    let word = dump.path.to_string_lossy();
    if dump.path.exists() || Cli::command().find_subcommand(&*word).is_none() {
        return Ok(());
    }
    Err(Failure::Usage(format!("the command goes first: heapwise {word} DUMP")))
}

fn answer(command: Command, mut options: Options) -> Result<()> {
    match command {
        Command::Query(arguments) => query(&arguments, &options),
        Command::Paths(arguments) => paths(&arguments.dump, &arguments.target, &options),
        Command::Index(index) => {
            json_if(index.page.json, &mut options);
            match index.only {
                Some(Only::Histogram) => count(&index.page.dump, &options),
                None => one(&index.page.dump, &options, true, |dump, _, sink| {
                    if index.referrers {
                        find_referrers(dump, &options)?;
                    }
                    command::index::run(dump, options.format, sink)
                }),
            }
        }
        Command::Info(page) => {
            json_if(page.json, &mut options);
            one(&page.dump, &options, false, |dump, _, sink| command::info::run(dump, options.format, sink))
        }
        Command::Histogram(one) => table(&one.dump, &options, Some(PAGE_ROWS), command::histogram::answer),
        Command::Dominators(one) => {
            table(&one.dump, &options, Some(PAGE_ROWS), |dump| Ok(command::dominators::answer(dump)))
        }
        Command::Threads(threads) if threads.frames && options.format == Format::Table => {
            let view = view(&options, None);
            one(&threads.dump, &options, false, |dump, _, sink| {
                warn(dump);
                command::threads::draw(dump, view, sink)
            })
        }
        Command::Suspects(arguments) => suspects(&arguments, &options),
        Command::Diff(arguments) => diff(&arguments, &options),
        Command::Threads(threads) => table(&threads.dump, &options, None, command::threads::answer),
        Command::Goroutines(one) => {
            table(&one.dump, &options, Some(PAGE_ROWS), command::threads::goroutine_groups)
        }
        Command::Strings(one) => report(&one.dump, &options, command::reports::STRINGS),
        Command::Collections(one) => report(&one.dump, &options, command::reports::COLLECTIONS),
    }
}

/// Counts the classes of a dump without an index.
fn count(dump: &DumpArg, options: &Options) -> Result<()> {
    let view = view(options, Some(PAGE_ROWS));
    to_sink(options, |sink| {
        let (classes, warnings) = terminal::count_classes(dump, options)?;
        terminal::warn_all(&dump.path.display().to_string(), &warnings);
        write(command::histogram::counted(&classes)?, view, &Dumps::default(), sink).map(drop)
    })
}

fn json_if(json: bool, options: &mut Options) {
    if json && options.format == Format::Table {
        options.format = Format::Json;
    }
}

/// Opens one dump and has `show` write about it. Whether the answer can be written is known before the dump is read.
fn one(
    dump: &DumpArg,
    options: &Options,
    verify: bool,
    show: impl FnOnce(&Dump, &Dumps, &mut Sink) -> Result<()>,
) -> Result<()> {
    to_sink(options, |sink| {
        let mut dumps = Dumps::default();
        let dump = open(&mut dumps, dump, options, verify)?;
        show(&dump, &dumps, sink)
    })
}

/// Opens one dump and writes the rows that `answer` has of it; `rows`: how many, where the user does not say.
fn table(
    dump: &DumpArg,
    options: &Options,
    rows: Option<u64>,
    answer: impl FnOnce(&Dump) -> Result<Answer<'static>>,
) -> Result<()> {
    let view = view(options, rows);
    one(dump, options, false, |dump, dumps, sink| {
        warn(dump);
        write(answer(dump)?, view, dumps, sink).map(drop)
    })
}

/// Opens one dump and writes the rows of a query on it, a page of them where the user does not say how many.
fn report(dump: &DumpArg, options: &Options, text: &str) -> Result<()> {
    let view = view(options, Some(PAGE_ROWS));
    one(dump, options, false, |dump, dumps, sink| {
        warn(dump);
        command::reports::run(text, options, dumps, view, sink)
    })
}

fn suspects(arguments: &crate::args::One, options: &Options) -> Result<()> {
    let rules = session::rules(options)?;
    one(&arguments.dump, options, false, |dump, _, sink| {
        warn(dump);
        let found = terminal::watched(options, |progress| command::suspects::find(dump, &rules, progress))?;
        command::suspects::write(&found, view(options, None), sink)
    })
}

fn diff(arguments: &crate::args::Diff, options: &Options) -> Result<()> {
    let rules = session::rules(options)?;
    to_sink(options, |sink| {
        let files: Vec<DumpArg> =
            std::iter::once(&arguments.before).chain(&arguments.after).cloned().collect();
        let dumps = open_all(&files, options)?;
        let found = terminal::watched(options, |progress| command::diff::compare(&dumps, &rules, progress))?;
        command::diff::write(&found, view(options, None), sink)
    })
}

fn query(arguments: &crate::args::Query, options: &Options) -> Result<()> {
    let (files, source) = command::query::read(arguments)?;
    to_sink(options, |sink| {
        let dumps = open_all(&files, options)?;
        let queries = Queries::new(options, &dumps)?;
        let statements = queries.statements(source)?;
        command::query::run(&queries, &statements, &dumps, view(options, None), sink)
    })
}

fn open_all(files: &[DumpArg], options: &Options) -> Result<Dumps> {
    let mut dumps = Dumps::default();
    for file in files {
        warn(&open(&mut dumps, file, options, false)?);
    }
    Ok(dumps)
}

fn paths(dump: &DumpArg, target: &str, options: &Options) -> Result<()> {
    // One path of each object, unless the user asks for more.
    let limit = options.limit.map_or(Some(1), |limit| (limit > 0).then_some(limit));
    let view = View { limit, ..view(options, None) };
    one(dump, options, false, |dump, dumps, sink| {
        warn(dump);
        let object = command::paths::object(dump, target)?;
        find_referrers(dump, options)?;
        match object {
            Some(id) => command::paths::run(dump, id, dumps, view, sink),
            None => command::paths::run_query(&Queries::new(options, dumps)?, target, dumps, view, sink),
        }
        .map(drop)
    })
}

/// The bare form: a prompt, or the script that comes from standard input.
fn talk(files: &[DumpArg], options: Options) -> Result<()> {
    let is_prompt = stdin().is_terminal();
    if is_prompt && options.output.is_some() {
        return Err(Failure::Usage("-o is for commands and scripts, not for the prompt".to_owned()));
    }
    if is_prompt {
        return Repl::new(open_all(files, &options)?, options)?.interact();
    }
    to_sink(&options, |sink| {
        let mut repl = Repl::new(open_all(files, &options)?, options.clone())?;
        repl.script(Source::typed(command::query::standard_input()?), sink)
    })
}

fn view(options: &Options, rows: Option<u64>) -> View {
    View { format: options.format, limit: options.rows(rows), show_all: "--limit 0" }
}

/// Has `show` write to where the user wants the answer. Ctrl-C meanwhile stops it between two batches, so that no
/// half file stays behind.
fn to_sink(options: &Options, show: impl FnOnce(&mut Sink) -> Result<()>) -> Result<()> {
    if options.format.is_binary() && options.output.is_none() && stdout().is_terminal() {
        return Err(Failure::Usage(
            "this format is not for a terminal: add -o FILE, or use a pipe".to_owned(),
        ));
    }
    let mut sink = Sink::open(options.output.as_deref())?;
    interrupt::during(|| (), || show(&mut sink))?;
    interrupt::check()?;
    sink.finish()
}
