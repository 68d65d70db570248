//! The commands of `docs/diff.md` run, and answer what the page shows.

#![expect(clippy::unwrap_used, reason = "a test that meets a surprise fails")]

use heapwise_testdata::dumps::{carts, quotes};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the program beside the shipped dumps.
fn run(arguments: &[String], indexes: &Path) -> String {
    let [before, _] = carts();
    let ran = Command::new(env!("CARGO_BIN_EXE_heapwise"))
        .args(arguments)
        .args(["--no-progress", "--index-dir"])
        .arg(indexes)
        .current_dir(before.parent().unwrap())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// The words of a command line; single quotes keep blanks.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(str::to_owned).collect(),
    });
    words.collect()
}

#[test]
fn the_walk_from_dump_to_fix_runs() {
    let page: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "docs", "diff.md"].iter().collect();
    let page = std::fs::read_to_string(page).unwrap().replace("\r\n", "\n");
    let blocks: Vec<&str> =
        page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 6);
    let indexes = tempfile::tempdir().unwrap();
    for block in blocks {
        let (command, shown) = block.split_once('\n').unwrap();
        let answer = run(&words(command.strip_prefix("$ heapwise ").unwrap()), indexes.path());
        let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        let (answer, shown) = (lines(&answer), lines(shown));
        assert_eq!(answer[..shown.len().min(answer.len())], shown, "{command}");
    }
}

#[test]
fn the_leak_comes_first_and_the_bounded_cache_is_doubted() {
    let indexes = tempfile::tempdir().unwrap();
    let [before, after] = carts().map(|path| path.display().to_string());
    let arguments = ["diff", &before, &after, "--format", "json"].map(str::to_owned);
    let text = run(&arguments, indexes.path());
    assert_eq!(text, run(&arguments, indexes.path()), "the same on every run");
    let found: Value = serde_json::from_str(&text).unwrap();
    let first = &found["findings"][0];
    assert_eq!(first["leaked"]["class"], "shop.Carts$Cart");
    assert_eq!(
        (&first["leaked"]["instances_before"], &first["leaked"]["instances_after"]),
        (&20.into(), &2020.into())
    );
    assert_eq!((&first["rule"], &first["implicit_edge"]["via"]), (&"thread-local".into(), &"value".into()));
    assert_eq!(first["holder"]["root"], "thread");
    assert!(first["holder"]["name"].as_str().unwrap().starts_with("order-"));
    for finding in found["findings"].as_array().unwrap().iter().skip(1) {
        assert!(finding["confidence"].as_f64().unwrap() < 0.5, "{finding}");
    }
    let page = run(&["suspects", &after].map(str::to_owned), indexes.path());
    assert!(page.contains("shop.Carts$Cart: 2,020 instances"), "{page}");
}

#[test]
fn rules_of_the_user_tell_in_queries_too() {
    let directory = tempfile::tempdir().unwrap();
    let rules = directory.path().join("rules.toml");
    let rule = "[[rule]]\nname = \"served\"\ntitle = \"carts stay with their thread\"\n\
                path = [\".. !shop.Carts$Served#carts ~ shop.Carts$Cart ..\"]\nwhy = \"Served is kept.\"\n\
                mend = \"Call SERVED.remove().\"\nlink = \"https://example.org\"\nnature = \"leak\"\nconfidence = 0.9\n";
    std::fs::write(&rules, rule).unwrap();
    let [before, after] = carts().map(|path| path.display().to_string());
    let rules = rules.display().to_string();
    for (dumps, query) in [
        (vec![&before, &after], "SELECT rule, implicit_edge FROM growth(a, b) WHERE rank = 1"),
        (vec![&after], "SELECT rule, implicit_edge FROM suspects() WHERE class = 'shop.Carts$Cart'"),
    ] {
        let arguments: Vec<String> = std::iter::once("query".to_owned())
            .chain(dumps.into_iter().cloned())
            .chain(["-e", query, "--rules", &rules, "--format", "csv"].map(str::to_owned))
            .collect();
        let answer = run(&arguments, directory.path());
        assert!(answer.contains("served,shop.Carts$Served.carts"), "{answer}");
    }
}

#[test]
fn goroutines_that_nobody_receives_from_come_first() {
    let indexes = tempfile::tempdir().unwrap();
    let (dumps, exe) = quotes();
    let [before, after] = dumps.map(|path| path.display().to_string());
    let exe = exe.display().to_string();
    let text =
        run(&["diff", &before, &after, "--exe", &exe, "--format", "json"].map(str::to_owned), indexes.path());
    let found: Value = serde_json::from_str(&text).unwrap();
    let first = &found["findings"][0];
    assert_eq!((&first["leaked"]["class"], &first["growth_objects"]), (&"main.Order".into(), &1000.into()));
    assert_eq!((&first["rule"], &first["implicit_edge"]["via"]), (&"go-goroutine".into(), &"<local>".into()));
    let holder = &first["holder"];
    assert_eq!((&holder["root"], &holder["name"]), (&"goroutine".into(), &"main.ask".into()));
    assert_eq!((&holder["state"], &holder["count_after"]), (&"chan send".into(), &1020.into()));
    assert_eq!(
        first["also_held_by"].as_array().unwrap().len(),
        0,
        "the runtime's list of goroutines is no holder"
    );
    assert!(
        first["freed"].as_u64().unwrap() > 250_000,
        "all that a goroutine's stack holds, not one local alone"
    );
    for finding in found["findings"].as_array().unwrap().iter().skip(1) {
        assert!(finding["confidence"].as_f64().unwrap() < 0.5, "{finding}");
    }
}
