//! What follows from the references: strength, depth, dominators, retained sizes.

use super::Loaders;
use crate::error::Result;
use crate::graph::{Descent, Dominators, Flood, GroupRetained, Heap, Preorder, Strength};
use crate::graph::{exactly_retained, group_retained, reach_in, settle};
use crate::id::ObjectId;
use crate::memory::{Room, both};
use crate::progress::{Progress, Unit};
use crate::store::Classes;
use crate::store::columns::{Reached, write_dominators, write_group_retained, write_retained};
use crate::store::folder::Folder;
use crate::wide::Wide;

/// What is reached strongly if paths begin at roots and at all class objects `permanent`: most of it stays right, see
/// [`reached`]. `None` where room is scarce.
pub(super) fn reached_early(
    room: &Room,
    heap: &Heap,
    permanent: &[u32],
    progress: &Progress,
) -> Result<Option<Flood>> {
    let starts = [heap.columns().roots, permanent].concat();
    (!room.is_scarce()).then(|| Flood::new(room, heap, &starts, progress)).transpose()
}

/// Strength and depth of each object; paths begin at roots and at those class objects `permanent` that the roots reach.
///
/// A permanent class that no root reaches (an array class of the boot loader, a dead hidden class) is no start:
/// what only it holds is not held, as the dominator tree says too. The pair has those that are known to be reached, and the
/// others; `early` is what [`reached_early`] has found, where it was asked.
pub(super) fn reached(
    room: &Room,
    heap: &Heap,
    (reached, doubtful): (&[u32], &[u32]),
    early: Option<Flood>,
    progress: &Progress,
) -> Result<Reached> {
    let starts = [heap.columns().roots, reached].concat();
    let reach = match early {
        Some(early) => settle(room, heap, early, (&starts, doubtful), progress)?,
        None => reach_in(room, heap, (&starts, doubtful), progress)?,
    };
    Ok(Reached { strength: reach.strength.freeze(), depth: reach.depth.freeze() })
}

/// A walk from the roots by the references that hold, which has not begun.
pub(super) fn begin_walk<'h, 'a>(
    room: &'h Room,
    heap: &'h Heap<'a>,
    held: Strength,
    progress: &Progress,
) -> Result<Descent<'h, 'a>> {
    progress.begin("depth-first", Unit::Objects, heap.objects() as u64);
    Descent::begin(room, heap, held)
}

/// What sizes of objects, classes and loaders are of.
pub(super) struct Held<'a, F> {
    pub(super) heap: &'a Heap<'a>,
    pub(super) classes: &'a Classes,
    pub(super) loaders: &'a Loaders,
    /// The bytes of an object, by its id and its class.
    pub(super) shallow: F,
}

/// What is known of all that is held.
pub(super) struct Totals {
    /// Shallow size of all that is held, in bytes.
    pub(super) bytes: u64,
    /// Which sizes are not exact.
    pub(super) warnings: Vec<String>,
}

impl<F: Fn(u32, u32) -> u64 + Sync> Held<'_, F> {
    /// Writes the dominator tree, and the retained sizes of objects, classes and loaders.
    pub(super) fn write(&self, preorder: Preorder, folder: &Folder, progress: &Progress) -> Result<Totals> {
        let objects = self.heap.objects() as u64;
        let walk = preorder.walk(progress)?;
        progress.begin("dominators", Unit::Objects, objects);
        let dominators = Dominators::new(walk, self.heap, progress)?;
        progress.begin("classes", Unit::Objects, objects);
        let (groups, sizes) = both(
            dominators.room(),
            || self.groups(&dominators, progress),
            || self.write_sizes(&dominators, folder, progress),
        );
        let (by_class, by_loader) = groups?;
        progress.end();
        let warnings = [inexact(&by_class, "classes"), inexact(&by_loader, "class loaders")];
        write_group_retained(folder, "class_retained", by_class.bytes)?;
        write_group_retained(folder, "loader_retained", by_loader.bytes)?;
        Ok(Totals { bytes: sizes?, warnings: warnings.into_iter().flatten().collect() })
    }

    /// Writes the dominator and the retained size of each object; the bytes of all that is held.
    fn write_sizes(&self, dominators: &Dominators, folder: &Folder, progress: &Progress) -> Result<u64> {
        progress
            .beside("write dominators", || write_dominators(folder, &dominators.by_object()?.freeze()))?;
        let mut retained = Wide::from(Vec::new());
        progress.beside("retained", || {
            retained = dominators.retained(&self.shallow, progress)?;
            Ok(0)
        })?;
        progress.beside("write retained", || write_retained(folder, &retained))?;
        Ok(dominators.tops().map(|id| retained.get(id as usize)).fold(0, u64::saturating_add))
    }

    /// Retained sizes of classes and of class loaders: in one go, unless the heap is too tangled for both.
    fn groups(&self, dominators: &Dominators, progress: &Progress) -> Result<(GroupRetained, GroupRetained)> {
        let Held { classes, loaders, shallow, .. } = self;
        let class_of = self.heap.columns().class_of;
        let labels = loaders.labels(classes, class_of);
        if let Some(mut bytes) = exactly_retained(dominators, &labels, shallow, progress)? {
            let by_loader = bytes.split_off(classes.len());
            return Ok((GroupRetained::exact(bytes), GroupRetained::exact(by_loader)));
        }
        let class = |_, class| class;
        let loader = loaders.of_objects(classes, class_of);
        Ok((
            group_retained(dominators, class, classes.len(), shallow, progress)?,
            group_retained(dominators, loader, loaders.objects.len(), shallow, progress)?,
        ))
    }
}

fn inexact(sizes: &GroupRetained, what: &str) -> Option<String> {
    let count = sizes.exact.iter().filter(|&&exact| !exact).count();
    (count > 0)
        .then(|| format!("the retained sizes of {count} {what} are lower bounds: the heap is too tangled"))
}

/// The ids of `objects`.
pub(super) fn ids(objects: &[ObjectId]) -> Vec<u32> {
    objects.iter().map(|object| object.0).collect()
}
