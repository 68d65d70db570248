//! What one dump alone makes suspect: places of the path tree behind which much of the heap lies.

use super::bound::bound;
use super::confidence::{Evidence, suspicion};
use super::explain::explain;
use super::finding::{Finding, Leaked};
use super::freed::freed;
use super::join::join;
use super::piles::piles;
use super::place::{Place, Placer};
use super::points::Points;
use super::tree::PathTree;
use crate::error::Result;
use crate::holders::Removals;
use crate::progress::{Progress, Unit};
use crate::rules::Rules;
use crate::store::{Info, Snapshot};
use serde::Serialize;
use std::cmp::Reverse;

/// The least part of the heap that is suspect, as its inverse: a twentieth. Eclipse MAT's leak hunter takes a tenth.
const PART: u64 = 20;
/// Suspects for which it is computed what a cut would free.
const FREED: usize = 3;

/// The suspects of one dump.
#[derive(Clone, Debug, Serialize)]
pub struct Suspects {
    /// What the dump is.
    pub dump: Info,
    /// The surest and largest first; counts and sizes "before" are 0.
    pub suspects: Vec<Finding>,
}

/// The places of a dump behind which a twentieth of what is held lies or more, with who holds it.
///
/// Rows of the path tree find them: whatever a single object dominates lies below its row, and groups of objects that
/// nothing dominates are rows as well; groups that many paths lead to, a few to each, are found by their class. Each has the
/// accumulation point in the dominator tree, if a single object holds most of it. `tree` is the tree of `snapshot` alone.
///
/// # Errors
/// The columns of the index do not fit together, or `progress` was cancelled.
pub fn suspects(
    snapshot: &Snapshot,
    tree: &PathTree,
    rules: &Rules,
    progress: &Progress,
) -> Result<Suspects> {
    progress.begin("suspects", Unit::Objects, 0);
    let least = (snapshot.info().retained_total / PART).max(1);
    let placer = Placer { tree, snapshot, dump: 0, rules };
    let mut growths = piles(tree, least);
    growths.sort_by_key(|growth| (Reverse(growth.bytes), growth.row));
    let places: Vec<Place> = growths.into_iter().map(|growth| placer.place(growth)).collect();
    let points = Points::new(snapshot, least, progress)?;
    let removals = Removals::default();
    let mut suspects = Vec::new();
    for place in join(tree, snapshot, 0, places) {
        progress.check()?;
        let mut finding = finding(snapshot, tree, &place, &removals, progress)?;
        finding.accumulation = points.of(&tree.dumps[0], &place);
        if suspects.len() < FREED {
            finding.freed = freed(tree, snapshot, 0, &place, &removals, progress)?;
        }
        suspects.push(finding);
    }
    suspects.sort_by_key(|finding| Reverse(finding.growth_bytes));
    (1..).zip(&mut suspects).for_each(|(rank, finding)| finding.rank = rank);
    progress.end();
    Ok(Suspects { dump: snapshot.info().clone(), suspects })
}

fn finding(
    snapshot: &Snapshot,
    tree: &PathTree,
    place: &Place,
    removals: &Removals,
    progress: &Progress,
) -> Result<Finding> {
    let growth = &place.growth;
    let rule = place.found.as_ref().map(|found| found.rule);
    let strength = place.path().iter().map(|&row| tree.rows.strength[row as usize]).max();
    let owners = tree.dumps[0].count(tree.rows.parent[growth.row as usize]).max(1);
    let evidence = Evidence {
        bytes: u64::try_from(growth.bytes).unwrap_or(0),
        heap: snapshot.info().retained_total,
        application: place.application,
        bound: bound(snapshot, place, growth.objects / owners),
        strength,
        rule,
        comparable: 1.0,
        ..Evidence::default()
    };
    let (confidence, reasons) = suspicion(&evidence);
    let mut finding = Finding {
        category: "suspect",
        confidence,
        reasons,
        strength: strength.map_or("strong", |strength| strength.name()),
        growth_bytes: growth.bytes,
        growth_objects: growth.objects,
        leaked: leaked(snapshot, place.leaked_class(tree), removals, progress)?,
        ..place.told(tree, snapshot, 0)
    };
    let here = place.grown(tree, &finding.leaked.class);
    explain(&mut finding, here, rule, evidence.bound.as_ref());
    Ok(finding)
}

/// All instances of a class, under the name that dumps share.
fn leaked(snapshot: &Snapshot, name: &str, removals: &Removals, progress: &Progress) -> Result<Leaked> {
    let classes = super::classes::of_name(snapshot, name);
    let set = snapshot.instances(&classes, snapshot.ids()).into_iter().collect();
    let retained = match classes[..] {
        [one] => snapshot.held().class_retained[one.index()],
        _ => removals.retained_size(snapshot, &set, progress)?,
    };
    Ok(Leaked {
        class: name.to_owned(),
        instances_after: set.len(),
        retained_after: retained,
        ..Leaked::default()
    })
}
