//! What is wrong with a query, and where.

mod span;
mod suggest;
mod diagnostic;

pub use diagnostic::{Diagnostic, Kind, Result};
pub use span::Span;
pub use suggest::nearest;
