//! Queries and what they answer, as files: `queries/` holds right ones, `errors/` wrong ones.
//!
//! A file is a list of cases, each the query, a line `----`, what it answers, and a blank line. With `HEAPWISE_BLESS=1`
//! the answers are written instead of compared; read the difference before it is committed.

mod common;

use std::path::{Path, PathBuf};

/// A query with the answer that the file has.
struct Case {
    query: String,
    expected: String,
}

fn cases(text: &str) -> Vec<Case> {
    let blocks = text.split("\n\n").map(|block| block.trim_matches('\n')).filter(|block| !block.is_empty());
    blocks
        .map(|block| {
            let (query, expected) = block.split_once("\n----").unwrap_or((block, ""));
            Case { query: query.to_owned(), expected: expected.trim_start_matches('\n').to_owned() }
        })
        .collect()
}

fn files(directory: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(directory);
    let entries = std::fs::read_dir(directory).expect("the directory of cases");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    files
}

/// Runs all cases of a directory, and checks that there are at least `least` and that each fails as it should.
fn check(directory: &str, least: usize, is_error: bool) {
    let session = common::session(2);
    let mut count = 0;
    let mut wrong = Vec::new();
    for file in files(directory) {
        let text = std::fs::read_to_string(&file).expect("readable");
        let mut blessed = Vec::new();
        for case in cases(&text) {
            count += 1;
            let found = common::answer(&session, &case.query);
            let fails = found.starts_with("error:");
            if fails != is_error || found != case.expected {
                wrong.push(format!("{}\nexpected:\n{}\nfound:\n{found}", case.query, case.expected));
            }
            blessed.push(format!("{}\n----\n{found}\n", case.query));
        }
        if std::env::var_os("HEAPWISE_BLESS").is_some() {
            std::fs::write(&file, blessed.join("\n")).expect("writable");
        }
    }
    assert!(count >= least, "only {count} cases in {directory}");
    assert!(wrong.is_empty(), "{} cases differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn right_queries_answer() {
    check("queries", 60, false);
}

#[test]
fn wrong_queries_say_what_to_do() {
    check("errors", 100, true);
}

/// Rows come in the same order whatever the number of threads.
#[test]
fn answers_do_not_depend_on_threads() {
    let (one, four) = (common::session(1), common::session(4));
    for file in files("queries") {
        let text = std::fs::read_to_string(file).expect("readable");
        for case in cases(&text) {
            let query = &case.query;
            assert_eq!(common::answer(&one, query), common::answer(&four, query), "{query}");
        }
    }
}
