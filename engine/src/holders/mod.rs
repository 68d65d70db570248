//! Who holds an object: references with the names of their fields, paths from the roots, the dominator tree.

mod via;
mod references;
mod tree;
mod paths;

pub use paths::{Path, PathFinder, Step, paths};
pub(crate) use references::vias_of_stored;
pub use references::{Reference, inbound, outbound};
pub use tree::{dominated, dominator_chain};
pub use via::Via;
