//! What only a terminal needs: progress bars, and the prompt.

mod progress;
mod open;
mod repl;

pub(crate) use open::{count_classes, open, warn, warn_all, watched};
pub(crate) use repl::Repl;
