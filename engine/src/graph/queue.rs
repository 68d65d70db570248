//! Objects in the order in which they came, all of which stay.

use crate::error::{Error, Result};
use crate::memory::{Room, Scratch};

/// Objects in a part (4 MB).
pub(super) const PART: usize = 1 << 20;

/// Objects that were put at the end, one after the other.
pub(super) struct Queue {
    room: Room,
    /// All of them are full but the last one.
    parts: Vec<Scratch<u32>>,
    len: usize,
    failed: Option<Error>,
}

impl Queue {
    pub(super) fn new(room: &Room) -> Queue {
        Queue { room: room.clone(), parts: Vec::new(), len: 0, failed: None }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Puts an object at the end; see [`Queue::check`].
    #[inline]
    pub(super) fn push(&mut self, object: u32) {
        if self.len == self.parts.len() * PART && !self.grow() {
            return;
        }
        if let Some(last) = self.parts.last_mut() {
            last[self.len % PART] = object;
            self.len += 1;
        }
    }

    #[cold]
    fn grow(&mut self) -> bool {
        match self.room.unset(PART) {
            Ok(part) => self.parts.push(part),
            Err(error) => self.failed = Some(error),
        }
        self.failed.is_none()
    }

    /// Copies the objects from `place` on.
    pub(super) fn read(&self, place: usize, objects: &mut [u32]) {
        for (object, place) in objects.iter_mut().zip(place..) {
            *object = self.parts[place / PART][place % PART];
        }
    }

    /// Calls `each` with the objects at `count` places from `place` on, as far as there are any in the same part.
    #[inline]
    pub(super) fn ahead(&self, place: usize, count: usize, each: impl FnMut(u32)) {
        let count = count.min(self.len.saturating_sub(place));
        let part = self.parts.get(place / PART).map(|part| &part[place % PART..]);
        part.into_iter().flatten().take(count).copied().for_each(each);
    }

    /// Whether everything that was put at the end is there.
    ///
    /// # Errors
    /// There was neither memory nor a file for some of it.
    pub(super) fn check(&mut self) -> Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// The objects in parts of [`PART`], the last one shorter.
    pub(super) fn into_parts(mut self) -> Vec<Scratch<u32>> {
        if let Some(last) = self.parts.last_mut() {
            last.truncate((self.len - 1) % PART + 1);
        }
        self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_at_the_end_stays_in_order() {
        let mut queue = Queue::new(&Room::unbounded());
        let count = u32::try_from(2 * PART).unwrap() + 5;
        (0..count).for_each(|object| queue.push(object));
        assert!(queue.check().is_ok());
        let mut some = [0; 4];
        queue.read(PART - 2, &mut some);
        let first = u32::try_from(PART).unwrap() - 2;
        assert_eq!(some, [first, first + 1, first + 2, first + 3]);
        let mut ahead = Vec::new();
        queue.ahead(2 * PART + 3, 9, |object| ahead.push(object));
        assert_eq!(ahead, [count - 2, count - 1]);
        let parts = queue.into_parts();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [PART, PART, 5]);
        assert!(parts.iter().flat_map(|part| part.iter().copied()).eq(0..count));
    }

    #[test]
    fn an_empty_queue_has_no_parts() {
        assert!(Queue::new(&Room::unbounded()).into_parts().is_empty());
    }
}
