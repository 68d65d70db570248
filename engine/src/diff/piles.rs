//! Where one dump piles up: rows of the path tree behind which much lies, and classes that many paths lead to.

use super::growth::{Growth, Part, signed};
use super::rows::{NO_ROW, Rows};
use super::symbols::Symbol;
use super::tree::PathTree;
use crate::graph::Strength;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A row that has so many times as many objects as the one above is where they pile up.
const PILE: u64 = 16;

/// The rows where at least `least` bytes pile up, each with all below it that is in no other one.
pub(super) fn piles(tree: &PathTree, least: u64) -> Vec<Growth> {
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
    inherit(rows, &mut owner);
    groups(tree, 2 * least, &mut owner);
    let mut growths: BTreeMap<u32, Growth> = BTreeMap::new();
    for row in 0..count {
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

/// Gives each row without an owner that of the row above.
fn inherit(rows: &Rows, owner: &mut [u32]) {
    for row in 0..owner.len() {
        if owner[row] == NO_ROW {
            owner[row] = owner.get(rows.parent[row] as usize).copied().unwrap_or(NO_ROW);
        }
    }
}

/// Classes of which `least` bytes or more lie behind many paths, none of which leads to so much: the rows of such a class that
/// nothing owns yet, with all below, get the largest of them as owner; the class with most bytes first.
fn groups(tree: &PathTree, least: u64, owner: &mut [u32]) {
    let (rows, below) = (&tree.rows, tree.totals(0));
    let is_nested = |row: u32| {
        rows.upward(row).skip(1).any(|above| rows.class[above as usize] == rows.class[row as usize])
    };
    let nested: Vec<bool> = (0..u32::try_from(rows.len()).unwrap_or(NO_ROW)).map(is_nested).collect();
    while let Some(class) = heaviest(tree, least, &nested, owner) {
        let free = |row: &usize| owner[*row] == NO_ROW && rows.class[*row] == class;
        let all: Vec<usize> = (0..owner.len()).filter(free).collect();
        let largest = all.iter().copied().max_by_key(|&row| (below[row], Reverse(row))).unwrap_or_default();
        for row in all {
            owner[row] = u32::try_from(largest).unwrap_or(NO_ROW);
        }
        inherit(rows, owner);
    }
}

/// The class of the rows without an owner behind which most bytes lie, if that is `least` or more.
fn heaviest(tree: &PathTree, least: u64, nested: &[bool], owner: &[u32]) -> Option<Symbol> {
    let (census, rows) = (&tree.dumps[0], &tree.rows);
    let is_free = |row: usize| owner[row] == NO_ROW && rows.strength[row] != Strength::Unreachable;
    // Bytes that nothing owns, of each row with all below.
    let mut free: Vec<u64> = vec![0; owner.len()];
    for id in (0..u32::try_from(owner.len()).unwrap_or(NO_ROW)).rev() {
        let row = id as usize;
        if is_free(row) {
            free[row] += census.bytes(id);
            let bytes = free[row];
            if let Some(above) = free.get_mut(rows.parent[row] as usize) {
                *above += bytes;
            }
        }
    }
    let mut sums: BTreeMap<Symbol, (u64, u64)> = BTreeMap::new();
    for (row, id) in (0..owner.len()).zip(0u32..) {
        if is_free(row) && !nested[row] {
            let sum = sums.entry(rows.class[row]).or_default();
            *sum = (sum.0 + free[row], sum.1 + census.count(id));
        }
    }
    let most = sums.into_iter().filter(|(_, (bytes, objects))| *bytes >= least && *objects >= PILE);
    most.max_by_key(|&(class, (bytes, _))| (bytes, Reverse(class))).map(|(class, _)| class)
}
