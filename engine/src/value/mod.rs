//! Fields, elements and texts of objects, read from the dump where they stand.

mod body;
mod field;
mod read;
mod text;
mod display;

pub use body::{fields, static_value};
pub use display::display;
pub use field::{FieldKind, element_kind, field_kinds, field_names, static_kind};
pub use read::{read_element, read_field};
pub use text::{read_text, text};
