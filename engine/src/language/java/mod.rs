//! What the objects of the Java platform mean: collections, threads, system properties.

mod collection;
mod direct;
mod naming;
mod process;
mod properties;
mod thread;
mod ties;

pub use collection::{Collections, Entries, Entry, Objects};
pub use direct::{direct_buffers, off_heap_bytes};
pub use naming::{class_name, is_generated, thread_name};
pub use process::same_process;
pub use properties::system_properties;
pub use thread::{ThreadFacts, thread_facts};
pub use ties::is_book;
