//! Where an answer goes: standard output, or a file that appears only when the answer is whole.

use super::pager::{Paged, Screen};
use crate::args::Format;
use crate::failure::{Failure, Result};
use crate::interrupt;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempPath;

/// An open destination.
pub(crate) struct Sink {
    out: BufWriter<Target>,
    /// The width of the screen; `None` where nothing is cut to it.
    screen: Option<usize>,
    /// The answers begun.
    answers: usize,
    /// The file being written and the name it gets in the end.
    rename: Option<(TempPath, PathBuf)>,
}

enum Target {
    Plain(Box<dyn Write>),
    Paged(Paged),
}

impl Sink {
    /// `path`, or standard output.
    pub(crate) fn open(path: Option<&Path>) -> Result<Sink> {
        match path {
            Some(path) => Sink::file(path).map_err(|error| Failure::file(path, error)),
            None => Ok(Sink::stdout()),
        }
    }

    /// Standard output.
    pub(crate) fn stdout() -> Sink {
        let is_terminal = io::stdout().is_terminal();
        let size = if is_terminal { console::Term::stdout().size_checked() } else { None };
        Sink::new(Target::Plain(Box::new(io::stdout())), size.map(|(_, columns)| usize::from(columns)))
    }

    /// Standard output, through the pager `command` where that is a terminal and the answer does not fit it.
    pub(crate) fn paged(command: Option<&str>) -> Sink {
        let is_terminal = io::stdout().is_terminal();
        let size = console::Term::stdout().size_checked().filter(|_| is_terminal);
        let (Some(command), Some((rows, columns))) = (command, size) else { return Sink::stdout() };
        let screen = Screen { rows: rows.into(), columns: columns.into() };
        Sink::new(Target::Paged(Paged::new(command.to_owned(), screen)), None)
    }

    /// Begins an answer of rows, after an empty line if it is not the first. Of binary formats a file holds one.
    pub(crate) fn begin_answer(&mut self, format: Format) -> Result<()> {
        self.answers += 1;
        if self.answers > 1 && format.is_binary() {
            let text =
                "one file holds one answer in this format: give one statement with rows, or use json or csv";
            return Err(Failure::Usage(text.to_owned()));
        }
        if self.answers > 1 {
            writeln!(self)?;
        }
        Ok(())
    }

    /// The width that a table is cut to; `None` where no person watches it being cut, or a pager scrolls.
    pub(super) fn begin_table(&mut self) -> Option<usize> {
        if let Target::Paged(paged) = self.out.get_mut() {
            paged.is_table = true;
        }
        self.screen
    }

    /// The time for which the user kept the pager from reading on.
    pub(crate) fn waited(&self) -> Duration {
        if let Target::Paged(paged) = self.out.get_ref() { paged.waited } else { Duration::ZERO }
    }

    /// Ends the answer: a pager is waited for, and what was written to a file gets its name.
    pub(crate) fn finish(mut self) -> Result<()> {
        let flushed = self.out.flush();
        match self.out.into_parts().0 {
            Target::Paged(paged) if paged.is_paging() => return Ok(paged.finish()?),
            Target::Paged(paged) => paged.finish()?,
            Target::Plain(_) => {}
        }
        flushed?;
        let Some((temporary, path)) = self.rename else { return Ok(()) };
        temporary.persist(&path).map_err(|error| Failure::file(&path, error.error))
    }

    /// Whether `failure` says no more than that the user has left the pager and wants nothing further of the answer.
    pub(crate) fn is_left(&self, failure: &Failure) -> bool {
        let Target::Paged(paged) = self.out.get_ref() else { return false };
        match failure {
            Failure::Interrupted => paged.is_left() && interrupt::check().is_ok(),
            failure => paged.is_paging() && failure.is_broken_pipe(),
        }
    }

    fn new(out: Target, screen: Option<usize>) -> Sink {
        Sink { out: BufWriter::with_capacity(1 << 16, out), screen, answers: 0, rename: None }
    }

    fn file(path: &Path) -> io::Result<Sink> {
        // A link keeps pointing at its target, and a pipe or device is written to, never replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        match path.metadata() {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                return Ok(Sink::new(
                    Target::Plain(Box::new(File::options().write(true).open(&path)?)),
                    None,
                ));
            }
            _ => {}
        }
        let directory =
            path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (file, temporary) = temporary(directory)?.into_parts();
        let rename = Some((temporary, path));
        Ok(Sink { rename, ..Sink::new(Target::Plain(Box::new(file)), None) })
    }
}

/// A new file in `directory` that others may read if the user's mask lets them, as any new file.
fn temporary(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".heapwise-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory)
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Plain(out) => out.write(bytes),
            Target::Paged(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Plain(out) => out.flush(),
            Target::Paged(out) => out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_when_it_is_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("answer.json");
        let mut sink = Sink::open(Some(&path)).unwrap();
        sink.write_all(b"[]").unwrap();
        sink.flush().unwrap();
        assert!(!path.exists());
        sink.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"[]");
    }

    #[test]
    fn an_answer_that_breaks_off_leaves_what_was_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("answer.json");
        std::fs::write(&path, "old").unwrap();
        let mut sink = Sink::open(Some(&path)).unwrap();
        sink.write_all(b"[").unwrap();
        drop(sink);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_does_not_exist_is_named() {
        let failure = Sink::open(Some(Path::new("/does/not/exist/answer"))).err().unwrap();
        assert!(failure.to_string().starts_with("/does/not/exist/answer: "), "{failure}");
    }
}
