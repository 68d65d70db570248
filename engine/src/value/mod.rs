//! Fields, elements and texts of objects, read from the dump where they stand.

mod go;
mod body;
mod field;
mod read;
mod slot;
pub mod time;
mod text;
mod contents;
mod display;

pub(crate) use body::record;
pub use body::{elements, field_object, field_value, fields, referred, static_object, static_value};
pub use contents::Contents;
pub use display::display;
pub use field::{FieldKind, element_kind, field_kinds, field_names, static_kind};
pub(crate) use go::{Body, GoValue, each_pointer};
pub use go::{GoField, Place, array_length, go_fields};
pub use read::{read_element, read_field};
pub(crate) use slot::{Data, Slot, Slots};
pub use text::{TextReader, read_text, text};
