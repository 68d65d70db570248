//! The `heapwise` command: arguments to session, session to output, output to terminal.

mod failure;
mod args;
mod interrupt;
mod session;
mod output;
mod command;
mod terminal;
mod run;

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run::run(args::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_broken_pipe() {
                let text = failure.to_string();
                // Where standard error is gone, the exit code must do.
                drop(writeln!(std::io::stderr(), "heapwise: error: {}", output::escape_lines(&text)));
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
