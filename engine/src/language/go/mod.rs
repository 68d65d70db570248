//! What the objects of a Go program mean: maps, slices, channels.

mod memory;
mod buckets;
mod swiss;
mod collection;
mod goroutine;

pub use collection::{Entries, Entry, GoCollections};
pub use goroutine::goroutine_facts;
