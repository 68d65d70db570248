//! Ways through the nodes and arrays of a collection that end, whatever the dump says.

use crate::format::hprof::{Ids, SubRecord, Value};
use crate::id::ObjectId;
use crate::store::Snapshot;
use crate::value::{Data, Slot, Slots, record, referred};

/// The elements of an array of references.
#[derive(Clone, Copy)]
pub(super) struct Elements<'a> {
    snapshot: &'a Snapshot,
    id: ObjectId,
    ids: Ids<'a>,
}

impl<'a> Elements<'a> {
    /// `None` where the object is no array of references.
    pub(super) fn of(snapshot: &'a Snapshot, id: ObjectId) -> Option<Elements<'a>> {
        match record(snapshot, id)? {
            SubRecord::ObjectArray(array) => Some(Elements { snapshot, id, ids: array.elements }),
            _ => None,
        }
    }

    /// The elements of an array that may be null, as long as there is none.
    pub(super) fn or_none(snapshot: &'a Snapshot, id: Option<ObjectId>) -> Elements<'a> {
        let none = Elements { snapshot, id: ObjectId(0), ids: Ids::new(&[], snapshot.info().id_size) };
        id.and_then(|id| Elements::of(snapshot, id)).unwrap_or(none)
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The object at `index`; `None` for null too.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<ObjectId> {
        referred(self.snapshot, self.id, Value::Object(self.ids.get(index)?))
    }

    /// How many are not null.
    pub(super) fn used(&self) -> usize {
        self.ids.iter().filter(|address| address.0 != 0).count()
    }

    /// All that are not null, perhaps from the last to the first.
    pub(super) fn objects(self, backward: bool) -> impl Iterator<Item = ObjectId> + use<'a> {
        let length = self.len();
        (0..length).filter_map(move |index| self.get(if backward { length - 1 - index } else { index }))
    }
}

/// The nodes of the chains that begin at `heads`, chain by chain, with the places of their fields; the first field leads
/// to the next node.
///
/// A chain that comes to a node again ends after at most about three times as many steps as it has nodes (Brent, *An
/// improved Monte Carlo factorization algorithm*, 1980); all together give no more nodes than the dump has objects.
pub(super) struct Nodes<'a, H, const N: usize> {
    heads: H,
    fields: Slots<'a, N>,
    next: Option<ObjectId>,
    cycle: Cycle,
    left: usize,
}

/// A node: its data and the places of its fields.
pub(super) type Node<'a, const N: usize> = (Data<'a>, [Option<Slot>; N]);

impl<'a, H: Iterator<Item = ObjectId>, const N: usize> Nodes<'a, H, N> {
    pub(super) fn new(snapshot: &'a Snapshot, heads: H, fields: [&'static str; N]) -> Nodes<'a, H, N> {
        let fields = Slots::new(snapshot, fields);
        Nodes { heads, fields, next: None, cycle: Cycle::default(), left: snapshot.object_count() }
    }

    fn head(&mut self) -> Option<ObjectId> {
        self.cycle = Cycle::default();
        self.heads.next()
    }
}

impl<'a, H: Iterator<Item = ObjectId>, const N: usize> Iterator for Nodes<'a, H, N> {
    type Item = Node<'a, N>;

    fn next(&mut self) -> Option<Node<'a, N>> {
        loop {
            let id = match self.next.take() {
                Some(next) => next,
                None => self.head()?,
            };
            self.left = self.left.checked_sub(1)?;
            let Some((data, slots)) = self.fields.read(id) else { continue };
            if !self.cycle.is_new(id) {
                continue;
            }
            self.next = data.object(slots[0]);
            return Some((data, slots));
        }
    }
}

/// Finds out that a chain has become a cycle.
#[derive(Default)]
pub(super) struct Cycle {
    kept: Option<ObjectId>,
    steps: u64,
    lap: u64,
}

impl Cycle {
    /// False for a node at which the chain was; after a while, of every cycle.
    #[inline]
    pub(super) fn is_new(&mut self, id: ObjectId) -> bool {
        if self.kept == Some(id) {
            return false;
        }
        self.steps += 1;
        if self.steps > self.lap {
            self.kept = Some(id);
            self.lap = 2 * self.lap + 1;
            self.steps = 0;
        }
        true
    }
}
