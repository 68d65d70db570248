//! Depth-first numbering of what is held, and which objects have more than one holder.

use crate::error::Result;
use crate::graph::descent::Descent;
use crate::graph::heap::Heap;
use crate::graph::merges::{Again, Merges};
use crate::graph::samples::Sampling;
use crate::graph::strength::Strength;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;

/// The objects that are held, numbered depth first, below a virtual root (number 0) that holds the roots.
///
/// Leaves (objects that hold nothing) have the numbers behind all others: they are on nobody's path, so they stay out of
/// the arrays that are read at random. References to roots are dropped: the virtual root dominates roots anyway. Of the
/// references from instances to their class object only some are taken down, see [`Sampling`]; a leaf may have one that is not.
#[derive(Debug)]
pub struct Walk {
    /// Objects of the heap, held or not.
    pub(super) objects: usize,
    /// Objects by number; [`NO_OBJECT`] at 0.
    pub(super) order: Scratch<u32>,
    /// The last number of an inner object; leaves follow.
    pub(super) inner: u32,
    /// By number, the number of the object from which it was first reached; 0 for roots.
    pub(super) parent: Scratch<u32>,
    /// By class, the number of the class object that its instances hold; 0 where that does not matter.
    pub(super) class_objects: Vec<u32>,
    /// Objects with more than one holder.
    pub(super) merges: Merges,
    /// See [`Sampling::attempts`].
    pub(super) attempts: u32,
    /// Where columns are built.
    pub(super) room: Room,
}

impl Walk {
    /// Numbers everything that is reachable from the roots by references that count at `held`.
    ///
    /// Cost O(objects + references), one thread, then a parallel sort of the references that the walk did not take.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
    pub fn new(heap: &Heap, held: Strength, progress: &Progress) -> Result<Walk> {
        Walk::sampling(heap, held, Sampling::default(), progress)
    }

    /// As [`Walk::new`], with other samples of the references to class objects.
    ///
    /// # Errors
    /// As [`Walk::new`].
    pub fn sampling(heap: &Heap, held: Strength, sampling: Sampling, progress: &Progress) -> Result<Walk> {
        Descent::new(&Room::unbounded(), heap, held, sampling)?.walk(progress)
    }
}

impl Descent<'_, '_> {
    /// The walk from all roots.
    ///
    /// # Errors
    /// As [`Walk::new`], and where neither memory nor the disk has room.
    pub fn walk(self, progress: &Progress) -> Result<Walk> {
        self.preorder(&[], progress)?.walk(progress)
    }

    /// Numbers what is below all roots: after that references are not needed any more. The numbers of `watched` objects are kept.
    ///
    /// # Errors
    /// As [`Descent::walk`].
    pub fn preorder(mut self, watched: &[u32], progress: &Progress) -> Result<Preorder> {
        self.run(progress)?;
        let (objects, class_objects) = (self.edges.heap.objects(), self.class_numbers());
        let watched = watched.iter().map(|&object| (object, self.final_number(object))).collect();
        let Descent { room, number, mut order, mut parent, next, leaves, again, samples, .. } = self;
        drop(number);
        progress.add(leaves.into())?;
        leaves_behind(&mut order, next as usize, leaves as usize);
        leaves_behind(&mut parent, next as usize, leaves as usize);
        let (inner, room, attempts) = (next - 1, room.clone(), samples.sampling.attempts);
        Ok(Preorder { objects, order, inner, parent, class_objects, watched, again, attempts, room })
    }
}

/// A [`Walk`] whose objects are numbered.
pub struct Preorder {
    objects: usize,
    pub(super) order: Scratch<u32>,
    inner: u32,
    pub(super) parent: Scratch<u32>,
    class_objects: Vec<u32>,
    /// The objects that are watched, each with its number if it is held.
    pub(super) watched: Vec<(u32, Option<u32>)>,
    /// The references that the walk did not take.
    again: Again,
    attempts: u32,
    room: Room,
}

impl Preorder {
    /// The finished walk.
    ///
    /// # Errors
    /// As [`Descent::walk`].
    pub fn walk(self, progress: &Progress) -> Result<Walk> {
        let Preorder { objects, order, inner, parent, class_objects, again, attempts, room, .. } = self;
        let merges = Merges::new(again, inner, &parent, &room, progress)?;
        Ok(Walk { objects, order, inner, parent, class_objects, merges, attempts, room })
    }
}

/// Brings the `leaves` rows at the end, the first of them the last, in order behind the `inner` ones at the beginning.
fn leaves_behind(column: &mut Scratch<u32>, inner: usize, leaves: usize) {
    let end = column.len();
    column[end - leaves..].reverse();
    column.copy_within(end - leaves.., inner);
    column.truncate(inner + leaves);
}
