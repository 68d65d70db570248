//! A depth-first walk on its way: numbers for objects, and the references that lead to numbered ones.

use crate::error::Result;
use crate::graph::edges::Edges;
use crate::graph::heap::{Csr, Heap, at, id};
use crate::graph::marking::{class_edges, marked};
use crate::graph::marks::{self, FIRST_LEAF, INSTANCE, LEAF, ROOT, UNSEEN, is_open};
use crate::graph::merges::{Again, again};
use crate::graph::samples::{Samples, Sampling};
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::memory::{Pages, Pile, Room, Scratch, prefetch};
use crate::progress::Progress;
use bytemuck::{AnyBitPattern, NoUninit};

/// Objects of the stack in a part (4 MB).
const STACK_PART: usize = 1 << 19;

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

/// A walk on its way.
pub struct Descent<'h, 'a> {
    pub(super) room: &'h Room,
    pub(super) edges: Edges<'h, 'a>,
    /// The class object of each class, unless it is a root.
    class_edges: Vec<u32>,
    pub(super) samples: Samples,
    pub(super) number: Scratch<u32>,
    /// By number: inner objects from the beginning, leaves from the end.
    pub(super) order: Scratch<u32>,
    pub(super) parent: Scratch<u32>,
    /// The number of the next inner object.
    pub(super) next: u32,
    /// How many leaves were met.
    pub(super) leaves: u32,
    pub(super) again: Again,
    stack: Pile<Frame>,
}

impl<'h, 'a> Descent<'h, 'a> {
    /// A walk that has not begun: all objects are marked, in parallel.
    ///
    /// # Errors
    /// There is no room.
    pub fn begin(room: &'h Room, heap: &'h Heap<'a>, held: Strength) -> Result<Descent<'h, 'a>> {
        Descent::new(room, heap, held, Sampling::default())
    }

    /// The pages that the walk comes to one after the other.
    pub fn pages(&self) -> Vec<Pages> {
        [&self.order, &self.parent].into_iter().filter_map(Scratch::pages).collect()
    }

    /// Numbers what is below the roots.
    pub(super) fn run(&mut self, progress: &Progress) -> Result<()> {
        for &root in self.edges.heap.columns().roots {
            self.samples.next_root();
            self.descend(root, progress)?;
        }
        self.stack.check()?;
        self.again.check()
    }

    pub(super) fn new(
        room: &'h Room,
        heap: &'h Heap<'a>,
        held: Strength,
        sampling: Sampling,
    ) -> Result<Descent<'h, 'a>> {
        let edges = Edges::new(heap, held);
        let class_edges = class_edges(heap);
        let number = marked(&edges, &class_edges, room)?;
        let mut order = room.unset_sequential(heap.objects() + 1)?;
        order[0] = NO_OBJECT;
        let mut parent = room.unset_sequential(heap.objects() + 1)?;
        parent[0] = 0;
        let (again, stack) = (again(room), Pile::new(room, STACK_PART));
        let samples = Samples::new(sampling, class_edges.len());
        Ok(Descent {
            room,
            edges,
            class_edges,
            samples,
            number,
            order,
            parent,
            next: 1,
            leaves: 0,
            again,
            stack,
        })
    }

    /// By class, the number of the class object that instances hold, if it was met; 0 for others.
    pub(super) fn class_numbers(&self) -> Vec<u32> {
        let number = |&object: &u32| self.number.get(object as usize).filter(|&&number| number < self.next);
        self.class_edges.iter().map(|object| number(object).copied().unwrap_or(0)).collect()
    }

    /// The number of an object when everything is numbered; `None` for what is not held.
    pub(super) fn final_number(&self, object: u32) -> Option<u32> {
        let number = *self.number.get(object as usize)?;
        let is_inner = (1..self.next).contains(&number);
        let is_leaf = (FIRST_LEAF - self.leaves + 1..=FIRST_LEAF).contains(&number);
        (is_inner || is_leaf).then(|| marks::final_number(number, self.next - 1))
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
        let class = match marks::class(new.mark) {
            None if new.mark == UNSEEN => return None,
            None => self.edges.heap.columns().class_of[new.object as usize],
            Some(class) if self.samples.wants(class) || self.is_unmet(class) => class,
            Some(_) => return None,
        };
        let class_object = self.class_edges[class as usize];
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
            if is_open(mark) {
                self.put_back(frame.number, cursor + 1, object, stored.len());
                self.look_ahead(stored.get(cursor as usize + 1..).unwrap_or_default());
                return Some(New { object: to, mark, parent: frame.number });
            }
            if mark > frame.number && mark < self.next {
                self.again.push([mark, frame.number]);
            }
        }
        self.next_more(frame, object, stored.len())
    }

    /// Begins to read what a visit of the objects that come later will need.
    #[inline]
    fn look_ahead(&self, later: &[u32]) {
        let Csr { starts, targets } = self.edges.heap.columns().strong;
        if let Some(&far) = later.get(7) {
            prefetch(&self.number, far as usize);
            prefetch(starts.low, far as usize);
        }
        if let Some(&near) = later.get(3) {
            prefetch(targets, at(starts.get(near as usize)));
        }
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
            ROOT => {}
            LEAF => self.enter_leaf(to, from),
            mark if is_open(mark) => {
                let Some(class) = marks::alone(mark) else { return true };
                if self.is_unmet(class) {
                    self.number[to as usize] = marks::of_class(class, false);
                    return true;
                }
                if self.samples.wants(class) {
                    self.number[to as usize] = INSTANCE;
                    return true;
                }
                self.enter_leaf(to, from);
            }
            known => self.again.push([known, from]),
        }
        false
    }

    /// Whether the class object of `class` has no number yet. Then the walk must go there from the next instance: it would be no
    /// walk depth first of all references if an object came after one that holds it, but not below that.
    fn is_unmet(&self, class: u32) -> bool {
        is_open(self.number[self.class_edges[class as usize] as usize])
    }

    fn enter_leaf(&mut self, to: u32, from: u32) {
        self.number[to as usize] = FIRST_LEAF - self.leaves;
        self.leaves += 1;
        let place = self.order.len() - self.leaves as usize;
        self.order[place] = to;
        self.parent[place] = from;
    }
}
