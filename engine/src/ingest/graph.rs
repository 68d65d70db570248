//! What follows from the references: strength, depth, dominators, retained sizes, references by target.

use crate::error::Result;
use crate::graph::{Columns, Dominators, Heap, Strength, Walk, reach, transpose};
use crate::id::NO_OBJECT;
use crate::progress::{Progress, Unit};
use crate::store::columns::{Held, Reached, References};
use arrow_buffer::ScalarBuffer;

/// Classes and class loaders as groups of objects whose retained size is wanted.
pub struct Groups<'a> {
    /// The class of each object.
    pub class_of: &'a [u32],
    /// The number of classes.
    pub classes: usize,
    /// The loader of each class, as a row of the loader table.
    pub loader_of_class: &'a [u32],
    /// The class that each class object stands for, by object, ascending.
    pub class_objects: &'a [(u32, u32)],
    /// The number of loaders.
    pub loaders: usize,
}

/// Strength and depth of each object; paths begin at `starts`.
pub fn reached(heap: &Heap, starts: &[u32], progress: &Progress) -> Result<Reached> {
    progress.begin("reach", Unit::Objects, heap.objects() as u64);
    let reach = reach(heap, starts, progress)?;
    let strength: Vec<u8> = reach.strength.iter().map(|&strength| strength as u8).collect();
    Ok(Reached { strength: strength.into(), depth: reach.depth.into() })
}

/// The dominator tree of the references that hold, and what it says of objects, classes and loaders.
pub fn held(
    heap: &Heap,
    held: Strength,
    shallow: impl Fn(u32) -> u64 + Sync,
    groups: &Groups,
    progress: &Progress,
) -> Result<Held> {
    let objects = heap.objects();
    progress.begin("depth-first", Unit::Objects, objects as u64);
    let walk = Walk::new(heap, held, progress)?;
    progress.begin("dominators", Unit::Objects, objects as u64);
    let dominators = Dominators::new(walk, progress)?;
    progress.begin("retained", Unit::Objects, objects as u64);
    let retained = dominators.retained(objects, &shallow);
    let (class_retained, loader_retained) = group_sizes(heap, held, &dominators, &shallow, groups, progress)?;
    let dominator = dominators.by_object(objects);
    Ok(Held {
        dominator: dominator.into(),
        retained: retained.into(),
        class_retained: class_retained.into(),
        loader_retained: loader_retained.into(),
    })
}

/// References by target.
pub fn inbound(columns: &Columns, progress: &Progress) -> References {
    progress.begin("referrers", Unit::Objects, columns.class_of.len() as u64);
    let lists = transpose(columns.strong);
    progress.end();
    References { starts: lists.starts.into(), ids: lists.targets.into() }
}
