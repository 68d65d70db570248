//! The `heapwise` command: arguments to session, session to output, output to terminal.

mod failure;
mod args;
mod interrupt;
mod watch;
mod session;
mod output;
mod command;
mod terminal;
mod run;

use clap::Parser;
use failure::Failure;
use std::io::Write;
use std::panic;
use std::process::ExitCode;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|defect| complain(&format!("error: {defect}"))));
    match args::Cli::try_parse() {
        Ok(cli) => panic::catch_unwind(|| answer(cli)).unwrap_or_else(|_| own_up()),
        Err(error) => advise(&error),
    }
}

fn answer(cli: args::Cli) -> ExitCode {
    run::run(cli).map_or_else(|failure| fail(&failure), |()| ExitCode::SUCCESS)
}

/// A defect of the program, or an index that was changed behind its back (large ones are only sampled on opening).
fn own_up() -> ExitCode {
    complain(
        "this is a defect, unless the index was damaged: `heapwise index DUMP` checks every byte of it and builds a \
         damaged one anew",
    );
    ExitCode::FAILURE
}

fn fail(failure: &Failure) -> ExitCode {
    if !failure.is_broken_pipe() {
        complain(&format!("error: {failure}"));
    }
    ExitCode::from(failure.exit_code())
}

/// Shows the help that was asked for, or says what is wrong with the command line.
fn advise(error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    if text.starts_with("error:") {
        complain(text.trim_end());
    } else {
        // Where nobody reads it, there is nobody to tell.
        drop(error.print());
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn complain(text: &str) {
    // Where standard error is gone, the exit code must do.
    drop(writeln!(std::io::stderr(), "heapwise: {}", output::escape_lines(text)));
}
