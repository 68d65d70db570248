//! The slots that a scan meets, put in order; what is no object is left out.

use crate::error::{Error, Result};
use crate::format::go::{Found, Reserve, Slot};
use crate::graph::MAX_OBJECTS;
use rayon::prelude::*;
use std::ops::Range;

/// Slots in the order of the dump.
#[derive(Debug, Default)]
pub(super) struct FoundSlots {
    pub(super) addresses: Vec<u64>,
    /// Where their records begin.
    pub(super) offsets: Vec<u64>,
    /// Twice the bytes of the slot, and 1 more where it has pointers.
    sizes: Vec<u32>,
    /// Where an address is not above the one before.
    descents: Vec<u32>,
    /// The parts of the dump with nothing but these records.
    pub(super) parts: Vec<Range<u64>>,
}

/// Which of the slots are objects.
pub(super) struct Order {
    /// Positions in the columns of the objects, by address.
    pub(super) positions: Vec<u32>,
    /// Slots that are no objects.
    pub(super) phantoms: u64,
    /// Bytes of these.
    pub(super) phantom_bytes: u64,
    /// Slots at an address that another one has.
    pub(super) duplicates: u64,
    /// Slots that begin inside of another one.
    pub(super) overlapping: u64,
}

impl FoundSlots {
    pub(super) fn push(&mut self, found: Found) {
        let position = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
        if self.addresses.last().is_some_and(|&last| last >= found.address) {
            self.descents.push(position);
        }
        self.addresses.push(found.address);
        self.offsets.push(found.offset);
        self.sizes.push(found.bytes << 1 | u32::from(found.pointers > 0));
        match self.parts.last_mut().filter(|part| part.end == found.offset) {
            Some(part) => part.end = found.end,
            None => self.parts.push(found.offset..found.end),
        }
    }

    /// Bytes of the slot at a position.
    pub(super) fn bytes(&self, position: u32) -> u32 {
        self.sizes[position as usize] >> 1
    }

    fn slot(&self, position: u32) -> Slot {
        Slot {
            address: self.addresses[position as usize],
            bytes: self.bytes(position),
            has_pointers: self.sizes[position as usize] & 1 != 0,
        }
    }

    /// The objects by address; `reserve` tells which slots are phantoms.
    ///
    /// # Errors
    /// More slots than there are ids.
    pub(super) fn order(&self, reserve: Option<Reserve>) -> Result<Order> {
        if self.addresses.len() > MAX_OBJECTS {
            let text = format!("the dump has {} objects; an index holds {MAX_OBJECTS}", self.addresses.len());
            return Err(Error::Input(text));
        }
        let mut positions = self.ascending();
        let slots = positions.len();
        positions.dedup_by_key(|position| self.addresses[*position as usize]);
        let mut order = Order {
            duplicates: (slots - positions.len()) as u64,
            positions,
            phantoms: 0,
            phantom_bytes: 0,
            overlapping: 0,
        };
        if let Some(reserve) = reserve {
            self.drop_phantoms(&mut order, reserve);
        }
        let ends = |pair: &[u32]| {
            self.addresses[pair[0] as usize].saturating_add(self.bytes(pair[0]).into())
                > self.addresses[pair[1] as usize]
        };
        order.overlapping = order.positions.par_windows(2).filter(|pair| ends(pair)).count() as u64;
        Ok(order)
    }

    /// All positions by address, and where addresses are equal by position.
    ///
    /// A dump goes through the spans of the heap, each of which is ascending: sorting the stretches is enough, unless
    /// the dump is corrupt.
    fn ascending(&self) -> Vec<u32> {
        let count = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
        let starts = std::iter::once(0).chain(self.descents.iter().copied());
        let ends = self.descents.iter().copied().chain([count]);
        let mut stretches: Vec<Range<u32>> = starts.zip(ends).map(|(start, end)| start..end).collect();
        let first = |stretch: &Range<u32>| self.addresses.get(stretch.start as usize).copied();
        stretches.par_sort_by_key(|stretch| (first(stretch), stretch.start));
        let apart = |pair: &[Range<u32>]| {
            let last = self.addresses[pair[0].end as usize - 1];
            last < self.addresses[pair[1].start as usize]
        };
        let are_apart = stretches.windows(2).all(apart);
        let mut positions: Vec<u32> = stretches.into_iter().flatten().collect();
        if !are_apart {
            positions.par_sort_unstable_by_key(|&position| (self.addresses[position as usize], position));
        }
        positions
    }

    fn drop_phantoms(&self, order: &mut Order, reserve: Reserve) {
        let (mut kept, mut from) = (0, 0);
        while from < order.positions.len() {
            let page = order.positions[from..].iter().map(|&position| self.slot(position));
            let end = from + Reserve::page(page);
            let scans =
                order.positions[from..end].iter().any(|&position| Reserve::scans(self.slot(position)));
            for place in from..end {
                let position = order.positions[place];
                let slot = self.slot(position);
                if reserve.is_phantom(slot, scans) {
                    order.phantoms += 1;
                    order.phantom_bytes += u64::from(slot.bytes);
                } else {
                    order.positions[kept] = position;
                    kept += 1;
                }
            }
            from = end;
        }
        order.positions.truncate(kept);
    }
}
