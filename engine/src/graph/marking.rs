//! The walk's column of numbers before it begins: a mark for each object.

use crate::error::Result;
use crate::graph::edges::Edges;
use crate::graph::heap::{Heap, id};
use crate::graph::marks::{self, LEAF, ROOT, UNSEEN};
use crate::id::NO_OBJECT;
use crate::memory::{Room, Scratch};
use rayon::prelude::*;

/// Objects that one thread marks in one go.
const CHUNK: usize = 1 << 16;

/// The class object of each class, unless it is a root.
pub(super) fn class_edges(heap: &Heap) -> Vec<u32> {
    let roots = heap.columns().roots;
    let unless_root = |&object: &u32| if roots.binary_search(&object).is_ok() { NO_OBJECT } else { object };
    heap.columns().class_objects.iter().map(unless_root).collect()
}

/// The column of numbers at the beginning: marks. Class objects are no leaves, so that what holds them need not be asked of
/// leaves.
pub(super) fn marked(edges: &Edges, class_edges: &[u32], room: &Room) -> Result<Scratch<u32>> {
    let heap = edges.heap;
    let mark_of = |(class, &edge): (u32, &u32)| match edge {
        NO_OBJECT => [UNSEEN, LEAF],
        _ => [false, true].map(|is_alone| marks::of_class(class, is_alone)),
    };
    let mark_of: Vec<[u32; 2]> = (0..).zip(class_edges).map(mark_of).collect();
    let mut number = room.unset(heap.objects())?;
    number.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, numbers)| {
        let ids = chunk * CHUNK..chunk * CHUNK + numbers.len();
        let mut starts = heap.columns().strong.starts.of_rows(ids.start..ids.end + 1);
        let mut start = starts.next();
        let rows = numbers.iter_mut().zip(&heap.columns().class_of[ids.clone()]);
        for (object, ((number, &class), end)) in ids.zip(rows.zip(starts)) {
            let has_stored = start.replace(end) != Some(end);
            let is_alone = !has_stored && !edges.has_more(id(object));
            *number = mark_of[class as usize][usize::from(is_alone)];
        }
    });
    for &object in class_edges.iter().filter(|&&object| object != NO_OBJECT) {
        let class = heap.columns().class_of[object as usize];
        let has_edge = class_edges[class as usize] != NO_OBJECT;
        number[object as usize] = if has_edge { marks::of_class(class, false) } else { UNSEEN };
    }
    for &root in heap.columns().roots {
        number[root as usize] = ROOT;
    }
    Ok(number)
}
