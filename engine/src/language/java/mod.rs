//! What the objects of the Java platform mean: collections, threads, system properties.

mod collection;
mod properties;
pub mod direct;
mod thread;

pub use collection::{Collections, Entries, Entry, Objects};
pub use properties::system_properties;
pub use thread::{ThreadFacts, thread_facts};
