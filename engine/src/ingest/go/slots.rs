//! The slots of a dump's heap by their ids.

use super::floor::{Extents, Floor};
use super::found::{FoundSlots, Order};
use crate::error::Result;
use crate::format::go::{Memory, Object, Records, Seat};
use crate::memory::Room;
use crate::wide::Wide;
use arrow_buffer::ScalarBuffer;
use rayon::prelude::*;
use std::ops::Range;

/// The heap of a dump: columns by id, in address order.
pub(super) struct Slots<'a> {
    pub(super) dump: &'a [u8],
    pub(super) records: Records,
    pub(super) addresses: Wide,
    /// Where their records begin in the dump.
    pub(super) offsets: Wide,
    /// Their bytes.
    pub(super) sizes: ScalarBuffer<u32>,
    /// Not less than there are references.
    pub(super) pointers: u64,
    floor: Floor,
}

impl<'a> Slots<'a> {
    /// The slots that `order` keeps; the columns lie in `room`, where each takes the place of the one in `found`.
    pub(super) fn new(
        dump: &'a [u8],
        records: Records,
        found: FoundSlots,
        order: &Order,
        room: &Room,
    ) -> Result<Slots<'a>> {
        let FoundSlots { addresses, offsets, sizes, pointers, .. } = found;
        let column = |values: &[u32]| {
            let mut column = room.column::<u32>(order.objects())?;
            gather(&mut column, values, &order.kept);
            Ok::<_, crate::error::Error>(column)
        };
        let low = column(addresses.low())?;
        let addresses = addresses.kept(low, &order.kept);
        let low = column(offsets.low())?;
        let offsets = offsets.kept(low, &order.kept);
        let mut bytes = column(&sizes)?;
        drop(sizes);
        bytes.par_iter_mut().for_each(|bytes| *bytes >>= 1);
        let sizes = bytes.freeze();
        let floor = Floor::new(Extents { addresses: addresses.view(), sizes: &sizes });
        Ok(Slots { dump, records, addresses, offsets, sizes, pointers, floor })
    }

    /// The record of a slot.
    #[inline]
    pub(super) fn object(&self, slot: u32) -> Option<Object<'a>> {
        Object::at(self.dump, self.offsets.get(slot as usize))
    }

    /// The number of slots that end after the next one begins.
    pub(super) fn overlapping(&self) -> u64 {
        let rows = 1..self.sizes.len();
        let overlaps = |next: &usize| {
            let end = self.addresses.get(next - 1).saturating_add(self.sizes[next - 1].into());
            end > self.addresses.get(*next)
        };
        rows.into_par_iter().with_min_len(1 << 16).filter(overlaps).count() as u64
    }

    /// The slots that the words of `bytes` at `places` lead to.
    #[inline]
    pub(super) fn targets<'s>(
        &'s self,
        bytes: &'s [u8],
        places: impl Iterator<Item = usize> + 's,
    ) -> impl Iterator<Item = (usize, u32)> + 's {
        let target = move |place| {
            let address = self.records.params.word(bytes, place)?;
            Some((place, self.slot_of(address)?))
        };
        places.filter_map(target)
    }
}

impl Memory for Slots<'_> {
    fn records(&self) -> &Records {
        &self.records
    }

    fn dump(&self) -> &[u8] {
        self.dump
    }

    fn slots(&self) -> u32 {
        u32::try_from(self.sizes.len()).unwrap_or(u32::MAX)
    }

    #[inline]
    fn seat_of(&self, address: u64) -> Option<Seat> {
        let of = Extents { addresses: self.addresses.view(), sizes: &self.sizes };
        let (slot, start, size) = self.floor.find(of, address)?;
        let slot = u32::try_from(slot).ok()?;
        (address - start < u64::from(size)).then_some(Seat { slot, address: start, size })
    }

    #[inline]
    fn seat(&self, slot: u32) -> Seat {
        let row = slot as usize;
        Seat { slot, address: self.addresses.get(row), size: self.sizes[row] }
    }

    #[inline]
    fn bytes(&self, slot: u32) -> &[u8] {
        self.object(slot).map(|object| &self.dump[object.bytes]).unwrap_or_default()
    }

    fn pointers(&self, slot: u32, places: &mut Vec<u32>) {
        let object = self.object(slot);
        let pointers = object.iter().flat_map(Object::pointers);
        places.clear();
        places.extend(pointers.filter_map(|place| u32::try_from(place).ok()));
        // Only corrupt dumps have them in another order.
        if !places.is_sorted_by(|a, b| a < b) {
            places.sort_unstable();
            places.dedup();
        }
    }

    #[inline]
    fn start(&self, slot: u32) -> u32 {
        let (params, size) = (&self.records.params, self.sizes[slot as usize].into());
        if !params.may_have_header(size) {
            return 0;
        }
        let first = self.object(slot).and_then(|object| object.pointers().next());
        params.header_bytes(size, first.map(|place| place as u64))
    }
}

/// Ranges that are copied in one go.
const RANGES: usize = 1 << 12;

/// Puts the rows `kept` of `values` into `column` one after the other.
fn gather(column: &mut [u32], values: &[u32], kept: &[Range<u32>]) {
    if kept.len() > RANGES {
        let (first, second) = kept.split_at(kept.len() / 2);
        let (before, after) = column.split_at_mut(first.iter().map(ExactSizeIterator::len).sum());
        rayon::join(|| gather(before, values, first), || gather(after, values, second));
        return;
    }
    let mut rest = column;
    for range in kept {
        let (rows, after) = rest.split_at_mut(range.len());
        rows.copy_from_slice(&values[range.start as usize..range.end as usize]);
        rest = after;
    }
}
