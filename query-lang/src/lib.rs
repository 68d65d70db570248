//! The query language: text to Arrow batches.

pub mod error;
pub mod syntax;
