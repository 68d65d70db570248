//! Right and wrong queries with words left out, doubled, swapped or taken from others: each answers or says what is wrong.
//!
//! `HEAPWISE_CASES` sets how many are tried (300), `HEAPWISE_SEED` where the sequence begins.

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

/// A sequence of numbers that is the same for the same seed (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound.max(1)
    }
}

fn queries() -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files: Vec<_> = ["queries", "errors"]
        .iter()
        .flat_map(|directory| std::fs::read_dir(tests.join(directory)).expect("the directory"))
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("readable"));
    let blocks = texts.flat_map(|text| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>());
    blocks.filter_map(|block| Some(block.split_once("\n----")?.0.trim().to_owned())).collect()
}

/// The words of a query, blanks and signs as words of their own.
fn words(query: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in query.char_indices() {
        let joins = before.is_some_and(|before| before.is_alphanumeric() && c.is_alphanumeric());
        if at > start && !joins {
            words.push(&query[start..at]);
            start = at;
        }
        before = Some(c);
    }
    words.push(&query[start..]);
    words
}

fn mutated(all: &[String], numbers: &mut Numbers) -> String {
    let query = &all[numbers.below(all.len())];
    let other = &all[numbers.below(all.len())];
    let (mut own, others) = (words(query), words(other));
    for _ in 0..=numbers.below(3) {
        let (place, second) = (numbers.below(own.len()), numbers.below(own.len()));
        match numbers.below(4) {
            0 if own.len() > 1 => drop(own.remove(place)),
            1 => own.insert(place, own[second]),
            2 => own.swap(place, second),
            _ => own[place] = others[numbers.below(others.len())],
        }
    }
    own.concat()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn no_mutation_panics() {
    let session = common::session(2);
    let all = queries();
    assert!(all.len() > 200);
    let mut numbers = Numbers(setting("HEAPWISE_SEED", 1));
    let mut internal = Vec::new();
    for _ in 0..setting("HEAPWISE_CASES", 300) {
        let query = mutated(&all, &mut numbers);
        let start = Instant::now();
        let answer = common::answer(&session, &query);
        assert!(start.elapsed() < Duration::from_secs(60), "{query} took {:?}", start.elapsed());
        let message = answer.lines().next().unwrap_or_default();
        if message.starts_with("error:") && (message.contains("nternal error") || message.contains("report"))
        {
            internal.push(answer);
        }
    }
    assert!(
        internal.is_empty(),
        "{} answers are no messages for users\n{}",
        internal.len(),
        internal.join("\n")
    );
}
