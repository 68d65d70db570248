//! A typed value is read and its pointers are followed.

use super::claims::{Claim, Confidence, Shape, Source};
use super::program::{Op, Step};
use super::special::Special;
use super::walk::{Outside, Pointed, StackPointer, Walk};
use crate::format::go::Memory;
use crate::format::go::types::TypeId;

/// Bytes that are scanned, and what is said of what they point to.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// All bytes of the slot, segment or frame.
    pub(super) bytes: &'a [u8],
    pub(super) source: Source,
    pub(super) confidence: Confidence,
    /// Where the bytes are a frame's: which words of it count.
    pub(super) frame: Option<Frame<'a>>,
}

/// A frame that is scanned.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Its row.
    pub(super) row: u32,
    /// The places of words that the collector takes for pointers.
    pub(super) pointers: &'a [u32],
    pub(super) words: Words,
}

/// Which words of a frame count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// All: something alive points to the value.
    All,
    /// Those that the collector takes for pointers: they are alive.
    Listed,
    /// The others: they may be stale, or not set yet.
    Unlisted,
}

/// Values in a block.
#[derive(Clone, Copy)]
pub(super) struct Values {
    /// Bytes of the block before them.
    pub(super) offset: usize,
    pub(super) ty: TypeId,
    pub(super) count: u32,
}

impl<'a, M: Memory> Walk<'a, M> {
    /// Scans a slot by its type.
    pub(super) fn scan_slot(&mut self, slot: u32) {
        let Some(claim) = self.claims.get(slot) else { return };
        let values = Values { offset: self.memory.start(slot) as usize, ty: claim.ty, count: claim.count };
        let confidence = claim.confidence.min(Confidence::Sure);
        let block =
            Block { bytes: self.memory.bytes(slot), source: Source::Propagated, confidence, frame: None };
        self.scan(block, values);
    }

    /// Scans values in static data, on a stack, or in the middle of a slot.
    pub(super) fn scan_block(&mut self, pointed: Pointed) {
        let Pointed { address, claim } = pointed;
        let (bytes, start, frame) = match self.memory.seat_of(address) {
            Some(seat) => (self.memory.bytes(seat.slot), seat.address, None),
            None => {
                let Some(Outside { memory, frame }) = self.outside_at(address) else { return };
                let bytes = self.memory.dump().get(memory.bytes.clone()).unwrap_or_default();
                let words = Words::All;
                (bytes, memory.address, frame.map(|row| Frame { row, pointers: &memory.pointers, words }))
            }
        };
        let Ok(offset) = usize::try_from(address - start) else { return };
        let confidence = claim.confidence.min(Confidence::Sure);
        let block = Block { bytes, source: claim.source, confidence, frame };
        self.scan(block, Values { offset, ty: claim.ty, count: claim.count });
    }

    /// Follows all pointers of `values`; arrays in them, and values in interfaces, are values of their own.
    pub(super) fn scan(&mut self, block: Block<'a>, values: Values) {
        let mut open = std::mem::take(&mut self.open);
        open.push(values);
        // No two steps of a sound type share a word; those of an unsound one end here.
        let mut budget = block.bytes.len() + 64;
        while let Some(Values { offset, ty, count }) = open.pop() {
            let (from, to) = self.program(ty);
            if from == to {
                continue;
            }
            let size = usize::try_from(self.types.get(ty).size).unwrap_or(usize::MAX);
            let count = if size == 0 { 1 } else { count };
            for row in 0..count as usize {
                let base = row.saturating_mul(size).saturating_add(offset);
                let steps = (to - from) as usize;
                if base >= block.bytes.len() || budget < steps {
                    break;
                }
                budget -= steps;
                for place in from..to {
                    let op = self.programs.op(place);
                    self.step(block, base + op.offset as usize, op, &mut open);
                }
            }
        }
        self.open = open;
    }

    /// Follows the word at `place`.
    fn step(&mut self, block: Block<'a>, place: usize, op: Op, open: &mut Vec<Values>) {
        match op.step {
            Step::Many { count } => open.push(Values { offset: place, ty: op.ty, count }),
            Step::Special => self.special_step(block, place, op.ty),
            Step::Interface { by_table } => self.interface(block, place, by_table, open),
            _ => {
                let Some((address, confidence)) = self.pointer(block, place) else { return };
                let claim = Walk::<M>::value(op.ty, block.source, confidence);
                match op.step {
                    Step::Slice => self.slice(block, place, address, claim),
                    Step::String => self.text(block, place, address, claim),
                    Step::Func => self.function(address, claim),
                    Step::Unknown => {
                        self.memory
                            .slot_of(address)
                            .into_iter()
                            .for_each(|slot| self.windows.see_whole(slot));
                    }
                    _ => self.claim(address, claim),
                }
            }
        }
    }

    /// The word at `place`, if it is one that counts and not nil, and how sure what it leads to is.
    pub(super) fn pointer(&mut self, block: Block<'a>, place: usize) -> Option<(u64, Confidence)> {
        let address = self.memory.params().word(block.bytes, place).filter(|address| *address != 0)?;
        let Some(frame) = block.frame else { return Some((address, block.confidence)) };
        let offset = u32::try_from(place).ok()?;
        let is_listed = frame.pointers.binary_search(&offset).is_ok();
        match frame.words {
            Words::Listed if is_listed => Some((address, block.confidence)),
            Words::Unlisted if !is_listed => Some((address, Confidence::Likely)),
            Words::All => {
                if !is_listed && self.memory.slot_of(address).is_some() {
                    self.stack_pointers.push(StackPointer { frame: frame.row, offset });
                }
                Some((address, block.confidence))
            }
            _ => None,
        }
    }

    /// The number at `place`.
    fn word(&self, block: Block<'a>, place: usize) -> u64 {
        self.memory.params().word(block.bytes, place).unwrap_or(0)
    }

    /// The word `index` words after `place`.
    fn next_word(&self, block: Block<'a>, place: usize, index: usize) -> u64 {
        self.word(block, place + index * usize::from(self.memory.params().pointer_bytes))
    }

    fn slice(&mut self, block: Block<'a>, place: usize, address: u64, claim: Claim) {
        let (length, capacity) = (self.next_word(block, place, 1), self.next_word(block, place, 2));
        if length <= capacity {
            let count = u32::try_from(capacity).unwrap_or(u32::MAX);
            let filled = u32::try_from(length).unwrap_or(u32::MAX);
            self.claim(address, Claim { count, filled, shape: Shape::Array, ..claim });
        }
    }

    fn text(&mut self, block: Block<'a>, place: usize, address: u64, claim: Claim) {
        let count = u32::try_from(self.next_word(block, place, 1)).unwrap_or(u32::MAX);
        self.claim(address, Claim { ty: self.byte, count, filled: count, shape: Shape::Text, ..claim });
    }

    /// A closure, by the function that its first word is the code of.
    pub(super) fn function(&mut self, address: u64, claim: Claim) {
        let Some(seat) = self.memory.seat_of(address) else { return };
        let extent = self.extent(seat);
        let bytes = self.memory.bytes(seat.slot);
        let Some(entry) = self.memory.params().word(bytes, extent.place(address)) else { return };
        if let Some(ty) = self.closure(entry, extent.room(address)) {
            self.claim(address, Claim { ty, ..claim });
        }
    }

    fn interface(&mut self, block: Block<'a>, place: usize, by_table: bool, open: &mut Vec<Values>) {
        let first = self.word(block, place);
        let descriptor = if by_table { self.itabs.get(&first).copied().unwrap_or(0) } else { first };
        if first == 0 || descriptor == 0 {
            return;
        }
        let Some((ty, is_direct)) = self.dynamic(descriptor) else { return };
        let value = place + usize::from(self.memory.params().pointer_bytes);
        if is_direct {
            open.push(Values { offset: value, ty, count: 1 });
        } else if let Some((address, confidence)) = self.pointer(block, value) {
            self.claim(address, Walk::<M>::value(ty, block.source, confidence));
        }
    }

    /// Follows the words of a structure whose first byte is at `place`.
    fn special_step(&mut self, block: Block<'a>, place: usize, ty: TypeId) {
        let Some(special) = self.special(ty) else { return };
        let at = |offset: u64| place.saturating_add(usize::try_from(offset).unwrap_or(usize::MAX));
        match special {
            Special::Swiss { directory, length, group, table } => match self.word(block, at(length)) {
                0 => self.many(block, at(directory), group, 1),
                tables => self.many(block, at(directory), table, tables),
            },
            Special::Table { data, mask, group } => {
                let groups = self.word(block, at(mask)).saturating_add(1);
                self.many(block, at(data), group, groups);
            }
            Special::Buckets { buckets, old, extra, bucket } => {
                self.many(block, at(buckets), bucket, u64::MAX);
                self.many(block, at(old), bucket, u64::MAX);
                self.overflowed(block, at(extra), bucket);
            }
            Special::Bucket { overflow } => self.one(block, at(overflow), ty),
            Special::Chan { buffer, capacity, elem } => {
                let capacity = self.word(block, at(capacity));
                self.many(block, at(buffer), elem, capacity);
            }
            Special::Pool { local, size, elem } => {
                for (local, size) in local.into_iter().zip(size) {
                    let count = self.word(block, at(size));
                    self.many(block, at(local), elem, count);
                }
            }
            Special::Atomic { pointer, elem } => self.one(block, at(pointer), elem),
        }
    }

    fn one(&mut self, block: Block<'a>, place: usize, ty: TypeId) {
        if let Some((address, confidence)) = self.pointer(block, place) {
            self.claim(address, Walk::<M>::value(ty, block.source, confidence));
        }
    }

    fn many(&mut self, block: Block<'a>, place: usize, ty: TypeId, count: u64) {
        if let Some((address, confidence)) = self.pointer(block, place) {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            let claim = Walk::<M>::value(ty, block.source, confidence);
            self.claim(address, Claim { count, filled: count, shape: Shape::Array, ..claim });
        }
    }

    /// The buckets that `runtime.mapextra` lists, which maps without pointers have nowhere else: two slices of pointers.
    fn overflowed(&mut self, block: Block<'a>, place: usize, bucket: TypeId) {
        let Some((extra, confidence)) = self.pointer(block, place) else { return };
        let width = u64::from(self.memory.params().pointer_bytes);
        for list in [extra, extra.saturating_add(width)] {
            let Some(slice) = self.heap_word(list) else { continue };
            let (Some(first), Some(length)) =
                (self.heap_word(slice), self.heap_word(slice.saturating_add(width)))
            else {
                continue;
            };
            let words =
                (0..length).map_while(|row| self.heap_word(first.checked_add(row.checked_mul(width)?)?));
            let words: Vec<u64> = words.filter(|word| *word != 0).collect();
            for word in words {
                self.claim(word, Walk::<M>::value(bucket, block.source, confidence));
            }
        }
    }

    /// The word at an address in the heap.
    fn heap_word(&self, address: u64) -> Option<u64> {
        let seat = self.memory.seat_of(address)?;
        let place = usize::try_from(address - seat.address).ok()?;
        self.memory.params().word(self.memory.bytes(seat.slot), place)
    }
}
