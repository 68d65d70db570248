//! Scripts: files that include others, results that are kept, assertions.

use crate::program::run;
use crate::sample::sample;

/// Writes `files` beside the dump and runs `arguments` with `input`.
fn check(files: &[(&str, &str)], arguments: &[&str], input: &str, code: i32, out: &str, said: &[&str]) {
    let sample = sample();
    for (name, text) in files {
        let path = sample.directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let ran = run(sample.directory.path(), arguments, input);
    assert_eq!((ran.code, ran.out.as_str()), (code, out), "{arguments:?}: {ran:?}");
    for words in said {
        assert!(ran.err.contains(words), "{arguments:?}: no `{words}` in {}", ran.err);
    }
    assert!(code == 0 || !sample.directory.path().join("out").exists());
}

const JSONL: &[&str] = &["query", "a.hprof", "--format", "jsonl"];

#[test]
fn an_included_file_stands_for_its_text() {
    let files = &[
        ("main.oql", "SELECT 1 AS a;\n.include 'dir/next.oql'\nSELECT '\n.include none' AS d"),
        ("dir/next.oql", "-- next\n.include last.oql\nSELECT 3 AS c;"),
        ("dir/last.oql", "SELECT 2 AS b"),
    ];
    let out = "{\"a\":1}\n\n{\"b\":2}\n\n{\"c\":3}\n\n{\"d\":\"\\n.include none\"}\n";
    check(files, &[JSONL, &["-f", "main.oql"]].concat(), "", 0, out, &[]);
    check(files, &[JSONL, &["-e", ".include main.oql"]].concat(), "", 0, out, &[]);
    let script = ":format csv\n.include \"dir/next.oql\"\n:source dir/last.oql\n";
    check(files, &["a.hprof"], script, 0, "b\r\n2\r\n\nc\r\n3\r\n\nb\r\n2\r\n", &[]);
}

#[test]
fn nothing_runs_before_all_is_understood() {
    let files = &[
        ("main.oql", "SELECT 1 AS a;\n.include 'b.oql'\n"),
        ("b.oql", "SELECT 2;\n\nSELECT +;\n"),
        ("c.oql", "SELECT 2;\nSELECT e.wieght FROM com.acme.Entry e"),
        ("d.oql", ":limit many\n"),
        ("e.oql", "-- x\n.include nowhere.oql\n"),
    ];
    let main = [JSONL, &["-f", "main.oql"]].concat();
    check(files, &main, "", 1, "", &["--> b.oql:3\n3 | SELECT +;"]);
    let wrong = [JSONL, &["-e", ".include c.oql"]].concat();
    check(files, &wrong, "", 1, "{\"2\":2}\n", &["--> c.oql:2\n2 | SELECT e.wieght", "weight"]);
    check(files, &["a.hprof"], "SELECT 1;\n.include d.oql", 2, "", &["usage: :limit N", "--> d.oql:1"]);
    let missing = [JSONL, &["-f", "e.oql"]].concat();
    check(
        files,
        &missing,
        "",
        1,
        "",
        &["nowhere.oql cannot be included", "--> e.oql:2\n2 | .include nowhere.oql"],
    );
    let command = [JSONL, &["-f", "d.oql"]].concat();
    check(files, &command, "", 1, "", &["commands are for the prompt", "--> d.oql:1"]);
}

#[test]
fn includes_have_an_end() {
    let cycle = &[("a.oql", ".include b.oql"), ("b.oql", "\n.include ./a.oql")];
    let run_a = [JSONL, &["-f", "a.oql"]].concat();
    check(cycle, &run_a, "", 1, "", &["the file includes itself: a.oql → b.oql → ./a.oql", "--> b.oql:2"]);
    let names: Vec<String> = (0..=51).map(|i| format!("{i}.oql")).collect();
    let texts: Vec<String> = (1..=52).map(|i| format!(".include {i}.oql")).collect();
    let mut deep: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(n, t)| (n.as_str(), t.as_str())).collect();
    check(
        &deep,
        &[JSONL, &["-f", "0.oql"]].concat(),
        "",
        1,
        "",
        &["more than 50 deep: 0.oql → 1.oql", "→ 50.oql"],
    );
    deep[49].1 = "SELECT 1 AS a";
    check(&deep, &[JSONL, &["-f", "0.oql"]].concat(), "", 0, "{\"a\":1}\n", &[]);
    let long = "x".repeat(17 << 20);
    check(
        &[("long.oql", long.as_str())],
        &[JSONL, &["-f", "long.oql"]].concat(),
        "",
        1,
        "",
        &["long.oql", "bytes"],
    );
}

#[test]
fn statements_without_rows_answer_nothing() {
    let text =
        "LET few = SELECT e FROM com.acme.Entry e LIMIT 3; ASSERT 1 = 1; SELECT count(*) AS n FROM few";
    check(&[], &[JSONL, &["-e", text]].concat(), "", 0, "{\"n\":3}\n", &[]);
    check(&[], &["a.hprof", "--format", "jsonl"], text, 0, "{\"n\":3}\n", &[]);
}

#[test]
fn an_assertion_that_fails_ends_with_3() {
    let text =
        "SELECT 1 AS a;\nASSERT (SELECT count(*) FROM com.acme.Entry) < 3, 'too many entries';\nSELECT 2";
    let said = ["heapwise: error: too many entries\n2 | ASSERT", "is false"];
    check(&[], &[JSONL, &["-e", text]].concat(), "", 3, "{\"a\":1}\n", &said);
    check(&[], &["a.hprof", "--format", "jsonl"], text, 3, "{\"a\":1}\n", &said);
    check(&[], &[JSONL, &["-e", text, "-o", "out"]].concat(), "", 3, "", &said);
}
