//! What is taken away from a heap in thought, and what the roots reach without it.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::edges::Edges;
use crate::graph::holding::Holding;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use roaring::RoaringBitmap;

/// Objects and references that are thought away.
#[derive(Clone, Copy, Debug)]
pub struct Removal<'r> {
    /// The objects; ids that are none do no harm.
    pub objects: &'r RoaringBitmap,
    /// References as (from, to), sorted: every reference from the one object to the other.
    pub references: &'r [(u32, u32)],
}

impl Removal<'_> {
    /// Whether the references between two objects are taken away.
    pub(super) fn cuts(&self, from: u32, to: u32) -> bool {
        !self.references.is_empty() && self.references.binary_search(&(from, to)).is_ok()
    }

    fn cuts_some(&self, from: u32) -> bool {
        let first = self.references.partition_point(|reference| reference.0 < from);
        self.references.get(first).is_some_and(|reference| reference.0 == from)
    }
}

/// What is no longer held after `removal`, what was removed included as far as it was held.
///
/// Exact: one walk over all that is left; O(objects + references), one thread, 1 bit (at worst 4 bytes) for each object.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn lost(holding: &Holding, removal: &Removal, progress: &Progress) -> Result<RoaringBitmap> {
    let mut seen = Bits::new(holding.objects());
    for object in removal.objects.iter().take_while(|&object| (object as usize) < holding.objects()) {
        seen.insert(object);
    }
    let left = reached(&holding.edges(), removal, seen, progress)?;
    let gone =
        |&object: &u32| holding.is_held(object) && (!left.has(object) || removal.objects.contains(object));
    let mut lost = RoaringBitmap::new();
    for ids in chunks(holding.objects()) {
        progress.check()?;
        lost.extend(ids.filter(gone));
    }
    Ok(lost)
}

/// All ids, in parts that are quickly done.
pub(super) fn chunks(objects: usize) -> impl Iterator<Item = std::ops::Range<u32>> {
    let end = crate::graph::heap::id(objects);
    (0..end).step_by(1 << 20).map(move |start| start..end.min(start.saturating_add(1 << 20)))
}

/// `seen` and all that the roots reach without passing through it.
pub(super) fn reached(edges: &Edges, removal: &Removal, mut seen: Bits, progress: &Progress) -> Result<Bits> {
    let columns = edges.heap.columns();
    let mut open: Vec<u32> = columns.roots.iter().copied().filter(|&root| seen.insert(root)).collect();
    let mut visited = 0u64;
    let mut class_done = vec![false; columns.class_objects.len()];
    while let Some(object) = open.pop() {
        let mut enter = |to: u32| {
            if seen.insert(to) {
                open.push(to);
            }
        };
        visited += 1;
        if visited.is_multiple_of(65_536) {
            progress.check()?;
        }
        if !removal.references.is_empty() && removal.cuts_some(object) {
            edges.each(object, |to| {
                if !removal.cuts(object, to) {
                    enter(to)
                }
            });
            continue;
        }
        edges.heap.stored(object).iter().copied().for_each(&mut enter);
        let class = columns.class_of[object as usize] as usize;
        if !std::mem::replace(&mut class_done[class], true) {
            let class_object = columns.class_objects[class];
            (class_object != NO_OBJECT).then_some(class_object).into_iter().for_each(&mut enter);
        }
        edges.each_more(object, enter);
    }
    Ok(seen)
}
