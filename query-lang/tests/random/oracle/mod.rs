//! Typed random queries against an evaluator of nested loops.

mod value;
mod tree;
mod text;
mod data;
mod functions;
mod expr;
mod window;
mod from;
mod query;
mod scope;
mod generate;
mod select;
mod shrink;
mod compare;
