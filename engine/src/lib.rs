//! Reads heap dumps into a columnar index and answers questions about it: no query language, no terminal.
//!
//! The modules stand in the order of the data: each uses only those before it (`docs/ARCHITECTURE.md`).

pub mod id;
pub mod error;
pub mod progress;
pub mod memory;
pub mod wide;
pub mod input;
pub mod format;
pub mod graph;
pub mod store;
pub mod ingest;
pub mod value;
pub mod language;
pub mod holders;
pub mod table;
pub mod open;
