//! Dumps for tests: real ones, dumps written by code, and random graphs.

pub mod dumps;
pub mod graph;
pub mod go;
pub mod hprof;
