//! What the objects of a runtime mean.

pub mod java;
pub mod go;
mod collection;

pub use collection::{Collections, Entries, Entry, Objects};
