//! The walk from seeds through all typed values: a worklist over slots.

use super::claims::{Claim, Claims, Confidence, Shape, Source};
use super::program::{Programs, pointer_places};
use super::scan::Values;
use super::special::{Specials, Variant};
use super::windows::Windows;
use crate::error::Result;
use crate::format::go::exe::{Decoder, Exe};
use crate::format::go::types::{Kind, Type, TypeId, Types};
use crate::format::go::{Memory, Region, Seat};
use crate::memory::Room;
use crate::progress::Progress;
use std::collections::{HashMap, HashSet};

/// What is still to be scanned, the last one first.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Slots, by the type that they have then; [`BLOCK`] for the last one of `blocks`.
    slots: Vec<u32>,
    /// Values anywhere else, or parts of slots.
    blocks: Vec<Pointed>,
}

/// No slot: there are fewer.
const BLOCK: u32 = u32::MAX;

/// Slots and blocks that are scanned between two looks at the progress.
const STEP: u32 = 1 << 16;

/// The object of a slot: what the program has of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) slot: u32,
    /// The address of the slot, which a malloc header may stand at.
    pub(super) address: u64,
    /// The address of the object's first byte.
    pub(super) base: u64,
    /// The address behind the slot's last byte.
    pub(super) end: u64,
}

impl Extent {
    /// Bytes of the slot from `address` on.
    pub(super) fn room(&self, address: u64) -> u64 {
        self.end.saturating_sub(address)
    }

    /// Where in the slot's bytes `address` stands.
    pub(super) fn place(&self, address: u64) -> usize {
        usize::try_from(address.wrapping_sub(self.address)).unwrap_or(usize::MAX)
    }
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
    places: HashMap<TypeId, Option<Vec<u32>>>,
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

    /// Someone points to `address` as `claim` says.
    pub(super) fn claim(&mut self, address: u64, claim: Claim) {
        if address == 0 || claim.count == 0 {
            return;
        }
        let Some(seat) = self.memory.seat_of(address) else {
            return self.claim_outside(Pointed { address, claim });
        };
        let extent = self.extent(seat);
        let claim = self.chosen(extent, address, claim);
        let Some(claim) = self.clipped(extent, address, claim) else { return };
        if address != extent.base {
            return self.claim_inside(extent, Pointed { address, claim });
        }
        if claim.confidence <= Confidence::Likely && !self.fits(extent, claim) {
            return;
        }
        self.see(extent, address, claim);
        self.take(extent.slot, claim);
    }

    /// Takes over a claim if it is a better one; the slot is scanned then, if its type leads anywhere.
    pub(super) fn take(&mut self, slot: u32, claim: Claim) -> bool {
        let is_taken = self.claims.take(&self.types, slot, claim);
        if is_taken && self.has_steps(claim.ty) {
            self.work.slots.push(slot);
        }
        is_taken
    }

    /// Notes how much of a slot the one who claims it sees. The allocator's type word sees nothing.
    fn see(&mut self, extent: Extent, address: u64, claim: Claim) {
        if claim.source != Source::Header {
            let size = self.types.get(claim.ty).size;
            let bytes = |count: u32| size.saturating_mul(u64::from(count));
            let (length, capacity) = (bytes(claim.filled), bytes(claim.count));
            let (start, room) = (address.wrapping_sub(extent.base), extent.room(extent.base));
            self.windows.see(extent.slot, start, length, capacity, room);
        }
    }

    /// The object of a slot.
    #[inline]
    pub(super) fn extent(&self, seat: Seat) -> Extent {
        let Seat { slot, address, size } = seat;
        let base = address + u64::from(self.memory.start(slot));
        Extent { slot, address, base, end: address.saturating_add(size.into()) }
    }

    /// The claim with no more elements than there is room for; `None` where there is none for one.
    fn clipped(&self, extent: Extent, address: u64, claim: Claim) -> Option<Claim> {
        let size = self.types.get(claim.ty).size;
        let room = extent.room(address);
        if claim.count == 1 {
            return (0 < size && size <= room).then_some(claim);
        }
        let most = room.checked_div(size)?;
        if claim.shape == Shape::Value && u64::from(claim.count) > most {
            return None;
        }
        let count = u64::from(claim.count).min(most);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        (count > 0).then(|| Claim { count, filled: claim.filled.min(count), ..claim })
    }

    /// The claim with the type that the value itself chooses, where its type stands for several.
    #[inline]
    fn chosen(&mut self, extent: Extent, address: u64, claim: Claim) -> Claim {
        if self.specials.chooses(claim.ty) { self.choose(extent, address, claim) } else { claim }
    }

    fn choose(&mut self, extent: Extent, address: u64, claim: Claim) -> Claim {
        let place = |offset: u64| extent.place(address.saturating_add(offset));
        let bytes = self.memory.bytes(extent.slot);
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
    fn claim_inside(&mut self, extent: Extent, pointed: Pointed) {
        let offset = pointed.address.wrapping_sub(extent.base);
        self.see(extent, pointed.address, pointed.claim);
        if offset < extent.room(extent.base) && !self.covers(extent.slot, offset) {
            self.inside.push(pointed);
        }
    }

    /// Whether the type of a slot says what is `offset` bytes after its object's beginning.
    pub(super) fn covers(&self, slot: u32, offset: u64) -> bool {
        let reach = |claim: Claim| self.types.get(claim.ty).size.saturating_mul(u64::from(claim.count));
        self.claims.get(slot).is_some_and(|claim| offset < reach(claim))
    }

    /// A pointer to static data or into a stack: the value there is scanned, once.
    fn claim_outside(&mut self, pointed: Pointed) {
        if self.has_steps(pointed.claim.ty) && self.outside_at(pointed.address).is_some() {
            self.push_block(pointed);
        }
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
    pub(super) fn fits(&mut self, extent: Extent, claim: Claim) -> bool {
        let width = u64::from(self.memory.params().pointer_bytes);
        let types = &self.types;
        let made = self.places.entry(claim.ty).or_insert_with(|| pointer_places(types, claim.ty, width));
        let Some(places) = made else { return true };
        let (start, size) = (extent.base - extent.address, types.get(claim.ty).size);
        let found = &mut self.found;
        self.memory.pointers(extent.slot, found);
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
