//! The objects with more than one holder, and all holders of each.

use crate::error::Result;
use crate::graph::heap::{at, equal_range};
use crate::graph::merge_blocks::{KeptBlock, Numbered, sorted};
use crate::memory::{Pile, Room, Scratch, copy_parts, prefetch};
use crate::progress::Progress;
use crate::wide::{Wide, running_sums};
use rayon::prelude::*;

/// Pairs in a part (16 MB): parts are read at the same time.
const PART: usize = 1 << 21;

/// References to objects that were already numbered, as [target, source] in the numbers of the walk.
pub(super) type Again = Pile<[u32; 2]>;

/// None of them yet.
pub(super) fn again(room: &Room) -> Again {
    Pile::new(room, PART)
}

/// Merges: objects, by number ascending, that two or more other objects hold. Roots are none.
#[derive(Debug)]
pub(super) struct Merges {
    pub(super) numbers: Scratch<u32>,
    /// The holders of merge m are `holders[starts[m]..starts[m + 1]]`: distinct, ascending, the parent among them.
    starts: Wide,
    holders: Scratch<u32>,
    /// Those of the holders that the walk did not take down, as [number, holder], ascending; see [`Merges::add`].
    added: Scratch<[u32; 2]>,
}

impl Merges {
    /// Sorts the references that the walk met again; `parent` is by number, leaves from `inner + 1`.
    pub(super) fn new(
        again: Again,
        inner: u32,
        parent: &[u32],
        room: &Room,
        progress: &Progress,
    ) -> Result<Merges> {
        let pairs = Numbered { parts: again.parts().collect(), inner };
        let blocks = sorted(&pairs, parent, room, progress)?;
        drop(pairs);
        drop(again);
        Merges::of_blocks(blocks, room)
    }

    /// Adds holders, as [number, holder]. They need not hold the object itself, if what they hold does.
    pub(super) fn add(
        &mut self,
        more: &Again,
        parent: &[u32],
        room: &Room,
        progress: &Progress,
    ) -> Result<()> {
        let is_known = |&[number, holder]: &[u32; 2]| {
            let merge = self.numbers.binary_search(&number);
            parent[number as usize] == holder
                || merge.is_ok_and(|merge| self.holders(merge).binary_search(&holder).is_ok())
        };
        let mut added = again(room);
        self.added.iter().for_each(|&pair| added.push(pair));
        more.parts().flatten().filter(|pair| !is_known(pair)).for_each(|&pair| added.push(pair));
        let mut all = again(room);
        for (merge, &number) in self.numbers.iter().enumerate() {
            self.holders(merge).iter().for_each(|&holder| all.push([number, holder]));
        }
        added.parts().flatten().for_each(|&pair| all.push(pair));
        all.check()?;
        // No number is beyond the last inner one, if all of them count as such.
        let pairs = Numbered { parts: all.parts().collect(), inner: u32::MAX };
        *self = Merges::of_blocks(sorted(&pairs, parent, room, progress)?, room)?;
        self.added = room.unset(added.len())?;
        added.copy_to(&mut self.added)?;
        self.added.par_sort_unstable();
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    #[inline]
    pub(super) fn holders(&self, merge: usize) -> &[u32] {
        let (start, end) = self.starts.view().pair(merge);
        &self.holders[at(start)..at(end)]
    }

    /// Begins to read where the holders of a merge are.
    #[inline]
    pub(super) fn prefetch_start(&self, merge: usize) {
        prefetch(&self.starts.low, merge);
    }

    /// Begins to read the holders of a merge.
    #[inline]
    pub(super) fn prefetch_holders(&self, merge: usize) {
        prefetch(&self.holders, at(self.starts.get(merge)));
    }

    /// Those holders of a merge that the walk took down.
    pub(super) fn taken_down(&self, merge: usize) -> impl Iterator<Item = u32> {
        let added = equal_range(&self.added, |pair| pair[0], self.numbers[merge]);
        let is_added = |holder: u32| added.binary_search_by_key(&holder, |pair| pair[1]).is_ok();
        self.holders(merge).iter().copied().filter(move |&holder| !is_added(holder))
    }

    /// Whether `holder` is one of [`Merges::taken_down`].
    pub(super) fn is_taken_down(&self, merge: usize, holder: u32) -> bool {
        self.holders(merge).binary_search(&holder).is_ok()
            && self.added.binary_search(&[self.numbers[merge], holder]).is_err()
    }

    /// The number from which the walk came to an inner merge: what holds it and has a lower number is above it, this one the
    /// nearest. Of a leaf, one of its holders.
    pub(super) fn parent(&self, merge: usize) -> u32 {
        let (number, holders) = (self.numbers[merge], self.holders(merge));
        holders[..holders.partition_point(|&holder| holder < number)].last().copied().unwrap_or(0)
    }

    /// How many merges are inner objects; the others are leaves.
    pub(super) fn inner(&self, inner: u32) -> usize {
        self.numbers.partition_point(|&number| number <= inner)
    }

    /// Copies the blocks one after the other.
    fn of_blocks(blocks: Vec<KeptBlock>, room: &Room) -> Result<Merges> {
        let merges = blocks.iter().map(|block| block.numbers.len()).sum();
        let held = |block: &KeptBlock| block.holders.iter().map(|part| part.len()).sum::<usize>();
        let (mut numbers, mut counts) = (room.unset_sequential(merges)?, room.unset(merges + 1)?);
        counts[merges] = 0;
        let mut holders = room.unset(blocks.iter().map(held).sum())?;
        let (mut number_parts, mut count_parts, mut holder_parts) = (Vec::new(), Vec::new(), Vec::new());
        for block in blocks {
            number_parts.push(block.numbers);
            count_parts.push(block.counts);
            holder_parts.extend(block.holders);
        }
        copy_parts(number_parts, &mut numbers);
        copy_parts(count_parts, &mut counts);
        copy_parts(holder_parts, &mut holders);
        let (starts, added) = (running_sums(counts), room.column(0)?);
        Ok(Merges { numbers, starts, holders, added })
    }
}
