//! Open dumps, and what answers come from: the engine's tables or queries.

mod dumps;
mod answer;
mod queries;

pub(crate) use answer::Answer;
pub(crate) use dumps::{Dump, Dumps};
pub(crate) use queries::Queries;
