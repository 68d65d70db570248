//! What one dump alone makes suspect: places of the path tree behind which much of the heap lies.

use super::bound::bound;
use super::confidence::{Evidence, suspicion};
use super::explain::explain;
use super::finding::{Finding, Leaked};
use super::freed::freed;
use super::growth::{Growth, Part, signed};
use super::join::join;
use super::place::{Place, Placer};
use super::rows::NO_ROW;
use super::tree::PathTree;
use crate::error::Result;
use crate::graph::Strength;
use crate::holders::Removals;
use crate::progress::{Progress, Unit};
use crate::rules::Rules;
use crate::store::{Info, Snapshot};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The least part of the heap that is suspect, as its inverse: a twentieth. Eclipse MAT's leak hunter takes a tenth.
const PART: u64 = 20;
/// A row that has so many times as many objects as the one above is where they pile up.
const PILE: u64 = 16;
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
/// Three views find them: rows of the path tree (all objects of one class by one path: groups that no single object
/// dominates too), single objects that retain so much, and classes of many objects that nothing dominates, which are rows
/// as well. `tree` is the tree of `snapshot` alone.
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
    let removals = Removals::default();
    let mut suspects = Vec::new();
    for place in join(tree, snapshot, 0, places) {
        progress.check()?;
        let mut finding = finding(snapshot, tree, &place, &removals, progress)?;
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

/// The rows where at least `least` bytes pile up, each with all below it that is in no other one.
fn piles(tree: &PathTree, least: u64) -> Vec<Growth> {
    let census = &tree.dumps[0];
    let rows = &tree.rows;
    let count = u32::try_from(rows.len()).unwrap_or(NO_ROW);
    let below = tree.totals(0);
    let mut heavy = vec![0u64; rows.len()];
    for (&bytes, &parent) in below.iter().zip(&rows.parent).filter(|row| *row.0 >= least) {
        if let Some(above) = heavy.get_mut(parent as usize) {
            *above += bytes;
        }
    }
    // Behind these rows so much lies that is not behind one of their children alone.
    let is_end = |row: &u32| {
        let row = *row as usize;
        rows.strength[row] != Strength::Unreachable && below[row] >= least && below[row] - heavy[row] >= least
    };
    let mut owner = vec![NO_ROW; rows.len()];
    for row in (0..count).filter(is_end) {
        let pile = pile(tree, row);
        owner[pile as usize] = pile;
    }
    let mut growths: BTreeMap<u32, Growth> = BTreeMap::new();
    for row in 0..count {
        if owner[row as usize] == NO_ROW {
            owner[row as usize] = owner.get(rows.parent[row as usize] as usize).copied().unwrap_or(NO_ROW);
        }
        let owner = owner[row as usize];
        if owner == NO_ROW || census.count(row) == 0 {
            continue;
        }
        let part = Part { row, objects: signed(census.count(row)), bytes: signed(census.bytes(row)) };
        let growth =
            growths.entry(owner).or_insert(Growth { row: owner, objects: 0, bytes: 0, parts: vec![] });
        growth.objects = census.count(owner);
        growth.bytes += part.bytes;
        growth.parts.push(part);
    }
    growths.into_values().filter(|growth| growth.bytes >= signed(least)).collect()
}

/// The first row on the path to `row` that has many times as many objects as the one above; else `row`.
fn pile(tree: &PathTree, row: u32) -> u32 {
    let census = &tree.dumps[0];
    let upward: Vec<u32> = tree.rows.upward(row).collect();
    let jump =
        upward.windows(2).rev().find(|pair| census.count(pair[0]) / PILE >= census.count(pair[1]).max(1));
    match (jump, upward.last()) {
        (Some(pair), _) => pair[0],
        (None, Some(&root)) if census.count(root) >= PILE => root,
        _ => row,
    }
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
