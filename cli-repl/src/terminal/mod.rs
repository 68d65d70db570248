//! What only a terminal needs: progress bars, and the prompt.

mod progress;
mod open;
mod repl;

pub(crate) use open::{open, warn};
pub(crate) use repl::Repl;
