//! The objects of one or more dumps by the paths that lead to them.

use super::census::Census;
use super::rows::{NO_ROW, Rows};
use super::survey::survey;
use super::symbols::Symbols;
use crate::error::Result;
use crate::progress::{Progress, Unit};
use crate::store::Snapshot;

/// A tree of paths with what each of some dumps has in each of its rows.
///
/// Each object of a dump is in one row, so that the rows add up to the dump.
#[derive(Clone, Debug, Default)]
pub struct PathTree {
    /// The names of classes, fields and roots.
    pub symbols: Symbols,
    /// The rows, which the dumps share.
    pub rows: Rows,
    /// What each dump has in the rows.
    pub dumps: Vec<Census>,
}

impl PathTree {
    /// The tree of `snapshots`, the earliest first. Paths of earlier dumps go before those that only later ones have.
    ///
    /// # Errors
    /// The columns of an index do not fit together, or `progress` was cancelled.
    pub fn new(snapshots: &[&Snapshot], progress: &Progress) -> Result<PathTree> {
        let mut tree = PathTree::default();
        for snapshot in snapshots {
            progress.begin("paths", Unit::Objects, snapshot.object_count() as u64);
            let census = survey(snapshot, &mut tree.rows, &mut tree.symbols, progress)?;
            tree.dumps.push(census);
            progress.end();
        }
        Ok(tree)
    }

    /// By row: the shallow size in bytes of its objects and of those in all rows below, in dump `dump`.
    pub fn totals(&self, dump: usize) -> Vec<u64> {
        let rows = u32::try_from(self.rows.len()).unwrap_or(NO_ROW);
        let mut totals: Vec<u64> = (0..rows).map(|row| self.dumps[dump].bytes(row)).collect();
        for row in (0..totals.len()).rev() {
            let bytes = totals[row];
            if let Some(above) = totals.get_mut(self.rows.parent[row] as usize) {
                *above = above.saturating_add(bytes);
            }
        }
        totals
    }
}
