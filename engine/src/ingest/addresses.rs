//! Addresses in the order in which they came, and their span.

use super::steps::{KeptSteps, Steps};
use crate::error::Result;
use crate::memory::Room;

/// Objects lie at multiples of 8 bytes in most heaps: so many bits that most often are zeros come last.
const ZEROS: u32 = 3;

/// Addresses while they come.
#[derive(Default)]
pub(super) struct Growing {
    steps: Steps,
    span: Span,
}

impl Growing {
    #[inline]
    pub(super) fn push(&mut self, address: u64) {
        self.steps.push(address.rotate_right(ZEROS));
        self.span = self.span.join(Span { low: address, high: address, bits: 0, count: 1 });
    }

    /// The same addresses, kept in `room`.
    pub(super) fn keep(self, room: &Room) -> Result<Addresses> {
        Ok(Addresses { steps: self.steps.keep(room)?, span: self.span })
    }
}

/// Addresses: a byte each where objects lie close to one another and in order.
#[derive(Debug)]
pub(super) struct Addresses {
    steps: KeptSteps,
    span: Span,
}

impl Addresses {
    /// These addresses.
    pub(super) fn of(addresses: impl Iterator<Item = u64>, room: &Room) -> Result<Addresses> {
        let mut growing = Growing::default();
        addresses.for_each(|address| growing.push(address));
        growing.keep(room)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The addresses in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.steps.iter().map(|number| number.rotate_left(ZEROS))
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }
}

/// Of some addresses, the lowest and the highest, and the bits in which they differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) low: u64,
    pub(super) high: u64,
    pub(super) bits: u64,
    pub(super) count: u64,
}

impl Span {
    pub(super) const EMPTY: Span = Span { low: u64::MAX, high: 0, bits: 0, count: 0 };

    #[inline]
    pub(super) fn join(self, other: Span) -> Span {
        match (self.count, other.count) {
            (0, _) => other,
            (_, 0) => self,
            _ => Span {
                low: self.low.min(other.low),
                high: self.high.max(other.high),
                bits: self.bits | other.bits | (self.low ^ other.low),
                count: self.count + other.count,
            },
        }
    }
}

impl Default for Span {
    fn default() -> Span {
        Span::EMPTY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_and_their_span_is_known() {
        let addresses = [0x1008, 0x1010, 0x1010, 0xff8, 3, u64::MAX];
        let kept = Addresses::of(addresses.into_iter(), &Room::unbounded()).unwrap();
        assert!(kept.len() == 6 && kept.iter().eq(addresses));
        let span = kept.span();
        assert_eq!((span.low, span.high, span.count), (3, u64::MAX, 6));
        let span = Addresses::of([0x1010, 0x1020].into_iter(), &Room::unbounded()).unwrap().span();
        assert_eq!(span.bits, 0x30);
    }
}
