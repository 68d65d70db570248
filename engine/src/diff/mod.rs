//! Two or more dumps of a program aligned: what grew, and who holds it.

mod symbols;
mod words;
mod layout;
mod rows;
mod census;
mod starts;
mod gather;
mod survey;
mod tree;
mod edges;
mod trend;
mod growth;
mod loaders;
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
mod off_heap;
mod explain;
mod told;
mod identity;
mod views;
mod compare;
mod points;
mod piles;
mod suspects;

pub use census::Census;
pub use classes::ClassChange;
pub use compare::{Diff, compare};
pub use edges::{EdgeChange, EdgeTotal, edges};
pub use finding::{
    Accumulation, Content, Finding, Holder, ImplicitEdge, Leaked, OtherHolder, PathStep, Survival, View,
};
pub use growth::{Growth, Part, growth};
pub use loaders::LoaderChange;
pub use rows::{NO_ROW, Rows};
pub use suspects::{Suspects, suspects};
pub use symbols::{Symbol, Symbols};
pub use tree::PathTree;
pub use trend::Trend;
