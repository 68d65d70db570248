//! What is reachable from a set of objects, and in how many steps.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::edges::Edges;
use crate::graph::heap::Heap;
use crate::graph::strength::Strength;
use crate::progress::Progress;
use roaring::RoaringBitmap;

/// The objects that are at most `depth` references (`None`: any number) away from a member of `set`, as (object, depth):
/// the nearest first, by id where equally near; the members have depth 0.
///
/// It follows stored references, those of threads to their locals, and those to referents that count when `held` is the
/// weakest strength that does; not the one from an object to its class, which would lead from any object to its class
/// loader and nearly everything. O(objects found and their references); 1 bit for each object of the heap.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
pub fn reachable(
    heap: &Heap,
    held: Strength,
    set: &RoaringBitmap,
    depth: Option<u32>,
    progress: &Progress,
) -> Result<Vec<(u32, u32)>> {
    let edges = Edges::new(heap, held);
    let mut seen = Bits::new(heap.objects());
    let members = set.iter().take_while(|&member| (member as usize) < heap.objects());
    let mut rows: Vec<(u32, u32)> = members.map(|member| (member, 0)).collect();
    rows.iter().for_each(|row| _ = seen.insert(row.0));
    let mut level = 0..rows.len();
    for steps in 1..=depth.unwrap_or(u32::MAX) {
        for index in level.clone() {
            let object = rows[index].0;
            let mut enter = |to: u32| {
                if seen.insert(to) {
                    rows.push((to, steps));
                }
            };
            heap.stored(object).iter().copied().for_each(&mut enter);
            edges.each_more(object, enter);
            if index.is_multiple_of(65_536) {
                progress.check()?;
            }
        }
        level = level.end..rows.len();
        if level.is_empty() {
            break;
        }
        rows[level.clone()].sort_unstable();
    }
    Ok(rows)
}
