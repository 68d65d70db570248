//! `suspects`: where the heap of one dump piles up, and who holds it.

use super::finding::lines;
use super::write_page;
use crate::args::Format;
use crate::failure::Result;
use crate::output::{Sink, View, escape, human_bytes};
use crate::session::Dump;
use heapwise_engine::diff::{self, PathTree, Suspects};
use heapwise_engine::progress::Progress;
use heapwise_engine::rules::Rules;

/// The suspects of a dump.
pub(crate) fn find(dump: &Dump, rules: &Rules, progress: &Progress) -> Result<Suspects> {
    let tree = PathTree::new(&[&dump.snapshot], progress)?;
    Ok(diff::suspects(&dump.snapshot, &tree, rules, progress)?)
}

/// Writes the page, or the document with the same content.
pub(crate) fn write(found: &Suspects, view: View, sink: &mut Sink) -> Result<()> {
    let most = view.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let suspects: Vec<_> = found.suspects.iter().take(most).cloned().collect();
    let left = found.suspects.len() - suspects.len();
    let shown = Suspects { suspects, ..found.clone() };
    let text = if view.format == Format::Table { page(&shown, left) } else { String::new() };
    write_page(&shown, &text, view.format, sink)
}

fn page(found: &Suspects, left: usize) -> String {
    let held = human_bytes(found.dump.retained_total);
    let mut page = format!("dump    {}: {held} held\n", escape(&found.dump.dump));
    if found.suspects.is_empty() && left == 0 {
        page.push_str("\nNothing holds a twentieth of the heap in one place.\n");
    }
    for finding in &found.suspects {
        page.push_str(&format!("\n{}\n", lines(finding).join("\n")));
    }
    if left > 0 {
        page.push_str(&format!("\n… {left} more suspects; --limit 0 shows all\n"));
    }
    page
}
