//! Dumps that were cut or changed: every answer is given, none of them at any price.

use crate::shipped::jdk17;
use crate::small::{open_bytes, small};
use crate::table::everything;
use heapwise_engine::error::Error;
use heapwise_engine::holders::{dominator_chain, inbound, outbound, paths};
use heapwise_engine::id::ObjectId;
use heapwise_engine::memory::with_peak;
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_testdata::hprof::{Options, Order, Segments};
use std::sync::Arc;

/// Objects that are asked for their references and paths.
const ASKED: usize = 7;

/// Anonymous memory in bytes that no damage to dumps of this size may need.
const ENOUGH: u64 = 1 << 30;

/// A small generator of random numbers (xorshift): the same ones on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a usize")
    }
}

/// Opens `bytes` and asks for everything; the warnings, or `None` for what is no dump at all.
fn ask(bytes: &[u8]) -> Option<Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    let (opened, peak) = with_peak(|| open_bytes(bytes, directory.path()));
    assert!(peak < ENOUGH, "{peak} bytes of memory");
    let snapshot = match opened {
        Ok(snapshot) => Arc::new(snapshot),
        Err(Error::Dump { .. } | Error::Input(_)) => return None,
        Err(error) => panic!("{error}"),
    };
    everything(&snapshot);
    let step = snapshot.object_count().div_ceil(ASKED).max(1);
    snapshot.ids().step_by(step).for_each(|id| ask_object(&snapshot, ObjectId(id)));
    Some(snapshot.info().warnings.clone())
}

fn ask_object(snapshot: &Snapshot, id: ObjectId) {
    outbound(snapshot, id).unwrap();
    inbound(snapshot, id, &Progress::default()).unwrap();
    dominator_chain(snapshot, id);
    for path in paths(snapshot, id, 2, &Progress::default()).unwrap() {
        assert_eq!(path.steps.last().map(|step| step.object), Some(id));
    }
}

/// `bytes` with `count` of them changed at random.
fn flipped(bytes: &[u8], random: &mut Random, count: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..count {
        let place = random.below(changed.len());
        changed[place] ^= u8::try_from(1 + random.below(255)).expect("a byte");
    }
    changed
}

fn forms() -> [Options; 3] {
    [
        Options::default(),
        Options { order: Order::RootsBeforeObjects, segments: Segments::Of(400), ..Options::default() },
        Options { id_size: 4, order: Order::Shuffled(1), segments: Segments::One, ..Options::default() },
    ]
}

#[test]
fn a_cut_dump_answers_and_says_that_it_was_cut() {
    let cut = |form: Options| {
        let bytes = small(form);
        assert_eq!(ask(&bytes), Some(Vec::new()));
        for length in (1..bytes.len()).step_by(bytes.len() / 50) {
            // Less than a header is no dump.
            match ask(&bytes[..length]) {
                Some(warnings) => assert!(!warnings.is_empty(), "cut at {length} of {}", bytes.len()),
                None => assert!(length < 31, "cut at {length}"),
            }
        }
    };
    side_by_side(forms().map(|form| || cut(form)));
}

#[test]
fn changed_bytes_never_keep_a_dump_from_answering() {
    let change = |seed: u64| {
        let [first, second, third] = forms();
        let bytes = small(match seed % 3 {
            0 => first,
            1 => second,
            _ => third,
        });
        let mut random = Random(seed);
        (0..40).for_each(|round| drop(ask(&flipped(&bytes, &mut random, 1 + round % 8))));
    };
    side_by_side([1, 2, 3, 4, 5, 6, 7, 8, 9].map(|seed| move || change(seed)));
}

/// Opening waits for the disk more than it computes: many at a time are as fast as one.
fn side_by_side<const COUNT: usize>(works: [impl FnOnce() + Send; COUNT]) {
    std::thread::scope(|scope| works.into_iter().for_each(|work| drop(scope.spawn(work))));
}

#[test]
fn a_real_dump_that_was_cut_answers_too() {
    let bytes = jdk17().snapshot.dump().bytes();
    let mut random = Random(17);
    for _ in 0..10 {
        let length = 31 + random.below(bytes.len() - 31);
        let warnings = ask(&bytes[..length]).expect("a dump with a whole header is one");
        assert!(!warnings.is_empty(), "cut at {length}");
    }
}

#[test]
fn a_real_dump_with_changed_bytes_answers_too() {
    let bytes = jdk17().snapshot.dump().bytes();
    let mut random = Random(25);
    for round in 0..10 {
        ask(&flipped(bytes, &mut random, 1 << round));
    }
}
