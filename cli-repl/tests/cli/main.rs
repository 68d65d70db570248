//! The program as users run it: arguments in, output and exit code out.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its program must fail")]

mod program;
mod sample;
mod usage;
mod commands;
mod formats;
mod scripts;
#[cfg(target_os = "linux")]
mod prompt;
#[cfg(target_os = "linux")]
mod paging;
