//! Growth between two dumps, charged to the rows of the path tree where it began.

use super::rows::{NO_ROW, Rows};
use super::symbols::Symbol;
use super::tree::PathTree;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What began to grow in one row, with all that grew because of it.
#[derive(Clone, Debug)]
pub struct Growth {
    /// The row.
    pub row: u32,
    /// Objects in the row that its parent's growth does not explain.
    pub objects: u64,
    /// Bytes that are charged to the row: its own, and those of rows below that grew with it.
    pub bytes: i64,
    /// The same by row.
    pub parts: Vec<Part>,
}

/// The part of a growth that lies in one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The row.
    pub row: u32,
    /// Objects more.
    pub objects: i64,
    /// Bytes more.
    pub bytes: i64,
}

/// The growth from dump `before` to dump `after` of a tree, the largest first, then by row.
///
/// A row is expected to have grown as its parent did: what exceeds that began in the row, the rest is charged to where
/// the parent's growth began. A row that `before` lacks is expected in the same part of the new parents as of all. So each
/// byte of growth is charged once. Growth in size alone, as of the array of a list, goes to the growth that
/// begins in its elements. Cost: O(rows).
pub fn growth(tree: &PathTree, before: usize, after: usize) -> Vec<Growth> {
    let charges = Charges::new(tree, before, after);
    let mut growths: BTreeMap<u32, Growth> = BTreeMap::new();
    for (owner, part) in charges.parts {
        let growth =
            growths.entry(owner).or_insert(Growth { row: owner, objects: 0, bytes: 0, parts: vec![] });
        growth.bytes += part.bytes;
        growth.parts.push(part);
    }
    for growth in growths.values_mut() {
        growth.objects = charges.excess[growth.row as usize];
    }
    merge_arrays(&mut growths, &tree.rows);
    let mut growths: Vec<Growth> = growths.into_values().collect();
    growths.sort_by_key(|growth| (Reverse(growth.bytes), growth.row));
    growths
}

impl Growth {
    /// What grew by class: objects and bytes, the most bytes first.
    pub fn by_class(&self, rows: &Rows) -> Vec<(Symbol, i64, i64)> {
        let mut sums: BTreeMap<Symbol, (i64, i64)> = BTreeMap::new();
        for part in &self.parts {
            let sum = sums.entry(rows.class[part.row as usize]).or_default();
            *sum = (sum.0 + part.objects, sum.1 + part.bytes);
        }
        let mut classes: Vec<_> =
            sums.into_iter().map(|(class, (objects, bytes))| (class, objects, bytes)).collect();
        classes.sort_by_key(|&(class, _, bytes)| (Reverse(bytes), class));
        classes
    }

    /// Takes the parts of `other` in.
    pub(super) fn merge(&mut self, other: Growth) {
        self.bytes += other.bytes;
        self.parts.extend(other.parts);
    }
}

struct Charges {
    /// By row: objects more than expected.
    excess: Vec<u64>,
    /// The row where each part of the growth began, with the part.
    parts: Vec<(u32, Part)>,
}

impl Charges {
    fn new(tree: &PathTree, before: usize, after: usize) -> Charges {
        let (a, b) = (&tree.dumps[before], &tree.dumps[after]);
        let rows = u32::try_from(tree.rows.len()).unwrap_or(NO_ROW);
        // Where most of the growth of each row began; `NO_ROW` where it did not grow in number.
        let mut owner = vec![NO_ROW; tree.rows.len()];
        let mut charges = Charges { excess: vec![0; tree.rows.len()], parts: Vec::new() };
        for row in 0..rows {
            let (old, new) = (a.count(row), b.count(row));
            let bytes = signed(b.bytes(row)) - signed(a.bytes(row));
            let part = |objects: i64, bytes| Part { row, objects, bytes };
            if new <= old {
                if bytes > 0 {
                    charges.parts.push((row, part(signed(new) - signed(old), bytes)));
                }
                continue;
            }
            let parent = tree.rows.parent[row as usize];
            let inherited = match owner.get(parent as usize) {
                None | Some(&NO_ROW) => 0,
                Some(_) => inherited((old, new), (a.count(parent), b.count(parent))),
            };
            let own = new - old - inherited;
            let shared = scaled(bytes, inherited, new - old);
            if inherited > 0 {
                charges.parts.push((owner[parent as usize], part(signed(inherited), shared)));
            }
            if own > 0 {
                charges.parts.push((row, part(signed(own), bytes - shared)));
            }
            charges.excess[row as usize] = own;
            owner[row as usize] = if own >= inherited { row } else { owner[parent as usize] };
        }
        charges
    }
}

/// How many of the objects that a row has more its parent's growth explains.
fn inherited((old, new): (u64, u64), (old_parents, new_parents): (u64, u64)) -> u64 {
    let more = new - old;
    if new_parents <= old_parents {
        return 0;
    }
    let (more_parents, wide) = (u128::from(new_parents - old_parents), u128::from);
    let expected = match (old, old_parents) {
        (_, 0) => wide(more),
        (0, _) => wide(new) * more_parents / wide(new_parents),
        (old, _) => wide(old) * more_parents / wide(old_parents),
    };
    u64::try_from(expected).unwrap_or(u64::MAX).min(more)
}

/// `bytes * part / whole`.
fn scaled(bytes: i64, part: u64, whole: u64) -> i64 {
    let scaled = i128::from(bytes) * i128::from(part) / i128::from(whole.max(1));
    i64::try_from(scaled).unwrap_or(bytes)
}

/// Rows that grew in bytes alone are containers: their growth belongs to that of the largest row below.
fn merge_arrays(growths: &mut BTreeMap<u32, Growth>, rows: &Rows) {
    let grown: Vec<u32> =
        growths.values().filter(|growth| growth.objects == 0).map(|growth| growth.row).collect();
    for row in grown.into_iter().rev() {
        let below =
            growths.values().filter(|growth| growth.objects > 0 && rows.parent[growth.row as usize] == row);
        let below = below.max_by_key(|growth| (growth.bytes, Reverse(growth.row))).map(|growth| growth.row);
        let Some(below) = below.filter(|below| *below != row) else { continue };
        if let Some(array) = growths.remove(&row)
            && let Some(growth) = growths.get_mut(&below)
        {
            growth.merge(array);
        }
    }
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
