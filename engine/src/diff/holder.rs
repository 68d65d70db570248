//! Who holds a growth, by name.

use super::confidence::ratio;
use super::finding::{Holder, OtherHolder};
use super::growth::Growth;
use super::place::Place;
use super::rows::NO_ROW;
use super::starts::CLASS_ROOT;
use super::tree::PathTree;
use crate::id::ObjectId;
use crate::language::java::thread_facts;
use crate::store::{RootKind, Snapshot};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

/// Others of a kind that are named.
const NAMED: usize = 8;
/// Objects whose holders are looked at.
const SAMPLES: usize = 1000;
/// Holders of one object that are looked at.
const MOST_HOLDERS: usize = 64;
/// The least part of the objects that another holder must hold to be told.
const LEAST_SHARE: f64 = 0.2;

/// The first object of the path, with the part of the ways that end there.
pub(super) fn holder(tree: &PathTree, snapshot: &Snapshot, place: &Place) -> Holder {
    let spine = &place.spine;
    let root = spine.rows.first().copied().unwrap_or(NO_ROW);
    if root == NO_ROW {
        return Holder::default();
    }
    let kind = tree.root_kind(root).to_owned();
    let name_of = |object: u32| thread_facts(snapshot, ObjectId(object)).name.filter(|name| !name.is_empty());
    let all: u64 = spine.tops.iter().map(|top| top.1).sum();
    let is_thread = kind == "thread";
    let share = spine.tops.first().filter(|_| is_thread).map_or(1.0, |top| ratio(top.1, all));
    let name = match tree.via(root) {
        CLASS_ROOT => Some(tree.owner(&spine.rows)),
        _ if is_thread => spine.objects.first().and_then(|&object| name_of(object)),
        _ => None,
    };
    let others = spine.tops.iter().skip(1).filter(|_| is_thread).filter_map(|top| name_of(top.0));
    Holder {
        class: tree.class(root).to_owned(),
        name,
        root: kind,
        frame: spine.objects.get(1).filter(|_| is_thread).and_then(|&local| frame(snapshot, spine.objects[0], local)),
        share: (share * 100.0).round() / 100.0,
        others: others.take(NAMED).collect(),
    }
}

/// The method that has `local` in a local variable of `thread`.
fn frame(snapshot: &Snapshot, thread: u32, local: u32) -> Option<String> {
    let stacks = snapshot.stacks();
    let roots = stacks.roots_of(ObjectId(local)).iter().filter(|root| root.kind == RootKind::JavaFrame);
    let mine = |row: u32| stacks.threads.get(row as usize).and_then(|row| row.object) == Some(ObjectId(thread));
    let root = roots.filter(|root| root.thread.is_some_and(mine)).max_by_key(|root| root.frame)?;
    let frame = stacks.frames.get(root.frame? as usize)?;
    Some(format!("{}.{}", frame.class, frame.method))
}

/// Who else refers to the leaked objects from outside of the growth, the most objects first.
pub(super) fn others(tree: &PathTree, snapshot: &Snapshot, dump: usize, place: &Place) -> Vec<OtherHolder> {
    let census = &tree.dumps[dump];
    let Some(&row) = place.spine.rows.get(place.leaked) else { return Vec::new() };
    let objects: Vec<u32> = census.objects(row).collect();
    let step = objects.len().div_ceil(SAMPLES).max(1);
    let inside: HashSet<u32> = inside(tree, place);
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    let mut sampled = 0u64;
    for &object in objects.iter().step_by(step) {
        sampled += 1;
        let stored = snapshot.inbound().of(object as usize).iter().copied();
        let others = snapshot.referrers().others(object).iter().filter(|other| snapshot.weakest().counts(other.1));
        let rows = stored.chain(others.map(|other| other.2)).take(MOST_HOLDERS);
        let outside = rows.map(|holder| census.row_of[holder as usize]).filter(|row| !inside.contains(row));
        let outside: HashSet<u32> = outside.collect();
        outside.into_iter().for_each(|row| *counts.entry(row).or_default() += 1);
    }
    let share = |count: u64| (ratio(count, sampled) * 100.0).round() / 100.0;
    let mut others: Vec<(u64, OtherHolder)> = counts
        .into_iter()
        .map(|(row, count)| (count, OtherHolder { name: tree.place(row), share: share(count) }))
        .filter(|(_, other)| other.share >= LEAST_SHARE)
        .collect();
    others.sort_by_key(|(count, _)| Reverse(*count));
    others.into_iter().take(NAMED).map(|(_, other)| other).collect()
}

/// The rows of the path, of the growth, and below it.
fn inside(tree: &PathTree, place: &Place) -> HashSet<u32> {
    let Growth { parts, .. } = &place.growth;
    let grown = parts.iter().filter(|part| tree.rows.upward(part.row).any(|row| row == place.growth.row));
    place.spine.rows.iter().copied().chain(grown.map(|part| part.row)).collect()
}
