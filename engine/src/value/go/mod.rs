//! Values of a Go heap: bytes of objects, their parts by name, texts, and the pointers that lead on.

mod body;
mod parts;
mod arrays;
mod pointers;

pub(super) use arrays::{read_element, read_field};
pub(crate) use body::Body;
pub(crate) use body::Value as GoValue;
pub use parts::{GoField, array_length, go_fields};
pub(super) use parts::{elements, field_kinds, field_names, kind_of, text};
pub use pointers::Place;
pub(crate) use pointers::each_pointer;
