//! Every command on a small dump, in every format.

use crate::program::{Ran, run};
use crate::sample::{ENTRIES, HOSTILE, sample};
use serde_json::Value;

/// Runs and expects an answer.
fn answer(arguments: &[&str]) -> String {
    let sample = sample();
    let ran = run(sample.directory.path(), arguments, "");
    assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    ran.out
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&answer(arguments)).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn histogram_has_every_class_in_its_columns() {
    let rows = json(&["histogram", "a.hprof", "--format", "json"]);
    let rows = rows.as_array().unwrap();
    let entry = rows.iter().find(|row| row["class"] == "com.acme.Entry").unwrap();
    assert_eq!(keys(entry), ["class", "instances", "loader", "retained", "shallow"]);
    assert_eq!(entry["instances"], ENTRIES);
    let retained: Vec<_> = rows.iter().map(|row| row["retained"].as_u64().unwrap()).collect();
    assert!(retained.is_sorted_by(|a, b| a >= b), "{retained:?}");
}

#[test]
fn a_limit_in_table_form_says_what_it_hides() {
    let all = json(&["histogram", "a.hprof", "--format", "json"]).as_array().unwrap().len();
    let table = answer(&["histogram", "a.hprof", "--limit", "3"]);
    assert_eq!(table.lines().count(), 2 + 3 + 1, "{table}");
    assert!(table.ends_with(&format!("… {} more rows; --limit 0 shows all\n", all - 3)), "{table}");
    let table = answer(&["histogram", "a.hprof", "--limit", "0"]);
    assert_eq!(table.lines().count(), 2 + all, "{table}");
    assert_eq!(answer(&["histogram", "a.hprof", "--limit", "3", "--format", "jsonl"]).lines().count(), 3);
}

#[test]
fn dominators_begin_with_the_largest() {
    let rows = json(&["dominators", "a.hprof", "--format", "json"]);
    assert_eq!(keys(&rows[0]), ["object", "percent", "retained", "shallow"]);
    assert_eq!(keys(&rows[0]["object"]), ["address", "class"]);
    assert!(rows[0]["retained"].as_u64() >= rows[1]["retained"].as_u64());
    assert!(answer(&["dominators", "a.hprof"]).starts_with("object "));
}

#[test]
fn strings_begin_with_what_is_there_several_times() {
    let rows = json(&["strings", "a.hprof", "--format", "json"]);
    assert_eq!(keys(&rows[0]), ["bytes", "strings", "value", "wasted"]);
    let strings: u64 = rows.as_array().unwrap().iter().map(|row| row["strings"].as_u64().unwrap()).sum();
    let counted = json(&["query", "a.hprof", "SELECT count(*) AS n FROM strings", "--format", "json"]);
    assert_eq!(counted[0]["n"], strings);
}

#[test]
fn info_has_the_keys_that_others_rely_on() {
    let info = json(&["info", "a.hprof", "--json"]);
    for key in [
        "format",
        "runtime",
        "id_size",
        "layout",
        "objects",
        "classes",
        "roots",
        "shallow_total",
        "retained_total",
        "by_strength",
        "warnings",
    ] {
        assert!(info.get(key).is_some(), "{key}");
    }
    assert_eq!(info["id_size"], 8);
    assert!(answer(&["info", "a.hprof"]).contains("reachable"));
    assert_eq!(answer(&["info", "a.hprof", "--format", "jsonl"]).lines().count(), 1);
}

#[test]
fn index_builds_and_then_checks() {
    let sample = sample();
    let index = || run(sample.directory.path(), &["index", "a.hprof", "--json"], "");
    let built: Value = serde_json::from_str(&index().out).unwrap();
    assert_eq!(built["reused"], false);
    assert!(built["phases"][0]["seconds"].is_number() && built["index_bytes"].as_u64() > Some(0), "{built}");
    assert!(built["peak_anonymous_bytes"].is_number());
    let checked: Value = serde_json::from_str(&index().out).unwrap();
    assert_eq!(checked["reused"], true);
    assert_eq!(checked["objects"], built["objects"]);
    let whole = run(sample.directory.path(), &["index", "a.hprof", "--json", "--referrers"], "");
    let whole: Value = serde_json::from_str(&whole.out).unwrap();
    assert!(whole["index_bytes"].as_u64() > built["index_bytes"].as_u64(), "{whole}");
    assert!(sample.directory.path().join("a.hprof.heapwise/inbound").is_dir());
}

#[test]
fn threads_have_their_columns() {
    let rows = json(&["threads", "a.hprof", "--format", "json"]);
    assert_eq!(keys(&rows[0]), ["daemon", "frames", "locals", "name", "object", "retained", "state"]);
    assert_eq!(rows[0]["name"], "worker\u{1b}[2J");
    assert!(answer(&["threads", "a.hprof"]).contains("worker\\u{1b}[2J"));
    let stacks = answer(&["threads", "a.hprof", "--frames"]);
    assert!(stacks.contains("at com.acme.Main.run"), "{stacks}");
}

#[test]
fn paths_lead_from_the_root_to_the_object() {
    let sample = sample();
    let paths =
        |arguments: &[&str]| run(sample.directory.path(), &[&["paths", "a.hprof"], arguments].concat(), "");
    let ran = paths(&[&sample.key, "--format", "json"]);
    let rows: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let steps: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["object"]["class"].as_str().unwrap()).collect();
    let expected =
        ["java.lang.Class", "com.acme.Cache", "com.acme.Entry[]", "com.acme.Entry", "java.lang.String"];
    assert_eq!(steps, expected, "{rows}");
    assert_eq!(rows[1]["via"], "CACHE");
    assert_eq!(rows[3]["via"], "[7]");
    assert_eq!((&rows[4]["path"], &rows[4]["step"]), (&Value::from(1), &Value::from(4)));

    let tree = paths(&[&sample.key]).out;
    assert!(tree.starts_with("root: ") && tree.contains("└ entries → "), "{tree}");
    let query = paths(&["SELECT s FROM java.lang.String s", "--format", "jsonl"]);
    assert!(query.out.lines().count() > ENTRIES, "{query:?}");
    assert_eq!(paths(&["0x1"]).code, 1);
    assert_eq!(paths(&["0xyz"]).code, 2);
    let objects = paths(&["SELECT 1"]);
    assert!(objects.code == 1 && objects.err.contains("no objects"), "{objects:?}");
}

#[test]
fn queries_answer_in_every_format() {
    let query = "SELECT toString(e.key) AS key, e.weight AS weight FROM com.acme.Entry e LIMIT 8";
    let rows = json(&["query", "a.hprof", query, "--format", "json"]);
    assert_eq!(rows[7]["key"], HOSTILE);
    assert_eq!(rows[0]["weight"], 0.5);
    let csv = answer(&["query", "a.hprof", "-e", query, "--format", "csv"]);
    assert!(csv.starts_with("key,weight\r\nkey 0,0.5\r\n"), "{csv}");
    assert!(csv.ends_with("\"\\u{1b}[2J\\u{9b}31m \"\"quoted\"\",\nnext\",0.5\r\n"), "{csv}");
    let table = answer(&["query", "a.hprof", query]);
    assert!(table.contains("\\u{1b}[2J\\u{9b}31m \"quoted\",\\nnext"), "{table}");
    for format in ["json", "jsonl", "csv", "table"] {
        let out = answer(&["query", "a.hprof", query, "--format", format]);
        assert!(!out.contains(['\u{1b}', '\u{9b}']), "{out}");
    }
}

#[test]
fn times_and_lists_are_written_in_every_format() {
    let query = "SELECT array_agg(e) AS entries, array_agg(toString(e.key)) AS keys, max(to_timestamp(0)) AS t \
                 FROM (SELECT x AS e FROM com.acme.Entry IN b x LIMIT 2)";
    let ask = |format: &str| answer(&["query", "a.hprof", "b=a.hprof", query, "--format", format]);
    let rows: Value = serde_json::from_str(&ask("json")).unwrap();
    assert_eq!(rows[0]["keys"], serde_json::json!(["key 0", "key 1"]));
    assert_eq!(rows[0]["entries"][1]["class"], "com.acme.Entry");
    assert_eq!(rows[0]["t"], "1970-01-01T00:00:00.000Z");
    let csv = ask("csv");
    assert!(
        csv.contains("; com.acme.Entry@0x") && csv.contains(",key 0; key 1,1970-01-01T00:00:00.000Z\r\n"),
        "{csv}"
    );
    let table = ask("table");
    assert!(table.contains("[key 0, key 1]") && table.contains("[com.acme.Entry @ 0x"), "{table}");
}

#[test]
fn statements_follow_each_other() {
    let out = answer(&["query", "a.hprof", "SELECT 1 AS one; SELECT 2 AS two", "--format", "csv"]);
    assert_eq!(out, "one\r\n1\r\n\ntwo\r\n2\r\n");
    let out = answer(&[
        "query",
        "a.hprof",
        "b=a.hprof",
        "SELECT count(*) AS n FROM com.acme.Entry IN b",
        "--format",
        "jsonl",
    ]);
    assert_eq!(out, format!("{{\"n\":{ENTRIES}}}\n"));
}

#[test]
fn a_wrong_query_is_drawn() {
    let sample = sample();
    let ran = run(sample.directory.path(), &["query", "a.hprof", "SELECT 1; SELEC 2"], "");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("heapwise: error: ") && ran.err.contains("^^^^^"), "{}", ran.err);
    let ran =
        run(sample.directory.path(), &["query", "a.hprof", "SELECT e.wieght FROM com.acme.Entry e"], "");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("weight"), "{}", ran.err);
}

#[test]
fn a_script_on_standard_input_runs() {
    let sample = sample();
    let script = |text: &str| -> Ran { run(sample.directory.path(), &["a.hprof"], text) };
    let ran = script(":format csv\n-- a note\nSELECT 1 AS a;\nSELECT\n2 AS b\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "a\r\n1\r\n\nb\r\n2\r\n"), "{}", ran.err);
    let ran = script("SELECT 1 AS a;\n:nonsense\nSELECT 2;");
    // Nothing runs before all of it is understood.
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains(":nonsense"), "{ran:?}");
    let from_file =
        run(sample.directory.path(), &["query", "a.hprof", "-f", "-", "--format", "jsonl"], "SELECT 1 AS a");
    assert_eq!(from_file.out, "{\"a\":1}\n");
}

#[test]
fn a_file_appears_when_the_answer_is_whole() {
    let sample = sample();
    let directory = sample.directory.path();
    let ran =
        run(directory, &["query", "a.hprof", "SELECT 1 AS a", "-o", "out.json", "--format", "json"], "");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    assert_eq!(std::fs::read_to_string(directory.join("out.json")).unwrap(), "[\n{\"a\":1}\n]\n");
    let ran =
        run(directory, &["query", "a.hprof", "SELECT nonsense FROM com.acme.Entry", "-o", "out.json"], "");
    assert_eq!(ran.code, 1);
    assert_eq!(std::fs::read_to_string(directory.join("out.json")).unwrap(), "[\n{\"a\":1}\n]\n");
    let left = std::fs::read_dir(directory).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".tmp")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let sample = sample();
    let query = "SELECT a.@id, b.@id FROM com.acme.Entry a CROSS JOIN com.acme.Entry b";
    let mut child = Command::new(env!("CARGO_BIN_EXE_heapwise"))
        .args(["query", "a.hprof", query, "--format", "csv"])
        .current_dir(sample.directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One byte, and then the pipe is closed.
    child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
