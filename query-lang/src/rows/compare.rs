//! Rows about two or more dumps, and about what one makes suspect.

use super::{Call, Cell, Sink};
use heapwise_engine::diff::{self, EdgeTotal, Finding, NO_ROW, PathTree, Survival, Trend};
use heapwise_engine::error::Result;
use std::sync::Arc;

pub(super) fn classes(call: &Call, sink: &mut Sink<'_>) -> Result<()> {
    let Some(first) = call.dumps.first() else { return Ok(()) };
    first.diff(&call.dumps, &sink.cancel().clone(), |found| {
        sink.each(&found.classes, |sink, class| {
            sink.push(&[
                Cell::Text(&class.class),
                text(class.loader.as_deref()),
                text(Some(class.loader_label.as_str()).filter(|label| !label.is_empty())),
                Cell::count(class.instances_before),
                Cell::count(class.instances_after),
                Cell::count(class.shallow_before),
                Cell::count(class.shallow_after),
                Cell::count(class.retained_before),
                Cell::count(class.retained_after),
            ])
        })
    })
}

pub(super) fn loaders(call: &Call, sink: &mut Sink<'_>) -> Result<()> {
    let Some(first) = call.dumps.first() else { return Ok(()) };
    first.diff(&call.dumps, &sink.cancel().clone(), |found| {
        sink.each(&found.loaders, |sink, row| {
            let label = row.label();
            let names = [
                text(row.class.as_deref()),
                text(Some(label.as_str()).filter(|label| !label.is_empty())),
                text(row.package.as_deref()),
            ];
            let counts = [
                row.loaders_before,
                row.loaders_after,
                row.classes_before,
                row.classes_after,
                row.instances_before,
                row.instances_after,
                row.shallow_before,
                row.shallow_after,
                row.retained_before,
                row.retained_after,
            ];
            let cells: Vec<Cell<'_>> = names.into_iter().chain(counts.map(Cell::count)).collect();
            sink.push(&cells)
        })
    })
}

pub(super) fn growth(call: &Call, sink: &mut Sink<'_>) -> Result<()> {
    let Some(first) = call.dumps.first() else { return Ok(()) };
    first.diff(&call.dumps, &sink.cancel().clone(), |found| {
        sink.each(&found.findings, |sink, finding| {
            let leaked = &finding.leaked;
            let (edge, path) = (edge(finding), path(finding));
            let survival = |of: fn(&Survival) -> u64| {
                finding.identity.as_ref().map_or(Cell::Null, |known| Cell::count(of(known)))
            };
            sink.push(&[
                Cell::count(finding.rank.into()),
                Cell::Text(&leaked.class),
                Cell::Text(holder(finding)),
                Cell::Number(finding.growth_bytes),
                Cell::count(finding.growth_objects),
                Cell::Float(finding.confidence),
                Cell::Text(finding.category),
                Cell::Text(finding.strength),
                text(finding.rule.as_deref()),
                text(edge.as_deref()),
                Cell::count(leaked.instances_before),
                Cell::count(leaked.instances_after),
                Cell::count(leaked.retained_before),
                Cell::count(leaked.retained_after),
                survival(|known| known.new),
                survival(|known| known.survived),
                survival(|known| known.reused),
                finding.freed.map_or(Cell::Null, Cell::count),
                text(finding.trend),
                Cell::Text(&path),
                Cell::Text(&finding.explanation),
                text(Some(finding.mend.as_str()).filter(|mend| !mend.is_empty())),
            ])
        })
    })
}

pub(super) fn suspects(call: &Call, sink: &mut Sink<'_>) -> Result<()> {
    let tree = call.dump.path_tree(&[Arc::clone(&call.dump)], sink.cancel())?;
    let rules = call.dump.rules()?;
    let found = diff::suspects(&call.dump.snapshot, &tree, &rules, sink.cancel().progress())?;
    sink.each(&found.suspects, |sink, finding| {
        let (edge, path) = (edge(finding), path(finding));
        sink.push(&[
            Cell::count(finding.rank.into()),
            Cell::Text(&finding.leaked.class),
            Cell::Text(holder(finding)),
            Cell::Number(finding.growth_bytes),
            Cell::count(finding.growth_objects),
            Cell::Float(finding.confidence),
            text(finding.rule.as_deref()),
            text(edge.as_deref()),
            Cell::count(finding.leaked.instances_after),
            Cell::count(finding.leaked.retained_after),
            finding.freed.map_or(Cell::Null, Cell::count),
            Cell::Text(&path),
            Cell::Text(&finding.explanation),
            text(Some(finding.mend.as_str()).filter(|mend| !mend.is_empty())),
        ])
    })
}

pub(super) fn edges(call: &Call, sink: &mut Sink<'_>) -> Result<()> {
    let [before, .., after] = call.dumps.as_slice() else { return Ok(()) };
    let found = diff::edges(&before.snapshot, &after.snapshot, sink.cancel().progress())?;
    sink.each(&found, |sink, edge| {
        let pair = |of: fn(&EdgeTotal) -> u64| [of(&edge.before), of(&edge.after)].map(Cell::count);
        let names = [&edge.owner, &edge.via, &edge.target].map(|name| Cell::Text(name));
        let counts = [
            pair(|total| total.references),
            pair(|total| total.owners),
            pair(|total| total.targets),
            pair(|total| total.bytes),
        ];
        let cells =
            names.into_iter().chain([Cell::Text(edge.category())]).chain(counts.into_iter().flatten());
        sink.push(&cells.collect::<Vec<_>>())
    })
}

pub(super) fn path_tree(call: &Call, sink: &mut Sink<'_>) -> Result<()> {
    let Some(first) = call.dumps.first() else { return Ok(()) };
    let tree = first.path_tree(&call.dumps, sink.cancel())?;
    let [before, .., after] = tree.dumps.as_slice() else { return Ok(()) };
    let (total_before, total_after) = (tree.totals(0), tree.totals(tree.dumps.len() - 1));
    sink.each(0..u32::try_from(tree.rows.len()).unwrap_or(NO_ROW), |sink, row| {
        let at = row as usize;
        let series: Vec<u64> = tree.dumps.iter().map(|dump| dump.count(row)).collect();
        let place = tree.place(row);
        sink.push(&[
            Cell::count(u64::from(row) + 1),
            parent(&tree, row),
            Cell::count(tree.rows.depth[at].into()),
            Cell::Text(tree.via(row)),
            Cell::Text(tree.class(row)),
            Cell::Text(tree.rows.strength[at].name()),
            Cell::count(before.count(row)),
            Cell::count(after.count(row)),
            Cell::count(before.bytes(row)),
            Cell::count(after.bytes(row)),
            Cell::count(total_before[at]),
            Cell::count(total_after[at]),
            text(Trend::of(&series).map(Trend::name)),
            Cell::Text(&place),
        ])
    })
}

fn parent(tree: &PathTree, row: u32) -> Cell<'static> {
    match tree.rows.parent[row as usize] {
        NO_ROW => Cell::Null,
        parent => Cell::count(u64::from(parent) + 1),
    }
}

fn text(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Null, Cell::Text)
}

fn holder(finding: &Finding) -> &str {
    finding.holder.name.as_deref().unwrap_or(&finding.holder.root)
}

fn edge(finding: &Finding) -> Option<String> {
    finding.implicit_edge.as_ref().map(ToString::to_string)
}

fn path(finding: &Finding) -> String {
    let steps = finding.path.iter().map(|step| match &step.via {
        Some(via) => format!("{via}: {}", step.class),
        None => step.class.clone(),
    });
    steps.collect::<Vec<_>>().join(" → ")
}
