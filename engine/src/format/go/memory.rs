//! The dumped process's memory as type inference sees it: slots of the heap, and the bytes behind any address.

use super::params::Params;
use super::records::Records;

/// Where a slot lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Its number.
    pub slot: u32,
    /// The address of its first byte.
    pub address: u64,
    /// Its bytes, all of the size class.
    pub size: u32,
}

/// Memory of a dumped process. Slots have dense numbers in address order.
pub trait Memory: Sync {
    /// The dump's records besides objects.
    fn records(&self) -> &Records;

    /// The bytes of the whole dump, in which records name ranges.
    fn dump(&self) -> &[u8];

    /// The number of slots.
    fn slots(&self) -> u32;

    /// The slot that `address` points to or into.
    fn seat_of(&self, address: u64) -> Option<Seat>;

    /// Where a slot lies.
    fn seat(&self, slot: u32) -> Seat;

    /// The bytes of a slot.
    fn bytes(&self, slot: u32) -> &[u8];

    /// Sets `places` to those of a slot's pointers, in bytes from its first one, ascending; a malloc header is none.
    fn pointers(&self, slot: u32, places: &mut Vec<u32>);

    /// The bytes of a slot before the program's own: 8 (a pointer's width) where there is a malloc header, else 0.
    fn start(&self, slot: u32) -> u32;

    /// The number of the slot that `address` points to or into.
    #[inline]
    fn slot_of(&self, address: u64) -> Option<u32> {
        self.seat_of(address).map(|seat| seat.slot)
    }

    /// The machine and the runtime.
    fn params(&self) -> &Params {
        &self.records().params
    }

    /// The allocator's type of the object in a slot, by its malloc header: the address of a type descriptor.
    fn header(&self, slot: u32) -> Option<u64> {
        (self.start(slot) != 0).then(|| self.params().word(self.bytes(slot), 0)).flatten()
    }
}
