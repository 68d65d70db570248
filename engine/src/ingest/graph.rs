//! What follows from the references: strength, depth, dominators, retained sizes, references by target.

use super::Loaders;
use super::bounds::both;
use crate::error::Result;
use crate::graph::{Dominators, GroupRetained, Heap, Strength, Walk};
use crate::graph::{group_retained, reach_in, transpose_in};
use crate::id::ObjectId;
use crate::memory::Room;
use crate::progress::{Progress, Unit};
use crate::store::Classes;
use crate::store::columns::{Reached, References, write_retained, write_tree};
use crate::store::folder::Folder;
use rayon::prelude::*;

/// Strength and depth of each object; paths begin at roots and at the class objects `permanent`.
///
/// A permanent class that no root reaches (an array class of the boot loader, a dead hidden class) is no start:
/// what only it holds is not held, as the dominator tree says too. `reached` tells of each of them whether one does,
/// where that is known.
pub(super) fn reached(
    room: &Room,
    heap: &Heap,
    permanent: &[u32],
    reached: Option<Vec<bool>>,
    progress: &Progress,
) -> Result<Reached> {
    let roots = heap.columns().roots;
    let reached = match reached {
        Some(reached) => reached,
        None => {
            let by_roots = reach_in(room, heap, roots, progress)?.strength;
            permanent.iter().map(|&id| by_roots[id as usize] == Strength::Strong as u8).collect()
        }
    };
    let permanent = permanent.iter().zip(reached).filter(|(_, reached)| *reached).map(|(&id, _)| id);
    let starts: Vec<u32> = roots.iter().copied().chain(permanent).collect();
    let reach = reach_in(room, heap, &starts, progress)?;
    Ok(Reached { strength: reach.strength.freeze()?, depth: reach.depth.freeze()? })
}

/// The walk from the roots by the references that hold.
pub(super) fn walk(room: &Room, heap: &Heap, held: Strength, progress: &Progress) -> Result<Walk> {
    progress.begin("depth-first", Unit::Objects, heap.objects() as u64);
    Walk::within(room, heap, held, progress)
}

/// What sizes of objects, classes and loaders are of.
pub(super) struct Held<'a, F> {
    pub(super) heap: &'a Heap<'a>,
    pub(super) classes: &'a Classes,
    pub(super) loaders: &'a Loaders,
    /// The bytes of an object.
    pub(super) shallow: F,
}

/// What is known of all that is held.
pub(super) struct Totals {
    /// Shallow size of all that is held, in bytes.
    pub(super) bytes: u64,
    /// Which sizes are not exact.
    pub(super) warnings: Vec<String>,
}

impl<F: Fn(u32) -> u64 + Sync> Held<'_, F> {
    /// Writes the dominator tree, and the retained sizes of objects, classes and loaders.
    pub(super) fn write(&self, walk: Walk, folder: &Folder, progress: &Progress) -> Result<Totals> {
        let objects = self.heap.objects() as u64;
        progress.begin("dominators", Unit::Objects, objects);
        let dominators = Dominators::new(walk, progress)?;
        progress.begin("retained", Unit::Objects, objects);
        let retained = dominators.retained(&self.shallow, progress)?;
        let dominator = dominators.by_object()?.freeze()?;
        let bytes = dominators.order().par_iter().map(|&id| (self.shallow)(id)).sum();
        progress.beside("write dominators", || write_tree(folder, dominator, &retained))?;
        drop(retained);
        progress.begin("classes", Unit::Objects, 2 * objects);
        let (by_class, by_loader) = self.groups(&dominators, progress)?;
        progress.end();
        let warnings = [inexact(&by_class, "classes"), inexact(&by_loader, "class loaders")];
        write_retained(folder, "class_retained", by_class.bytes)?;
        write_retained(folder, "loader_retained", by_loader.bytes)?;
        Ok(Totals { bytes, warnings: warnings.into_iter().flatten().collect() })
    }

    fn groups(&self, dominators: &Dominators, progress: &Progress) -> Result<(GroupRetained, GroupRetained)> {
        let Held { classes, loaders, shallow, .. } = self;
        let class_of = self.heap.columns().class_of;
        let loader_of = loaders.of_objects(classes, class_of);
        let by_class =
            || group_retained(dominators, |id| class_of[id as usize], classes.len(), shallow, progress);
        let by_loader = || group_retained(dominators, &loader_of, loaders.objects.len(), shallow, progress);
        let (by_class, by_loader) = both(dominators.room(), by_class, by_loader);
        Ok((by_class?, by_loader?))
    }
}

fn inexact(sizes: &GroupRetained, what: &str) -> Option<String> {
    let count = sizes.exact.iter().filter(|&&exact| !exact).count();
    (count > 0)
        .then(|| format!("the retained sizes of {count} {what} are lower bounds: the heap is too tangled"))
}

/// References by target.
pub(super) fn inbound(room: &Room, heap: &Heap, progress: &Progress) -> Result<References> {
    let lists = transpose_in(room, heap, progress)?;
    Ok(References { starts: lists.starts, ids: lists.targets })
}

/// The ids of `objects`.
pub(super) fn ids(objects: &[ObjectId]) -> Vec<u32> {
    objects.iter().map(|object| object.0).collect()
}
