//! Who holds a growth, by name.

use super::census::Census;
use super::confidence::ratio;
use super::finding::{Holder, OtherHolder};
use super::growth::Growth;
use super::place::Place;
use super::rows::NO_ROW;
use super::starts::CLASS_ROOT;
use super::tree::PathTree;
use crate::format::go::exe::is_wrapper_name;
use crate::id::ObjectId;
use crate::language::java::thread_facts;
use crate::store::{Frame, RootKind, Snapshot};
use std::collections::{BTreeMap, HashSet};

/// What the kind of a goroutine's root is.
const GOROUTINE: &str = "goroutine";
/// Others of a kind that are named.
const NAMED: usize = 8;
/// Objects whose holders are looked at.
const SAMPLES: usize = 1000;
/// Rows whose objects' holders are looked at.
const MOST_ROWS: usize = 12;
/// Holders of one object that are looked at.
const MOST_HOLDERS: usize = 64;
/// The least part of the objects that another holder must hold to be told.
const LEAST_SHARE: f64 = 0.2;

/// The first object of the path, with the part of the ways that end there, in dump `dump` of the tree.
pub(super) fn holder(tree: &PathTree, snapshot: &Snapshot, dump: usize, place: &Place) -> Holder {
    let spine = &place.spine;
    let root = spine.rows.first().copied().unwrap_or(NO_ROW);
    if root == NO_ROW {
        return Holder::default();
    }
    let go = tree.go_root(root);
    let kind = go.map_or(tree.root_kind(root), |(kind, _)| kind).to_owned();
    let name_of = |object: u32| thread_facts(snapshot, ObjectId(object)).name.filter(|name| !name.is_empty());
    let all: u64 = spine.tops.iter().map(|top| top.1).sum();
    let is_thread = kind == "thread";
    let share = spine.tops.first().filter(|_| is_thread).map_or(1.0, |top| ratio(top.1, all));
    let name = match tree.via(root) {
        CLASS_ROOT => Some(tree.owner(&spine.rows)),
        _ if is_thread => spine.objects.first().and_then(|&object| name_of(object)),
        _ => go.map(|(_, name)| name.to_owned()),
    };
    let others = spine.tops.iter().skip(1).filter(|_| is_thread).filter_map(|top| name_of(top.0));
    Holder {
        class: tree.class(root).to_owned(),
        name,
        frame: match spine.objects[..] {
            [thread, local, ..] if is_thread || kind == GOROUTINE => frame(snapshot, thread, local),
            _ => None,
        },
        state: match spine.objects.first() {
            Some(&thread) if is_thread => thread_facts(snapshot, ObjectId(thread)).state.map(str::to_owned),
            Some(&goroutine) if kind == GOROUTINE => waits(snapshot, ObjectId(goroutine)),
            _ => None,
        },
        count_before: if dump == 0 { 0 } else { tree.dumps[0].count(root) },
        count_after: tree.dumps[dump].count(root),
        share: (share * 100.0).round() / 100.0,
        others: others.take(NAMED).collect(),
        root: kind,
    }
}

/// Why a goroutine waits, or else its state.
fn waits(snapshot: &Snapshot, object: ObjectId) -> Option<String> {
    let goroutines = &snapshot.go()?.records(snapshot.dump().bytes()).goroutines;
    let address = snapshot.address(object).0;
    let goroutine = goroutines.iter().find(|goroutine| goroutine.address == address)?;
    let reason = Some(goroutine.reason()).filter(|reason| !reason.is_empty());
    Some(reason.unwrap_or(goroutine.status_name()).to_owned())
}

/// The method that has `local` in a local variable of `thread`.
fn frame(snapshot: &Snapshot, thread: u32, local: u32) -> Option<String> {
    let stacks = snapshot.stacks();
    let is_frame =
        |kind| matches!(kind, RootKind::JavaFrame | RootKind::GoFrame | RootKind::ConservativeFrame);
    let roots = stacks.roots_of(ObjectId(local)).iter().filter(|root| is_frame(root.kind));
    let mine =
        |row: u32| stacks.threads.get(row as usize).and_then(|row| row.object) == Some(ObjectId(thread));
    let frames = roots.filter(|root| root.thread.is_some_and(mine)).filter_map(|root| root.frame);
    let named = |frame: u32| stacks.frames.get(frame as usize).map(|named| (frame, named));
    let written = |frame: &(u32, &Frame)| !is_wrapper_name(&frame.1.name());
    let (_, frame) = frames.filter_map(named).filter(written).max_by_key(|frame| frame.0)?;
    Some(frame.name())
}

/// Who else refers, from outside of the growth, to the objects where it began, to those that are leaked or to those
/// between; the most objects first.
pub(super) fn others(tree: &PathTree, snapshot: &Snapshot, dump: usize, place: &Place) -> Vec<OtherHolder> {
    let inside: HashSet<u32> = inside(tree, place);
    let mut shares: BTreeMap<u32, f64> = BTreeMap::new();
    let between = place.spine.rows.get(place.began..=place.leaked.max(place.began)).unwrap_or_default();
    for &row in between.iter().take(MOST_ROWS) {
        for (holder, part) in outside(snapshot, &tree.dumps[dump], row, &inside) {
            let share = shares.entry(holder).or_default();
            *share = share.max(part);
        }
    }
    let other = |(row, share): (u32, f64)| OtherHolder { name: tree.place(row), share };
    let told = shares.into_iter().filter(|&(row, share)| share >= LEAST_SHARE && !tree.is_of_runtime(row));
    let mut others: Vec<OtherHolder> = told.map(other).collect();
    others.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.name.cmp(&b.name)));
    others.truncate(NAMED);
    others
}

/// The rows but those `inside` that hold objects of `row`, each with the part of them, in hundredths.
fn outside(snapshot: &Snapshot, census: &Census, row: u32, inside: &HashSet<u32>) -> BTreeMap<u32, f64> {
    let objects = census.objects(row);
    let step = objects.len().div_ceil(SAMPLES).max(1);
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    let mut sampled = 0u64;
    for &object in objects.iter().step_by(step) {
        sampled += 1;
        let stored = census.inbound.of(object as usize).iter().copied();
        let others = snapshot.referrers().others(object).iter();
        let others = others.filter(|other| snapshot.weakest().counts(other.1)).map(|other| other.2);
        let holders = stored.chain(others).take(MOST_HOLDERS);
        let rows = holders.map(|holder| census.row_of[holder as usize]).filter(|row| !inside.contains(row));
        let rows: HashSet<u32> = rows.collect();
        rows.into_iter().for_each(|row| *counts.entry(row).or_default() += 1);
    }
    let share = |count: u64| (ratio(count, sampled) * 100.0).round() / 100.0;
    counts.into_iter().map(|(row, count)| (row, share(count))).collect()
}

/// The rows of the path, of the growth, and below it.
fn inside(tree: &PathTree, place: &Place) -> HashSet<u32> {
    let Growth { parts, .. } = &place.growth;
    let grown = parts.iter().filter(|part| tree.rows.upward(part.row).any(|row| row == place.growth.row));
    place.spine.rows.iter().copied().chain(grown.map(|part| part.row)).collect()
}
