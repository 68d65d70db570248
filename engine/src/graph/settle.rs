//! Strength and depth from starting points of which some turn out to be none.

use crate::error::Result;
use crate::graph::bits::Bits;
use crate::graph::edges::Edges;
use crate::graph::flood::Flood;
use crate::graph::heap::Heap;
use crate::graph::nearest::Nearest;
use crate::graph::reach::{Reach, reach_in};
use crate::graph::search::Search;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::memory::Room;
use crate::progress::Progress;

/// Objects that may depend on doubtful starting points: more of them, and a new search is cheaper.
const MOST: usize = 1 << 10;
/// The part of all objects that is not too many either.
const PART: usize = 16;

/// What [`reach_in`] finds from `starts` and `also`, made from `flood`, for which all of them are starting points. None of `also`
/// is among `starts`.
///
/// Only what may be nearest to one of `also` is searched for again. O(objects + references), in parallel, and what that
/// search takes.
///
/// # Errors
/// As [`reach_in`].
pub fn settle(
    room: &Room,
    heap: &Heap,
    flood: Flood,
    (starts, also): (&[u32], &[u32]),
    progress: &Progress,
) -> Result<Reach> {
    let reach = flood.reach(room)?;
    if also.is_empty() {
        return Search::after(room, heap, reach).finish(&[], progress);
    }
    let Some(below) = Below::new(heap, &reach, also) else {
        drop(reach);
        return reach_in(room, heap, (starts, also), progress);
    };
    let mut search = Search::after(room, heap, reach);
    below.forget(&mut search);
    let seeds = Nearest::new(&below.objects, &below.all, &search.depth).seeds(heap, progress)?;
    search.run(&seeds, progress)?;
    search.finish(also, progress)
}

/// Objects that are reached strongly, but perhaps farther away, or not at all, without some starting points. All others have
/// a shortest path that passes none of them.
struct Below {
    /// Ascending.
    objects: Vec<u32>,
    all: Bits,
}

impl Below {
    /// Those below `starts`; `None`: too many.
    fn new(heap: &Heap, reach: &Reach, starts: &[u32]) -> Option<Below> {
        let most = MOST.max(heap.objects() / PART);
        let mut all = Bits::new(heap.objects());
        let mut objects: Vec<u32> = starts.iter().copied().filter(|&start| all.insert(start)).collect();
        // A finalizer's referents are among them, which does no harm: more is searched for again.
        let (edges, mut next) = (Edges::new(heap, Strength::Strong), 0);
        while let Some(&object) = objects.get(next) {
            let depth = reach.depth[object as usize] + 1;
            edges.each(object, |to| {
                let is_strong = reach.strength[to as usize] == Strength::Strong as u8;
                if is_strong && reach.depth[to as usize] == depth && all.insert(to) {
                    objects.push(to);
                }
            });
            if objects.len() > most {
                return None;
            }
            next += 1;
        }
        objects.sort_unstable();
        Some(Below { objects, all })
    }

    /// Takes back that `search` has reached these objects.
    fn forget(&self, search: &mut Search) {
        for &object in &self.objects {
            search.depth[object as usize] = NO_OBJECT;
            search.strength[object as usize] = Strength::Unreachable as u8;
        }
    }
}
