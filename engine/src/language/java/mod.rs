//! What the objects of the Java platform mean: threads, system properties.

mod properties;
mod thread;

pub use properties::system_properties;
pub use thread::{ThreadFacts, thread_facts};
