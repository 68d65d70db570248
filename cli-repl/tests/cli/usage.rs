//! What is wrong with a command line is said, and ends with 2; what is asked for ends with 0.

use crate::program::run;

/// Exit code, and words that standard error must have (for 0: standard output).
fn check(arguments: &[&str], code: i32, words: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a.hprof"), "no dump").unwrap();
    let ran = run(directory.path(), arguments, "");
    assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
    let said = if code == 0 { &ran.out } else { &ran.err };
    for word in words {
        assert!(said.contains(word), "{arguments:?}: no `{word}` in {said}");
    }
    if code != 0 {
        assert!(arguments.is_empty() || said.starts_with("heapwise: error: "), "{said}");
        assert_eq!(ran.out, "", "{arguments:?}");
    }
}

#[test]
fn help_is_an_answer() {
    check(&["--help"], 0, &["query", "histogram", "--memory-limit", "Exit codes"]);
    check(&["histogram", "--help"], 0, &["DUMP", "--limit"]);
    check(&["--version"], 0, &["heapwise"]);
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    check(&[], 2, &["Usage"]);
    check(&["--nonsense"], 2, &["--nonsense"]);
    check(&["histogram"], 2, &["<DUMP>"]);
    check(&["--format", "json"], 2, &["no dump"]);
    check(&["a.hprof", "histogram"], 2, &["heapwise histogram DUMP"]);
    check(&["histogram", "a.hprof", "--format", "xml"], 2, &["table, json, jsonl, csv, arrow or parquet"]);
    check(&["histogram", "a.hprof", "--strength", "strnog"], 2, &["strong, soft, weak or phantom"]);
    check(&["histogram", "a.hprof", "--threads", "0"], 2, &["at least 1"]);
    check(&["histogram", "a.hprof", "--memory-limit", "lots"], 2, &["512MB"]);
    check(&["histogram", "a.hprof", "--limit", "many"], 2, &["--limit"]);
    check(&["histogram", "a.hprof", "--param", "x"], 2, &["NAME=VALUE"]);
    check(&["query", "a.hprof"], 2, &["no query"]);
    check(&["query", "a.hprof", "a.hprof"], 2, &["no query", "is a file"]);
    check(&["query", "a.hprof", "-e", "SELECT 1", "-f", "x"], 2, &["cannot be used with"]);
    check(&["suspcts", "a.hprof"], 1, &["suspcts"]);
    check(&["diff", "a.hprof"], 2, &["AFTER"]);
}

#[test]
fn what_cannot_be_read_ends_with_1() {
    check(&["histogram", "b.hprof"], 1, &["b.hprof"]);
    check(&["query", "a.hprof", "-f", "nowhere.oql"], 1, &["nowhere.oql"]);
}

#[test]
fn a_dump_that_is_none_ends_with_1() {
    check(&["info", "a.hprof"], 1, &[]);
    check(&["a.hprof"], 1, &[]);
}
