//! A heap with what is known of who holds what: references both ways, and the dominator tree.

use crate::error::{Error, Result};
use crate::graph::edges::Edges;
use crate::graph::heap::{Csr, Heap};
use crate::graph::referrers::Referrers;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::wide::WideRef;
use rayon::prelude::*;

/// A heap of which the dominator tree is known for one choice of references that count.
#[derive(Clone, Debug)]
pub struct Holding<'a> {
    pub(super) heap: Heap<'a>,
    pub(super) strength: Strength,
    pub(super) inbound: Csr<'a>,
    pub(super) referrers: &'a Referrers,
    pub(super) dominator: &'a [u32],
    pub(super) retained: WideRef<'a>,
}

/// The dominator tree as columns: the immediate dominator or [`NO_OBJECT`], and the retained size in bytes of each
/// object, 0 for what is not held.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    /// Immediate dominators.
    pub dominator: &'a [u32],
    /// Retained sizes.
    pub retained: WideRef<'a>,
}

impl<'a> Holding<'a> {
    /// Puts together what belongs together, unchecked but for what [`Holding::check`] tells.
    ///
    /// `inbound` is the transpose of the heap's stored references, `tree` the dominator tree when `strength` is the
    /// weakest strength that counts. Every object has at least one byte, so that what retains nothing is not held.
    pub fn new(
        heap: Heap<'a>,
        strength: Strength,
        inbound: Csr<'a>,
        referrers: &'a Referrers,
        tree: Tree<'a>,
    ) -> Holding<'a> {
        Holding { heap, strength, inbound, referrers, dominator: tree.dominator, retained: tree.retained }
    }

    /// Whether the columns are those of one heap; cost O(objects + references), in parallel.
    ///
    /// # Errors
    /// [`Error::Input`] when lengths differ or an id is out of range.
    pub fn check(&self) -> Result<()> {
        let objects = self.heap.objects();
        crate::graph::heap::check_csr(&self.inbound, objects)?;
        let is_object = |&dominator: &u32| (dominator as usize) < objects || dominator == NO_OBJECT;
        let same = self.dominator.len() == objects && self.retained.len() == objects;
        if !same || !self.dominator.par_iter().all(is_object) {
            return Err(Error::Input("the dominator tree is that of another heap".into()));
        }
        Ok(())
    }

    /// The heap.
    pub fn heap(&self) -> &Heap<'a> {
        &self.heap
    }

    /// The weakest strength that counts.
    pub fn strength(&self) -> Strength {
        self.strength
    }

    /// The holders of each object by stored references.
    pub fn inbound(&self) -> Csr<'a> {
        self.inbound
    }

    /// Whether the roots hold `object` by references that count; false for what is no object.
    pub fn is_held(&self, object: u32) -> bool {
        (object as usize) < self.retained.len() && self.retained.get(object as usize) > 0
    }

    /// The number of objects.
    pub(super) fn objects(&self) -> usize {
        self.heap.objects()
    }

    pub(super) fn edges(&self) -> Edges<'_, 'a> {
        Edges::new(&self.heap, self.strength)
    }

    /// The holders of `object` by references that count, held themselves or not, but for instances that hold it as their
    /// class object; repeats included.
    pub(super) fn holders(&self, object: u32) -> impl Iterator<Item = u32> {
        let others = self.referrers.others(object).iter();
        let counts = others.filter(|other| self.strength.counts(other.1)).map(|other| other.2);
        self.inbound.of(object).iter().copied().chain(counts)
    }
}
