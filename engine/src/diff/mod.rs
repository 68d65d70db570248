//! Two or more dumps of a program aligned: what grew, and who holds it.

mod symbols;
mod layout;
mod rows;
mod census;
mod starts;
mod gather;
mod survey;
mod tree;
mod growth;
mod classes;
mod finding;
mod names;
mod spine;
mod place;
mod join;
mod bound;
mod confidence;
mod comparable;
mod holder;
mod freed;
mod explain;
mod told;
mod compare;
mod suspects;

pub use census::Census;
pub use classes::ClassChange;
pub use compare::{Diff, compare};
pub use finding::{Content, Finding, Holder, ImplicitEdge, Leaked, OtherHolder, PathStep};
pub use growth::{Growth, Part, growth};
pub use suspects::{Suspects, suspects};
pub use rows::{NO_ROW, Rows};
pub use symbols::{Symbol, Symbols};
pub use tree::PathTree;
