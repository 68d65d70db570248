//! Depth-first numbering of what is held, and which objects have more than one holder.

use crate::error::Result;
use crate::graph::edges::Edges;
use crate::graph::heap::{Heap, id};
use crate::graph::merges::{Again, Merges, again};
use crate::graph::postorder::reverse_postorder;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::memory::{Pile, Room, Scratch};
use crate::progress::Progress;
use bytemuck::{AnyBitPattern, NoUninit};
use rayon::prelude::*;

/// Marks in the column of numbers; numbers of inner objects count up from 1, those of leaves down from `FIRST_LEAF`.
const ROOT: u32 = u32::MAX;
/// Not seen yet: an object that holds nothing.
const LEAF: u32 = u32::MAX - 1;
/// Not seen yet: an object that holds something, its class object among it.
const INSTANCE: u32 = u32::MAX - 2;
/// Not seen yet: an object that holds something, but no class object that matters.
const UNSEEN: u32 = 0;
const FIRST_LEAF: u32 = u32::MAX - 3;

/// The objects that are held, numbered depth first, below a virtual root (number 0) that holds the roots.
///
/// Leaves (objects that hold nothing) have the numbers behind all others: they are on nobody's path, so they stay out of
/// the arrays that are read at random. References to roots are dropped: the virtual root dominates roots anyway.
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
    /// Objects with more than one holder.
    pub(super) merges: Merges,
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
        Walk::within(&Room::unbounded(), heap, held, progress)
    }

    /// As [`Walk::new`], with columns built in `room`, here and in what follows from the walk.
    ///
    /// # Errors
    /// As [`Walk::new`], and where neither memory nor the disk has room.
    pub fn within(room: &Room, heap: &Heap, held: Strength, progress: &Progress) -> Result<Walk> {
        let mut descent = Descent::new(room, heap, held)?;
        for &root in heap.columns().roots {
            descent.descend(root, progress)?;
        }
        descent.stack.check()?;
        descent.again.check()?;
        let Descent { number, mut order, mut parent, next, leaves, again, .. } = descent;
        drop(number);
        let inner = next - 1;
        progress.add(leaves.into())?;
        leaves_behind(&mut order, next as usize, leaves as usize);
        leaves_behind(&mut parent, next as usize, leaves as usize);
        let mut merges = Merges::new(again, inner, &parent, room, progress)?;
        merges.places = places(&merges, &parent[..=inner as usize], room, progress)?;
        let room = room.clone();
        Ok(Walk { objects: heap.objects(), order, inner, parent, merges, room })
    }
}

/// The places of the inner merges in reverse postorder; `parent` is that of inner objects.
fn places(merges: &Merges, parent: &[u32], room: &Room, progress: &Progress) -> Result<Scratch<u32>> {
    let of_number = reverse_postorder(parent, room, progress)?;
    let numbers = &merges.numbers[..merges.inner(id(parent.len() - 1))];
    let mut places = room.column(numbers.len())?;
    places.par_iter_mut().zip(numbers).for_each(|(place, &number)| *place = of_number[number as usize]);
    Ok(places)
}

/// Objects of the stack in a part (8 MB).
const STACK_PART: usize = 1 << 20;

/// The number of an object once it is known that `inner` is the last one of inner objects: leaves follow.
#[inline]
pub(super) fn final_number(number: u32, inner: u32) -> u32 {
    if number > inner { inner + 1 + (FIRST_LEAF - number) } else { number }
}

/// Brings the `leaves` rows at the end, the first of them the last, in order behind the `inner` ones at the beginning.
fn leaves_behind(column: &mut Scratch<u32>, inner: usize, leaves: usize) {
    let end = column.len();
    column[end - leaves..].reverse();
    column.copy_within(end - leaves.., inner);
    column.truncate(inner + leaves);
}

/// An object on the path from the root that has references left.
#[derive(Clone, Copy, AnyBitPattern, NoUninit)]
#[repr(C)]
struct Frame {
    number: u32,
    /// The next of its references: stored ones, then locals and referents.
    cursor: u32,
}

/// An inner object that is to be numbered.
struct New {
    object: u32,
    mark: u32,
    /// The number of its holder.
    parent: u32,
}

struct Descent<'h, 'a> {
    edges: Edges<'h, 'a>,
    /// The class object of each class, unless it is a root.
    class_edges: Vec<u32>,
    number: Scratch<u32>,
    /// By number: inner objects from the beginning, leaves from the end.
    order: Scratch<u32>,
    parent: Scratch<u32>,
    /// The number of the next inner object.
    next: u32,
    /// How many leaves were met.
    leaves: u32,
    again: Again,
    stack: Pile<Frame>,
}

impl<'h, 'a> Descent<'h, 'a> {
    fn new(room: &Room, heap: &'h Heap<'a>, held: Strength) -> Result<Descent<'h, 'a>> {
        let edges = Edges::new(heap, held);
        let roots = heap.columns().roots;
        let unless_root =
            |&object: &u32| if roots.binary_search(&object).is_ok() { NO_OBJECT } else { object };
        let class_edges: Vec<u32> = heap.columns().class_objects.iter().map(unless_root).collect();
        let mark = |(number, (object, &class)): (&mut u32, (usize, &u32))| {
            let object = id(object);
            *number = if class_edges[class as usize] != NO_OBJECT {
                INSTANCE
            } else if heap.stored(object).is_empty() && !edges.has_more(object) {
                LEAF
            } else {
                UNSEEN
            };
        };
        let mut number = room.column(heap.objects())?;
        number.par_iter_mut().zip(heap.columns().class_of.par_iter().enumerate()).for_each(mark);
        for &root in roots {
            number[root as usize] = ROOT;
        }
        let mut order = room.sequential(heap.objects() + 1)?;
        order[0] = NO_OBJECT;
        let parent = room.sequential(heap.objects() + 1)?;
        let (again, stack) = (again(room), Pile::new(room, STACK_PART));
        Ok(Descent { edges, class_edges, number, order, parent, next: 1, leaves: 0, again, stack })
    }

    /// Everything below `root`.
    fn descend(&mut self, root: u32, progress: &Progress) -> Result<()> {
        let mut new = Some(New { object: root, mark: ROOT, parent: 0 });
        loop {
            while let Some(object) = new {
                new = self.enter(object);
                if self.next.is_multiple_of(65_536) {
                    progress.add(65_536)?;
                }
            }
            let Some(frame) = self.stack.pop() else { return Ok(()) };
            new = self.next(frame);
        }
    }

    /// Numbers an object and looks at all its references, so that their cache misses overlap; those to leaves and to
    /// numbered objects are dealt with here, the object goes on the stack only for others. Returns the class object, if
    /// that is new: it comes before what is on the stack.
    fn enter(&mut self, new: New) -> Option<New> {
        let number = self.next;
        self.next += 1;
        self.number[new.object as usize] = number;
        self.order[number as usize] = new.object;
        self.parent[number as usize] = new.parent;
        let stored = self.edges.heap.stored(new.object);
        let mut first = None;
        for (cursor, &to) in (0u32..).zip(stored) {
            if self.is_new(to, number) {
                first = first.or(Some(cursor));
            }
        }
        let has_more = self.edges.heap.has_more(new.object);
        if let Some(cursor) = first.or_else(|| has_more.then(|| id(stored.len()))) {
            self.stack.push(Frame { number, cursor });
        }
        if new.mark == UNSEEN {
            return None;
        }
        let class = self.edges.heap.columns().class_of[new.object as usize] as usize;
        let class_object = self.class_edges[class];
        if class_object == NO_OBJECT || !self.is_new(class_object, number) {
            return None;
        }
        Some(New { object: class_object, mark: self.number[class_object as usize], parent: number })
    }

    /// Takes the next reference of `frame` to an object that is still new, and puts the frame back if it has others.
    fn next(&mut self, frame: Frame) -> Option<New> {
        let object = self.order[frame.number as usize];
        let stored = self.edges.heap.stored(object);
        for (cursor, &to) in (frame.cursor..).zip(stored.get(frame.cursor as usize..).unwrap_or_default()) {
            let mark = self.number[to as usize];
            if mark == UNSEEN || mark == INSTANCE {
                self.put_back(frame.number, cursor + 1, object, stored.len());
                return Some(New { object: to, mark, parent: frame.number });
            }
            if mark > frame.number && mark < self.next {
                self.again.push([mark, frame.number]);
            }
        }
        self.next_more(frame, object, stored.len())
    }

    fn put_back(&mut self, number: u32, cursor: u32, object: u32, stored: usize) {
        if (cursor as usize) < stored || self.edges.heap.has_more(object) {
            self.stack.push(Frame { number, cursor });
        }
    }

    fn next_more(&mut self, frame: Frame, object: u32, stored: usize) -> Option<New> {
        if !self.edges.heap.has_more(object) {
            return None;
        }
        let mut cursor = (frame.cursor as usize).max(stored);
        while let Some(target) = self.edges.more(object, cursor - stored) {
            cursor += 1;
            if let Some(to) = target.filter(|&to| self.is_new(to, frame.number)) {
                self.stack.push(Frame { number: frame.number, cursor: id(cursor) });
                return Some(New { object: to, mark: self.number[to as usize], parent: frame.number });
            }
        }
        None
    }

    /// Whether `to` is an inner object not seen before.
    fn is_new(&mut self, to: u32, from: u32) -> bool {
        match self.number[to as usize] {
            UNSEEN | INSTANCE => return true,
            ROOT => {}
            LEAF => {
                self.number[to as usize] = FIRST_LEAF - self.leaves;
                self.leaves += 1;
                let place = self.order.len() - self.leaves as usize;
                self.order[place] = to;
                self.parent[place] = from;
            }
            known => self.again.push([known, from]),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::heap::MAX_OBJECTS;

    // The first leaf follows the last inner object, whatever share of the most objects there can be are leaves.
    #[test]
    fn numbers_of_leaves_meet_those_of_inner_objects_at_no_size() {
        let objects = id(MAX_OBJECTS);
        for inner in [0, 1, 1 << 31, objects - 1, objects] {
            let leaves = objects - inner;
            assert_eq!(final_number(inner, inner), inner);
            assert!(leaves == 0 || final_number(FIRST_LEAF - (leaves - 1), inner) == objects);
            assert!(leaves == 0 || FIRST_LEAF - (leaves - 1) > inner);
        }
    }
}
