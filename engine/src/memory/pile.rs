//! Values that come one after the other, nobody knows how many: finished parts are kept in a room.

use super::copy::copy_parts;
use super::room::Room;
use super::scratch::Scratch;
use crate::error::{Error, Result};
use bytemuck::{AnyBitPattern, NoUninit};

/// A pile of values: the newest are on top. Its parts are columns, each as large as all before it together up to a bound.
#[derive(Debug)]
pub struct Pile<T> {
    room: Room,
    /// Values of the largest parts.
    most: usize,
    /// All of them are full but the last one, the top.
    parts: Vec<Scratch<T>>,
    /// Values of the top.
    used: usize,
    /// What was the top before, so that one that goes up and down makes no parts.
    spare: Option<Scratch<T>>,
    failed: Option<Error>,
}

/// Values of the first part.
const LEAST: usize = 1 << 10;

impl<T: AnyBitPattern + NoUninit + Send + Sync> Pile<T> {
    /// An empty pile of parts of `most` values at most.
    pub fn new(room: &Room, most: usize) -> Pile<T> {
        Pile { room: room.clone(), most, parts: Vec::new(), used: 0, spare: None, failed: None }
    }

    /// Puts a value on top; see [`Pile::check`].
    #[inline]
    pub fn push(&mut self, value: T) {
        if self.parts.last().is_none_or(|top| top.len() == self.used) {
            self.grow();
        }
        if let Some(top) = self.parts.last_mut() {
            top[self.used] = value;
            self.used += 1;
        }
    }

    /// Takes the value on top.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        if self.used == 0 {
            self.uncover();
        }
        self.used = self.used.checked_sub(1)?;
        self.parts.last().map(|top| top[self.used])
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.used == 0 && self.parts.len() < 2
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.parts().map(<[T]>::len).sum()
    }

    /// The values in parts, the oldest first.
    pub fn parts(&self) -> impl Iterator<Item = &[T]> {
        let (top, below) = self.parts.split_last().unzip();
        let full = below.into_iter().flatten().map(|part| &part[..]);
        full.chain(top.map(|top| &top[..self.used]))
    }

    /// Copies all values, the oldest first, into a column of as many.
    ///
    /// # Errors
    /// As [`Pile::check`].
    pub fn copy_to(self, column: &mut [T]) -> Result<()> {
        copy_parts(self.finish()?, column);
        Ok(())
    }

    /// Takes all values out.
    pub fn clear(&mut self) {
        self.parts.clear();
        self.used = 0;
    }

    /// All values in finished parts, the oldest first.
    ///
    /// # Errors
    /// As [`Pile::check`].
    pub fn finish(mut self) -> Result<Vec<Scratch<T>>> {
        self.check()?;
        if let Some(top) = self.parts.last_mut() {
            top.truncate(self.used);
        }
        Ok(self.parts)
    }

    /// Whether all values that were put on it are there.
    ///
    /// # Errors
    /// There was neither memory nor a file for some of them.
    pub fn check(&mut self) -> Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Puts an empty part on top; where there is none, the values of the last one get lost.
    #[cold]
    fn grow(&mut self) {
        let len =
            self.parts.iter().map(|part| part.len()).sum::<usize>().clamp(LEAST.min(self.most), self.most);
        match self.spare.take().map_or_else(|| self.room.unset(len), Ok) {
            Ok(part) => self.parts.push(part),
            Err(error) => self.failed = Some(error),
        }
        self.used = 0;
    }

    /// Goes on with the part below the top, if that is empty.
    #[cold]
    fn uncover(&mut self) {
        if let Some(top) = self.parts.pop() {
            self.spare = Some(top);
        }
        self.used = self.parts.last().map_or(0, |top| top.len());
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
        assert!(pile.check().is_ok());
        (0..4).for_each(|value| pile.push(value));
        assert!(pile.check().is_err());
    }
}
