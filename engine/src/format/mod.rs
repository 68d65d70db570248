//! The formats of dumps: one folder for each runtime.

pub mod hprof;
