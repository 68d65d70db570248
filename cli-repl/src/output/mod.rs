//! An answer's batches as text: one writer for each format, none of which holds more than a screenful.

mod escape;
mod number;
mod time;
mod cell;
mod columns;
mod table;
mod json;
mod csv;
mod arrays;
mod binary;
mod writer;
mod pager;
mod sink;

pub(crate) use cell::{Cell, Object};
pub(crate) use columns::Columns;
pub(crate) use escape::{escape, escape_lines};
pub(crate) use json::document;
pub(crate) use number::{human_bytes, thousands};
pub(crate) use pager::preferred as preferred_pager;
pub(crate) use sink::Sink;
pub(crate) use writer::{Shown, View, write};
