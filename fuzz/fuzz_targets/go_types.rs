//! Any bytes as the sections of a Go executable, then as an executable of their own: types, functions, variables, and
//! inference in a heap of one object that says it is of the first type.
#![no_main]

use heapwise_engine::format::go::exe::Exe;
use heapwise_engine::format::go::infer::infer;
use heapwise_engine::format::go::{Frame, Memory, Params, Records, Region, Seat};
use heapwise_engine::memory::Room;
use heapwise_engine::progress::Progress;

/// The sections that are made, with their addresses; 0 where they are not loaded.
const SECTIONS: [(&str, u64); 10] = [
    (".rodata", 0x40_0000),
    (".gopclntab", 0x50_0000),
    (".go.buildinfo", 0x60_0000),
    (".noptrdata", 0x70_0000),
    (".debug_info", 0),
    (".debug_abbrev", 0),
    (".debug_loclists", 0),
    (".debug_addr", 0),
    (".debug_rnglists", 0),
    (".shstrtab", 0),
];

/// Offsets of a section header's fields: name, kind, flags, address, place in the file, size.
const HEADER: usize = 64;

/// A heap of one slot of 1,024 bytes, which are the input's first.
struct Heap {
    records: Records,
    bytes: Vec<u8>,
}

const SLOT: u64 = 0xc0_0000_0000;

impl Memory for Heap {
    fn records(&self) -> &Records {
        &self.records
    }

    fn dump(&self) -> &[u8] {
        &self.bytes
    }

    fn slots(&self) -> u32 {
        1
    }

    fn seat_of(&self, address: u64) -> Option<Seat> {
        let seat = self.seat(0);
        (address.wrapping_sub(SLOT) < seat.size.into()).then_some(seat)
    }

    fn seat(&self, slot: u32) -> Seat {
        Seat { slot, address: SLOT, size: self.bytes.len() as u32 }
    }

    fn bytes(&self, _: u32) -> &[u8] {
        &self.bytes
    }

    fn pointers(&self, _: u32, places: &mut Vec<u32>) {
        places.clear();
        places.extend((8..1024).step_by(16));
    }

    fn start(&self, _: u32) -> u32 {
        8
    }
}

/// An ELF file with the input's bytes as its sections: each takes as many as its first two bytes say.
fn elf(mut input: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 64];
    file[..20].copy_from_slice(&[127, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0]);
    let names: Vec<u8> = SECTIONS.iter().flat_map(|(name, _)| name.bytes().chain([0])).collect();
    let mut headers = vec![0; HEADER];
    let mut name = 0u32;
    for (text, address) in SECTIONS {
        let (size, rest) = input.split_first_chunk::<2>().map_or((0, input), |(size, rest)| (u16::from_le_bytes(*size), rest));
        let (taken, rest) = rest.split_at(rest.len().min(usize::from(size)));
        input = rest;
        let bytes = if text == ".shstrtab" { &names } else { taken };
        let kind = if text == ".shstrtab" { 3u32 } else { 1 };
        let flags = if address == 0 { 0u64 } else { 3 };
        headers.extend([name.to_le_bytes(), kind.to_le_bytes()].concat());
        headers.extend([flags, address, file.len() as u64, bytes.len() as u64, 0, 0, 0].map(u64::to_le_bytes).concat());
        file.extend(bytes);
        name += text.len() as u32 + 1;
    }
    let table = file.len() as u64;
    file[40..48].copy_from_slice(&table.to_le_bytes());
    let count = SECTIONS.len() as u16;
    let tail = [64, 0, 0, HEADER as u16, count + 1, count].map(u16::to_le_bytes).concat();
    file[52..64].copy_from_slice(&tail);
    file.extend(headers);
    file
}

fn use_all(exe: &Exe, input: &[u8]) {
    let mut bytes = input.to_vec();
    bytes.resize(1024, 0);
    let memory = Region { address: 0x7fff_0000, bytes: 0..1024, pointers: vec![0, 8, 64] };
    let frame = |entry| Frame {
        goroutine: 0,
        depth: 0,
        memory: memory.clone(),
        entry,
        pc: entry + 1,
        continue_pc: 0,
        function: String::new(),
    };
    let params = Params { version: "go1.27.0".into(), ..Params::default() };
    let frames = vec![frame(0x40_0000), frame(0x40_0010)];
    let heap = Heap { records: Records { params, frames, ..Records::default() }, bytes };
    let _ = exe.check(heap.records());
    for frame in &heap.records.frames {
        let _ = (exe.calls(frame.entry, frame.pc), exe.wrapped(frame.entry));
    }
    let typing = infer(&heap, exe, 0, (&Room::unbounded(), &Progress::default())).expect("memory for one slot");
    assert!(typing.claims.get(1).is_none());
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    for file in [elf(input), input.to_vec()] {
        if let Ok(exe) = Exe::read(file) {
            use_all(&exe, input);
        }
    }
});
