//! Numbers most of which follow closely upon the one before: a byte each.

use crate::error::Result;
use crate::memory::{Room, Scratch};

/// A byte for a number that is farther away.
const FAR: u8 = u8::MAX;

/// Numbers, one after the other.
#[derive(Default)]
pub(super) struct Steps {
    /// From the number before to each number, or [`FAR`].
    steps: Vec<u8>,
    /// The numbers that are farther away.
    far: Vec<u64>,
    last: u64,
}

impl Steps {
    #[inline]
    pub(super) fn push(&mut self, number: u64) {
        match u8::try_from(number.wrapping_sub(self.last)) {
            Ok(step) if step < FAR => self.steps.push(step),
            _ => {
                self.steps.push(FAR);
                self.far.push(number);
            }
        }
        self.last = number;
    }

    /// The same numbers, kept in `room`.
    pub(super) fn keep(self, room: &Room) -> Result<KeptSteps> {
        Ok(KeptSteps { steps: room.keep(&self.steps)?, far: room.keep(&self.far)? })
    }
}

/// Finished [`Steps`].
#[derive(Debug)]
pub(super) struct KeptSteps {
    steps: Scratch<u8>,
    far: Scratch<u64>,
}

impl KeptSteps {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The numbers in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        let mut far = self.far.iter();
        self.steps.iter().scan(0u64, move |last, &step| {
            *last = if step == FAR { *far.next()? } else { last.wrapping_add(step.into()) };
            Some(*last)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whatever_lies_between() {
        let numbers = [0, 1, 254, 255, 509, 3, 3, u64::MAX, 0, u64::MAX - 1, 1 << 31, (1 << 31) + 254];
        let mut steps = Steps::default();
        numbers.iter().for_each(|&number| steps.push(number));
        let steps = steps.keep(&Room::unbounded()).unwrap();
        assert!(steps.len() == numbers.len() && steps.iter().eq(numbers));
    }
}
