//! Anonymous memory: how much of it there is, and where columns are built so that it stays within bounds.

mod available;
mod block;
mod free;
mod fresh;
mod copy;
mod pages;
mod peak;
mod pile;
mod prefetch;
mod room;
mod bounds;
mod scratch;

pub use available::available_bytes;
pub use bounds::{both, need, room};
pub use copy::copy_parts;
pub use pages::Pages;
pub use peak::{anonymous_bytes, with_peak};
pub use pile::Pile;
pub use prefetch::prefetch;
pub use room::Room;
pub use scratch::{Scratch, shared_u16, shared_u32};
