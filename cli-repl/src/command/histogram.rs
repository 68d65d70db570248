//! `histogram`: the classes of a dump, the largest retained size first.

use crate::failure::Result;
use crate::session::{Answer, Dump};

/// The rows: class, loader, instances, shallow, retained.
pub(crate) fn answer(dump: &Dump) -> Result<Answer<'static>> {
    Answer::table(&dump.snapshot, "histogram", &["class", "loader", "instances", "shallow", "retained"])
}
