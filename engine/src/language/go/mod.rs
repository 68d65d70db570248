//! What the objects of a Go program mean: maps, slices, channels.

mod memory;
mod buckets;
mod swiss;
mod collection;

pub use collection::{Entries, Entry, GoCollections};
