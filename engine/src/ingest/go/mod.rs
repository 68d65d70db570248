//! Records of a Go dump become numbered slots, references and roots.

mod found;
mod slots;
mod floor;
mod keys;
mod names;
mod references;
mod roots;
mod stacks;
mod heap;

pub(super) use heap::{GoHeap, read};
