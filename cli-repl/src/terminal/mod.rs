//! What only a terminal needs: opening dumps while the user watches, and the prompt.

mod open;
mod repl;

pub(crate) use open::{count_classes, find_referrers, open, warn, warn_all, watched};
pub(crate) use repl::Repl;
