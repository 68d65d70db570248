//! Records of a Go dump become numbered slots, references and roots.

mod found;
mod finding;
mod phantoms;
mod floor;
mod slots;
mod statics;
mod typed;
mod keys;
mod references;
mod known;
mod names;
mod roots;
mod stacks;
mod told;
mod heap;

pub(super) use heap::{GoHeap, read};
