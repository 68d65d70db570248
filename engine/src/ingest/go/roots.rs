//! What holds the heap of a Go process from outside: globals, goroutines, finalizers, the scheduler.

use super::slots::Slots;
use super::stacks::Goroutines;
use super::typed::{Typed, WordNames};
use crate::format::go::{Goroutine, Memory, Region, SegmentKind};
use crate::id::{NO_OBJECT, ObjectId};
use crate::store::{Root, RootKind};
use std::collections::HashMap;

/// Roots with their names.
#[derive(Debug, Default)]
pub(super) struct Roots {
    pub(super) rows: Vec<Root>,
    pub(super) names: Vec<String>,
}

/// The roots of a dump whose goroutines are the rows of its thread table.
pub(super) fn roots(slots: &Slots, typed: Option<&Typed>, stacks: &Goroutines) -> Roots {
    let mut roots = Roots::default();
    let names = typed.map(|typed| WordNames::new(typed, slots));
    roots.globals(slots, names.as_ref());
    roots.goroutines(slots, names.as_ref(), stacks);
    if let Some(typed) = typed {
        roots.stack_pointers(slots, typed, names.as_ref(), stacks);
    }
    roots.calls(slots);
    roots.finalizers(slots);
    for thread in &slots.records.threads {
        roots.push(slots.slot_of(thread.address), RootKind::Machine, None, None);
    }
    for root in &slots.records.other_roots {
        let name = roots.name(root.description.clone());
        roots.push_named(slots.slot_of(root.pointer), RootKind::Unknown, name);
    }
    roots.rows.sort_unstable();
    roots.rows.dedup_by_key(|root| (root.object, root.kind, root.thread, root.frame, root.name));
    roots
}

impl Roots {
    fn name(&mut self, name: String) -> Option<u32> {
        self.names.push(name);
        u32::try_from(self.names.len() - 1).ok()
    }

    fn push(&mut self, slot: Option<u32>, kind: RootKind, thread: Option<u32>, frame: Option<u32>) {
        let object = slot.map(ObjectId);
        self.rows.extend(object.map(|object| Root { thread, frame, ..Root::new(object, kind) }));
    }

    fn push_named(&mut self, slot: Option<u32>, kind: RootKind, name: Option<u32>) {
        let object = slot.map(ObjectId);
        self.rows.extend(object.map(|object| Root { name, ..Root::new(object, kind) }));
    }

    fn globals(&mut self, slots: &Slots, names: Option<&WordNames>) {
        for segment in &slots.records.segments {
            let region = &segment.memory;
            let segment = match segment.kind {
                SegmentKind::Data => "data",
                SegmentKind::Bss => "bss",
            };
            for (place, slot) in words(slots, region) {
                let known = names.and_then(|names| names.global(region.address.wrapping_add(place as u64)));
                let name = self.name(known.unwrap_or_else(|| format!("{segment}+0x{place:x}")));
                self.push_named(Some(slot), RootKind::Global, name);
            }
        }
    }

    fn goroutines(&mut self, slots: &Slots, names: Option<&WordNames>, stacks: &Goroutines) {
        let records = &slots.records;
        for (row, goroutine) in (0u32..).zip(&records.goroutines) {
            self.push(slots.slot_of(goroutine.address), RootKind::Goroutine, Some(row), None);
            self.push(slots.slot_of(goroutine.thread), RootKind::Machine, None, None);
            self.push(slots.slot_of(goroutine.context), RootKind::GoFrame, Some(row), None);
            for frame in goroutine.frames.clone() {
                for (place, slot) in words(slots, &records.frames[frame].memory) {
                    let name = names.and_then(|names| names.local(frame, place as u64));
                    self.local(slot, row, (stacks, frame), name);
                }
            }
            self.conservative(slots, row, goroutine, stacks);
        }
    }

    /// A variable of a frame of the dump, with the number of inlined calls around it.
    fn local(
        &mut self,
        slot: u32,
        thread: u32,
        (stacks, frame): (&Goroutines, usize),
        name: Option<(String, u32)>,
    ) {
        let (name, level) = name.map_or((None, 0), |(name, level)| (self.name(name), level));
        let frame = stacks.row(frame, level);
        let root = Root { thread: Some(thread), frame, name, ..Root::new(ObjectId(slot), RootKind::GoFrame) };
        self.rows.push(root);
    }

    /// Words of objects on the stack, which a frame's list does not have.
    fn stack_pointers(
        &mut self,
        slots: &Slots,
        typed: &Typed,
        names: Option<&WordNames>,
        stacks: &Goroutines,
    ) {
        for pointer in &typed.typing.stack_pointers {
            let (row, place) = (pointer.frame as usize, pointer.offset as usize);
            let Some(frame) = slots.records.frames.get(row) else { continue };
            let bytes = &slots.dump[frame.memory.bytes.clone()];
            let Some((_, slot)) = slots.targets(bytes, std::iter::once(place)).next() else { continue };
            let name = names.and_then(|names| names.local(row, place as u64));
            let thread = u32::try_from(frame.goroutine).unwrap_or(u32::MAX);
            self.local(slot, thread, (stacks, row), name);
        }
    }

    /// Objects on the stack have no list of pointers: of a frame into which a pointer of the stack leads, all words count.
    fn conservative(&mut self, slots: &Slots, row: u32, goroutine: &Goroutine, stacks: &Goroutines) {
        let frames = &slots.records.frames[goroutine.frames.clone()];
        let mut is_entered = vec![false; frames.len()];
        let mut open: Vec<usize> = Vec::new();
        let mut enter = |address: u64, open: &mut Vec<usize>| {
            let after = frames.partition_point(|frame| frame.memory.address <= address);
            let Some(place) = after.checked_sub(1) else { return };
            let region = &frames[place].memory;
            let inside = address.checked_sub(region.address).is_some_and(|at| at < region.bytes.len() as u64);
            if inside && !is_entered[place] {
                is_entered[place] = true;
                open.push(place);
            }
        };
        for frame in frames {
            let bytes = &slots.dump[frame.memory.bytes.clone()];
            for &place in &frame.memory.pointers {
                slots.records.params.word(bytes, place as usize).iter().for_each(|&to| enter(to, &mut open));
            }
        }
        while let Some(place) = open.pop() {
            let region = &frames[place].memory;
            let bytes = &slots.dump[region.bytes.clone()];
            let at = stacks.row(goroutine.frames.start + place, 0);
            let width = usize::from(slots.records.params.pointer_bytes);
            for word in (0..bytes.len()).step_by(width) {
                let Some(address) = slots.records.params.word(bytes, word) else { continue };
                enter(address, &mut open);
                let is_listed =
                    u32::try_from(word).is_ok_and(|word| region.pointers.binary_search(&word).is_ok());
                if !is_listed {
                    self.push(slots.slot_of(address), RootKind::ConservativeFrame, Some(row), at);
                }
            }
        }
    }

    /// Deferred calls and panics, of the goroutines whose records they name.
    fn calls(&mut self, slots: &Slots) {
        let records = &slots.records;
        let rows: HashMap<u64, u32> =
            (0..).zip(&records.goroutines).map(|(row, goroutine)| (goroutine.address, row)).collect();
        for defer in &records.defers {
            let row = rows.get(&defer.goroutine).copied();
            for address in [defer.address, defer.closure] {
                self.push(slots.slot_of(address), RootKind::Defer, row, None);
            }
        }
        for panic in &records.panics {
            let row = rows.get(&panic.goroutine).copied();
            for address in [panic.address, panic.data] {
                self.push(slots.slot_of(address), RootKind::Panic, row, None);
            }
        }
    }

    /// The collector keeps what an object with a finalizer refers to, and the finalizer, but not the object itself.
    fn finalizers(&mut self, slots: &Slots) {
        for finalizer in &slots.records.finalizers {
            let kind = if finalizer.is_queued { RootKind::QueuedFinalizer } else { RootKind::Finalizer };
            self.push(slots.slot_of(finalizer.closure), kind, None, None);
            let Some(slot) = slots.slot_of(finalizer.object) else { continue };
            if finalizer.is_queued {
                self.push(Some(slot), kind, None, None);
                continue;
            }
            let mut places = Vec::new();
            slots.pointers(slot, &mut places);
            let places = places.into_iter().map(|place| place as usize);
            let held: Vec<u32> = slots.targets(slots.bytes(slot), places).map(|(_, to)| to).collect();
            let name = self.name(format!("of the object at 0x{:x}", finalizer.object));
            for held in held.into_iter().filter(|&held| held != slot && held != NO_OBJECT) {
                self.push_named(Some(held), kind, name);
            }
        }
    }
}

/// The places of a region's pointers that lead to slots, and the slots.
fn words<'s>(slots: &'s Slots, region: &'s Region) -> impl Iterator<Item = (usize, u32)> + 's {
    let places = region.pointers.iter().map(|&place| place as usize);
    slots.targets(&slots.dump[region.bytes.clone()], places)
}
