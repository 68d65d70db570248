//! Depth-first numbering of what is held, and which objects have more than one holder.

use crate::error::Result;
use crate::graph::edges::Edges;
use crate::graph::heap::{Heap, id};
use crate::graph::merges::{Again, Merges};
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use rayon::prelude::*;

/// Marks in the column of numbers; numbers of inner objects count up from 1, those of leaves down from `FIRST_LEAF`.
const UNSEEN: u32 = 0;
const ROOT: u32 = u32::MAX;
const LEAF: u32 = u32::MAX - 1;
pub(super) const FIRST_LEAF: u32 = u32::MAX - 2;

/// The objects that are held, numbered depth first, below a virtual root (number 0) that holds the roots.
///
/// Leaves (objects that hold nothing) have the numbers behind all others: they are on nobody's path, so they stay out of
/// the arrays that are read at random. References to roots are dropped: the virtual root dominates roots anyway.
#[derive(Debug)]
pub struct Walk {
    /// Objects by number; [`NO_OBJECT`] at 0.
    pub(super) order: Vec<u32>,
    /// The last number of an inner object; leaves follow.
    pub(super) inner: u32,
    /// By number, the number of the object from which it was first reached; 0 for roots.
    pub(super) parent: Vec<u32>,
    /// Objects with more than one holder.
    pub(super) merges: Merges,
}

impl Walk {
    /// Numbers everything that is reachable from the roots by references that count at `held`.
    ///
    /// Cost O(objects + references), one thread, then a parallel sort of the references that the walk did not take.
    ///
    /// # Errors
    /// [`crate::error::Error::Interrupted`] when `progress` was cancelled.
    pub fn new(heap: &Heap, held: Strength, progress: &Progress) -> Result<Walk> {
        let mut descent = Descent::new(heap, held);
        for &root in heap.columns().roots {
            descent.descend(root, progress)?;
        }
        let Descent { number, mut order, mut parent, leaves, leaf_parent, again, .. } = descent;
        drop(number);
        let inner = id(order.len() - 1);
        order.extend(leaves);
        parent.extend(leaf_parent);
        let merges = Merges::new(&again, inner, &parent);
        Ok(Walk { order, inner, parent, merges })
    }
}

/// An object on the path from the root: its number and which of its references comes next.
#[derive(Clone, Copy)]
struct Frame {
    number: u32,
    /// 0: the class object; 1 and up: stored references, then locals and referents.
    cursor: u32,
}

struct Descent<'h, 'a> {
    edges: Edges<'h, 'a>,
    /// The class object of each class, unless it is a root.
    class_edges: Vec<u32>,
    number: Vec<u32>,
    order: Vec<u32>,
    parent: Vec<u32>,
    leaves: Vec<u32>,
    leaf_parent: Vec<u32>,
    again: Again,
    stack: Vec<Frame>,
}

impl<'h, 'a> Descent<'h, 'a> {
    fn new(heap: &'h Heap<'a>, held: Strength) -> Descent<'h, 'a> {
        let edges = Edges::new(heap, held);
        let roots = heap.columns().roots;
        let unless_root =
            |&object: &u32| if roots.binary_search(&object).is_ok() { NO_OBJECT } else { object };
        let class_edges: Vec<u32> = heap.columns().class_objects.iter().map(unless_root).collect();
        let classes = heap.columns().class_of;
        let is_leaf = |object: u32| {
            heap.stored(object).is_empty()
                && class_edges[classes[object as usize] as usize] == NO_OBJECT
                && !edges.has_more(object)
        };
        let mut number: Vec<u32> =
            heap.ids().into_par_iter().map(|object| if is_leaf(object) { LEAF } else { UNSEEN }).collect();
        for &root in roots {
            number[root as usize] = ROOT;
        }
        let mut order = Vec::with_capacity(heap.objects() + 1);
        order.push(NO_OBJECT);
        let mut parent = Vec::with_capacity(heap.objects() + 1);
        parent.push(0);
        let (leaves, leaf_parent, stack) = (Vec::new(), Vec::new(), Vec::new());
        let again = Again::default();
        Descent { edges, class_edges, number, order, parent, leaves, leaf_parent, again, stack }
    }

    /// Everything below `root`; an object leaves the stack with its last reference, so that a list needs none.
    fn descend(&mut self, root: u32, progress: &Progress) -> Result<()> {
        let mut frame = self.enter(root, 0);
        loop {
            if let Some(child) = self.next(&mut frame) {
                if !self.is_done(frame) {
                    self.stack.push(frame);
                }
                frame = self.enter(child, frame.number);
                if frame.number % 65_536 == 0 {
                    progress.add(65_536)?;
                }
            } else if let Some(above) = self.stack.pop() {
                frame = above;
            } else {
                return Ok(());
            }
        }
    }

    fn enter(&mut self, object: u32, parent: u32) -> Frame {
        let number = id(self.order.len());
        self.number[object as usize] = number;
        self.order.push(object);
        self.parent.push(parent);
        Frame { number, cursor: 0 }
    }

    /// The next inner object that is first reached from `frame`; leaves and known objects are dealt with on the way.
    fn next(&mut self, frame: &mut Frame) -> Option<u32> {
        let object = self.order[frame.number as usize];
        if frame.cursor == 0 {
            frame.cursor = 1;
            let class_object = self.class_edges[self.edges.heap.columns().class_of[object as usize] as usize];
            if class_object != NO_OBJECT && self.is_new(class_object, frame.number) {
                return Some(class_object);
            }
        }
        let stored = self.edges.heap.stored(object);
        while let Some(&to) = stored.get(frame.cursor as usize - 1) {
            frame.cursor += 1;
            if self.is_new(to, frame.number) {
                return Some(to);
            }
        }
        if self.edges.heap.has_more(object) { self.next_more(frame, object, stored.len()) } else { None }
    }

    fn next_more(&mut self, frame: &mut Frame, object: u32, stored: usize) -> Option<u32> {
        while let Some(target) = self.edges.more(object, frame.cursor as usize - 1 - stored) {
            frame.cursor += 1;
            if let Some(to) = target.filter(|&to| self.is_new(to, frame.number)) {
                return Some(to);
            }
        }
        None
    }

    fn is_done(&self, frame: Frame) -> bool {
        let object = self.order[frame.number as usize];
        frame.cursor as usize > self.edges.heap.stored(object).len() && !self.edges.heap.has_more(object)
    }

    /// Whether `to` is an inner object not seen before.
    fn is_new(&mut self, to: u32, from: u32) -> bool {
        match self.number[to as usize] {
            UNSEEN => return true,
            ROOT => {}
            LEAF => {
                self.number[to as usize] = FIRST_LEAF - id(self.leaves.len());
                self.leaves.push(to);
                self.leaf_parent.push(from);
            }
            known => self.again.push(known, from),
        }
        false
    }
}
