//! One path through a growth, as objects: from a root through the row where it began down to what weighs most.

use super::census::Census;
use super::growth::Growth;
use super::rows::{NO_ROW, Rows};
use crate::id::{ClassId, ObjectId};
use crate::store::Snapshot;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// Objects from which ways upward are tried.
const SAMPLES: usize = 512;
/// Steps of all ways together: long lists are folded into one row and walked node by node.
const MOST_STEPS: usize = 400_000;

/// The rows from a root to the end of a growth, with an object for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Spine {
    /// The rows.
    pub(super) rows: Vec<u32>,
    /// An object in each row, each held by the one before; empty where no way was found.
    pub(super) objects: Vec<u32>,
    /// The objects at which ways from the samples ended, in the first row, with the number of ways: the most first.
    pub(super) tops: Vec<(u32, u64)>,
}

/// The rows from the root down to the row where `growth` began and on to what has grown most, down to `last` where given.
pub(super) fn spine_rows(growth: &Growth, rows: &Rows, last: Option<u32>) -> Vec<u32> {
    if let Some(last) = last {
        return rows.path(last);
    }
    let mut weight: BTreeMap<u32, i64> = BTreeMap::new();
    for part in &growth.parts {
        for row in rows.upward(part.row).take_while(|&row| row != growth.row) {
            *weight.entry(row).or_default() += part.bytes;
        }
    }
    let mut path = rows.path(growth.row);
    let mut here = growth.row;
    // Rows are numbered from the root down, so that this ends.
    while let Some((&next, _)) = weight
        .iter()
        .filter(|(row, bytes)| rows.parent[**row as usize] == here && **bytes > 0)
        .max_by_key(|(row, bytes)| (**bytes, Reverse(**row)))
    {
        path.push(next);
        here = next;
    }
    path
}

/// Finds objects for `path`, rows from a root down, in a dump with the census `census`; the samples are of its row `sampled`.
pub(super) fn spine(snapshot: &Snapshot, census: &Census, path: Vec<u32>, sampled: usize) -> Spine {
    let mut spine = Spine { rows: path, ..Spine::default() };
    let Some(&row) = spine.rows.get(sampled) else { return spine };
    let objects = census.objects(row);
    let step = objects.len().div_ceil(SAMPLES).max(1);
    let mut left = MOST_STEPS;
    let mut ways: BTreeMap<u32, (u64, Vec<u32>)> = BTreeMap::new();
    for &object in objects.iter().step_by(step) {
        let Some(way) = upward(snapshot, census, &spine.rows[..=sampled], object, &mut left) else {
            continue;
        };
        let Some(&top) = way.first() else { continue };
        ways.entry(top).or_insert((0, way)).0 += 1;
    }
    spine.tops = ways.iter().map(|(&top, &(count, _))| (top, count)).collect();
    spine.tops.sort_by_key(|&(top, count)| (Reverse(count), top));
    if let Some((_, way)) = spine.tops.first().and_then(|top| ways.remove(&top.0)) {
        spine.objects = way;
        extend_down(snapshot, census, &mut spine);
    }
    spine
}

/// The objects from a root's down to `object`, one for each row: in a row of nodes that refer to each other the one that the
/// row above refers to.
fn upward(
    snapshot: &Snapshot,
    census: &Census,
    rows: &[u32],
    object: u32,
    left: &mut usize,
) -> Option<Vec<u32>> {
    let mut way = vec![object; rows.len()];
    let mut here = object;
    for at in (1..rows.len()).rev() {
        let (entry, above) = entry(snapshot, census, (rows[at - 1], rows[at]), here, left)?;
        way[at] = entry;
        here = above;
    }
    *way.first_mut()? = here;
    Some(way)
}

/// The object of `row` nearest to `object`, itself one of it, to which one of `above` refers, and that one.
fn entry(
    snapshot: &Snapshot,
    census: &Census,
    (above, row): (u32, u32),
    object: u32,
    left: &mut usize,
) -> Option<(u32, u32)> {
    let mut open = VecDeque::from([object]);
    let mut seen = HashSet::from([object]);
    while let Some(here) = open.pop_front() {
        *left = left.checked_sub(1)?;
        for holder in holders(snapshot, census, here, above) {
            let found = census.row_of[holder as usize];
            if found == above {
                return Some((here, holder));
            }
            if found == row && seen.insert(holder) {
                open.push_back(holder);
            }
        }
    }
    None
}

/// Who refers to an object; instances of its class, if it is a class object, are looked for in the row `above` alone.
fn holders<'a>(
    snapshot: &'a Snapshot,
    census: &'a Census,
    object: u32,
    above: u32,
) -> impl Iterator<Item = u32> + 'a {
    let stored = census.inbound.of(object as usize).iter().copied();
    let others = snapshot.referrers().others(object).iter().map(|other| other.2);
    let class: Option<ClassId> = snapshot.class_of_object(ObjectId(object));
    let instances = class.map(|class| snapshot.instances(&[class], snapshot.ids())).unwrap_or_default();
    let instances = instances.into_iter().filter(move |&instance| census.row_of[instance as usize] == above);
    stored.chain(others).chain(instances)
}

/// Goes on from the last object to objects of the rows that are left, as far as it refers to some.
fn extend_down(snapshot: &Snapshot, census: &Census, spine: &mut Spine) {
    while spine.objects.len() < spine.rows.len() {
        let Some(&here) = spine.objects.last() else { return };
        let row = spine.rows[spine.objects.len()];
        let mut next = NO_ROW;
        crate::holders::each_reference(snapshot, ObjectId(here), |_, to| {
            if next == NO_ROW && census.row_of[to.index()] == row {
                next = to.0;
            }
        });
        if next == NO_ROW {
            return;
        }
        spine.objects.push(next);
    }
}
