//! `diff`: what grew between dumps, and who holds it.

use super::finding::{head, lines, signed_bytes};
use super::write_page;
use crate::args::Format;
use crate::failure::Result;
use crate::output::{Sink, View, escape, human_bytes, thousands};
use crate::session::Dumps;
use heapwise_engine::diff::{self, Diff, Finding, PathTree};
use heapwise_engine::progress::Progress;
use heapwise_engine::rules::Rules;
use heapwise_engine::store::Info;
use std::fmt::Write;

/// Loaders that are told of.
const LOADERS: usize = 3;
/// Findings that are told in full to people who do not say how many, and how sure they must be.
const FULL: usize = 5;
const SURE: f64 = 0.3;

/// Compares the first and the last of the open dumps, with a trend where there are more.
pub(crate) fn compare(dumps: &Dumps, rules: &Rules, progress: &Progress) -> Result<Diff> {
    let snapshots: Vec<_> = dumps.list().iter().map(|dump| &*dump.snapshot).collect();
    let tree = PathTree::new(&snapshots, progress)?;
    Ok(diff::compare(&snapshots, &tree, rules, progress)?)
}

/// Writes the page, or the document with the same content.
pub(crate) fn write(diff: &Diff, view: View, sink: &mut Sink) -> Result<()> {
    let most = view.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    match view.format {
        Format::Table => write_page(diff, &page(diff, view.limit.map(|_| most)), view.format, sink),
        _ => {
            let findings = diff.findings.iter().take(most).cloned().collect();
            write_page(&Diff { findings, ..diff.clone() }, "", view.format, sink)
        }
    }
}

/// The page for people; `most`: how many findings in full, where they said so.
fn page(diff: &Diff, most: Option<usize>) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let mut line = |text: String| _ = writeln!(page, "{text}");
    line(format!("before  {}", dump(&diff.before)));
    line(format!("after   {}", dump(&diff.after)));
    line(format!("held    {}", signed_bytes(diff.growth_bytes)));
    for loaders in more_loaders(diff) {
        line(format!("loaders {loaders}"));
    }
    for caveat in &diff.comparable {
        line(format!("note    {}", escape(caveat)));
    }
    let sure = diff.findings.iter().filter(|finding| finding.confidence >= 0.5).count();
    if sure == 0 {
        line("\nNothing grew in a way that looks like a leak.".to_owned());
    }
    let full = |finding: &&Finding| most.is_some() || finding.confidence >= SURE;
    let shown = diff.findings.iter().filter(full).take(most.unwrap_or(FULL));
    let mut told = Vec::new();
    for finding in shown {
        line(format!("\n{}", lines(finding).join("\n")));
        told.push(finding.rank);
    }
    let rest: Vec<&Finding> = diff.findings.iter().filter(|finding| !told.contains(&finding.rank)).collect();
    if !rest.is_empty() {
        line(format!("\nalso grew ({}; --limit N shows N findings in full):", thousands(rest.len() as u64)));
        for finding in rest {
            line(format!("  {}: {}", signed_bytes(finding.growth_bytes), head(finding)));
        }
    }
    page
}

/// The loaders of which there are more, a line each.
fn more_loaders(diff: &Diff) -> impl Iterator<Item = String> {
    let more = diff.loaders.iter().filter(|row| row.loaders_after > row.loaders_before);
    more.take(LOADERS).map(|row| {
        let label = row.label();
        format!(
            "{} ({}): {} → {}, which retain {} → {}",
            escape(row.class.as_deref().unwrap_or_default()),
            escape(&label),
            thousands(row.loaders_before),
            thousands(row.loaders_after),
            human_bytes(row.retained_before),
            human_bytes(row.retained_after)
        )
    })
}

fn dump(info: &Info) -> String {
    let (objects, held) = (thousands(info.objects), human_bytes(info.retained_total));
    format!("{}: {objects} objects, {held} held", escape(&info.dump))
}
