//! Shortest paths from the roots to an object, with the names of the references on them.

use super::references::via;
use crate::error::{Error, Result};
use crate::graph;
use crate::id::ObjectId;
use crate::store::{Root, RootKind, Snapshot};

/// A path from a root, or from a class of the application, to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Why the first object is kept: a kind of root, or `class` for a class that its loader keeps for ever.
    pub root: String,
    /// The thread whose stack holds the first object, if one does.
    pub thread: Option<ObjectId>,
    /// From the first object to the one that was asked for.
    pub steps: Vec<Step>,
}

/// An object on a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The object.
    pub object: ObjectId,
    /// By what the object before holds it; `None` for the first one.
    pub via: Option<String>,
}

/// Finds paths in one snapshot.
///
/// They begin at a root or at a class object whose loader lives as long as the process, so that a path through a
/// static field begins at its class. See [`graph::Paths::distinct`] for which paths follow the first.
pub struct PathFinder<'a> {
    snapshot: &'a Snapshot,
    paths: graph::Paths<'a>,
}

impl<'a> PathFinder<'a> {
    /// Gathers what finding paths takes; cost O(objects + references), about 0.1 s for 20 million objects.
    ///
    /// # Errors
    /// The columns of the index do not fit together.
    pub fn new(snapshot: &'a Snapshot) -> Result<PathFinder<'a>> {
        let base = snapshot.base();
        let heap = graph::Heap::new(base.graph())?;
        let strength = bytemuck::checked::try_cast_slice(&base.reached.strength)
            .map_err(|_| Error::index(&snapshot.dump().path, "a strength is out of range"))?;
        let reach = graph::ReachColumns { strength, depth: &base.reached.depth };
        let inbound = graph::Csr { starts: &base.inbound.starts, targets: &base.inbound.ids };
        Ok(PathFinder { snapshot, paths: graph::Paths::new(&heap, inbound, reach)? })
    }

    /// Up to `count` shortest paths to `id`, the shortest first; none where no root reaches it by any reference.
    pub fn paths(&self, id: ObjectId, count: usize) -> Vec<Path> {
        let found = self.paths.distinct(id.0, count);
        found.iter().map(|path| named(self.snapshot, &path.objects)).collect()
    }
}

/// As [`PathFinder::paths`], for a single question.
///
/// # Errors
/// As [`PathFinder::new`].
pub fn paths(snapshot: &Snapshot, id: ObjectId, count: usize) -> Result<Vec<Path>> {
    Ok(PathFinder::new(snapshot)?.paths(id, count))
}

fn named(snapshot: &Snapshot, objects: &[u32]) -> Path {
    let first = ObjectId(objects.first().copied().unwrap_or_default());
    // A thread may also be a local of its own stack: what it is by itself says more.
    let roots = snapshot.stacks().roots_of(first).iter().copied();
    let root = roots.min_by_key(|root| (root.kind.is_local(), root.kind));
    let step = |at: usize| {
        let object = ObjectId(objects[at]);
        let before = at.checked_sub(1).map(|before| ObjectId(objects[before]));
        Step { object, via: before.and_then(|before| via(snapshot, before, object)) }
    };
    Path {
        root: root.map_or("class", |root| root.kind.name()).to_owned(),
        thread: root.and_then(|root| thread(snapshot, root)),
        steps: (0..objects.len()).map(step).collect(),
    }
}

fn thread(snapshot: &Snapshot, root: Root) -> Option<ObjectId> {
    if root.kind == RootKind::Thread {
        return Some(root.object);
    }
    snapshot.stacks().threads.get(root.thread? as usize)?.object
}
