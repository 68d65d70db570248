//! What only a terminal needs: progress bars, and the prompt.

mod progress;
mod open;
mod repl;

pub(crate) use open::{watched, count_classes, open, warn, warn_all};
pub(crate) use repl::Repl;
