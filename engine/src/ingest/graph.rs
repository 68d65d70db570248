//! What follows from the references: strength, depth, dominators, retained sizes, references by target.

use super::Loaders;
use crate::error::Result;
use crate::graph::{Dominators, GroupRetained, Heap, Strength, Walk, group_retained, reach, transpose};
use crate::id::ObjectId;
use crate::progress::{Progress, Unit};
use crate::store::Classes;
use crate::store::columns::{Held, Reached, References};
use rayon::prelude::*;

/// The dominator tree and what is known of it.
pub(super) struct HeldColumns {
    /// The columns.
    pub(super) held: Held,
    /// Shallow size of all that is held, in bytes.
    pub(super) total: u64,
    /// Which sizes are not exact.
    pub(super) warnings: Vec<String>,
}

/// Strength and depth of each object; paths begin at roots and at the class objects `permanent`.
///
/// A permanent class that no root reaches (an array class of the boot loader, a dead hidden class) is no start:
/// what only it holds is not held, as the dominator tree says too.
pub(super) fn reached(heap: &Heap, permanent: &[ObjectId], progress: &Progress) -> Result<Reached> {
    progress.begin("reach", Unit::Objects, 2 * heap.objects() as u64);
    let roots = heap.columns().roots;
    let by_roots = reach(heap, roots, progress)?.strength;
    let held = |id: &&ObjectId| by_roots[id.index()] == Strength::Strong;
    let permanent = permanent.iter().filter(held).map(|id| id.0);
    let starts: Vec<u32> = roots.iter().copied().chain(permanent).collect();
    drop(by_roots);
    let reach = reach(heap, &starts, progress)?;
    let strength: Vec<u8> = reach.strength.iter().map(|&strength| strength as u8).collect();
    Ok(Reached { strength: strength.into(), depth: reach.depth.into() })
}

/// The dominator tree of the references that hold, and what it says of objects, classes and loaders.
pub(super) fn held_columns(
    heap: &Heap,
    held: Strength,
    shallow: impl Fn(u32) -> u64 + Sync,
    classes: &Classes,
    loaders: &Loaders,
    progress: &Progress,
) -> Result<HeldColumns> {
    let objects = heap.objects();
    let class_of = heap.columns().class_of;
    progress.begin("depth-first", Unit::Objects, objects as u64);
    let walk = Walk::new(heap, held, progress)?;
    progress.begin("dominators", Unit::Objects, objects as u64);
    let dominators = Dominators::new(walk, progress)?;
    progress.begin("retained", Unit::Objects, objects as u64);
    let retained = dominators.retained(&shallow);
    let dominator = dominators.by_object();
    let total = dominators.order().par_iter().map(|&id| shallow(id)).sum();
    progress.begin("classes", Unit::Objects, 2 * objects as u64);
    let loader_of = loaders.of_objects(classes, class_of);
    let (by_class, by_loader) = rayon::join(
        || group_retained(&dominators, class_of, classes.len(), &shallow, progress),
        || group_retained(&dominators, &loader_of, loaders.objects.len(), &shallow, progress),
    );
    let (by_class, by_loader) = (by_class?, by_loader?);
    progress.end();
    let warnings = [inexact(&by_class, "classes"), inexact(&by_loader, "class loaders")];
    Ok(HeldColumns {
        held: Held {
            dominator: dominator.into(),
            retained: retained.into(),
            class_retained: by_class.bytes.into(),
            loader_retained: by_loader.bytes.into(),
        },
        total,
        warnings: warnings.into_iter().flatten().collect(),
    })
}

fn inexact(sizes: &GroupRetained, what: &str) -> Option<String> {
    let count = sizes.exact.iter().filter(|&&exact| !exact).count();
    (count > 0)
        .then(|| format!("the retained sizes of {count} {what} are lower bounds: the heap is too tangled"))
}

/// References by target.
pub(super) fn inbound(heap: &Heap, progress: &Progress) -> Result<References> {
    progress.begin("referrers", Unit::Objects, heap.objects() as u64);
    let lists = transpose(heap, progress)?;
    progress.end();
    Ok(References { starts: lists.starts.into(), ids: lists.targets.into() })
}
