//! Turns pairs around: for each key the values that came with it.

use crate::error::Result;
use crate::graph::heap::{Csr, Heap, at, id};
use crate::graph::pairs::Pairs;
use crate::graph::partition::Partition;
use crate::memory::Room;
use crate::progress::Progress;
use crate::wide::Wide;
use arrow_buffer::ScalarBuffer;
use rayon::prelude::*;

/// Lists of object ids that own their columns; see [`Csr`].
#[derive(Clone, Debug)]
pub struct Lists {
    /// One more than there are lists.
    pub starts: Wide,
    /// The lists, one after the other.
    pub targets: ScalarBuffer<u32>,
}

impl Lists {
    /// The lists as borrowed columns.
    pub fn view(&self) -> Csr<'_> {
        Csr { starts: self.starts.view(), targets: &self.targets }
    }
}

/// The sources of each target of the heap's stored references, ascending, repeats included: one list for each object.
///
/// Partitioned by target, then sorted by counting within a block: O(objects + references), in parallel; beside the
/// result 64 MB, or an eighth of 8 bytes for each reference where there is room.
///
/// # Errors
/// [`crate::error::Error::Interrupted`] when `progress` was cancelled, which counts objects.
pub fn transpose(heap: &Heap, progress: &Progress) -> Result<Lists> {
    transpose_in(&Room::unbounded(), heap, progress)
}

/// As [`transpose`], with the columns built in `room`.
///
/// # Errors
/// As [`transpose`], and where neither memory nor the disk has room.
pub fn transpose_in(room: &Room, heap: &Heap, progress: &Progress) -> Result<Lists> {
    invert(&Reversed::new(heap.columns().strong), heap.objects(), room, &|objects| progress.add(objects))
}

/// The values of each key below `keys`, in the order of the pairs. `report` is told of keys that are done, and may end it.
pub(super) fn invert<P: Pairs>(pairs: &P, keys: usize, room: &Room, report: &Report) -> Result<Lists> {
    let partition = Partition::new(pairs, keys);
    let mut starts = room.unset_sequential(keys + 1)?;
    starts[0] = 0;
    let mut targets = room.unset_sequential(at(partition.total()))?;
    let runs = fill(&partition, (&mut starts[1..], &mut targets), room, report)?;
    Ok(Lists { starts: Wide::of_runs(starts.freeze(), runs), targets: targets.freeze() })
}

/// Puts the values of each key into `values` and the lower half of its list's end into `ends`; returns where the upper
/// halves of the starts change, as a start's row and its upper half.
fn fill<P: Pairs>(
    partition: &Partition<P>,
    (mut ends, mut values): (&mut [u32], &mut [u32]),
    room: &Room,
    report: &Report,
) -> Result<Vec<(u32, u32)>> {
    let (mut base, mut runs) = (0, Vec::new());
    let mut rounds = partition.rounds(room)?;
    for blocks in &rounds.rounds {
        report(0)?;
        let round = partition.gather(&mut rounds.bins, blocks.clone());
        let mut shares = Vec::with_capacity(blocks.len());
        for block in blocks.clone() {
            let mine = ends.split_at_mut(partition.keys(block).len());
            let list = values.split_at_mut(at(partition.len(block)));
            shares.push(Share {
                block,
                first: id(partition.keys(block).start),
                base,
                ends: mine.0,
                values: list.0,
            });
            base += partition.len(block);
            (ends, values) = (mine.1, list.1);
        }
        let fill = |share: Share| {
            let ends = round.sort(share.block, |_, _| true, share.values);
            report(share.ends.len() as u64)?;
            Ok(ends_of(share.first, share.base, &ends, share.ends))
        };
        runs.extend(shares.into_par_iter().map(fill).collect::<Result<Vec<_>>>()?.into_iter().flatten());
    }
    Ok(runs)
}

/// Hears how many more keys are done.
type Report<'a> = dyn Fn(u64) -> Result<()> + Sync + 'a;

/// A block of keys and its share of the columns.
struct Share<'t> {
    block: usize,
    first: u32,
    base: u64,
    /// The lower half of the end of each list.
    ends: &'t mut [u32],
    values: &'t mut [u32],
}

/// Sets the lower halves of the ends of lists behind `base` other values; where the upper half of an end is another than
/// that of the end before it. The first list is that of key `first`.
fn ends_of(first: u32, base: u64, ends: &[u64], lower: &mut [u32]) -> Vec<(u32, u32)> {
    let (mut runs, mut last) = (Vec::new(), half(base >> 32));
    for ((row, low), end) in (first + 1..).zip(lower).zip(ends) {
        let end = base + end;
        *low = half(end);
        if half(end >> 32) != last {
            last = half(end >> 32);
            runs.push((row, last));
        }
    }
    runs
}

/// The lower half of a number.
#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
fn half(number: u64) -> u32 {
    number as u32
}

/// References in a part at most: few rounds have pairs from all parts of a large heap.
const PART: u64 = 1 << 21;

/// References by target; parts are ranges of sources with about the same number of references.
struct Reversed<'a> {
    strong: Csr<'a>,
    bounds: Vec<u32>,
}

impl<'a> Reversed<'a> {
    fn new(strong: Csr<'a>) -> Reversed<'a> {
        let objects = strong.starts.len().saturating_sub(1);
        let total = strong.targets.len() as u64;
        let share = (total / (4 * rayon::current_num_threads() as u64)).clamp(1 << 12, PART);
        let parts = total / share;
        let bound = |part| id(strong.starts.partition_point(|start| start < part * share).min(objects));
        let mut bounds: Vec<u32> = (0..=parts).map(bound).collect();
        bounds.push(id(objects));
        bounds[0] = 0;
        Reversed { strong, bounds }
    }
}

impl Pairs for Reversed<'_> {
    fn parts(&self) -> usize {
        self.bounds.len() - 1
    }

    fn each(&self, part: usize, mut pair: impl FnMut(u32, u32)) {
        for source in self.bounds[part]..self.bounds[part + 1] {
            for &target in self.strong.of(source) {
                pair(target, source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The lists of keys 10, 11 and 12, behind 2^32 - 2 values of other blocks.
    #[test]
    fn lists_beyond_2_to_the_32_have_upper_halves() {
        let mut ends = [0; 3];
        let runs = ends_of(10, (1 << 32) - 2, &[2, 3, 5], &mut ends);
        let mut starts = vec![0; 11];
        starts[10] = u32::MAX - 1;
        starts.extend(ends);
        let starts = Wide::of_runs(starts.into(), runs);
        assert_eq!(starts.view().pair(10), ((1 << 32) - 2, 1 << 32));
        assert_eq!(starts.view().pair(12), ((1 << 32) + 1, (1 << 32) + 3));
    }
}
