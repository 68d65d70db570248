//! A script: statements and commands in the order in which they run, out of a text and the files that it includes.

use super::line::{Line, included, split};
use crate::failure::{Failure, Result};
use crate::interrupt;
use heapwise_query_lang as language;
use heapwise_query_lang::error::Kind;
use heapwise_query_lang::{Diagnostic, Session, Span};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Files that may include each other in a chain.
const DEEPEST: usize = 50;
/// Bytes of a script with all that it includes: files that include others twice grow without bound.
const LONGEST: u64 = 16 << 20;

/// A text and where it comes from.
pub(crate) struct Source {
    /// The file; `None`: the command line, standard input or the prompt.
    file: Option<PathBuf>,
    text: String,
}

/// What a script does next.
pub(crate) enum Step {
    /// Runs a statement.
    Statement(Box<Statement>),
    /// Does what a command of the prompt says: the line with its colon, and where it stands.
    Command(String, Place),
}

/// A statement, and where it stands.
pub(crate) struct Statement {
    pub(super) statement: language::Statement,
    pub(super) place: Place,
}

/// The byte of a source at which a piece of it begins.
#[derive(Clone)]
pub(crate) struct Place {
    source: Rc<Source>,
    start: usize,
}

impl Source {
    /// A text that stands in no file; what it includes is found from the working directory.
    pub(crate) fn typed(text: String) -> Source {
        Source { file: None, text }
    }

    /// The text of a file.
    pub(crate) fn file(path: &Path) -> Result<Source> {
        let text = read(path, LONGEST).map_err(|error| Failure::file(path, error))?;
        Ok(Source { file: Some(path.to_owned()), text })
    }
}

impl Place {
    /// What is wrong with the piece, drawn under the text of its source; spans count in the piece.
    pub(super) fn failure(&self, diagnostic: &Diagnostic) -> Failure {
        if diagnostic.kind == Kind::Interrupted {
            return Failure::Interrupted;
        }
        let span = Span { start: diagnostic.span.start + self.start, end: diagnostic.span.end + self.start };
        let drawn = Diagnostic { span, ..diagnostic.clone() }.render(&self.source.text);
        // Whoever prints the failure says that it is an error.
        let mut drawn = drawn.strip_prefix("error: ").unwrap_or(&drawn).to_owned();
        let head = drawn.find('\n').unwrap_or(drawn.len());
        drawn.insert_str(head, &self.arrow(diagnostic.span.start));
        match diagnostic.kind {
            Kind::Assert => Failure::Assert(drawn),
            _ => Failure::Query(drawn),
        }
    }

    /// The line of messages that names the file and line of byte `at` of the piece; empty where there is no file.
    fn arrow(&self, at: usize) -> String {
        let Source { file, text } = &*self.source;
        let Some(file) = file else { return String::new() };
        let before = text.as_bytes().iter().take(self.start + at);
        let line = 1 + before.filter(|&&byte| byte == b'\n').count();
        format!("\n --> {}:{line}", file.display())
    }

    /// The failure of a command that stands here, with the file that it stands in.
    pub(crate) fn of_command(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Usage(reason) => Failure::Usage(reason + &self.arrow(0)),
            other => other,
        }
    }

    /// A refusal of the `length` bytes of the piece.
    pub(crate) fn refuse(&self, length: usize, message: String) -> Failure {
        self.failure(&Diagnostic::check(Span { start: 0, end: length }, message, ""))
    }
}

/// The steps of `source`: everything is read and parsed before the first one can run.
pub(super) fn steps(session: &Session, source: Source) -> Result<Vec<Step>> {
    let mut reader = Reader { session, chain: Vec::new(), bytes: 0, steps: Vec::new() };
    match source.file.clone() {
        Some(path) => reader.enter(path.clone(), path.canonicalize().unwrap_or(path), source)?,
        None => reader.read(source)?,
    }
    Ok(reader.steps)
}

struct Reader<'a> {
    session: &'a Session,
    /// The files that are being read, each included by the one before it: as written, and as the system knows it.
    chain: Vec<(PathBuf, PathBuf)>,
    bytes: u64,
    steps: Vec<Step>,
}

impl Reader<'_> {
    fn enter(&mut self, shown: PathBuf, known: PathBuf, source: Source) -> Result<()> {
        self.chain.push((shown, known));
        self.read(source)?;
        self.chain.pop();
        Ok(())
    }

    fn read(&mut self, source: Source) -> Result<()> {
        self.bytes += source.text.len() as u64;
        let source = Rc::new(source);
        for (line, range) in split(&source.text) {
            interrupt::check()?;
            let place = Place { source: source.clone(), start: range.start };
            match line {
                Line::Statements => self.statements(&source.text[range], place)?,
                Line::Command => self.steps.push(Step::Command(source.text[range].to_owned(), place)),
                Line::Include => self.include(&source, range, &place)?,
            }
        }
        Ok(())
    }

    fn statements(&mut self, text: &str, place: Place) -> Result<()> {
        let statements = self.session.statements(text).map_err(|diagnostic| place.failure(&diagnostic))?;
        let step = |statement| Step::Statement(Box::new(Statement { statement, place: place.clone() }));
        self.steps.extend(statements.into_iter().map(step));
        Ok(())
    }

    fn include(&mut self, source: &Source, line: Range<usize>, place: &Place) -> Result<()> {
        let refuse = |message: String| place.refuse(line.len(), message);
        let path = included(&source.text[line.clone()]).map_err(|reason| refuse(reason.to_owned()))?;
        let beside = source.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let path = beside.join(path);
        let fails = |error: io::Error| refuse(format!("{} cannot be included: {error}", path.display()));
        let known = path.canonicalize().map_err(fails)?;
        if self.chain.iter().any(|(_, open)| *open == known) {
            return Err(refuse(format!("the file includes itself: {}", self.chain_to(&path))));
        }
        if self.chain.len() == DEEPEST {
            let chain = self.chain_to(&path);
            return Err(refuse(format!("files include each other more than {DEEPEST} deep: {chain}")));
        }
        let text = read(&known, LONGEST.saturating_sub(self.bytes)).map_err(fails)?;
        self.enter(path.clone(), known, Source { file: Some(path), text })
    }

    fn chain_to(&self, path: &Path) -> String {
        let files = self.chain.iter().map(|(shown, _)| shown.as_path()).chain([path]);
        files.map(|file| file.display().to_string()).collect::<Vec<_>>().join(" → ")
    }
}

/// The text of a file that has at most `limit` bytes.
fn read(path: &Path, limit: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(limit + 1).read_to_string(&mut text)?;
    if text.len() as u64 > limit {
        return Err(io::Error::other(format!(
            "a script with all that it includes has at most {LONGEST} bytes"
        )));
    }
    Ok(text)
}
