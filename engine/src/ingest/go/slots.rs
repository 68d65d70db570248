//! The slots of a dump's heap by their ids.

use super::floor::Floor;
use super::found::{FoundSlots, Order};
use crate::error::Result;
use crate::format::go::{Memory, Object, Records};
use crate::store::scratch::Scratch;
use rayon::prelude::*;
use std::path::Path;

/// The heap of a dump: columns by id, in address order.
pub(super) struct Slots<'a> {
    pub(super) dump: &'a [u8],
    pub(super) records: Records,
    pub(super) addresses: Scratch<u64>,
    /// Where their records begin in the dump.
    pub(super) offsets: Scratch<u64>,
    /// Their bytes.
    pub(super) bytes: Scratch<u32>,
    floor: Floor,
}

impl<'a> Slots<'a> {
    /// The slots that `order` keeps; the columns lie in `directory`.
    pub(super) fn new(
        dump: &'a [u8],
        records: Records,
        found: &FoundSlots,
        order: &Order,
        directory: &Path,
    ) -> Result<Slots<'a>> {
        let count = order.positions.len();
        let mut addresses = Scratch::<u64>::zeroed(directory, count)?;
        let mut offsets = Scratch::<u64>::zeroed(directory, count)?;
        let mut bytes = Scratch::<u32>::zeroed(directory, count)?;
        let columns = addresses.par_iter_mut().zip(offsets.par_iter_mut()).zip(bytes.par_iter_mut());
        columns.zip(order.positions.par_iter()).for_each(|(((address, offset), bytes), &position)| {
            *address = found.addresses[position as usize];
            *offset = found.offsets[position as usize];
            *bytes = found.bytes(position);
        });
        let floor = Floor::new(&addresses);
        Ok(Slots { dump, records, addresses, offsets, bytes, floor })
    }

    /// The record of a slot.
    #[inline]
    pub(super) fn object(&self, slot: u32) -> Option<Object<'a>> {
        Object::at(self.dump, self.offsets[slot as usize])
    }

    /// The slots that the words of `bytes` at `places` lead to.
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
        u32::try_from(self.addresses.len()).unwrap_or(u32::MAX)
    }

    #[inline]
    fn slot_of(&self, address: u64) -> Option<u32> {
        let slot = self.floor.find(&self.addresses, address)?;
        let inside = address - self.addresses[slot] < u64::from(self.bytes[slot]);
        inside.then(|| u32::try_from(slot).ok()).flatten()
    }

    fn address(&self, slot: u32) -> u64 {
        self.addresses[slot as usize]
    }

    fn bytes(&self, slot: u32) -> &[u8] {
        self.object(slot).map(|object| &self.dump[object.bytes]).unwrap_or_default()
    }

    fn pointers(&self, slot: u32) -> Vec<u32> {
        let object = self.object(slot);
        let places = object.iter().flat_map(Object::pointers);
        let mut places: Vec<u32> = places.filter_map(|place| u32::try_from(place).ok()).collect();
        // Only corrupt dumps have them in another order.
        if !places.is_sorted_by(|a, b| a < b) {
            places.sort_unstable();
            places.dedup();
        }
        places
    }

    fn start(&self, slot: u32) -> u32 {
        let first = self.object(slot).and_then(|object| object.pointers().next());
        self.records.params.header_bytes(self.bytes[slot as usize].into(), first.map(|place| place as u64))
    }
}
