//! Reads a line, or several until a statement is complete, with history and completion.

use super::meta::COMMANDS;
use crate::failure::{Failure, Result};
use crate::output::escape;
use crate::session::{Queries, is_complete};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::{CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper, Highlighter, Hinter};
use std::cell::RefCell;
use std::env::var_os;
use std::fs::DirBuilder;
use std::path::PathBuf;
use std::rc::Rc;

const PROMPT: &str = "heapwise> ";
/// Entries of the history that are kept.
const HISTORY: usize = 10_000;

/// The line editor.
pub(super) struct Editor {
    editor: rustyline::Editor<Assistant, DefaultHistory>,
    /// Where the history is kept; `None` where there is no place for it.
    history: Option<PathBuf>,
}

/// What the user did.
pub(super) enum Read {
    /// Entered a command or whole statements.
    Text(String),
    /// Pressed Ctrl-C: the line is dropped.
    Cancelled,
    /// Pressed Ctrl-D, or the terminal is gone.
    End,
}

impl Editor {
    /// An editor that completes names with `queries`.
    pub(super) fn new(queries: Rc<RefCell<Queries>>) -> Result<Editor> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .max_history_size(HISTORY)
            .and_then(|builder| builder.history_ignore_dups(true))
            .map_err(failure)?
            .history_ignore_space(true)
            .build();
        let mut editor = rustyline::Editor::with_config(config).map_err(failure)?;
        editor.set_helper(Some(Assistant { queries, files: FilenameCompleter::new() }));
        let history = history_file();
        if let Some(path) = &history {
            // The first time there is none.
            drop(editor.load_history(path));
        }
        Ok(Editor { editor, history })
    }

    /// Waits for the user.
    pub(super) fn read(&mut self) -> Result<Read> {
        match self.editor.readline(PROMPT) {
            Ok(text) => {
                self.remember(&text);
                Ok(Read::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Read::Cancelled),
            Err(ReadlineError::Eof) => Ok(Read::End),
            Err(error) => Err(failure(error)),
        }
    }

    /// At once, so that what was typed survives whatever happens next. No history is no reason to fail.
    fn remember(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        drop(self.editor.add_history_entry(text));
        if let Some(path) = &self.history {
            drop(self.editor.append_history(path));
        }
    }
}

fn failure(error: ReadlineError) -> Failure {
    match error {
        ReadlineError::Io(error) => Failure::Output(error),
        other => Failure::Output(std::io::Error::other(other)),
    }
}

/// `$XDG_STATE_HOME/heapwise/history`, by default below `~/.local/state`; its directory is made, for the user alone.
fn history_file() -> Option<PathBuf> {
    let state = var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    let directory = state.or_else(home)?.join("heapwise");
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&directory).ok()?;
    Some(directory.join("history"))
}

/// What the editor asks while the user types.
#[derive(Helper, Highlighter, Hinter)]
struct Assistant {
    queries: Rc<RefCell<Queries>>,
    files: FilenameCompleter,
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let complete = is_complete(context.input());
        Ok(if complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        text: &str,
        cursor: usize,
        context: &Context,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if text.starts_with(".include ") {
            return self.files.complete(text, cursor, context);
        }
        let Some(command) = text[..cursor].strip_prefix(':') else {
            return Ok(self.names(text, cursor));
        };
        match command.split_once(' ') {
            None => Ok((1, commands(command))),
            Some(("open" | "source", _)) => self.files.complete(text, cursor, context),
            Some(("describe" | "help" | "paths", _)) => Ok(self.names(text, cursor)),
            Some(_) => Ok((cursor, Vec::new())),
        }
    }
}

impl Assistant {
    /// What the query language knows: keywords, tables, columns, classes, fields.
    fn names(&self, text: &str, cursor: usize) -> (usize, Vec<Pair>) {
        let (start, found) = self.queries.borrow().session().completions(text, cursor);
        // A name of the dump that would drive the terminal is not offered.
        let harmless = found.into_iter().filter(|name| escape(&name.text) == name.text);
        (start, harmless.map(|name| Pair { display: name.text.clone(), replacement: name.text }).collect())
    }
}

fn commands(prefix: &str) -> Vec<Pair> {
    let names = COMMANDS.iter().map(|(name, ..)| *name).filter(|name| name.starts_with(prefix));
    names.map(|name| Pair { display: format!(":{name}"), replacement: format!("{name} ") }).collect()
}
