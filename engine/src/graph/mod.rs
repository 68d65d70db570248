//! What holds what: strength of reach, dominators, retained sizes and shortest paths; columns in, columns out.
//!
//! The order of use: [`Heap::new`] checks the columns once; [`reach`] gives strength and depth; [`Walk::new`] numbers the
//! objects depth first; [`Dominators::new`] and [`group_retained`] work on that numbering; [`transpose`] and
//! [`Paths`] answer questions about single objects. [`Holding`] puts all of it together for questions about sets of objects:
//! [`lost`], [`subtree`], [`common_dominator`], [`reachable`].

mod bits;
mod strength;
mod marks;
mod heap;
mod edges;
mod limits;
mod search;
mod reach;
mod queue;
mod flood;
mod nearest;
mod settle;
mod pairs;
mod crowded;
mod partition;
mod invert;
mod postorder;
mod narrow;
mod merge_blocks;
mod merges;
mod marking;
mod samples;
mod descent;
mod walk;
mod implied;
mod ancestry;
mod semidominators;
mod proof;
mod dominators;
mod retained;
mod children;
mod sets;
mod lowest_first;
mod joints;
mod solution;
mod equations;
mod terms;
mod on_paths;
mod topmost;
mod groups;
mod referrers;
mod holding;
mod removal;
mod without;
mod forest;
mod nearby;
mod subtree;
mod forward;
mod paths;
mod upward;
mod merged;
mod verify;

pub use bits::Bits;
pub use children::children;
pub use descent::Descent;
pub use dominators::Dominators;
pub use flood::Flood;
pub use forest::Forest;
pub use forward::reachable;
pub use groups::{GroupRetained, Labels, exactly_retained, group_retained};
pub(crate) use heap::check_csr;
pub use heap::{Checked, Columns, Csr, Heap, SpecialReference};
pub use holding::{Holding, Tree};
pub use invert::{Lists, transpose, transpose_in};
pub use limits::Limits;
pub use marks::MAX_OBJECTS;
pub use merged::MergedNode;
pub use nearby::lost_nearby;
pub use paths::{Path, Paths};
pub use proof::strongly_reached;
pub use reach::{Reach, ReachColumns, reach, reach_in, reach_within};
pub use referrers::Referrers;
pub use removal::{Removal, lost};
pub use samples::Sampling;
pub use settle::settle;
pub use strength::Strength;
pub use subtree::{common_dominator, subtree, topmost_of};
pub use upward::Conditions;
pub use verify::{Mismatch, verify};
pub use walk::{Preorder, Walk};
pub use without::{RetainedSet, retained_set};
