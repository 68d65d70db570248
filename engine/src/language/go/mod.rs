//! What the objects of a Go program mean: maps, slices, channels.

mod memory;
mod buckets;
mod swiss;
mod collection;
mod goroutine;
mod process;

pub use collection::{Entries, Entry, GoCollections};
pub use goroutine::goroutine_facts;
pub use process::{collections_between, same_process};
