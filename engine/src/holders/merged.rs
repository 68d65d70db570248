//! The shortest paths from the roots to many objects, merged into one tree.

use super::avoided::{Avoided, PathOptions};
use super::paths::{PathFinder, reach_columns};
use super::references::via;
use crate::error::{Error, Result};
use crate::graph::{Limits, Paths, reach_within};
use crate::id::ObjectId;
use crate::progress::Progress;
use crate::store::Snapshot;
use roaring::RoaringBitmap;

/// A row of the tree: an object on the way to some members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedRow {
    /// The number of the row, from 1.
    pub node: u32,
    /// The number of the row above; `None` where a path begins.
    pub parent: Option<u32>,
    /// References from there.
    pub depth: u32,
    /// The object.
    pub object: ObjectId,
    /// How many members lie at or below it.
    pub objects: u64,
    /// Their shallow size in bytes.
    pub shallow: u64,
    /// What the object itself retains, in bytes.
    pub retained: u64,
}

/// The rows of merged paths.
#[derive(Debug)]
pub struct MergedPaths<'a> {
    snapshot: &'a Snapshot,
    avoided: Option<Avoided<'a>>,
    /// Depth first; of siblings those with the most members first, then with the most bytes, then by id.
    pub rows: Vec<MergedRow>,
}

impl MergedPaths<'_> {
    /// By what the object above holds that of `row`; `None` where a path begins. It is read from the dump.
    pub fn via(&self, row: &MergedRow) -> Option<String> {
        let above = self.rows.get(row.parent?.checked_sub(1)? as usize)?.object;
        match &self.avoided {
            Some(avoided) => avoided.via(above, row.object),
            None => via(self.snapshot, above, row.object),
        }
    }
}

/// The shortest path of each member of `set` (that of [`PathFinder::paths`]), merged: what Eclipse MAT calls "merge shortest
/// paths to GC roots". Members that no root reaches are left out.
///
/// With `options.avoiding` the paths are found by a walk over the whole heap. An object behind `options.through` is one
/// whose shortest path passes one of these; the others are left out.
///
/// # Errors
/// The columns of the index do not fit together, a pattern is unknown, or `progress` was cancelled.
pub fn merged_paths<'a>(
    snapshot: &'a Snapshot,
    set: &RoaringBitmap,
    options: &PathOptions,
    progress: &Progress,
) -> Result<MergedPaths<'a>> {
    if options.avoiding.is_empty() {
        return PathFinder::new(snapshot, progress)?.merged(set, options.through.as_ref(), progress);
    }
    let avoided = Avoided::new(snapshot, &options.avoiding)?;
    let limits = Limits {
        may_pass: &|object| avoided.may_pass(object),
        may_follow: &|holder, held, strength| avoided.may_follow(holder, held, strength),
    };
    let holding = snapshot.holding(progress)?;
    let depths = reach_columns(snapshot)?.depth;
    let starts: Vec<u32> = snapshot.ids().filter(|&id| depths[id as usize] == 0).collect();
    progress.check()?;
    let reach = reach_within(holding.heap(), &starts, &limits, progress)?;
    let paths = Paths::within(holding.heap(), holding.inbound(), reach.columns(), Some(&limits))?;
    let rows = rows(snapshot, &paths, set, options.through.as_ref(), Some(&limits), progress)?;
    Ok(MergedPaths { snapshot, avoided: Some(avoided), rows })
}

impl<'a> PathFinder<'a> {
    /// As [`merged_paths`], of paths under no other condition than that they pass one of `through`, if given.
    ///
    /// # Errors
    /// `progress` was cancelled.
    pub fn merged(
        &self,
        set: &RoaringBitmap,
        through: Option<&RoaringBitmap>,
        progress: &Progress,
    ) -> Result<MergedPaths<'a>> {
        let rows = rows(self.snapshot, &self.paths, set, through, None, progress)?;
        Ok(MergedPaths { snapshot: self.snapshot, avoided: None, rows })
    }
}

fn rows(
    snapshot: &Snapshot,
    paths: &Paths,
    set: &RoaringBitmap,
    through: Option<&RoaringBitmap>,
    limits: Option<&Limits>,
    progress: &Progress,
) -> Result<Vec<MergedRow>> {
    let sizes = snapshot.sizes();
    let merge =
        |set: &RoaringBitmap| paths.merged(set, limits, |object| sizes.shallow(ObjectId(object)), progress);
    let mut nodes = merge(set)?;
    if let Some(through) = through {
        // A parent stands before its children, so one pass tells which members lie behind one of `through`.
        let mut behind = vec![false; nodes.len()];
        let mut left = RoaringBitmap::new();
        for (row, node) in nodes.iter().enumerate() {
            behind[row] =
                through.contains(node.object) || node.parent.is_some_and(|above| behind[above as usize]);
            if behind[row] && set.contains(node.object) {
                left.insert(node.object);
            }
        }
        nodes = merge(&left)?;
    }
    if nodes.len() >= u32::MAX as usize {
        return Err(Error::Input("there are too many objects on these paths".into()));
    }
    let row = |(node, row): (u32, &crate::graph::MergedNode)| MergedRow {
        node,
        parent: row.parent.map(|above| above + 1),
        depth: row.depth,
        object: ObjectId(row.object),
        objects: row.objects,
        shallow: row.shallow,
        retained: snapshot.retained(ObjectId(row.object)),
    };
    Ok((1..).zip(&nodes).map(row).collect())
}
