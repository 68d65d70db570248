//! Weaker evidence, for slots that certain words do not reach.

use super::claims::{Claim, Confidence, Shape, Source};
use super::pointed::Extent;
use super::walk::{Pointed, Walk};
use crate::error::Result;
use crate::format::go::types::Kind;
use crate::format::go::{Memory, Region};
use crate::progress::Progress;

/// Rounds in which pointers into the middle of slots are tried; each finds what the one before it made reachable.
const ROUNDS: usize = 8;

impl<'a, M: Memory> Walk<'a, M> {
    /// Pointers into the middle of slots that still have no type there: a sub-slice says what the whole is made of, and
    /// of anything else at least what it points to is known.
    ///
    /// # Errors
    /// `progress` was cancelled.
    pub(super) fn follow_inside(&mut self, progress: &Progress) -> Result<()> {
        for _ in 0..ROUNDS {
            let inside = std::mem::take(&mut self.inside);
            if inside.is_empty() {
                break;
            }
            for pointed in inside {
                self.inside_one(pointed);
            }
            self.run(progress)?;
        }
        self.inside.clear();
        Ok(())
    }

    fn inside_one(&mut self, pointed: Pointed) {
        let Pointed { address, claim } = pointed;
        let Some(seat) = self.memory.seat_of(address) else { return };
        let (slot, extent) = (seat.slot, self.extent(seat));
        let (offset, size) = (address.wrapping_sub(extent.base), self.types.get(claim.ty).size);
        if self.covers(slot, offset) {
            return;
        }
        if claim.shape != Shape::Value && size > 0 && offset.is_multiple_of(size) {
            let before = u32::try_from(offset / size).unwrap_or(u32::MAX);
            let count = claim.count.saturating_add(before);
            let whole = Claim {
                count,
                source: Source::Interior,
                confidence: claim.confidence.min(Confidence::Likely),
                ..claim
            };
            let same = self.claims.get(slot).is_none_or(|old| old.ty == claim.ty);
            if same && self.fits_in_part(extent, whole) && self.take(slot, self.kept(slot, whole)) {
                return;
            }
        }
        self.push_block(pointed);
    }

    /// A longer claim on a slot of the same type keeps what told the type.
    fn kept(&self, slot: u32, whole: Claim) -> Claim {
        match self.claims.get(slot) {
            Some(old) => Claim { count: whole.count, shape: whole.shape, ..old },
            None => whole,
        }
    }

    /// Nobody knows how much untyped slots see of what they point to.
    pub(super) fn see_by_untyped(&mut self) {
        let mut places = Vec::new();
        for slot in (0..self.memory.slots()).filter(|slot| self.claims.is_free(*slot)) {
            self.memory.pointers(slot, &mut places);
            let bytes = self.memory.bytes(slot);
            for &place in &places {
                let address = self.memory.params().word(bytes, place as usize);
                let target = address.and_then(|address| self.memory.slot_of(address));
                target.into_iter().for_each(|target| self.windows.see_whole(target));
            }
        }
    }

    /// Whether a claim that may end before the slot's object does agrees with the collector's map.
    fn fits_in_part(&mut self, extent: Extent, claim: Claim) -> bool {
        let size = self.types.get(claim.ty).size;
        let count = extent.room(extent.base).checked_div(size).unwrap_or(0);
        let all = Claim { count: u32::try_from(count).unwrap_or(u32::MAX), ..claim };
        self.fits(extent, claim) || self.fits(extent, all)
    }

    /// Pointers behind a type word or an interface table, in slots without a type and, where
    /// there is no debug information, in segments and frames.
    pub(super) fn follow_pairs(&mut self) {
        let mut places = Vec::new();
        for slot in 0..self.memory.slots() {
            if self.claims.is_free(slot) {
                self.memory.pointers(slot, &mut places);
                self.pairs(self.memory.bytes(slot), &places);
            }
        }
        if !self.exe.has_debug() {
            let records = self.memory.records();
            let segments = records.segments.iter().map(|segment| &segment.memory);
            for region in segments.chain(records.frames.iter().map(|frame| &frame.memory)) {
                self.pairs_outside(region);
            }
        }
    }

    fn pairs_outside(&mut self, region: &'a Region) {
        let bytes = self.memory.dump().get(region.bytes.clone()).unwrap_or_default();
        self.pairs(bytes, &region.pointers);
    }

    fn pairs(&mut self, bytes: &'a [u8], places: &[u32]) {
        let params = self.memory.params();
        let width = u32::from(params.pointer_bytes);
        for &place in places {
            // The collector's maps leave the first word out, since Go 1.11.
            let Some(before) = place.checked_sub(width) else { continue };
            let word = |place: u32| params.word(bytes, place as usize).unwrap_or(0);
            let (first, value) = (word(before), word(place));
            if self.memory.slot_of(value).is_none() || self.memory.slot_of(first).is_some() {
                continue;
            }
            let descriptor = self.itabs.get(&first).copied().unwrap_or(first);
            if !self.exe.may_describe(descriptor.wrapping_sub(self.slide)) {
                continue;
            }
            let Some((ty, is_direct)) = self.dynamic(descriptor) else { continue };
            let pointed = self.types.get(ty);
            let ty = match (is_direct, pointed.kind) {
                (false, _) => Some(ty),
                (true, Kind::Pointer) => pointed.elem,
                (true, Kind::Map | Kind::Chan) => pointed.inner,
                _ => None,
            };
            if let Some(ty) = ty {
                self.claim(value, Walk::<M>::value(ty, Source::Pair, Confidence::Likely));
            }
        }
    }
}
