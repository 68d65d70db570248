//! One file for each command: what it asks the session, and how people see it.

pub(crate) mod query;
pub(crate) mod info;
pub(crate) mod index;
pub(crate) mod histogram;
pub(crate) mod dominators;
mod fold;
pub(crate) mod paths;
pub(crate) mod threads;
pub(crate) mod reports;
pub(crate) mod finding;
pub(crate) mod suspects;
pub(crate) mod diff;

use crate::args::Format;
use crate::failure::{Failure, Result};
use crate::output::{Sink, document};
use serde::Serialize;
use std::io::Write;

/// Rows that tables of classes, objects and texts show to people who do not say how many.
pub(crate) const PAGE_ROWS: u64 = 20;

/// Writes what is a page for people and one document for programs.
fn write_page(value: &impl Serialize, text: &str, format: Format, sink: &mut Sink) -> Result<()> {
    match format {
        Format::Table => sink.write_all(text.as_bytes())?,
        Format::Json => sink.write_all(document(value, true)?.as_bytes())?,
        Format::JsonLines => sink.write_all(document(value, false)?.as_bytes())?,
        Format::Csv | Format::Arrow | Format::Parquet => {
            return Err(Failure::Usage("this is a page and no table: use --format json".to_owned()));
        }
    }
    Ok(())
}
