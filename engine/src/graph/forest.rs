//! For each object that is held, one way by which it is.

use crate::error::Result;
use crate::graph::edges::Edges;
use crate::graph::heap::Heap;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::progress::Progress;

/// The holder of a root.
pub(super) const ABOVE_ROOTS: u32 = NO_OBJECT - 1;

/// Shortest paths from the roots by the references that count: the proof that an object is held.
#[derive(Clone, Debug)]
pub struct Forest {
    /// The object before each object on its path, [`ABOVE_ROOTS`] for roots, [`NO_OBJECT`] for what is not held.
    pub(super) parent: Vec<u32>,
    /// The number of instances that are held, by class.
    pub(super) held_instances: Vec<u32>,
}

impl Forest {
    /// Breadth first from the roots; O(objects + references), one thread. It keeps 4 bytes for each object, and takes as
    /// many again while it is made.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
    pub fn new(heap: &Heap, held: Strength, progress: &Progress) -> Result<Forest> {
        let edges = Edges::new(heap, held);
        let columns = heap.columns();
        let mut parent = vec![NO_OBJECT; heap.objects()];
        let mut held_instances = vec![0; columns.class_objects.len()];
        let mut queue = columns.roots.to_vec();
        queue.iter().for_each(|&root| parent[root as usize] = ABOVE_ROOTS);
        let mut head = 0;
        while let Some(&object) = queue.get(head) {
            let mut enter = |to: u32| {
                if parent[to as usize] == NO_OBJECT {
                    parent[to as usize] = object;
                    queue.push(to);
                }
            };
            heap.stored(object).iter().copied().for_each(&mut enter);
            let instances = &mut held_instances[columns.class_of[object as usize] as usize];
            if *instances == 0 && heap.class_object(object) != NO_OBJECT {
                enter(heap.class_object(object));
            }
            *instances += 1;
            edges.each_more(object, enter);
            head += 1;
            if head.is_multiple_of(65_536) {
                progress.check()?;
            }
        }
        Ok(Forest { parent, held_instances })
    }
}
