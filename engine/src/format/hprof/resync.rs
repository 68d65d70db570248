//! Behind damage: the next place where records that can be meant as such begin.

use super::hop::{Hop, hop};
use super::{record, tag};
use crate::id::Address;

/// Sub-records that must follow each other before they are believed.
const PROOF: usize = 32;
/// Top-level records that must follow each other before they are believed.
const RECORD_PROOF: usize = 4;

/// Looks for records in damaged data; the work over its lifetime is bounded.
#[derive(Clone, Debug)]
pub(super) struct Resync {
    id_size: u8,
    steps: u64,
}

impl Resync {
    /// For damage in `len` bytes: it looks at about eight times as many before it gives up.
    pub(super) fn new(id_size: u8, len: usize) -> Resync {
        Resync { id_size, steps: 8 * len as u64 + (1 << 16) }
    }

    /// The first place from `from` where sub-records follow each other to the end of `bytes`, or 32 of them.
    ///
    /// Their classes must be among `classes` (addresses ascending; empty: not known).
    pub(super) fn find_heap(&mut self, bytes: &[u8], from: usize, classes: &[u64]) -> Option<usize> {
        self.find(from, bytes.len(), |this, at| this.is_heap(bytes, at, classes))
    }

    /// The first place from `from` and before `to` where top-level records follow each other.
    pub(super) fn find_record(&mut self, bytes: &[u8], from: usize, to: usize) -> Option<usize> {
        self.find(from, to.min(bytes.len()), |this, at| this.is_records(bytes, at))
    }

    /// The first place from `from` where either can begin.
    pub(super) fn find_either(&mut self, bytes: &[u8], from: usize, classes: &[u64]) -> Option<usize> {
        self.find(from, bytes.len(), |this, at| {
            this.is_heap(bytes, at, classes) || this.is_records(bytes, at)
        })
    }

    fn find(&mut self, from: usize, to: usize, test: impl Fn(&mut Resync, usize) -> bool) -> Option<usize> {
        for at in from..to {
            if self.steps == 0 {
                return None;
            }
            self.spend(1);
            if test(self, at) {
                return Some(at);
            }
        }
        None
    }

    fn is_records(&self, bytes: &[u8], at: usize) -> bool {
        record::is_tag(bytes[at]) && record::is_chain(bytes, at, self.id_size, RECORD_PROOF)
    }

    /// Whether sub-records that can be meant as such begin at `start`.
    pub(super) fn is_heap(&mut self, bytes: &[u8], start: usize, classes: &[u64]) -> bool {
        let mut at = start;
        for _ in 0..PROOF {
            if at == bytes.len() {
                return at > start;
            }
            if !tag::is_known(bytes[at]) {
                return false;
            }
            let Some(hop) = hop(bytes, at, self.id_size).filter(|hop| is_plausible(hop, classes)) else {
                return false;
            };
            at = hop.end_index();
            self.spend(if hop.tag == tag::CLASS { hop.end.0 - hop.offset.0 } else { 16 });
        }
        true
    }

    fn spend(&mut self, steps: u64) {
        self.steps = self.steps.saturating_sub(steps);
    }
}

fn is_plausible(hop: &Hop, classes: &[u64]) -> bool {
    let is_class = |address: u64| classes.is_empty() || classes.binary_search(&address).is_ok();
    let is_object = |address: Address| address.0 != 0 && address.0.is_multiple_of(4);
    match hop.tag {
        tag::INSTANCE | tag::OBJECT_ARRAY => is_object(hop.address) && is_class(hop.class),
        tag::CLASS => is_object(hop.address) && is_class(hop.address.0),
        tag::HEAP_INFO => true,
        _ => is_object(hop.address),
    }
}
