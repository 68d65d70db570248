//! How strongly, and in how many steps, each object is reachable.

use crate::error::{Error, Result};
use crate::graph::flood::Flood;
use crate::graph::heap::Heap;
use crate::graph::limits::Limits;
use crate::graph::search::Search;
use crate::graph::strength::Strength;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;

/// Reachability of each object; two columns by object id.
#[derive(Debug)]
pub struct Reach {
    /// The number of the strongest kind of path by which the object is reachable.
    pub strength: Scratch<u8>,
    /// Steps on a shortest path from a starting point; [`NO_OBJECT`] when unreachable.
    ///
    /// What is reachable with strength s is counted over paths of objects and references no weaker than s.
    pub depth: Scratch<u32>,
}

impl Reach {
    /// The columns.
    pub fn columns(&self) -> ReachColumns<'_> {
        // Every number is that of a strength.
        ReachColumns { strength: bytemuck::checked::cast_slice(&self.strength), depth: &self.depth }
    }
}

/// The columns of a [`Reach`], wherever they lie.
#[derive(Clone, Copy, Debug)]
pub struct ReachColumns<'a> {
    /// As [`Reach::strength`].
    pub strength: &'a [Strength],
    /// As [`Reach::depth`].
    pub depth: &'a [u32],
}

/// An error where one of `starts` is no object.
pub(super) fn check_starts(heap: &Heap, starts: &[u32]) -> Result<()> {
    if starts.iter().any(|&start| start as usize >= heap.objects()) {
        return Err(Error::Input("a starting point is no object".into()));
    }
    Ok(())
}

/// Strength and depth of each object from the starting points `starts` (depth 0; repeats do no harm).
///
/// Phase k of one breadth-first search follows the strong references and the special ones of strength up to k.
/// Cost O(objects + references), 9 bytes for each object.
///
/// # Errors
/// [`Error::Input`] when a starting point is no object; [`Error::Interrupted`] when `progress` was cancelled.
pub fn reach(heap: &Heap, starts: &[u32], progress: &Progress) -> Result<Reach> {
    reach_in(&Room::unbounded(), heap, (starts, &[]), progress)
}

/// As [`reach`], by paths on which everything is within `limits`; their ends may be any objects.
///
/// # Errors
/// As [`reach`].
pub fn reach_within(heap: &Heap, starts: &[u32], limits: &Limits, progress: &Progress) -> Result<Reach> {
    Search::new(&Room::unbounded(), heap, starts, limits)?.reach(starts, progress)
}

/// As [`reach`] from `starts` and from those of `also` that these reach strongly, with the columns built in `room`.
///
/// # Errors
/// As [`reach`], and where neither memory nor the disk has room.
pub fn reach_in(
    room: &Room,
    heap: &Heap,
    (starts, also): (&[u32], &[u32]),
    progress: &Progress,
) -> Result<Reach> {
    check_starts(heap, also)?;
    let reach = Flood::new(room, heap, starts, progress)?.reach(room)?;
    Search::after(room, heap, reach).finish(also, progress)
}
