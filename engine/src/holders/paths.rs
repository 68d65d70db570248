//! Shortest paths from the roots to an object, with the names of the references on them.

use super::references::via;
use crate::error::Result;
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

/// Up to `count` shortest paths to `id`, the shortest first; none where no root reaches it by any reference.
///
/// They begin at a root or at a class object whose loader lives as long as the process, so that a path through a
/// static field begins at its class. See [`graph::Paths`] for which paths follow the first.
pub fn paths(snapshot: &Snapshot, id: ObjectId, count: usize) -> Result<Vec<Path>> {
    let base = snapshot.base();
    let heap = graph::Heap::new(base.graph())?;
    let strength = base.reached.strength.iter().map(|&strength| graph::Strength::from_u8(strength));
    let strength = strength.map(|strength| strength.unwrap_or(graph::Strength::Unreachable)).collect();
    let reach = graph::Reach { strength, depth: base.reached.depth.to_vec() };
    let inbound = graph::Csr { starts: &base.inbound.starts, targets: &base.inbound.ids };
    let found = graph::Paths::new(&heap, inbound, &reach)?.distinct(id.0, count);
    Ok(found.iter().map(|path| named(snapshot, &path.objects)).collect())
}

fn named(snapshot: &Snapshot, objects: &[u32]) -> Path {
    let first = ObjectId(objects.first().copied().unwrap_or_default());
    let root = snapshot.stacks().roots_of(first).first().copied();
    let step = |at: usize| {
        let object = ObjectId(objects[at]);
        let before = at.checked_sub(1).map(|before| ObjectId(objects[before]));
        Step { object, via: before.and_then(|before| via(snapshot, before, object, 0)) }
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
