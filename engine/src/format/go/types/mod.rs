//! Types of a Go program: a table that executables fill and that gives meaning to bytes.

mod kind;
mod table;
mod path;

pub use kind::Kind;
pub use table::{Field, Type, TypeId, Types};
