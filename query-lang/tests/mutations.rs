//! Right and wrong queries with words left out, doubled, swapped or taken from others: each answers or says what is wrong.
//!
//! `HEAPWISE_CASES` sets how many are tried (300), `HEAPWISE_SEED` where the sequence begins.

mod common;
#[path = "common/campaign.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod campaign;

use campaign::{Rng, is_for_users, setting};
use std::path::Path;
use std::time::{Duration, Instant};

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

fn mutated(all: &[String], rng: &mut Rng) -> String {
    let query = &all[rng.below(all.len())];
    let other = &all[rng.below(all.len())];
    let (mut own, others) = (words(query), words(other));
    for _ in 0..=rng.below(3) {
        let (place, second) = (rng.below(own.len()), rng.below(own.len()));
        match rng.below(4) {
            0 if own.len() > 1 => drop(own.remove(place)),
            1 => own.insert(place, own[second]),
            2 => own.swap(place, second),
            _ => own[place] = others[rng.below(others.len())],
        }
    }
    own.concat()
}

#[test]
fn no_mutation_panics() {
    let session = common::session(2);
    let all = queries();
    assert!(all.len() > 200);
    let mut rng = Rng::new(setting("HEAPWISE_SEED", 1));
    let mut internal = Vec::new();
    for _ in 0..setting("HEAPWISE_CASES", 300) {
        let query = mutated(&all, &mut rng);
        let start = Instant::now();
        let answer = common::answer(&session, &query);
        assert!(start.elapsed() < Duration::from_secs(60), "{query} took {:?}", start.elapsed());
        if answer.starts_with("error:") && !is_for_users(&answer) {
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
