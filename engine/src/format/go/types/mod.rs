//! Types of a Go program: a table that executables fill and that gives meaning to bytes.

mod kind;
mod table;
mod pruned;
mod path;
mod parts;

pub use kind::Kind;
pub use parts::{Part, Read};
pub use table::{Field, Type, TypeId, Types};
