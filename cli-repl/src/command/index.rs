//! `index`: builds the index of a dump, or checks the one there is.

use super::info::{self, push, size};
use super::write_page;
use crate::args::Format;
use crate::failure::Result;
use crate::output::{Sink, escape, thousands};
use crate::session::Dump;
use heapwise_engine::store::{Build, Info};
use serde::Serialize;

/// The document: the keys of `info`, then how the index was made.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    info: &'a Info,
    #[serde(flatten)]
    build: &'a Build,
}

/// Writes what the index of an open dump holds and what it cost.
pub(crate) fn run(dump: &Dump, format: Format, sink: &mut Sink) -> Result<()> {
    let index_bytes = dump.snapshot.index_bytes();
    let build = Build { index_bytes, ..dump.snapshot.build().clone() };
    let document = Document { info: dump.snapshot.info(), build: &build };
    write_page(&document, &page(document.info, document.build), format, sink)
}

fn page(info: &Info, build: &Build) -> String {
    let mut page = String::new();
    let mut line = |name: &str, text: &str| push(&mut page, name, text);
    line("dump", &format!("{} ({})", escape(&info.dump), info::size(info.file_bytes)));
    line("index", if build.reused { "checked, every checksum is right" } else { "built" });
    if let Some(reason) = &build.rebuilt_because {
        line("", &format!("the earlier one was not used: {}", escape(reason)));
    }
    line("objects", &thousands(info.objects));
    line("references", &thousands(info.references));
    line("roots", &thousands(info.roots));
    line("index size", &size(build.index_bytes));
    if build.peak_anonymous_bytes > 0 {
        line("peak memory", &format!("{} anonymous, when it was built", size(build.peak_anonymous_bytes)));
    }
    if !build.phases.is_empty() {
        line("time", &format!("{:.3} s, when it was built; phases overlap", build.seconds));
    }
    for phase in &build.phases {
        let bytes = if phase.bytes > 0 { format!("  {}", size(phase.bytes)) } else { String::new() };
        line("", &format!("{:<20}{:>9.3} s{bytes}", escape(&phase.name), phase.seconds));
    }
    page
}
