//! Open dumps, and what answers come from: the engine's tables or queries.

mod dumps;
mod answer;
mod line;
mod script;
mod queries;

pub(crate) use answer::Answer;
pub(crate) use dumps::{Dump, Dumps};
pub(crate) use line::is_complete;
pub(crate) use queries::{Outcome, Queries, rules};
pub(crate) use script::{Source, Statement, Step};
