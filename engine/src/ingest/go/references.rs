//! What each slot refers to, and of which class its layout is: one parallel look into all slots.

use super::keys::{ClassKey, Interner};
use super::slots::Slots;
use crate::error::{Error, Result};
use crate::format::go::Memory;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;
use crate::store::columns;
use crate::wide::Wide;
use rayon::prelude::*;

/// Slots that one thread looks at in one go.
const CHUNK: usize = 1 << 16;

/// Chunks that are looked at before what they found is put together: what lies in no column is little.
const CHUNKS: usize = 32;

/// References and classes by slot.
pub(super) struct References {
    /// The references of slot i are `targets[starts[i]..starts[i + 1]]`, in the order of its words.
    starts: Scratch<u32>,
    /// The upper halves of `starts`, as [`Wide::of_runs`] takes them.
    highs: Vec<(u32, u32)>,
    /// Slots.
    targets: Scratch<u32>,
    /// How many there are so far.
    filled: u64,
    /// The key of each slot, as a position in `keys`.
    pub(super) key_of: Scratch<u32>,
    /// Distinct.
    pub(super) keys: Vec<ClassKey>,
}

/// What one thread finds in one go.
#[derive(Default)]
struct Part {
    targets: Vec<u32>,
    keys: Vec<ClassKey>,
}

/// Reads all slots; columns that grow with the dump lie in `room`.
///
/// # Errors
/// No room, more references than this machine can address, or `progress` was cancelled.
pub(super) fn read(slots: &Slots, room: &Room, progress: &Progress) -> Result<References> {
    let count = slots.slots() as usize;
    let most = usize::try_from(slots.pointers).map_err(|_| too_many(slots.pointers))?;
    let mut references = References {
        starts: room.column(count + 1)?,
        highs: Vec::new(),
        targets: room.column(most)?,
        filled: 0,
        key_of: room.column(count)?,
        keys: Vec::new(),
    };
    let mut all = Interner::default();
    for first in (0..count).step_by(CHUNK * CHUNKS) {
        references.read_some(slots, first, &mut all, progress)?;
    }
    references.keys = all.keys;
    Ok(references)
}

impl References {
    /// Reads some chunks, from the slot `first` on.
    fn read_some(
        &mut self,
        slots: &Slots,
        first: usize,
        all: &mut Interner,
        progress: &Progress,
    ) -> Result<()> {
        let end = self.key_of.len().min(first + CHUNK * CHUNKS);
        let (degrees, keys) = (&mut self.starts[first..end], &mut self.key_of[first..end]);
        let chunks = degrees.par_chunks_mut(CHUNK).zip(keys.par_chunks_mut(CHUNK)).enumerate();
        let part = |(chunk, (degrees, keys)): (usize, (&mut [u32], &mut [u32]))| {
            progress.add(keys.len() as u64)?;
            Ok(Part::read(slots, first + chunk * CHUNK, degrees, keys))
        };
        let parts: Vec<Part> = chunks.map(part).collect::<Result<_>>()?;
        let mut places = Vec::with_capacity(parts.len());
        let mut rest = &mut self.targets[usize::try_from(self.filled).unwrap_or(usize::MAX)..];
        for part in parts {
            let numbers: Vec<u32> = part.keys.iter().map(|&key| all.number(key)).collect();
            let length = part.targets.len();
            let (targets, after) =
                rest.split_at_mut_checked(length).ok_or_else(|| too_many(slots.pointers))?;
            places.push((self.filled, targets, part.targets, numbers));
            (rest, self.filled) = (after, self.filled + length as u64);
        }
        let chunks = degrees.par_chunks_mut(CHUNK).zip(keys.par_chunks_mut(CHUNK)).zip(places);
        let highs = chunks.enumerate().map(|(chunk, ((starts, keys), (before, targets, found, numbers)))| {
            targets.copy_from_slice(&found);
            keys.iter_mut().for_each(|key| *key = numbers[*key as usize]);
            sum(starts, before, first + chunk * CHUNK)
        });
        let highs: Vec<Vec<(u32, u32)>> = highs.collect();
        self.highs.extend(highs.into_iter().flatten());
        Ok(())
    }

    /// The references as columns, and the keys.
    pub(super) fn columns(mut self) -> (columns::References, Scratch<u32>, Vec<ClassKey>) {
        let last = self.starts.len() - 1;
        let mut end = [0];
        self.highs.extend(sum(&mut end, self.filled, last));
        self.starts[last] = end[0];
        self.targets.truncate(usize::try_from(self.filled).unwrap_or(usize::MAX));
        self.highs.dedup_by_key(|run| run.1);
        let starts = Wide::of_runs(self.starts.freeze(), self.highs);
        (columns::References { starts, ids: self.targets.freeze() }, self.key_of, self.keys)
    }
}

fn too_many(count: u64) -> Error {
    Error::Input(format!("{count} references are more than this machine can address"))
}

/// Makes the lower halves of starts of degrees, of which `before` is the first; where the upper half is another than in
/// the row before, from the first row `row` on, as far as it is not 0.
#[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
fn sum(degrees: &mut [u32], before: u64, row: usize) -> Vec<(u32, u32)> {
    let (mut sum, mut last, mut highs) = (before, 0, Vec::new());
    for (row, degree) in (row..).zip(degrees) {
        let (start, high) = (sum, (sum >> 32) as u32);
        if high != last {
            highs.push((u32::try_from(row).unwrap_or(u32::MAX), high));
            last = high;
        }
        sum += u64::from(*degree);
        *degree = start as u32;
    }
    highs
}

impl Part {
    /// Reads slots from `first` on; their number of references and the positions of their keys go to the columns.
    fn read(slots: &Slots, first: usize, degrees: &mut [u32], keys: &mut [u32]) -> Part {
        let mut part = Part::default();
        let mut interner = Interner::default();
        let mut places = Vec::new();
        for (row, (degree, key)) in (first..).zip(degrees.iter_mut().zip(keys)) {
            let slot = u32::try_from(row).unwrap_or(u32::MAX);
            places.clear();
            let (before, mut bytes) = (part.targets.len(), &[][..]);
            if let Some(object) = slots.object(slot) {
                places.extend(object.pointers());
                bytes = &slots.dump[object.bytes];
                part.targets.extend(slots.targets(bytes, places.iter().copied()).map(|(_, to)| to));
            }
            *degree = u32::try_from(part.targets.len() - before).unwrap_or(u32::MAX);
            *key = interner.number(ClassKey::of(&slots.records.params, bytes, &places));
        }
        part.keys = interner.keys;
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_have_upper_halves() {
        let most = u64::from(u32::MAX);
        let mut degrees = [2, 1, u32::MAX, 3];
        assert_eq!(sum(&mut degrees, most - 1, 10), [(11, 1), (13, 2)]);
        assert_eq!(degrees, [u32::MAX - 1, 0, 1, 0]);
        assert_eq!(sum(&mut [1, 1], 0, 0), []);
        // Each chunk begins with its own, whatever the one before it has.
        assert_eq!(sum(&mut [1, 1], 2 << 32, 7), [(7, 2)]);
    }
}
