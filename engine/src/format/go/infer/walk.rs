//! The walk from seeds through all typed values: a worklist over slots.

use super::claims::{Claim, Claims, Confidence, Shape, Source};
use super::program::Programs;
use super::scan::Values;
use super::special::Specials;
use super::windows::Windows;
use crate::error::Result;
use crate::format::go::exe::{Decoder, Exe};
use crate::format::go::types::{Kind, Type, TypeId, Types};
use crate::format::go::{Memory, Region};
use crate::memory::Room;
use crate::progress::Progress;
use std::collections::{HashMap, HashSet};

/// What is still to be scanned, the last one first.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Slots, by the type that they have then; [`BLOCK`] for the last one of `blocks`.
    pub(super) slots: Vec<u32>,
    /// Values anywhere else, or parts of slots.
    blocks: Vec<Pointed>,
}

/// No slot: there are fewer.
const BLOCK: u32 = u32::MAX;

/// Slots and blocks that are scanned between two looks at the progress.
const STEP: u32 = 1 << 16;

/// What a pointer leads to, as its type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pointed {
    pub(super) address: u64,
    pub(super) claim: Claim,
}

/// A pointer word in a frame that its list of pointers does not have, though it leads to a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StackPointer {
    /// The row of the frame.
    pub frame: u32,
    /// Bytes from the frame's first one.
    pub offset: u32,
}

/// A part of the process's memory outside the heap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside<'a> {
    pub(super) memory: &'a Region,
    /// The row of the frame; `None` for segments.
    pub(super) frame: Option<u32>,
}

/// All that the walk knows.
pub(super) struct Walk<'a, M> {
    pub(super) memory: &'a M,
    pub(super) exe: &'a Exe,
    /// What the process's addresses are above the executable's.
    pub(super) slide: u64,
    pub(super) types: Types,
    decoder: Option<Decoder<'a>>,
    pub(super) specials: Specials,
    pub(super) programs: Programs,
    pub(super) claims: Claims,
    pub(super) work: Work,
    /// Values of a block that are still to be scanned; empty between two blocks.
    pub(super) open: Vec<Values>,
    /// Places of pointers of the slot at hand.
    pub(super) found: Vec<u32>,
    /// Blocks that were scanned: address and type.
    seen: HashSet<(u64, TypeId)>,
    /// Pointers into the middle of slots that had no type there yet.
    pub(super) inside: Vec<Pointed>,
    /// Types by the addresses of their descriptors in the process, and whether interfaces hold their values directly.
    dynamic: HashMap<u64, Option<(TypeId, bool)>>,
    /// Descriptors by the addresses of interface tables.
    pub(super) itabs: HashMap<u64, u64>,
    closures: HashMap<u64, Option<TypeId>>,
    pub(super) places: HashMap<TypeId, Option<Vec<u32>>>,
    /// Segments and frames by address.
    outside: Vec<Outside<'a>>,
    pub(super) stack_pointers: Vec<StackPointer>,
    pub(super) windows: Windows,
    /// The type of bytes of strings.
    pub(super) byte: TypeId,
}

impl<'a, M: Memory> Walk<'a, M> {
    pub(super) fn new(memory: &'a M, exe: &'a Exe, slide: u64, room: &Room) -> Result<Walk<'a, M>> {
        let records = memory.records();
        let mut types = exe.types.clone();
        let decoder = exe.decoder(&mut types);
        let byte = types.find("uint8", |ty| ty.kind == Kind::Uint && ty.size == 1);
        let uint8 = || Type { name: "uint8".into(), size: 1, kind: Kind::Uint, ..Type::default() };
        let byte = byte.unwrap_or_else(|| types.push(uint8()));
        let segments =
            records.segments.iter().map(|segment| Outside { memory: &segment.memory, frame: None });
        let frames = (0..).zip(&records.frames);
        let frames = frames.map(|(row, frame)| Outside { memory: &frame.memory, frame: Some(row) });
        let mut outside: Vec<Outside<'a>> = segments.chain(frames).collect();
        outside.sort_by_key(|outside| outside.memory.address);
        let mut walk = Walk {
            memory,
            exe,
            slide,
            types,
            decoder,
            specials: Specials::default(),
            programs: Programs::default(),
            claims: Claims::new(memory.slots(), room)?,
            work: Work::default(),
            open: Vec::new(),
            found: Vec::new(),
            seen: HashSet::new(),
            inside: Vec::new(),
            dynamic: HashMap::new(),
            itabs: records.itabs.iter().map(|itab| (itab.address, itab.type_address)).collect(),
            closures: HashMap::new(),
            places: HashMap::new(),
            outside,
            stack_pointers: Vec::new(),
            windows: Windows::new(memory.slots()),
            byte,
        };
        walk.specials.update(&mut walk.types);
        Ok(walk)
    }

    /// Scans until nothing new is found.
    ///
    /// # Errors
    /// `progress` was cancelled.
    pub(super) fn run(&mut self, progress: &Progress) -> Result<()> {
        let mut count = 0u32;
        while let Some(slot) = self.work.slots.pop() {
            match slot {
                BLOCK => self.work.blocks.pop().into_iter().for_each(|block| self.scan_block(block)),
                slot => self.scan_slot(slot),
            }
            count = count.wrapping_add(1);
            if count.is_multiple_of(STEP) {
                progress.check()?;
            }
        }
        progress.check()
    }

    /// Scans a value that is no slot, unless it was scanned.
    pub(super) fn push_block(&mut self, pointed: Pointed) {
        if self.has_steps(pointed.claim.ty) && self.seen.insert((pointed.address, pointed.claim.ty)) {
            self.work.slots.push(BLOCK);
            self.work.blocks.push(pointed);
        }
    }

    /// The segment or frame that holds `address`.
    pub(super) fn outside_at(&self, address: u64) -> Option<Outside<'a>> {
        let after = self.outside.partition_point(|outside| outside.memory.address <= address);
        let outside = *self.outside.get(after.checked_sub(1)?)?;
        (address - outside.memory.address < outside.memory.bytes.len() as u64).then_some(outside)
    }

    /// Whether values of a type lead anywhere.
    pub(super) fn has_steps(&mut self, ty: TypeId) -> bool {
        let (from, to) = self.program(ty);
        from < to
    }

    /// The steps of a type.
    pub(super) fn program(&mut self, ty: TypeId) -> (u32, u32) {
        self.programs.of(&self.types, &self.specials, ty)
    }

    /// What a structure of the runtime is.
    pub(super) fn special(&self, ty: TypeId) -> Option<super::special::Special> {
        self.specials.get(ty)
    }

    /// The type with the descriptor at `address` in the process, and whether an interface holds its values directly.
    pub(super) fn dynamic(&mut self, address: u64) -> Option<(TypeId, bool)> {
        if let Some(known) = self.dynamic.get(&address) {
            return *known;
        }
        let linked = address.wrapping_sub(self.slide);
        let found = self.decoder.as_mut().and_then(|decoder| {
            let ty = decoder.add(&mut self.types, linked)?;
            let is_word = self.types.get(ty).kind.is_pointer_word();
            Some((ty, decoder.is_direct(linked).unwrap_or(is_word)))
        });
        self.specials.update(&mut self.types);
        self.dynamic.insert(address, found);
        found
    }

    /// Adds the structs that the program can allocate, where debug information does not have them all.
    pub(super) fn add_structs(&mut self) {
        if self.exe.has_debug() {
            return;
        }
        if let Some(decoder) = &mut self.decoder {
            decoder.add_structs(&mut self.types);
        }
        self.specials.update(&mut self.types);
    }

    /// The type of the closure with code at `entry` in the process, that has `size` bytes.
    pub(super) fn closure(&mut self, entry: u64, size: u64) -> Option<TypeId> {
        if let Some(known) = self.closures.get(&entry) {
            return *known;
        }
        let found = self.exe.closure(&mut self.types, entry.wrapping_sub(self.slide), size);
        self.closures.insert(entry, found);
        found
    }

    /// A claim of this source on what one value points to.
    pub(super) fn value(ty: TypeId, source: Source, confidence: Confidence) -> Claim {
        Claim { ty, count: 1, filled: 1, shape: Shape::Value, source, confidence }
    }
}
