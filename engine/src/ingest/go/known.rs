//! Slots whose class is known better than by their layout.

use super::keys::ClassKey;
use super::slots::Slots;
use super::typed::key;
use crate::format::go::Memory;
use crate::format::go::infer::Typing;
use std::collections::HashMap;

/// Classes of slots: by their types, and by the records that name them.
pub(super) struct Known<'a> {
    typing: Option<&'a Typing>,
    /// Few: goroutines, threads, deferred calls.
    runtime: HashMap<u32, &'static str>,
}

impl<'a> Known<'a> {
    pub(super) fn new(slots: &Slots, typing: Option<&'a Typing>) -> Known<'a> {
        let records = &slots.records;
        let goroutines = records.goroutines.iter().map(|goroutine| (goroutine.address, "runtime.g"));
        let threads = records.threads.iter().map(|thread| (thread.address, "runtime.m"));
        let defers = records.defers.iter().map(|defer| (defer.address, "runtime._defer"));
        let all = goroutines.chain(threads).chain(defers);
        let at_start = |(address, name)| {
            let slot = slots.slot_of(address)?;
            let start = address - slots.address(slot);
            (start == 0 || start == u64::from(slots.start(slot))).then_some((slot, name))
        };
        Known { typing, runtime: all.filter_map(at_start).collect() }
    }

    /// The class of a slot, if it is known.
    #[inline]
    pub(super) fn key(&self, slot: u32) -> Option<ClassKey> {
        if let Some((ty, shape)) = self.typing.and_then(|typing| key(typing, slot)) {
            return Some(ClassKey::Typed { ty: ty.0, shape });
        }
        self.runtime.get(&slot).map(|name| ClassKey::Runtime(name))
    }
}
