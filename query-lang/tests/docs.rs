//! The reference for users tells the truth: its examples run, and its functions are those that there are.

mod common;

use heapwise_query_lang::functions::FUNCTIONS;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/language.md");

#[test]
fn examples_run() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let session = common::session(2);
    let examples: Vec<&str> =
        page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 5);
    for example in examples {
        let answer = common::answer(&session, example);
        assert!(!answer.starts_with("error:"), "{answer}");
    }
}

#[test]
fn every_function_stands_on_the_page_with_its_sentence() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    for function in FUNCTIONS {
        let signature = function.signature.trim_start_matches("FROM ");
        let row = page.lines().find(|line| line.starts_with(&format!("| `{signature}` |")));
        let row = row.unwrap_or_else(|| panic!("{signature} is missing"));
        assert!(row.contains(function.doc), "{signature}: {}", function.doc);
    }
}
