//! The objects of one or more dumps by the paths that lead to them.

use super::census::Census;
use super::rows::Rows;
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
}
