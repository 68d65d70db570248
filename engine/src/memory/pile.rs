//! Values that come one after the other, nobody knows how many: finished parts are kept in a room.

use super::copy::copy_parts;
use super::room::Room;
use super::scratch::Scratch;
use crate::error::{Error, Result};
use bytemuck::{AnyBitPattern, NoUninit};

/// A pile of values: the newest are on top, parts below are columns. Beside its room it takes two parts of memory.
#[derive(Debug)]
pub struct Pile<T> {
    room: Room,
    /// Values of a part.
    part: usize,
    kept: Vec<Scratch<T>>,
    /// A whole part or nothing, so that a top that goes up and down moves no parts.
    below: Vec<T>,
    top: Vec<T>,
    failed: Option<Error>,
}

impl<T: AnyBitPattern + NoUninit + Send + Sync> Pile<T> {
    /// An empty pile of parts of `part` values.
    pub fn new(room: &Room, part: usize) -> Pile<T> {
        Pile { room: room.clone(), part, kept: Vec::new(), below: Vec::new(), top: Vec::new(), failed: None }
    }

    /// Puts a value on top.
    #[inline]
    pub fn push(&mut self, value: T) {
        if self.top.len() == self.part {
            self.turn();
        }
        self.top.push(value);
    }

    /// Takes the value on top.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        if self.top.is_empty() {
            self.uncover();
        }
        self.top.pop()
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.top.is_empty() && self.below.is_empty() && self.kept.is_empty()
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.kept.iter().map(|part| part.len()).sum::<usize>() + self.below.len() + self.top.len()
    }

    /// The values in parts, the oldest first.
    pub fn parts(&self) -> impl Iterator<Item = &[T]> {
        let open = [&self.below[..], &self.top[..]];
        self.kept.iter().map(|part| &part[..]).chain(open)
    }

    /// Copies all values, the oldest first, into a column of as many.
    ///
    /// # Errors
    /// As [`Pile::check`].
    pub fn copy_to(mut self, column: &mut [T]) -> Result<()> {
        self.check()?;
        copy_parts(self.parts(), column);
        Ok(())
    }

    /// Takes all values out.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.below.clear();
        self.top.clear();
    }

    /// All values in finished parts, the oldest first.
    ///
    /// # Errors
    /// As [`Pile::check`].
    pub fn finish(mut self) -> Result<Vec<Scratch<T>>> {
        self.check()?;
        for open in [self.below, self.top] {
            self.kept.push(self.room.keep(&open)?);
        }
        Ok(self.kept)
    }

    /// Whether all values that were put on it are there.
    ///
    /// # Errors
    /// There was neither memory nor a file for some of them.
    pub fn check(&mut self) -> Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    #[cold]
    fn turn(&mut self) {
        if !self.below.is_empty() {
            match self.room.keep(&self.below) {
                Ok(kept) => self.kept.push(kept),
                Err(error) => self.failed = Some(error),
            }
            self.below.clear();
        }
        std::mem::swap(&mut self.below, &mut self.top);
        self.top.reserve_exact(self.part);
    }

    #[cold]
    fn uncover(&mut self) {
        std::mem::swap(&mut self.below, &mut self.top);
        if self.top.is_empty()
            && let Some(kept) = self.kept.pop()
        {
            self.top.extend_from_slice(&kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(pile: &Pile<u32>) -> Vec<u32> {
        pile.parts().flatten().copied().collect()
    }

    proptest! {
        #[test]
        fn a_pile_is_a_vector(steps in prop::collection::vec(any::<Option<u32>>(), 0..200), bytes in 0u64..100) {
            let directory = tempfile::tempdir().unwrap();
            let mut pile = Pile::new(&Room::new(directory.path(), bytes), 3);
            let mut vector = Vec::new();
            for step in steps {
                match step {
                    Some(value) => (pile.push(value), vector.push(value)).1,
                    None => prop_assert_eq!(pile.pop(), vector.pop()),
                }
                prop_assert_eq!(pile.is_empty(), vector.is_empty());
            }
            prop_assert_eq!(pile.len(), vector.len());
            prop_assert_eq!(&all(&pile), &vector);
            prop_assert!(pile.check().is_ok());
            let mut copy = vec![0; vector.len()];
            pile.copy_to(&mut copy).unwrap();
            prop_assert_eq!(copy, vector);
        }
    }

    #[test]
    fn a_pile_that_was_cleared_is_empty() {
        let mut pile = Pile::new(&Room::unbounded(), 2);
        (0..7).for_each(|value| pile.push(value));
        pile.clear();
        assert!(pile.is_empty() && pile.pop().is_none());
    }

    #[test]
    fn values_that_have_no_place_are_missed() {
        let gone = tempfile::tempdir().unwrap().path().join("gone");
        let mut pile = Pile::new(&Room::new(&gone, 0), 2);
        (0..4).for_each(|value| pile.push(value));
        assert!(pile.check().is_ok());
        pile.push(4);
        assert!(pile.check().is_err());
    }
}
