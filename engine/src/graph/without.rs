//! What a set of objects retains: reach again without it.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::edges::Edges;
use crate::graph::heap::Heap;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
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

/// The retained set of `set`, when references weaker than `held` do not count.
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
    let walk = |seen: Bits| reached(heap, held, seen, progress);
    let (all, left) = rayon::join(|| walk(Bits::new(heap.objects())), || walk(gone));
    let (all, left) = (all?, left?);
    let mut retained = RetainedSet { objects: RoaringBitmap::new(), bytes: 0 };
    for object in all.iter().filter(|&object| !left.has(object) || set.contains(object)) {
        retained.objects.insert(object);
        retained.bytes = retained.bytes.saturating_add(shallow(object));
    }
    Ok(retained)
}

/// `seen` and all that the roots reach without passing through it.
fn reached(heap: &Heap, held: Strength, mut seen: Bits, progress: &Progress) -> Result<Bits> {
    let edges = Edges::new(heap, held);
    let mut open: Vec<u32> = heap.columns().roots.iter().copied().filter(|&root| seen.insert(root)).collect();
    let mut visited = 0u64;
    let mut class_done = vec![false; heap.columns().class_objects.len()];
    while let Some(object) = open.pop() {
        let mut enter = |to: u32| {
            if seen.insert(to) {
                open.push(to);
            }
        };
        heap.stored(object).iter().copied().for_each(&mut enter);
        let class = heap.columns().class_of[object as usize] as usize;
        if !std::mem::replace(&mut class_done[class], true) {
            Some(heap.class_object(object))
                .filter(|&object| object != NO_OBJECT)
                .into_iter()
                .for_each(&mut enter);
        }
        edges.each_more(object, enter);
        visited += 1;
        if visited.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok(seen)
}
