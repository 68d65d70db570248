//! What a set of objects retains: reach again without it.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::edges::Edges;
use crate::graph::heap::Heap;
use crate::graph::removal::{Removal, reached};
use crate::graph::strength::Strength;
use crate::progress::Progress;
use roaring::RoaringBitmap;

/// What goes when a set of objects goes.
#[derive(Clone, Debug, PartialEq)]
pub struct RetainedSet {
    /// The objects of the set that are held, and all that is held only through them.
    pub objects: RoaringBitmap,
    /// Their bytes.
    pub bytes: u64,
}

/// The retained set of `set`, when references weaker than `held` do not count and no dominator tree is known.
///
/// Exact: two walks of the graph, side by side; O(objects + references) and 1 bit (at worst 4 bytes) for each object.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn retained_set(
    heap: &Heap,
    held: Strength,
    set: &RoaringBitmap,
    shallow: impl Fn(u32) -> u64,
    progress: &Progress,
) -> Result<RetainedSet> {
    let mut gone = Bits::new(heap.objects());
    set.iter().filter(|&object| (object as usize) < heap.objects()).for_each(|object| {
        gone.insert(object);
    });
    let removal = Removal { objects: set, references: &[] };
    let walk = |seen: Bits| reached(&Edges::new(heap, held), &removal, seen, progress);
    let (all, left) = rayon::join(|| walk(Bits::new(heap.objects())), || walk(gone));
    let (all, left) = (all?, left?);
    let mut retained = RetainedSet { objects: RoaringBitmap::new(), bytes: 0 };
    for object in all.iter().filter(|&object| !left.has(object) || set.contains(object)) {
        retained.objects.insert(object);
        retained.bytes = retained.bytes.saturating_add(shallow(object));
    }
    Ok(retained)
}
