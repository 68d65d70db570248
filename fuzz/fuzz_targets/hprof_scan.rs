//! Any bytes as an HPROF file: outline, then every sub-record.
#![no_main]

use heapwise_engine::format::hprof::outline;
use heapwise_engine::input::Warnings;
use heapwise_engine::progress::Progress;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(outline) = outline(bytes, &Progress::default()) else { return };
    for unit in &outline.units {
        let read = outline.for_each_record(bytes, unit, &mut Warnings::default(), |_| Ok(()));
        assert!(read.is_ok(), "damage is a warning");
    }
});
