//! What holds what: strength of reach, dominators, retained sizes and shortest paths; columns in, columns out.
//!
//! The order of use: [`Heap::new`] checks the columns once; [`reach`] gives strength and depth; [`Walk::new`] numbers the
//! objects depth first; [`Dominators::new`] and [`group_retained`] work on that numbering; [`transpose`] and
//! [`Paths`] answer questions about single objects.

mod bits;
mod strength;
mod heap;
mod edges;
mod reach;
mod invert;
mod walk;
mod merges;
mod postorder;
mod ancestry;
mod semidominators;
mod dominators;
mod sets;
mod joints;
mod topmost;
mod groups;
mod without;
mod paths;
mod verify;

pub use bits::Bits;
pub use dominators::{Dominators, children};
pub use groups::{GroupRetained, group_retained};
pub use heap::{Columns, Csr, Heap, MAX_OBJECTS, SpecialReference};
pub use invert::{Lists, transpose};
pub use paths::{Path, Paths};
pub use reach::{Reach, ReachColumns, reach};
pub use strength::Strength;
pub use verify::{Mismatch, verify};
pub use walk::Walk;
pub use without::{RetainedSet, retained_set};
