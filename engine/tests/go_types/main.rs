//! Types of Go dumps: executables in every form, and what inference makes of the shipped dumps.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise fails")]

mod heap;
mod elf;
mod exe;
mod infer;
mod damage;

use heap::Heap;
use heapwise_engine::format::go::exe::Exe;
use heapwise_testdata::dumps::GoDump;
use std::sync::OnceLock;

/// A shipped dump and the bytes of its executable.
struct Shop {
    dump: GoDump,
    heap: Heap,
    exe: Vec<u8>,
}

/// The shipped dumps of Go 1.21 and 1.27.
fn shops() -> &'static [Shop] {
    static READ: OnceLock<Vec<Shop>> = OnceLock::new();
    READ.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let read = |dump: GoDump| {
            let (path, exe) = dump.unpack(directory.path()).unwrap();
            Shop { dump, heap: Heap::read(std::fs::read(path).unwrap()), exe: std::fs::read(exe).unwrap() }
        };
        GoDump::ALL.map(read).into()
    })
}

impl Shop {
    fn open(&self) -> Exe {
        Exe::read(self.exe.clone()).unwrap()
    }
}
