//! The walk from seeds through all typed values: a worklist over dense columns.

use super::columns::{Claim, Columns, Confidence, Shape, Source};
use super::program::{Programs, pointer_places};
use super::special::{Specials, Variant};
use super::windows::Windows;
use crate::format::go::exe::{Decoder, Exe};
use crate::format::go::types::{Kind, Type, TypeId, Types};
use crate::format::go::{Memory, Region};
use std::collections::{HashMap, HashSet};

/// What is still to be scanned.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A slot, by the type that it has then.
    Slot(u32),
    /// Values anywhere else, or a part of a slot.
    Block(Pointed),
}

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
    specials: Specials,
    pub(super) programs: Programs,
    pub(super) columns: Columns,
    pub(super) work: Vec<Work>,
    /// Blocks that were scanned: address and type.
    seen: HashSet<(u64, TypeId)>,
    /// Pointers into the middle of slots that had no type there yet.
    pub(super) inside: Vec<Pointed>,
    /// Types by the addresses of their descriptors in the process, and whether interfaces hold their values directly.
    dynamic: HashMap<u64, Option<(TypeId, bool)>>,
    /// Descriptors by the addresses of interface tables.
    pub(super) itabs: HashMap<u64, u64>,
    closures: HashMap<u64, Option<TypeId>>,
    places: HashMap<TypeId, Option<Vec<u32>>>,
    /// Segments and frames by address.
    outside: Vec<Outside<'a>>,
    pub(super) stack_pointers: Vec<StackPointer>,
    pub(super) windows: Windows,
    /// The type of bytes of strings.
    pub(super) byte: TypeId,
}

impl<'a, M: Memory> Walk<'a, M> {
    pub(super) fn new(memory: &'a M, exe: &'a Exe, slide: u64) -> Walk<'a, M> {
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
            columns: Columns::new(memory.slots()),
            work: Vec::new(),
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
        walk
    }

    /// Scans until nothing new is found.
    pub(super) fn run(&mut self) {
        while let Some(work) = self.work.pop() {
            match work {
                Work::Slot(slot) => self.scan_slot(slot),
                Work::Block(pointed) => self.scan_block(pointed),
            }
        }
    }

    /// Someone points to `address` as `claim` says.
    pub(super) fn claim(&mut self, address: u64, claim: Claim) {
        if address == 0 || claim.count == 0 {
            return;
        }
        let Some(slot) = self.memory.slot_of(address) else {
            return self.claim_outside(Pointed { address, claim });
        };
        let claim = self.chosen(slot, address, claim);
        let Some(claim) = self.clipped(slot, address, claim) else { return };
        if address != self.base(slot) {
            return self.claim_inside(slot, Pointed { address, claim });
        }
        if claim.confidence <= Confidence::Likely && !self.fits(slot, claim) {
            return;
        }
        self.see(slot, address, claim);
        if self.columns.take(&self.types, slot, claim) {
            self.work.push(Work::Slot(slot));
        }
    }

    /// Notes how much of a slot the one who claims it sees. The allocator's type word sees nothing.
    fn see(&mut self, slot: u32, address: u64, claim: Claim) {
        if claim.source != Source::Header {
            let bytes = |count: u32| self.types.get(claim.ty).size.saturating_mul(u64::from(count));
            let (base, length, capacity) = (self.base(slot), bytes(claim.filled), bytes(claim.count));
            let room = self.room(slot, base);
            self.windows.see(slot, address.wrapping_sub(base), length, capacity, room);
        }
    }

    /// The address of the first byte of a slot's object.
    pub(super) fn base(&self, slot: u32) -> u64 {
        self.memory.address(slot) + u64::from(self.memory.start(slot))
    }

    /// Bytes of a slot from `address` on.
    pub(super) fn room(&self, slot: u32, address: u64) -> u64 {
        let size = self.memory.bytes(slot).len() as u64;
        (self.memory.address(slot) + size).saturating_sub(address)
    }

    /// The claim with no more elements than there is room for; `None` where there is none for one.
    fn clipped(&self, slot: u32, address: u64, claim: Claim) -> Option<Claim> {
        let size = self.types.get(claim.ty).size;
        let most = self.room(slot, address).checked_div(size)?;
        if claim.shape == Shape::Value && u64::from(claim.count) > most {
            return None;
        }
        let count = u64::from(claim.count).min(most);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        (count > 0).then(|| Claim { count, filled: claim.filled.min(count), ..claim })
    }

    /// The claim with the type that the value itself chooses, where its type stands for several.
    fn chosen(&mut self, slot: u32, address: u64, claim: Claim) -> Claim {
        let place =
            |offset: u64| usize::try_from(address - self.memory.address(slot) + offset).unwrap_or(usize::MAX);
        let bytes = self.memory.bytes(slot);
        if let Some(Variant { flag, set, clear }) = self.specials.variant(claim.ty) {
            let flag = bytes.get(place(flag));
            return Claim { ty: flag.map_or(claim.ty, |flag| if *flag == 0 { clear } else { set }), ..claim };
        }
        let Some(offset) = self.specials.any_chan(claim.ty) else { return claim };
        let elem =
            self.memory.params().word(bytes, place(offset)).and_then(|descriptor| self.dynamic(descriptor));
        elem.map_or(claim, |(elem, _)| Claim { ty: self.chan_of(claim.ty, elem), ..claim })
    }

    /// The header of channels with elements of this type; made from `runtime.hchan` where the program names none.
    fn chan_of(&mut self, chan: TypeId, elem: TypeId) -> TypeId {
        if let Some(known) = self.specials.chan_of(elem) {
            return known;
        }
        let name = format!("chan {}", self.types.get(elem).name);
        let header = Type { name, kind: Kind::ChanHeader, elem: Some(elem), ..self.types.get(chan).clone() };
        let made = self.types.push(header);
        self.specials.update(&mut self.types);
        made
    }

    /// Keeps a pointer into the middle of a slot for later, unless the slot's type covers it.
    fn claim_inside(&mut self, slot: u32, pointed: Pointed) {
        let offset = pointed.address.wrapping_sub(self.base(slot));
        self.see(slot, pointed.address, pointed.claim);
        if offset < self.room(slot, self.base(slot)) && !self.covers(slot, offset) {
            self.inside.push(pointed);
        }
    }

    /// Whether the type of a slot says what is `offset` bytes after its object's beginning.
    pub(super) fn covers(&self, slot: u32, offset: u64) -> bool {
        let reach = |claim: Claim| self.types.get(claim.ty).size.saturating_mul(u64::from(claim.count));
        self.columns.get(slot).is_some_and(|claim| offset < reach(claim))
    }

    /// A pointer to static data or into a stack: the value there is scanned, once.
    fn claim_outside(&mut self, pointed: Pointed) {
        if self.outside_at(pointed.address).is_some() {
            self.push_block(pointed);
        }
    }

    /// Scans a value that is no slot, unless it was scanned.
    pub(super) fn push_block(&mut self, pointed: Pointed) {
        if self.has_steps(pointed.claim.ty) && self.seen.insert((pointed.address, pointed.claim.ty)) {
            self.work.push(Work::Block(pointed));
        }
    }

    /// The segment or frame that holds `address`.
    pub(super) fn outside_at(&self, address: u64) -> Option<Outside<'a>> {
        let after = self.outside.partition_point(|outside| outside.memory.address <= address);
        let outside = *self.outside.get(after.checked_sub(1)?)?;
        (address - outside.memory.address < outside.memory.bytes.len() as u64).then_some(outside)
    }

    /// Whether values of a type lead anywhere.
    fn has_steps(&mut self, ty: TypeId) -> bool {
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

    /// Whether the collector's map of a slot has pointers where the claim has them, and nowhere else.
    pub(super) fn fits(&mut self, slot: u32, claim: Claim) -> bool {
        let width = u64::from(self.memory.params().pointer_bytes);
        let types = &self.types;
        let made = self.places.entry(claim.ty).or_insert_with(|| pointer_places(types, claim.ty, width));
        let Some(places) = made else { return true };
        let (start, size) = (u64::from(self.memory.start(slot)), types.get(claim.ty).size);
        let found = self.memory.pointers(slot);
        if found.len() as u64 != places.len() as u64 * u64::from(claim.count) {
            return false;
        }
        let values = (0..u64::from(claim.count)).map(|row| start + row * size);
        let wanted = values.flat_map(|base| places.iter().map(move |place| base + u64::from(*place)));
        found.iter().map(|place| u64::from(*place)).eq(wanted)
    }

    /// A claim of this source on what one value points to.
    pub(super) fn value(ty: TypeId, source: Source, confidence: Confidence) -> Claim {
        Claim { ty, count: 1, filled: 1, shape: Shape::Value, source, confidence }
    }
}
