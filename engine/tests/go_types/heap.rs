//! A dump's memory without an index, by plain lists.

use heapwise_engine::format::go::{Memory, Object, Records, Reserve, Seat, Slot, scan};
use heapwise_engine::progress::Progress;

pub(crate) struct Heap {
    dump: Vec<u8>,
    pub(crate) records: Records,
    /// By address; phantoms are left out.
    slots: Vec<One>,
}

struct One {
    address: u64,
    start: usize,
    end: usize,
    pointers: Vec<u32>,
    header: u32,
}

impl Heap {
    pub(crate) fn read(dump: Vec<u8>) -> Heap {
        let mut found = Vec::new();
        let scan = scan(&dump, &Progress::default(), |object| found.push(object)).unwrap();
        found.sort_by_key(|object| object.address);
        let slot = |object: &heapwise_engine::format::go::Found| Slot {
            address: object.address,
            bytes: object.bytes,
            has_pointers: object.pointers > 0,
        };
        let params = &scan.records.params;
        if let Some(reserve) = Reserve::of(params) {
            let pages = found.chunk_by(|a, b| a.address / 8192 == b.address / 8192);
            let real = pages.flat_map(|page| {
                let scans = page.iter().any(|object| Reserve::scans(slot(object)));
                page.iter().filter(move |object| !reserve.is_phantom(slot(object), scans)).copied()
            });
            found = real.collect();
        }
        let slots = found.iter().map(|found| {
            let object = Object::at(&dump, found.offset).unwrap();
            let places: Vec<u32> = object.pointers().map(|place| u32::try_from(place).unwrap()).collect();
            let header =
                params.header_bytes(u64::from(found.bytes), places.first().map(|place| u64::from(*place)));
            let pointers = places.into_iter().filter(|place| *place >= header).collect();
            One { address: found.address, start: object.bytes.start, end: object.bytes.end, pointers, header }
        });
        let slots = slots.collect();
        Heap { slots, records: scan.records, dump }
    }
}

impl Memory for Heap {
    fn records(&self) -> &Records {
        &self.records
    }

    fn dump(&self) -> &[u8] {
        &self.dump
    }

    fn slots(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap()
    }

    fn seat_of(&self, address: u64) -> Option<Seat> {
        let after = self.slots.partition_point(|slot| slot.address <= address);
        let seat = self.seat(u32::try_from(after.checked_sub(1)?).unwrap());
        (address - seat.address < seat.size.into()).then_some(seat)
    }

    fn seat(&self, slot: u32) -> Seat {
        let One { address, start, end, .. } = self.slots[slot as usize];
        Seat { slot, address, size: u32::try_from(end - start).unwrap() }
    }

    fn bytes(&self, slot: u32) -> &[u8] {
        let slot = &self.slots[slot as usize];
        &self.dump[slot.start..slot.end]
    }

    fn pointers(&self, slot: u32, places: &mut Vec<u32>) {
        places.clone_from(&self.slots[slot as usize].pointers);
    }

    fn start(&self, slot: u32) -> u32 {
        self.slots[slot as usize].header
    }
}
