//! `info`: what a dump is.

use super::write_page;
use crate::args::Format;
use crate::failure::Result;
use crate::output::{Sink, escape, human_bytes, thousands};
use crate::session::Dump;
use heapwise_engine::graph::Strength;
use heapwise_engine::store::Info;
use std::fmt::Write;

/// Writes the page, or the document with the same content.
pub(crate) fn run(dump: &Dump, format: Format, sink: &mut Sink) -> Result<()> {
    let info = dump.snapshot.info();
    write_page(info, &page(info), format, sink)
}

/// The page for people.
pub(super) fn page(info: &Info) -> String {
    let mut page = String::new();
    let mut line = |name: &str, text: &str| push(&mut page, name, text);
    line("dump", &format!("{} ({})", escape(&info.dump), size(info.file_bytes)));
    line("format", &format!("{}, {}-byte identifiers", escape(&info.format), info.id_size));
    line("runtime", &escape(&info.runtime));
    line("layout", &escape(&info.layout));
    line("objects", &thousands(info.objects));
    line("references", &thousands(info.references));
    line("classes", &format!("{}, class loaders {}", thousands(info.classes), thousands(info.loaders)));
    line("roots", &format!("{}, threads {}", thousands(info.roots), thousands(info.threads)));
    line("shallow", &size(info.shallow_total));
    line("retained", &size(info.retained_total));
    page.push_str(&strengths(info));
    page.push_str(&warnings(info));
    page
}

/// A line of a page: a name and what it says.
pub(super) fn push(page: &mut String, name: &str, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(page, "{name:<12}{text}");
}

/// A size, exact and in a unit that people can compare.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1024 {
        human_bytes(bytes)
    } else {
        format!("{} bytes ({})", thousands(bytes), human_bytes(bytes))
    }
}

fn strengths(info: &Info) -> String {
    let mut page = String::from("\nreachable           objects               bytes\n");
    for strength in Strength::ALL.map(Strength::name) {
        let amount = info.by_strength.get(strength).copied().unwrap_or_default();
        let (objects, bytes) = (thousands(amount.objects), thousands(amount.bytes));
        let _ = writeln!(page, "  {strength:<12}{objects:>13}{bytes:>20}");
    }
    page
}

fn warnings(info: &Info) -> String {
    let mut page = String::new();
    for (title, lines) in [("warnings", &info.warnings), ("notes", &info.notes)] {
        if lines.is_empty() {
            continue;
        }
        page.push_str(&format!("\n{title}\n"));
        for line in lines {
            page.push_str(&format!("  {}\n", escape(line)));
        }
    }
    if info.warnings.is_empty() { format!("\nno warnings\n{page}") } else { page }
}
