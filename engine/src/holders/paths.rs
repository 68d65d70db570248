//! Shortest paths from the roots to an object, with the names of the references on them.

use super::avoided::{Avoided, PathOptions};
use super::references::via;
use crate::error::{Error, Result};
use crate::graph::{self, Strength};
use crate::id::{ClassId, ObjectId};
use crate::progress::Progress;
use crate::store::{Root, RootKind, Snapshot};

/// A path from a root, or from a class of the application, to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Why the first object is kept: a kind of root, or `class` for a class that its loader keeps for ever.
    pub root: String,
    /// The thread whose stack holds the first object, if one does.
    pub thread: Option<ObjectId>,
    /// The weakest reference on it.
    pub strength: Strength,
    /// From the first object to the one that was asked for.
    pub steps: Vec<Step>,
}

/// An object on a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The object.
    pub object: ObjectId,
    /// By what the object before holds it; of the first one the variable that does, where the dump tells.
    pub via: Option<String>,
}

/// Finds paths in one snapshot.
///
/// They begin at a root or at a class object whose loader lives as long as the process, so that a path through a
/// static field begins at its class. See [`graph::Paths::distinct`] for which paths follow the first.
pub struct PathFinder<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) paths: graph::Paths<'a>,
}

impl<'a> PathFinder<'a> {
    /// Gathers what finding paths takes; cost O(objects + references), about 0.1 s for 20 million objects, and what
    /// [`Snapshot::inbound`] costs.
    ///
    /// # Errors
    /// The columns of the index do not fit together; as [`Snapshot::inbound`].
    pub fn new(snapshot: &'a Snapshot, progress: &Progress) -> Result<PathFinder<'a>> {
        let holding = snapshot.holding(progress)?;
        let reach = reach_columns(snapshot)?;
        let paths = graph::Paths::new(holding.heap(), holding.inbound(), reach)?;
        Ok(PathFinder { snapshot, paths })
    }

    /// Up to `count` shortest paths to `id`, the shortest first; none where no root reaches it by any reference.
    pub fn paths(&self, id: ObjectId, count: usize) -> Vec<Path> {
        let found = self.paths.distinct(id.0, count);
        found.iter().map(|path| named(self.snapshot, path, |a, b| via(self.snapshot, a, b))).collect()
    }

    /// Prepares to find the paths that `options` allow, for many objects; cost O(classes and their fields).
    ///
    /// # Errors
    /// A pattern is unknown, or the columns of the index do not fit together.
    pub fn search<'f>(&'f self, options: &'f PathOptions) -> Result<PathSearch<'f>> {
        let avoided = Avoided::new(self.snapshot, &options.avoiding)?;
        Ok(PathSearch { finder: self, avoided, options, heap: self.snapshot.heap()? })
    }
}

/// Finds paths under conditions.
pub struct PathSearch<'f> {
    finder: &'f PathFinder<'f>,
    avoided: Avoided<'f>,
    options: &'f PathOptions,
    heap: graph::Heap<'f>,
}

impl PathSearch<'_> {
    /// Up to `count` of the paths to `id` that the options allow, strong ones first, then short ones.
    ///
    /// Without any condition, those of [`PathFinder::paths`]; else one from each starting point, as
    /// [`graph::Paths::constrained`] tells: a search upward from `id`, whose cost is the objects from which `id` is
    /// reachable, in memory 4 bytes for each (8 with `through`) and 8 more while they wait.
    ///
    /// # Errors
    /// `progress` was cancelled.
    pub fn paths(&self, id: ObjectId, count: usize, progress: &Progress) -> Result<Vec<Path>> {
        if self.options.avoiding.is_empty() && self.options.through.is_none() {
            return Ok(self.finder.paths(id, count));
        }
        let (snapshot, avoided) = (self.finder.snapshot, &self.avoided);
        let conditions = graph::Conditions {
            limits: graph::Limits {
                may_pass: &|object| avoided.may_pass(object),
                may_follow: &|holder, held, strength| avoided.may_follow(holder, held, strength),
            },
            instances: &|class| snapshot.instances(&[ClassId(class)], snapshot.ids()),
            through: self.options.through.as_ref(),
        };
        let referrers = snapshot.referrers();
        let found =
            self.finder.paths.constrained(&self.heap, referrers, id.0, count, &conditions, progress)?;
        Ok(found.iter().map(|path| named(snapshot, path, |a, b| avoided.via(a, b))).collect())
    }
}

/// Strength and depth by the paths of this module.
pub(super) fn reach_columns(snapshot: &Snapshot) -> Result<graph::ReachColumns<'_>> {
    let reached = snapshot.reached();
    let strength = bytemuck::checked::try_cast_slice(&reached.strength)
        .map_err(|_| Error::index(&snapshot.dump().path, "a strength is out of range"))?;
    Ok(graph::ReachColumns { strength, depth: &reached.depth })
}

/// As [`PathFinder::paths`], for a single question.
///
/// # Errors
/// As [`PathFinder::new`].
pub fn paths(snapshot: &Snapshot, id: ObjectId, count: usize, progress: &Progress) -> Result<Vec<Path>> {
    Ok(PathFinder::new(snapshot, progress)?.paths(id, count))
}

fn named(
    snapshot: &Snapshot,
    path: &graph::Path,
    via: impl Fn(ObjectId, ObjectId) -> Option<String>,
) -> Path {
    let objects = &path.objects;
    let first = ObjectId(objects.first().copied().unwrap_or_default());
    // A thread may also be a local of its own stack: what it is by itself says more.
    let roots = snapshot.stacks().roots_of(first).iter().copied();
    let root = roots.min_by_key(|root| (root.kind.is_local(), root.kind));
    let step = |at: usize| {
        let object = ObjectId(objects[at]);
        let via = match at.checked_sub(1) {
            Some(before) => via(ObjectId(objects[before]), object),
            None => root.and_then(|root| snapshot.stacks().name(&root)).map(str::to_owned),
        };
        Step { object, via }
    };
    Path {
        root: root.map_or_else(|| "class".to_owned(), |root| root_text(snapshot, &root)),
        thread: root.and_then(|root| thread(snapshot, root)),
        strength: path.strength,
        steps: (0..objects.len()).map(step).collect(),
    }
}

/// The kind of a root, and its name where it has one: `global main.sessions`.
fn root_text(snapshot: &Snapshot, root: &Root) -> String {
    match snapshot.stacks().name(root) {
        Some(name) => format!("{} {name}", root.kind.name()),
        None => root.kind.name().to_owned(),
    }
}

fn thread(snapshot: &Snapshot, root: Root) -> Option<ObjectId> {
    if matches!(root.kind, RootKind::Thread | RootKind::Goroutine) {
        return Some(root.object);
    }
    snapshot.stacks().threads.get(root.thread? as usize)?.object
}
