//! The bytes of a dump: found, inflated where they are compressed, mapped; and the cursor that reads them.

mod warnings;
mod cursor;
mod compression;
mod identity;
mod inflate;
mod gzip;
mod dump;

pub use compression::Compression;
pub use cursor::{Cursor, index};
pub use dump::{Dump, map, open};
pub use identity::{identify, identity};
pub use inflate::inflate;
pub use warnings::{Warning, Warnings};
