//! Executables with wrong bytes: they are read, or refused, and nothing else.

use super::shops;
use heapwise_engine::format::go::exe::Exe;
use heapwise_engine::format::go::infer::infer;
use heapwise_engine::memory::Room;
use heapwise_engine::progress::Progress;
use proptest::prelude::*;

/// The parts of the shipped executable that matter are at its front and in its debug sections, half-way.
fn damaged() -> impl Strategy<Value = (usize, Vec<(f64, u8)>, Option<f64>)> {
    let bytes = prop::collection::vec((0.0..1.0f64, any::<u8>()), 1..200);
    (0..2usize, bytes, prop::option::weighted(0.2, 0.0..1.0f64))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a file")]
fn place(length: usize, share: f64) -> usize {
    ((length as f64 * share) as usize).min(length - 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn wrong_bytes_end_in_fewer_types((which, wrong, end) in damaged()) {
        let shop = &shops()[which];
        let mut bytes = shop.exe.clone();
        for (share, byte) in wrong {
            let at = place(bytes.len(), share);
            bytes[at] = byte;
        }
        if let Some(share) = end {
            bytes.truncate(place(bytes.len(), share));
        }
        let Ok(exe) = Exe::read(bytes) else { return Ok(()) };
        let _ = exe.check(&shop.heap.records);
        for frame in &shop.heap.records.frames {
            let calls = exe.calls(frame.entry, frame.pc);
            prop_assert!(calls.len() <= 65 && exe.wrapped(frame.entry).is_none_or(|name| name.len() <= 1 << 14));
        }
        infer(&shop.heap, &exe, 0, (&Room::unbounded(), &Progress::default())).unwrap();
    }
}
