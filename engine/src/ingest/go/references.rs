//! What each slot refers to, and of which class it is: one parallel look into all slots.

use super::keys::{ClassKey, Interner};
use super::known::Known;
use super::slots::Slots;
use crate::error::{Error, Result};
use crate::format::go::Memory;
use crate::memory::{Room, Scratch, shared_u32};
use crate::progress::Progress;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// Slots that one thread looks at in one go.
const CHUNK: u32 = 1 << 16;

/// References and classes by slot.
pub(super) struct References {
    /// The references of slot i are `targets[starts[i]..starts[i + 1]]`, in the order of its words.
    pub(super) starts: Scratch<u64>,
    /// Slots.
    pub(super) targets: Scratch<u32>,
    /// The key of each slot, as a position in `keys`.
    pub(super) key_of: Scratch<u32>,
    /// Distinct.
    pub(super) keys: Vec<ClassKey>,
}

/// What one thread finds in one go.
struct Part {
    ids: Range<u32>,
    degrees: Vec<u32>,
    targets: Vec<u32>,
    key_of: Vec<u32>,
    keys: Vec<ClassKey>,
}

/// Reads all slots; columns that grow with the dump lie in `room`.
///
/// `known` has the classes of slots that are known better than by their layout.
pub(super) fn read(slots: &Slots, known: &Known, room: &Room, progress: &Progress) -> Result<References> {
    let count = slots.slots();
    let part = |chunk: u32| {
        let start = chunk * CHUNK;
        let part = Part::read(slots, known, start..count.min(start.saturating_add(CHUNK)));
        progress.add(part.ids.len() as u64)?;
        Ok(part)
    };
    let parts: Vec<Part> = (0..count.div_ceil(CHUNK)).into_par_iter().map(part).collect::<Result<_>>()?;
    let mut all = Interner::default();
    let numbers: Vec<Vec<u32>> =
        parts.iter().map(|part| part.keys.iter().map(|&key| all.number(key)).collect()).collect();
    let mut starts = room.column::<u64>(count as usize + 1)?;
    let mut sum = 0u64;
    for (part, start) in parts.iter().flat_map(|part| &part.degrees).zip(starts.iter_mut()) {
        *start = sum;
        sum += u64::from(*part);
    }
    starts[count as usize] = sum;
    let total = usize::try_from(sum)
        .map_err(|_| Error::Input(format!("{sum} references are more than this machine can address")))?;
    let mut targets = room.column::<u32>(total)?;
    let mut key_of = room.column::<u32>(count as usize)?;
    let (all_targets, all_keys) = (shared_u32(&mut targets), shared_u32(&mut key_of));
    parts.par_iter().zip(&numbers).for_each(|(part, numbers)| {
        let from = usize::try_from(starts[part.ids.start as usize]).unwrap_or(usize::MAX);
        let places = all_targets.get(from..).unwrap_or_default();
        places.iter().zip(&part.targets).for_each(|(place, &to)| place.store(to, Ordering::Relaxed));
        let places = &all_keys[part.ids.start as usize..];
        let keys = part.key_of.iter().map(|&key| numbers[key as usize]);
        places.iter().zip(keys).for_each(|(place, key)| place.store(key, Ordering::Relaxed));
    });
    Ok(References { starts, targets, key_of, keys: all.keys })
}

impl Part {
    fn read(slots: &Slots, known: &Known, ids: Range<u32>) -> Part {
        let mut part = Part {
            degrees: Vec::with_capacity(ids.len()),
            key_of: Vec::with_capacity(ids.len()),
            targets: Vec::new(),
            keys: Vec::new(),
            ids: ids.clone(),
        };
        let mut interner = Interner::default();
        let mut places = Vec::new();
        for slot in ids {
            places.clear();
            let before = part.targets.len();
            if let Some(object) = slots.object(slot) {
                places.extend(object.pointers());
                let bytes = &slots.dump[object.bytes];
                part.targets.extend(slots.targets(bytes, places.iter().copied()).map(|(_, to)| to));
            }
            part.degrees.push(u32::try_from(part.targets.len() - before).unwrap_or(u32::MAX));
            part.key_of
                .push(interner.number(known.key(slot).unwrap_or_else(|| ClassKey::of(slots, slot, &places))));
        }
        part.keys = interner.keys;
        part
    }
}
