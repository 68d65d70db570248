//! Finished values, in memory or in a file.

use super::room::Taken;
use super::scratch::Scratch;
use bytemuck::{AnyBitPattern, NoUninit};
use std::ops::Deref;

/// Values that do not change any more; see [`super::Room::keep`].
#[derive(Debug)]
pub struct Kept<T>(Place<T>);

#[derive(Debug)]
enum Place<T> {
    Memory(Vec<T>, #[expect(dead_code, reason = "gives the room back when it is dropped")] Taken),
    File(Scratch<T>),
}

impl<T> Kept<T> {
    pub(super) fn in_memory(values: Vec<T>, taken: Taken) -> Kept<T> {
        Kept(Place::Memory(values, taken))
    }

    pub(super) fn in_file(column: Scratch<T>) -> Kept<T> {
        Kept(Place::File(column))
    }

    /// Whether they lie in a file.
    pub fn is_in_file(&self) -> bool {
        matches!(self.0, Place::File(_))
    }
}

impl<T: AnyBitPattern + NoUninit> Deref for Kept<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Place::Memory(values, _) => values,
            Place::File(column) => column,
        }
    }
}
