//! `threads`: the threads of a dump and what their locals hold.

use crate::failure::Result;
use crate::session::{Answer, Dump};

/// The rows: object, name, daemon, state, frames, locals, retained.
pub(crate) fn answer(dump: &Dump) -> Result<Answer<'static>> {
    Answer::table(
        &dump.snapshot,
        "threads",
        &["object", "name", "daemon", "state", "frames", "locals", "retained"],
    )
}
