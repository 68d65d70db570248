//! Random queries: those of the grammar never make anything panic, typed ones answer what a slow evaluator answers.
//!
//! `HEAPWISE_CASES` and `HEAPWISE_SEED` make longer and other campaigns.

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod common;
#[path = "../common/campaign.rs"]
mod campaign;
mod grammar;
mod oracle;
