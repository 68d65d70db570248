//! An answer's batches as text: one writer for each format, none of which holds more than a screenful.

mod escape;
mod number;
mod cell;
mod table;
mod json;
mod csv;
mod writer;
mod sink;

pub(crate) use cell::{Cell, Columns, Object};
pub(crate) use escape::{escape, escape_lines};
pub(crate) use json::document;
pub(crate) use number::{human_bytes, thousands};
pub(crate) use sink::Sink;
pub(crate) use writer::{Shown, View, write};
