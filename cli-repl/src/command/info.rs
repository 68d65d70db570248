//! `info`: what a dump is.

use super::write_page;
use crate::args::Format;
use crate::failure::Result;
use crate::output::{Sink, escape, human_bytes, thousands};
use crate::session::Dump;
use heapwise_engine::graph::Strength;
use heapwise_engine::store::{Info, Snapshot};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Functions of goroutines that are shown.
const MOST_FUNCTIONS: usize = 5;

/// Writes the page, or the document with the same content.
pub(crate) fn run(dump: &Dump, format: Format, sink: &mut Sink) -> Result<()> {
    let info = dump.snapshot.info();
    let page = format!("{}{}", page(info), goroutines(&dump.snapshot));
    write_page(info, &page, format, sink)
}

/// What most goroutines of a Go dump were started with; nothing for other dumps.
fn goroutines(snapshot: &Snapshot) -> String {
    let threads = &snapshot.stacks().threads;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for thread in threads.iter().filter(|thread| !thread.started.is_empty()) {
        *counts.entry(&thread.started).or_default() += 1;
    }
    if counts.is_empty() {
        return String::new();
    }
    let functions = counts.len();
    let mut most: Vec<(&str, u64)> = counts.into_iter().collect();
    most.sort_by_key(|&(name, count)| (Reverse(count), name));
    let mut page = String::from("\ngoroutines\n");
    for (name, count) in most.iter().take(MOST_FUNCTIONS) {
        let _ = writeln!(page, "{:>11}  {}", thousands(*count), escape(name));
    }
    let left = functions.saturating_sub(MOST_FUNCTIONS);
    if left > 0 {
        let _ = writeln!(page, "  … and {left} more functions that goroutines were started with");
    }
    page.push_str("  `heapwise goroutines` tells what they retain, by what they do\n");
    page
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
