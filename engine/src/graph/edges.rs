//! The references that hold, once the weakest strength that counts is chosen.

use crate::graph::heap::Heap;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;

/// The references of a heap of which `held` is the weakest strength that counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges<'h, 'a> {
    pub(super) heap: &'h Heap<'a>,
    held: Strength,
}

impl<'h, 'a> Edges<'h, 'a> {
    pub(super) fn new(heap: &'h Heap<'a>, held: Strength) -> Edges<'h, 'a> {
        Edges { heap, held }
    }

    /// Every target of `from`: stored references, class object, locals, referents; repeats included.
    pub(super) fn each(&self, from: u32, mut target: impl FnMut(u32)) {
        for &to in self.heap.stored(from) {
            target(to);
        }
        let class_object = self.heap.class_object(from);
        if class_object != NO_OBJECT {
            target(class_object);
        }
        self.each_more(from, target);
    }

    /// The locals and referents of `from` that hold.
    pub(super) fn each_more(&self, from: u32, target: impl FnMut(u32)) {
        if self.heap.has_more(from) {
            (0..).map_while(|index| self.more(from, index)).flatten().for_each(target);
        }
    }

    /// Local or referent number `index` of `from`: `None` behind the last, `Some(None)` for one that does not hold.
    pub(super) fn more(&self, from: u32, index: usize) -> Option<Option<u32>> {
        let locals = self.heap.locals(from);
        if let Some(local) = locals.get(index) {
            return Some(Some(local.1));
        }
        let special = self.heap.special(from).get(index - locals.len())?;
        Some(self.held.counts(special.strength).then_some(special.to))
    }

    /// Whether anything in `more` holds.
    pub(super) fn has_more(&self, from: u32) -> bool {
        self.heap.has_more(from) && (0..).map_while(|index| self.more(from, index)).flatten().next().is_some()
    }
}
