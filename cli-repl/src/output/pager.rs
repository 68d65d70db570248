//! What is longer than the screen goes through a pager.

use crate::interrupt;
use std::env::{split_paths, var, var_os};
use std::io::{self, ErrorKind, Write};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// Scrolls to the right instead of wrapping, leaves the answer on the screen, and ends on Ctrl-C.
const LESS: &str = "less -FRSXK";

/// The user's pager: `$HEAPWISE_PAGER`, else `$PAGER`, else less. `None` where the variable is empty or there is no less,
/// and on a terminal that knows no cursor.
pub(crate) fn preferred() -> Option<String> {
    let chosen = ["HEAPWISE_PAGER", "PAGER"].iter().find_map(|name| var(name).ok());
    let less = || (can_move() && is_installed("less")).then(|| LESS.to_owned());
    chosen.map_or_else(less, |command| (!command.trim().is_empty()).then_some(command))
}

fn can_move() -> bool {
    var("TERM").is_ok_and(|terminal| !terminal.is_empty() && terminal != "dumb")
}

fn is_installed(program: &str) -> bool {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    var_os("PATH").is_some_and(|path| split_paths(&path).any(|directory| directory.join(&name).is_file()))
}

/// The size of a terminal in character cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// Output to a terminal: held back as long as it fits the screen, and handed to a pager once it does not.
pub(super) struct Paged {
    command: String,
    screen: Screen,
    /// Lines of a table do not wrap: one that is wider than the screen does not fit.
    pub(super) is_table: bool,
    waiting: Vec<u8>,
    pager: Option<Pager>,
    /// The time that the pager let us wait.
    pub(super) waited: Duration,
}

/// A pager that runs.
struct Pager {
    input: ChildStdin,
    /// Ends with the pager, and has then stopped what still made rows for it.
    ended: JoinHandle<io::Result<ExitStatus>>,
    /// Whether the user has left it; true before anything is stopped.
    left: Arc<AtomicBool>,
}

impl Paged {
    pub(super) fn new(command: String, screen: Screen) -> Paged {
        Paged { command, screen, is_table: false, waiting: Vec::new(), pager: None, waited: Duration::ZERO }
    }

    /// Shows what still waits, and waits for the user to leave the pager. That they left early is no error.
    pub(super) fn finish(self) -> io::Result<()> {
        let Some(Pager { input, ended, .. }) = self.pager else {
            io::stdout().write_all(&self.waiting)?;
            return io::stdout().flush();
        };
        drop(input);
        let status = interrupt::leaving_it_to_others(|| ended.join());
        let status = status.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        if is_missing(status) {
            let reason = format!("the pager `{}` cannot be run; `:pager off` does without", self.command);
            return Err(io::Error::new(ErrorKind::NotFound, reason));
        }
        Ok(())
    }

    /// Whether a pager shows the output.
    pub(super) fn is_paging(&self) -> bool {
        self.pager.is_some()
    }

    /// Whether the user has left the pager.
    pub(super) fn is_left(&self) -> bool {
        self.pager.as_ref().is_some_and(|pager| pager.left.load(Ordering::SeqCst))
    }

    fn start(&mut self) -> io::Result<()> {
        let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut command = Command::new(shell);
        let mut child = command.args([option, &self.command]).stdin(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or(ErrorKind::BrokenPipe)?;
        let left = Arc::new(AtomicBool::new(false));
        let leaves = left.clone();
        let wait = move || {
            let status = child.wait();
            // It may have got the Ctrl-C before we have.
            if status.as_ref().is_ok_and(|status| is_interrupted(*status)) {
                interrupt::note();
            }
            leaves.store(true, Ordering::SeqCst);
            interrupt::stop();
            status
        };
        self.pager = Some(Pager { input, ended: spawn(wait), left });
        let waiting = std::mem::take(&mut self.waiting);
        self.write_all(&waiting)
    }

    fn fits(&self) -> bool {
        let text = String::from_utf8_lossy(&self.waiting);
        let columns = self.screen.columns.max(1);
        let mut rows = 0;
        for line in text.lines() {
            let width = line.width();
            rows += width.div_ceil(columns).max(1);
            // The last row is the prompt's.
            if rows >= self.screen.rows || (self.is_table && width > columns) {
                return false;
            }
        }
        true
    }
}

/// What shells say of a program that they cannot run.
fn is_missing(status: ExitStatus) -> bool {
    matches!(status.code(), Some(126 | 127))
}

/// Whether a program was ended by Ctrl-C, or a shell says so of one.
fn is_interrupted(status: ExitStatus) -> bool {
    /// `SIGINT`, of every Unix.
    const INTERRUPT: i32 = 2;
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(INTERRUPT) {
        return true;
    }
    status.code() == Some(128 + INTERRUPT)
}

impl Write for Paged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(Pager { input, .. }) = &mut self.pager else {
            self.waiting.extend_from_slice(bytes);
            if !self.fits() {
                self.start()?;
            }
            return Ok(bytes.len());
        };
        let start = Instant::now();
        let written = interrupt::leaving_it_to_others(|| input.write(bytes));
        self.waited += start.elapsed();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.pager {
            Some(pager) => pager.input.flush(),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_the_screen_waits() {
        for (text, is_table, fits) in [
            ("", false, true),
            ("1\n2\n3\n", true, true),
            ("1\n2\n3\n4\n", true, false),
            ("1234567890\n", true, true),
            ("1234567890a\n", true, false),
            ("1234567890a\n", false, true),
            ("1234567890a\n1234567890a\n", false, false),
            ("漢字漢字漢\n", true, true),
            ("漢字漢字漢x\n", true, false),
        ] {
            let mut paged = Paged::new("exit 1".to_owned(), Screen { rows: 4, columns: 10 });
            paged.is_table = is_table;
            paged.waiting = text.into();
            assert_eq!(paged.fits(), fits, "{text}");
        }
    }
}
