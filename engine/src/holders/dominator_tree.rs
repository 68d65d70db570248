//! The dominator tree downward: the children of an object, and the tree as rows.

use super::groups::{By, Siblings, largest_first, name};
use super::packages::packages;
use super::tree::dominated;
use crate::error::{Error, Result};
use crate::graph::{self, Bits, Csr, Lists};
use crate::id::{NO_OBJECT, ObjectId};
use crate::progress::Progress;
use crate::store::Snapshot;
use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Questions answered by a pass over the column of dominators each, before the lists of children are made, which takes
/// about as long as so many passes.
const PASSES: u32 = 8;

/// The children of objects in the dominator tree of one snapshot; one for many questions.
#[derive(Debug, Default)]
pub struct DominatorTree {
    asked: AtomicU32,
    /// One list for each object and one for the virtual root, ascending: 12 bytes for each object.
    children: OnceLock<Lists>,
}

/// A row of a dominator tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRow<'a> {
    /// The number of the row, from 1.
    pub node: u32,
    /// The number of the row above.
    pub parent: Option<u32>,
    /// 1 for rows under the virtual root.
    pub depth: u32,
    /// The name of the class, package or class loader; `None` where the row is an object.
    pub name: Option<Cow<'a, str>>,
    /// The object; `None` where the row is a group.
    pub object: Option<ObjectId>,
    /// The number of objects in the row: those that the objects of the row above dominate immediately.
    pub objects: u64,
    /// Their shallow size in bytes.
    pub shallow: u64,
    /// Their retained sizes in bytes, together: what siblings retain does not overlap.
    pub retained: u64,
}

/// As [`DominatorTree::rows`], for a single question.
///
/// # Errors
/// As there.
pub fn dominator_tree<'a>(
    snapshot: &'a Snapshot,
    depth: u32,
    by: By,
    progress: &Progress,
) -> Result<Vec<TreeRow<'a>>> {
    DominatorTree::default().rows(snapshot, depth, by, progress)
}

impl DominatorTree {
    /// What `id` dominates immediately (`None`: what the virtual root does), the largest retained size first, then by id.
    ///
    /// # Errors
    /// The columns of the index do not fit together, or `progress` was cancelled.
    pub fn children(
        &self,
        snapshot: &Snapshot,
        id: Option<ObjectId>,
        progress: &Progress,
    ) -> Result<Vec<ObjectId>> {
        if self.children.get().is_none() && self.asked.fetch_add(1, Ordering::Relaxed) < PASSES {
            progress.check()?;
            return Ok(dominated(snapshot, id, usize::MAX));
        }
        let lists = self.lists(snapshot, progress)?;
        let list = id.map_or(snapshot.object_count(), ObjectId::index);
        let list = u32::try_from(list).map(|list| lists.of(list)).unwrap_or_default();
        Ok(largest_first(snapshot, list.iter().copied()).into_iter().map(ObjectId).collect())
    }

    /// The dominator tree down to `depth` levels (at most `u32::MAX`), depth first, the largest retained size first.
    ///
    /// Grouped by class or loader, the children of all objects of a row are grouped again on the next level. By package,
    /// the rows are not levels of the dominator tree: they are the packages of what the virtual root dominates, a level for
    /// each part of a package's name, with the classes of a package beside the packages in it; arrays stand with their
    /// element classes, and classes without package under the virtual root.
    ///
    /// Memory: the rows, and the siblings of the row at hand and of those above it.
    ///
    /// # Errors
    /// As [`DominatorTree::children`].
    pub fn rows<'a>(
        &self,
        snapshot: &'a Snapshot,
        depth: u32,
        by: By,
        progress: &Progress,
    ) -> Result<Vec<TreeRow<'a>>> {
        let top: Vec<u32> = self.children(snapshot, None, progress)?.iter().map(|id| id.0).collect();
        if by == By::Package {
            return packages(snapshot, &top, depth, progress);
        }
        let mut rows: Vec<TreeRow> = Vec::new();
        let level = |objects, parent, depth| {
            let siblings = Siblings::new(snapshot, objects, by, progress)?;
            Ok::<_, Error>(Level { siblings, next: 0, parent, depth })
        };
        let mut open = if depth > 0 { vec![level(top, None, 1)?] } else { Vec::new() };
        while let Some(mut here) = open.pop() {
            let Some(group) = here.siblings.groups.get(here.next) else { continue };
            let objects = here.siblings.of(group);
            let node = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
            rows.push(row(snapshot, objects, by, (node, here.parent, here.depth)));
            let below = if here.depth < depth && node < u32::MAX {
                let lists = self.lists(snapshot, progress)?;
                objects.iter().flat_map(|&object| lists.of(object)).copied().collect()
            } else {
                Vec::new()
            };
            here.next += 1;
            let (parent, next_depth) = (Some(node), here.depth.saturating_add(1));
            // The last sibling goes before its children come, so that a long list takes no memory.
            if here.next < here.siblings.groups.len() {
                open.push(here);
            }
            if !below.is_empty() {
                open.push(level(below, parent, next_depth)?);
            }
            if node.is_multiple_of(1024) {
                progress.check()?;
            }
        }
        Ok(rows)
    }

    fn lists(&self, snapshot: &Snapshot, progress: &Progress) -> Result<Csr<'_>> {
        if let Some(children) = self.children.get() {
            return Ok(children.view());
        }
        let mut held = Bits::new(snapshot.object_count());
        for (id, _) in snapshot.ids().zip(snapshot.held().retained.iter()).filter(|row| row.1 > 0) {
            held.insert(id);
        }
        let children = graph::children(&snapshot.held().dominator, &held, progress)?;
        Ok(self.children.get_or_init(|| children).view())
    }
}

/// Siblings of which some are rows already.
struct Level {
    siblings: Siblings,
    /// The next group to become a row.
    next: usize,
    parent: Option<u32>,
    depth: u32,
}

fn row<'a>(
    snapshot: &'a Snapshot,
    objects: &[u32],
    by: By,
    (node, parent, depth): (u32, Option<u32>, u32),
) -> TreeRow<'a> {
    let ids = || objects.iter().map(|&object| ObjectId(object));
    let first = ObjectId(objects.first().copied().unwrap_or(NO_OBJECT));
    TreeRow {
        node,
        parent,
        depth,
        name: name(snapshot, first, by),
        object: (by == By::Object).then_some(first),
        objects: objects.len() as u64,
        shallow: ids().map(|id| snapshot.shallow(id)).sum(),
        retained: ids().map(|id| snapshot.retained(id)).sum(),
    }
}
