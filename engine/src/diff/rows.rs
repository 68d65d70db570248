//! The rows of a path tree: each the objects of one class that are reached by one path of names.

use super::symbols::Symbol;
use crate::graph::Strength;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// "No row" in columns of rows.
pub const NO_ROW: u32 = u32::MAX;

/// Rows with more above them fold into one of these of the same name, if there is one.
const FOLDED_DEPTH: u32 = 100;
/// Rows of a tree; real heaps make some thousand, only a hostile one gets near.
const MOST_ROWS: usize = 1 << 21;

/// The rows of the path trees of several dumps, which share them: a row is known by its path.
///
/// Columns by row; a row comes after the one above it.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The row above; [`NO_ROW`] of a root.
    pub parent: Vec<u32>,
    /// By what that refers to the objects of this row; of a root, why it is kept.
    pub via: Vec<Symbol>,
    /// The class of its objects; of a class object, the class that it stands for.
    pub class: Vec<Symbol>,
    /// Rows between it and its root.
    pub depth: Vec<u32>,
    /// How well the roots reach its objects.
    pub strength: Vec<Strength>,
    known: HashMap<(u32, u32, u32), u32, BuildHasherDefault<Mixer>>,
}

impl Rows {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// The rows from the root down to `row`.
    pub fn path(&self, row: u32) -> Vec<u32> {
        let mut path: Vec<u32> = self.upward(row).collect();
        path.reverse();
        path
    }

    /// `row`, the one above it, and so on to its root.
    pub fn upward(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let above = |&row: &u32| Some(self.parent[row as usize]).filter(|&above| above != NO_ROW);
        std::iter::successors(Some(row), above)
    }

    /// The root of that name and class.
    pub(super) fn root(&mut self, via: Symbol, class: Symbol, strength: Strength) -> u32 {
        self.row(NO_ROW, via, class, strength)
    }

    /// The row of the objects of `class` to which those of `parent` refer by `via`.
    ///
    /// What a class refers to in itself, like the nodes of a list, stays in its row; what is reached by one field again and
    /// again goes back to the row of its class. A root's row has roots alone.
    pub(super) fn child(&mut self, parent: u32, via: Symbol, class: Symbol, strength: Strength) -> u32 {
        let is_root = self.parent[parent as usize] == NO_ROW;
        if (self.class[parent as usize] == class && !is_root) || self.len() >= MOST_ROWS {
            return parent;
        }
        // A list whose nodes are of several classes goes on by one field.
        let in_run = |row: &u32| self.via[*row as usize] == via;
        let is_deep = self.depth[parent as usize] >= FOLDED_DEPTH;
        let above = self.upward(parent).take_while(|row| is_deep || in_run(row));
        if let Some(same) = above.into_iter().find(|&row| self.is(row, via, class)) {
            return same;
        }
        self.row(parent, via, class, strength)
    }

    fn is(&self, row: u32, via: Symbol, class: Symbol) -> bool {
        self.via[row as usize] == via && self.class[row as usize] == class
    }

    fn row(&mut self, parent: u32, via: Symbol, class: Symbol, strength: Strength) -> u32 {
        if let Some(&row) = self.known.get(&(parent, via.0, class.0)) {
            return row;
        }
        let row = u32::try_from(self.len()).unwrap_or(NO_ROW);
        self.parent.push(parent);
        self.via.push(via);
        self.class.push(class);
        self.depth.push(self.depth.get(parent as usize).map_or(0, |depth| depth + 1));
        self.strength.push(strength);
        self.known.insert((parent, via.0, class.0), row);
        row
    }
}

/// A hasher for three small numbers, after the multiplicative hash of Knuth, *Sorting and Searching*, 6.4.
#[derive(Clone, Copy, Debug, Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u32(byte.into()));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(23) ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
