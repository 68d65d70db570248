//! The pages for users tell the truth: their examples run, and the reference is what the code says.

mod common;
#[path = "common/reference.rs"]
mod reference;

use common::answer;
use heapwise_query_lang::{functions, statements};
use std::path::PathBuf;

fn page(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "docs", name].iter().collect()
}

fn text(name: &str) -> String {
    std::fs::read_to_string(page(name)).expect("the page")
}

#[test]
fn examples_of_pages_run() {
    for (name, least) in [("language.md", 12), ("oql.md", 0)] {
        let session = common::session(2);
        let page = text(name);
        let examples: Vec<&str> =
            page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(examples.len() >= least, "{name}");
        let answers = examples.iter().map(|example| answer(&session, example));
        let wrong: Vec<String> = answers.filter(|answer| answer.starts_with("error:")).collect();
        assert!(wrong.is_empty(), "{name}\n{}", wrong.join("\n"));
    }
}

#[test]
fn examples_of_functions_and_statements_run() {
    let examples = functions::all().map(|it| it.example).chain(statements::all().map(|it| it.example));
    let session = common::session(2);
    let answers = examples.map(|example| answer(&session, example));
    let wrong: Vec<String> = answers.filter(|answer| answer.starts_with("error:")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// With `HEAPWISE_BLESS=1` the page is written instead.
#[test]
fn the_reference_is_what_the_code_says() {
    let made = reference::page(&common::session(1));
    if std::env::var_os("HEAPWISE_BLESS").is_some() {
        std::fs::write(page("reference.md"), &made).expect("writable");
    }
    let kept = text("reference.md").replace("\r\n", "\n");
    let differs = kept.lines().zip(made.lines()).find(|(kept, made)| kept != made);
    assert!(kept == made, "HEAPWISE_BLESS=1 writes docs/reference.md anew; first difference: {differs:?}");
}

/// Queries in tables run; those of the first column may fail as the last column says.
#[test]
fn what_oql_says_runs() {
    let session = common::session(2);
    let page = text("oql.md");
    let mut count = 0;
    let mut wrong = Vec::new();
    for row in page.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells = cells(row);
        for (column, cell) in cells.iter().enumerate() {
            for query in queries(cell) {
                count += 1;
                let answer = answer(&session, query);
                let told = column == 0 && says(cells.last().map_or("", String::as_str), &answer);
                if answer.starts_with("error:") && !told {
                    wrong.push(answer);
                }
            }
        }
    }
    assert!(count >= 60, "only {count} queries");
    assert!(wrong.is_empty(), "{} fail\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a remark has the reason or a hint of an error.
fn says(remark: &str, error: &str) -> bool {
    let parts =
        error.lines().filter_map(|line| line.split_once("error: ").or_else(|| line.split_once("hint: ")));
    parts.map(|(_, part)| part).any(|part| remark.contains(part))
}

/// The cells of a row, with `\|` as `|`.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim_matches(['|', ' ']).replace("\\|", "\u{1}");
    row.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

/// What stands in backticks and begins as a statement does.
fn queries(cell: &str) -> impl Iterator<Item = &str> {
    let starts = ["SELECT ", "WITH ", "LET ", "ASSERT ", "EXPLAIN ", "VALUES ", "(SELECT "];
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(move |text| starts.iter().any(|start| text.starts_with(start)))
}
