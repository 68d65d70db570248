//! Words whose type is known beforehand.

use super::claims::{Claim, Confidence, Shape, Source};
use super::scan::{Block, Frame, Values, Words};
use super::walk::{Outside, Pointed, Walk};
use crate::format::go::exe::Local;
use crate::format::go::types::{Kind, TypeId};
use crate::format::go::{Frame as Record, Memory, Records};
use std::collections::HashMap;

impl<'a, M: Memory> Walk<'a, M> {
    /// What the allocator left in slots: the type of a value, or of each of several, of which there are as many as
    /// there is room for where one alone would have got a smaller slot.
    pub(super) fn seed_headers(&mut self) {
        for slot in 0..self.memory.slots() {
            let Some(descriptor) = self.memory.header(slot) else { continue };
            let Some((ty, _)) = self.dynamic(descriptor) else { continue };
            let extent = self.extent(self.memory.seat(slot));
            let Some(count) = extent.room(extent.base).checked_div(self.types.get(ty).size) else {
                continue;
            };
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            let shape = if count > 1 { Shape::Array } else { Shape::Value };
            let confidence = if self.is_erased(ty) { Confidence::Likely } else { Confidence::Exact };
            self.claim(
                extent.base,
                Claim { ty, count, filled: count, shape, source: Source::Header, confidence },
            );
        }
    }

    /// Whether the runtime itself allocates by this type what has another one for the program.
    fn is_erased(&self, ty: TypeId) -> bool {
        let ty = self.types.get(ty);
        let to = |elem: TypeId| self.types.get(elem).name == "internal/runtime/maps.table";
        ty.kind == Kind::UnsafePointer || ty.kind == Kind::Pointer && ty.elem.is_some_and(to)
    }

    /// Goroutines, threads, deferred calls and finalizers.
    pub(super) fn seed_records(&mut self) {
        let records: &'a Records = self.memory.records();
        let goroutines = records.goroutines.iter().map(|goroutine| goroutine.address);
        self.seed_structs("runtime.g", goroutines);
        self.seed_structs("runtime.m", records.threads.iter().map(|thread| thread.address));
        self.seed_structs("runtime._defer", records.defers.iter().map(|defer| defer.address));
        let exact = |ty| Walk::<M>::value(ty, Source::Record, Confidence::Exact);
        let finalized = records.finalizers.iter().map(|finalizer| finalizer.closure);
        let closures = records.defers.iter().map(|defer| defer.closure).chain(finalized);
        let contexts = records.goroutines.iter().map(|goroutine| goroutine.context);
        for closure in closures.chain(contexts) {
            self.function(closure, exact(TypeId(u32::MAX)));
        }
        for finalizer in &records.finalizers {
            let pointer = self.dynamic(finalizer.object_type).map(|(ty, _)| ty);
            if let Some(elem) = pointer.and_then(|pointer| self.types.get(pointer).elem) {
                self.claim(finalizer.object, exact(elem));
            }
        }
        for panic in &records.panics {
            match self.dynamic(panic.type_address) {
                Some((ty, true)) => {
                    let elem = self.types.get(ty).elem.filter(|_| self.types.get(ty).kind == Kind::Pointer);
                    elem.into_iter().for_each(|elem| self.claim(panic.data, exact(elem)));
                }
                Some((ty, false)) => self.claim(panic.data, exact(ty)),
                None => {}
            }
        }
    }

    fn seed_structs(&mut self, name: &str, addresses: impl Iterator<Item = u64>) {
        let Some(ty) = self.types.find(name, |ty| ty.kind == Kind::Struct) else { return };
        for address in addresses {
            self.claim(address, Walk::<M>::value(ty, Source::Record, Confidence::Exact));
        }
    }

    /// Global variables.
    pub(super) fn seed_globals(&mut self) {
        let exe = self.exe;
        for global in &exe.globals {
            let address = global.address.wrapping_add(self.slide);
            if self.outside_at(address).is_some_and(|outside| outside.frame.is_none()) {
                let claim = Walk::<M>::value(global.ty, Source::Global, Confidence::Sure);
                self.push_block(Pointed { address, claim });
            }
        }
    }

    /// Variables in frames. Words that the collector takes for pointers are sure; the others come later (`Unlisted`).
    ///
    /// Types with the shapes of generic functions in their names stand for several types: they come later too.
    pub(super) fn seed_frames(&mut self, words: Words) {
        let records: &'a Records = self.memory.records();
        let mut known: HashMap<(u64, u64), Vec<Local>> = HashMap::new();
        for frame in &records.frames {
            let entry = frame.entry.wrapping_sub(self.slide);
            // A return address belongs to the instruction before it.
            let pc = if frame.pc > frame.entry { frame.pc - 1 } else { frame.pc }.wrapping_sub(self.slide);
            let exe = self.exe;
            let locals = known.entry((entry, pc)).or_insert_with(|| exe.locals(entry, pc));
            for local in locals.iter() {
                self.seed_local(frame, local, words);
            }
        }
    }

    fn seed_local(&mut self, frame: &'a Record, local: &Local, words: Words) {
        let Some(address) = place(frame, local) else { return };
        // What is passed on the stack, and room to spill what is not, lies in the caller's frame.
        let Some(Outside { memory, frame: Some(row) }) = self.outside_at(address) else { return };
        let bytes = self.memory.dump().get(memory.bytes.clone()).unwrap_or_default();
        let Ok(offset) = usize::try_from(address - memory.address) else { return };
        let is_shape = self.types.get(local.ty).name.contains("go.shape.");
        let (words, confidence) = match words {
            Words::Listed if is_shape => return,
            Words::Unlisted if is_shape => (Words::All, Confidence::Likely),
            words => (words, Confidence::Sure),
        };
        let frame = Frame { row, pointers: &memory.pointers, words };
        let block = Block { bytes, source: Source::Frame, confidence, frame: Some(frame) };
        self.scan(block, Values { offset, ty: local.ty, count: 1 });
    }
}

/// The address of a variable of a frame, if all of it that lies in memory lies there as one.
fn place(frame: &Record, local: &Local) -> Option<u64> {
    let first = local.pieces.first()?;
    let is_whole = local.pieces.windows(2).all(|pair| {
        let step = i64::try_from(pair[1].start - pair[0].start).unwrap_or(i64::MAX);
        pair[0].from_cfa.checked_add(step) == Some(pair[1].from_cfa)
    });
    let cfa = frame.memory.address.checked_add(frame.memory.bytes.len() as u64)?;
    let place = cfa.checked_add_signed(first.from_cfa)?.checked_sub(first.start)?;
    is_whole.then_some(place)
}
