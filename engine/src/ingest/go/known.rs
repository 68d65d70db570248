//! Slots whose class is known better than by their layout: by their types, and by the records that name them.

use super::keys::{ClassKey, Interner};
use super::slots::Slots;
use crate::format::go::Memory;
use crate::format::go::infer::Typing;
use crate::memory::Scratch;
use rayon::prelude::*;

/// Slots that one thread looks at in one go.
const CHUNK: usize = 1 << 18;

/// Gives each slot the key of its type, and structures of the runtime theirs; the distinct keys that are left.
///
/// `key_of` has the position of each slot's key in `keys`, and is changed to that in the keys returned.
pub(super) fn know(
    slots: &Slots,
    typing: Option<&Typing>,
    key_of: &mut Scratch<u32>,
    keys: &[ClassKey],
) -> Vec<ClassKey> {
    let runtime = runtime(slots);
    let chunks = key_of.par_chunks_mut(CHUNK).enumerate();
    let parts = chunks.map(|(chunk, key_of)| {
        let mut interner = Interner::default();
        let first = chunk * CHUNK;
        let mut named = &runtime[runtime.partition_point(|named| (named.0 as usize) < first)..];
        for (row, place) in (first..).zip(key_of) {
            let slot = u32::try_from(row).unwrap_or(u32::MAX);
            let mut key = keys[*place as usize];
            while let [(_, name), rest @ ..] = named
                && named[0].0 == slot
            {
                (key, named) = (ClassKey::Runtime(name), rest);
            }
            let claim = typing.and_then(|typing| typing.claims.get(slot));
            if let Some(claim) = claim {
                key = ClassKey::Typed { ty: claim.ty.0, shape: claim.shape as u8 };
            }
            *place = interner.number(key);
        }
        interner.keys
    });
    let parts: Vec<Vec<ClassKey>> = parts.collect();
    let mut all = Interner::default();
    let numbers: Vec<Vec<u32>> =
        parts.iter().map(|keys| keys.iter().map(|&key| all.number(key)).collect()).collect();
    key_of.par_chunks_mut(CHUNK).zip(numbers).for_each(|(key_of, numbers)| {
        key_of.iter_mut().for_each(|key| *key = numbers[*key as usize]);
    });
    all.keys
}

/// The slots of structures that records name, ascending, the last name of a slot last. Few: goroutines, threads, deferred
/// calls.
fn runtime(slots: &Slots) -> Vec<(u32, &'static str)> {
    let records = &slots.records;
    let goroutines = records.goroutines.iter().map(|goroutine| (goroutine.address, "runtime.g"));
    let threads = records.threads.iter().map(|thread| (thread.address, "runtime.m"));
    let defers = records.defers.iter().map(|defer| (defer.address, "runtime._defer"));
    let all = goroutines.chain(threads).chain(defers);
    let at_start = |(address, name)| {
        let seat = slots.seat_of(address)?;
        let start = address - seat.address;
        (start == 0 || start == u64::from(slots.start(seat.slot))).then_some((seat.slot, name))
    };
    let mut named: Vec<(u32, &'static str)> = all.filter_map(at_start).collect();
    named.sort_by_key(|named| named.0);
    named
}
