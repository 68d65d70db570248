//! Who holds an object: references with the names of their fields, paths from the roots, the dominator tree.

mod via;
mod references;
mod tree;
mod removals;
mod sets;
mod dominator_tree;
mod groups;
mod packages;
mod drops;
mod avoided;
mod paths;
mod merged;

pub use avoided::PathOptions;
pub use dominator_tree::{DominatorTree, TreeRow, dominator_tree};
pub use drops::{BigDrop, big_drops};
pub use groups::By;
pub use merged::{MergedPaths, MergedRow, merged_paths};
pub use paths::{Path, PathFinder, PathSearch, Step, paths};
pub(crate) use references::vias_of_stored;
pub use references::{Reference, inbound, outbound};
pub use removals::{Cut, Removals, retained_set, retained_size, whatif};
pub use sets::{common_dominator, reachable};
pub use tree::{dominated, dominator_chain};
pub use via::Via;
pub(crate) use via::each_reference;
