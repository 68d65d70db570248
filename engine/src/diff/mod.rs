//! Two or more dumps of a program aligned: what grew, and who holds it.

mod symbols;
mod layout;
mod rows;
mod census;
mod starts;
mod gather;
mod survey;
mod tree;

pub use census::Census;
pub use rows::{NO_ROW, Rows};
pub use symbols::{Symbol, Symbols};
pub use tree::PathTree;
