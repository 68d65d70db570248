//! The walk's column of numbers before it begins: a mark for each object.

use crate::error::Result;
use crate::graph::edges::Edges;
use crate::graph::heap::{Heap, id};
use crate::graph::marks::{self, LEAF, ROOT, UNSEEN};
use crate::id::NO_OBJECT;
use crate::memory::{Room, Scratch};
use rayon::prelude::*;

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
    let mark = |object: u32, class: u32| {
        let is_alone = heap.stored(object).is_empty() && !edges.has_more(object);
        match class_edges[class as usize] {
            NO_OBJECT if is_alone => LEAF,
            NO_OBJECT => UNSEEN,
            _ => marks::of_class(class, is_alone),
        }
    };
    let mut number = room.unset(heap.objects())?;
    let rows = number.par_iter_mut().zip(heap.columns().class_of.par_iter().enumerate());
    rows.for_each(|(number, (object, &class))| *number = mark(id(object), class));
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
