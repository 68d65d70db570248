//! Any bytes as a compressed file, up to 16 MiB of what it holds.
#![no_main]

use heapwise_engine::input::{Compression, inflate};
use heapwise_engine::progress::Progress;
use std::io::{Cursor, Write};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut kept = vec![0u8; 16 << 20];
    let mut sink = Cursor::new(&mut kept[..]);
    // A bomb ends with an error of the full sink.
    let _ = inflate(bytes, Compression::of(bytes), &mut sink as &mut dyn Write, &Progress::default());
});
