//! The fields of an object as placed so far: where they end and which gaps are free between them.

use super::align_up;

/// Real hierarchies leave fewer than ten gaps; more are not remembered, so that a hostile one costs no more.
const MOST_HOLES: usize = 64;

/// The bytes of an object from its start, as far as they are given away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Where the last field ends, in bytes from the start of the object.
    pub(super) end: u64,
    /// Free gaps before `end`, ascending.
    holes: Vec<Hole>,
    /// Bytes after `end` that are the object's, but not passed on to subclasses.
    pub(super) tail: u64,
    /// Whether a class in the hierarchy keeps its fields apart from others (`@Contended`).
    pub(super) contended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hole {
    start: u64,
    end: u64,
}

impl Body {
    /// A header and nothing else.
    pub(super) fn header(bytes: u64) -> Body {
        Body { end: bytes, ..Body::default() }
    }

    /// Places `count` fields of `width` bytes, each in the smallest gap that has room, the rest at the end.
    pub(super) fn place(&mut self, width: u64, count: u64) {
        let mut left = count;
        while left > 0 && self.fill_smallest(width) {
            left -= 1;
        }
        self.append(width, left);
    }

    /// Places `count` fields of `width` bytes at the end.
    pub(super) fn append(&mut self, width: u64, count: u64) {
        if count == 0 {
            return;
        }
        let start = align_up(self.end, width);
        self.remember(Hole { start: self.end, end: start });
        self.end = start + width * count;
    }

    /// Places one field of `width` bytes at the lowest address of the first gap that has room.
    pub(super) fn fill_first(&mut self, width: u64) -> bool {
        let Some(at) = self.holes.iter().position(|hole| hole.has_room(width)) else { return false };
        self.fill(at, width);
        true
    }

    /// Leaves `bytes` at the end unused for ever, and so all gaps before.
    pub(super) fn pad(&mut self, bytes: u64) {
        self.holes.clear();
        self.end += bytes;
    }

    /// Bytes up to `end` that are not free.
    pub(super) fn used(&self) -> u64 {
        self.end - self.holes.iter().map(|hole| hole.end - hole.start).sum::<u64>()
    }

    fn fill_smallest(&mut self, width: u64) -> bool {
        let fitting = self.holes.iter().enumerate().rev().filter(|(_, hole)| hole.has_room(width));
        let Some((at, _)) = fitting.min_by_key(|(_, hole)| hole.end - hole.start) else { return false };
        self.fill(at, width);
        true
    }

    fn fill(&mut self, at: usize, width: u64) {
        let hole = self.holes.remove(at);
        let start = align_up(hole.start, width);
        let before = Hole { start: hole.start, end: start };
        let after = Hole { start: start + width, end: hole.end };
        let rest = [before, after].into_iter().filter(|hole| hole.start < hole.end);
        self.holes.splice(at..at, rest);
    }

    fn remember(&mut self, hole: Hole) {
        if hole.start < hole.end && self.holes.len() < MOST_HOLES {
            self.holes.push(hole);
        }
    }
}

impl Hole {
    fn has_room(self, width: u64) -> bool {
        align_up(self.start, width) + width <= self.end
    }
}
