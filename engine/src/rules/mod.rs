//! Which reference on a path nobody wrote on purpose: rules in a file (`rules.toml`), and how they are matched.

mod names;
mod platform;
mod path;
mod pattern;
mod fan;
mod condition;
mod rule;
mod file;
mod matching;
mod find;

pub use condition::Condition;
pub use find::{Match, Rules};
pub use path::{Path, Runtime, Step, Type, Types};
pub use rule::{Nature, Rule};
