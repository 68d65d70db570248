//! Behind damage: the next place where records that can be meant as such begin.

use super::hop::{Hop, begins_class, hop};
use super::{record, tag};

/// What sub-records that follow each other must prove before they are believed, see [`Hop::proof`].
const PROOF: usize = 32;
/// As much is enough where they end exactly at the end of the data.
const PROOF_AT_END: usize = 4;

/// What a hop costs, in bytes that could be looked at instead.
const HOP_STEPS: u64 = 16;
/// What a hop over a class dump costs at most: it has three lists of up to 65,535 entries.
const CLASS_STEPS: u64 = 1 << 16;

/// Looks for records in damaged data; the work over its lifetime is bounded.
#[derive(Clone, Debug)]
pub(super) struct Resync {
    id_size: u8,
    steps: u64,
}

impl Resync {
    /// For damage in `len` bytes: it looks at about eight times as many before it gives up.
    pub(super) fn new(id_size: u8, len: usize) -> Resync {
        Resync { id_size, steps: 8 * len as u64 + (1 << 20) }
    }

    /// The first place from `from` where sub-records follow each other, enough of them or up to the end of `bytes`.
    ///
    /// Their classes must be among `classes` (addresses ascending; empty: not known).
    pub(super) fn find_heap(&mut self, bytes: &[u8], from: usize, classes: &[u64]) -> Option<usize> {
        self.find(from, bytes.len(), |this, at| this.is_heap(bytes, at, classes))
    }

    /// The first place from `from` and before `to` where either such sub-records or top-level records begin.
    pub(super) fn find_either(
        &mut self,
        bytes: &[u8],
        from: usize,
        to: usize,
        classes: &[u64],
    ) -> Option<usize> {
        let to = to.min(bytes.len());
        self.find(from, to, |this, at| this.is_heap(bytes, at, classes) || this.is_records(bytes, at))
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
        record::is_tag(bytes[at]) && record::is_chain(bytes, at, self.id_size, record::CHAIN)
    }

    /// Whether sub-records that can be meant as such begin at `start`.
    pub(super) fn is_heap(&mut self, bytes: &[u8], start: usize, classes: &[u64]) -> bool {
        let mut at = start;
        let mut proof = 0;
        while proof < PROOF {
            if at == bytes.len() {
                return proof >= PROOF_AT_END;
            }
            if !tag::is_known(bytes[at]) || !self.affords(bytes, at) {
                return false;
            }
            let Some(hop) = hop(bytes, at, self.id_size).filter(|hop| is_plausible(hop, classes)) else {
                return false;
            };
            at = hop.end_index();
            proof += hop.proof();
        }
        true
    }

    /// Pays for a hop over the sub-record at `at`; `false` if it is not worth it.
    fn affords(&mut self, bytes: &[u8], at: usize) -> bool {
        if bytes[at] != tag::CLASS {
            self.spend(HOP_STEPS);
            return true;
        }
        let worth = begins_class(bytes, at, self.id_size);
        self.spend(if worth { CLASS_STEPS } else { HOP_STEPS });
        worth
    }

    /// Takes `steps` from the budget.
    fn spend(&mut self, steps: u64) {
        self.steps = self.steps.saturating_sub(steps);
    }
}

/// Whether `hop` can be meant as a sub-record, its class among `classes`.
fn is_plausible(hop: &Hop, classes: &[u64]) -> bool {
    let class = match hop.tag {
        tag::INSTANCE | tag::OBJECT_ARRAY => hop.class,
        tag::CLASS => hop.address.0,
        _ => return hop.is_plausible(),
    };
    hop.is_plausible() && (classes.is_empty() || classes.binary_search(&class).is_ok())
}
