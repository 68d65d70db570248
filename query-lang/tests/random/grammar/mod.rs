//! Sentences of the language's own grammar, run on the test heap: each answers or says what is wrong.

mod sentences;
mod words;

use crate::campaign::{Rng, is_for_users, setting};
use crate::common::{self, answers};
use sentences::Grammar;

/// What became of the sentences of a campaign.
#[derive(Debug, Default)]
struct Outcome {
    answered: u64,
    refused: u64,
    unreadable: u64,
    failures: Vec<String>,
}

fn campaign(cases: u64, first: u64) -> Outcome {
    let grammar = Grammar::of_the_language();
    let session = common::session(2);
    let mut outcome = Outcome::default();
    for seed in first..first + cases {
        let text = grammar.sentence("statement", &mut Rng::new(seed));
        if session.statements(&text).is_err() {
            outcome.unreadable += 1;
            continue;
        }
        match answers(&session, &text) {
            Ok(_) => outcome.answered += 1,
            Err(error) => {
                outcome.refused += 1;
                let told = error.render(&text);
                if !is_for_users(&told) {
                    outcome.failures.push(format!("seed {seed}\n{text}\n{told}"));
                }
            }
        }
    }
    outcome
}

#[test]
fn sentences_answer_or_say_what_is_wrong() {
    let cases = setting("HEAPWISE_CASES", 1_500);
    let outcome = campaign(cases, setting("HEAPWISE_SEED", 1));
    assert!(outcome.failures.is_empty(), "{}", outcome.failures.join("\n\n"));
    assert!(outcome.unreadable * 4 < cases, "most sentences of the grammar can be read: {outcome:?}");
    assert!(outcome.answered * 25 > cases, "enough sentences mean something: {outcome:?}");
}
