//! A pointer leads to a slot or elsewhere: what is said of the value there is taken, kept for later, or dropped.

use super::claims::{Claim, Confidence, Shape, Source};
use super::program::pointer_places;
use super::special::Variant;
use super::walk::{Pointed, Walk};
use crate::format::go::types::{Kind, Type, TypeId};
use crate::format::go::{Memory, Seat};

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

impl<M: Memory> Walk<'_, M> {
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
}
