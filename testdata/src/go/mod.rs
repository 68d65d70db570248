//! Go heap dumps written by code: records in the order in which they are added.

mod write;

pub use write::{Go, Machine};
