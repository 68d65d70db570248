//! The command line as a value: what to do, on which dumps, and how to show it.

mod options;
mod value;

pub(crate) use options::{Format, Options};
pub(crate) use value::DumpArg;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Answers questions about heap dumps: what fills the heap, and who holds it.
#[derive(Debug, Parser)]
#[command(name = "heapwise", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Dumps to open in the prompt; further ones get the aliases b, c … or the one given as ALIAS=DUMP
    #[arg(value_name = "DUMP")]
    pub(crate) dumps: Vec<DumpArg>,
    #[command(flatten)]
    pub(crate) options: Options,
}

const EXAMPLES: &str = "\
Examples:
  heapwise app.hprof                             open the prompt
  heapwise histogram app.hprof                   classes by what they retain
  heapwise query app.hprof 'SELECT s, s.@retained FROM java.lang.String s ORDER BY 2 DESC LIMIT 5'
  heapwise paths app.hprof 0x7ffe01a8            who holds this object
  heapwise diff before.hprof after.hprof         what grew, and who holds it
  heapwise app.hprof < report.oql                run a script

The first command on a dump builds its index, DUMP.heapwise, beside it; later ones open it at once.
Exit codes: 0 answered, 1 dump or query error, 2 usage, 3 an ASSERT failed, 130 interrupted.";

/// What to do with the dumps.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run queries on one or more dumps
    Query(Query),
    /// Build the index of a dump, or check every byte of the one there is
    Index(Index),
    /// Show what a dump is: runtime, layout, totals by strength, warnings
    Info(Page),
    /// List the classes, the largest retained size first
    Histogram(One),
    /// List the top of the dominator tree: the objects whose death would free most
    Dominators(One),
    /// Show how objects are held: paths of references from the roots
    Paths(Paths),
    /// List the threads with their frames and what their locals hold
    Threads(Threads),
    /// List the goroutines of a Go dump by what they do, with what each group retains
    Goroutines(One),
    /// List the texts of strings, those that waste most by being there several times first
    Strings(One),
    /// List the classes of collections: how many, how full, what they retain
    Collections(One),
    /// List what one dump makes suspect: where the heap piles up, and who holds it
    Suspects(One),
    /// Compare two or more dumps of a program: what grew, who holds it, and by which reference
    Diff(Diff),
}

/// Arguments of `query`.
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// One or more dumps, each DUMP or ALIAS=DUMP; then the query, unless -e or -f gives it
    #[arg(value_name = "DUMP… [QUERY]", required = true)]
    pub(crate) words: Vec<String>,
    /// The query: one or more statements, `;` between them
    #[arg(short = 'e', long = "execute", value_name = "QUERY", conflicts_with = "file")]
    pub(crate) execute: Option<String>,
    /// A file with the query; `-` reads it from standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// Arguments of `index`.
#[derive(Debug, Args)]
pub(crate) struct Index {
    #[command(flatten)]
    pub(crate) page: Page,
    /// Build no index: count the classes in one pass over the dump
    #[arg(long, value_name = "histogram")]
    pub(crate) only: Option<Only>,
    /// Also make the references by target now, which else the first question that needs them makes
    #[arg(long, conflicts_with = "only")]
    pub(crate) referrers: bool,
}

/// What `index --only` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Instances and shallow size of each class
    Histogram,
}

/// Arguments of commands that show a page on one dump.
#[derive(Debug, Args)]
pub(crate) struct Page {
    /// The dump
    pub(crate) dump: DumpArg,
    /// The same as `--format json`
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of commands that need a dump and no more.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The dump
    pub(crate) dump: DumpArg,
}

/// Arguments of `paths`.
#[derive(Debug, Args)]
pub(crate) struct Paths {
    /// The dump
    pub(crate) dump: DumpArg,
    /// An object's address such as 0x7ffe01a8, or a query whose first column of objects is taken
    #[arg(value_name = "ADDRESS|QUERY")]
    pub(crate) target: String,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The first dump
    pub(crate) before: DumpArg,
    /// The second dump, and later ones for a trend
    #[arg(required = true, value_name = "AFTER")]
    pub(crate) after: Vec<DumpArg>,
}

/// Arguments of `threads`.
#[derive(Debug, Args)]
pub(crate) struct Threads {
    /// The dump
    pub(crate) dump: DumpArg,
    /// Print the stack of each thread below it (table form)
    #[arg(long)]
    pub(crate) frames: bool,
}
