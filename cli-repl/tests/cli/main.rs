//! The program as users run it: arguments in, output and exit code out.

mod program;
mod usage;
#[cfg(target_os = "linux")]
mod prompt;
