//! The prompt, driven through a pseudo-terminal.

use crate::sample::{Sample, sample};
use rexpect::session::{PtySession, spawn_command};
use std::process::Command;
use std::time::{Duration, Instant};

/// What the editor tells the terminal each time it begins to read: a prompt follows, and never its redrawing.
pub(crate) const READY: &str = "\u{1b}[?2004h";
/// A row at once, and hours of work: 300^4 pairs.
pub(crate) const LONG: &str = "SELECT 4700 + 11 AS n UNION ALL SELECT count(*) FROM com.acme.Entry a CROSS JOIN com.acme.Entry b \
                    CROSS JOIN com.acme.Entry c CROSS JOIN com.acme.Entry d \
                    WHERE a.weight + b.weight + c.weight + d.weight > 100;";
/// The row that [`LONG`] begins with, of which nothing stands in its text.
pub(crate) const FIRST: &str = "4711";
/// How long a loaded machine may take for anything.
const PATIENCE: u64 = 120_000;

/// A prompt on the sample, on a terminal of 24 lines of 80 characters; its history lies beside the dump.
pub(crate) fn prompt(sample: &Sample, pager: &str) -> PtySession {
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_heapwise");
    command.args(["-c", &format!("stty rows 24 cols 80 && exec '{program}' a.hprof")]);
    command.current_dir(sample.directory.path()).env("XDG_STATE_HOME", sample.directory.path());
    command.env("TERM", "xterm").env("HEAPWISE_PAGER", pager);
    spawn_command(command, Some(PATIENCE)).unwrap()
}

/// What the program prints from `keys` until it reads again.
pub(crate) fn answer(session: &mut PtySession, keys: &str) -> String {
    session.send(keys).unwrap();
    session.flush().unwrap();
    session.exp_string(READY).unwrap()
}

/// Types each of `keys` and looks for the words that the answer must have.
fn check(keys: &[(&str, &[&str])]) {
    check_on(&sample(), keys);
}

fn check_on(sample: &Sample, keys: &[(&str, &[&str])]) {
    let mut session = prompt(sample, "");
    let banner = session.exp_string(READY).unwrap();
    assert!(banner.contains("a = a.hprof") && banner.contains(":help"), "{banner}");
    for (keys, words) in keys {
        let said = answer(&mut session, keys);
        for word in *words {
            assert!(said.contains(word), "{keys}: no `{word}` in {said}");
        }
    }
    session.send_line(":quit").unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn statements_and_commands_are_answered() {
    check(&[
        ("SELECT 1 + 1 AS two;\n", &["two", "2", "1 row, "]),
        ("SELECT\n3 AS\nthree;\n", &["three", "1 row, "]),
        ("SELECT e FROM com.acme.Entry e;\n", &["250 more rows; :limit 0 shows all", "50 rows, "]),
        (":format jsonl\n", &[]),
        ("SELECT e FROM com.acme.Entry e;\n", &["300 rows, "]),
        (":format table\n", &[]),
        (":limit 0\n", &[]),
        ("SELECT e FROM com.acme.Entry e;\n", &["300 rows, "]),
        (":format csv\n", &[]),
        ("SELECT 7 AS seven;\n", &["seven\r", "7\r"]),
        (":timing off\n", &[]),
        (":dumps\n", &["a = a.hprof"]),
        (":open b=a.hprof\n", &["b = a.hprof"]),
        ("SELECT count(*) AS n FROM com.acme.Entry IN b;\n", &["300"]),
        (":tables\n", &["objects"]),
        (":describe com.acme.Entry\n", &["key", "weight"]),
        (":help paths\n", &["ADDRESS"]),
        (":format table\n", &[]),
        (":info\n", &["reachable"]),
    ]);
}

#[test]
fn the_session_outlives_errors() {
    check(&[
        ("SELEC 1;\n", &["error: ", "^^^^^"]),
        ("SELECT x FROM com.acme.Nothing x;\n", &["error: "]),
        (":nonsense\n", &["error: ", ":help"]),
        (":open nowhere.hprof\n", &["error: ", "nowhere.hprof"]),
        (":paths 0x1\n", &["error: "]),
        ("SELECT 1 AS still;\n", &["still"]),
    ]);
}

#[test]
fn tab_completes() {
    check(&[
        ("SELEC\t 5 AS five;\n", &["five"]),
        ("SELECT count(*) AS n FROM com.acme.Ent\t x;\n", &["com.acme.Entry", "300"]),
        ("SELECT e.wei\t AS field FROM com.acme.Entry e LIMIT 1;\n", &["weight", "0.5"]),
        (":dum\t\n", &["a = a.hprof"]),
    ]);
}

#[test]
fn control_c_stops_a_query_and_keeps_the_session() {
    let sample = sample();
    let mut session = prompt(&sample, "");
    session.exp_string(READY).unwrap();
    answer(&mut session, ":format jsonl\n");
    session.send_line(LONG).unwrap();
    session.exp_string(FIRST).unwrap();
    let pressed = Instant::now();
    session.send_control('c').unwrap();
    session.flush().unwrap();
    assert!(session.exp_string(READY).unwrap().contains("interrupted"));
    let taken = pressed.elapsed();
    assert!(taken < Duration::from_secs(1), "{taken:?}");
    // With nothing running it drops the line, and says how to leave.
    session.send("SELECT 1").unwrap();
    session.send_control('c').unwrap();
    assert!(session.exp_string(READY).unwrap().contains(":quit"));
    assert!(answer(&mut session, "SELECT 6 AS six;\n").contains("six"));
    session.send_control('d').unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn control_c_ends_a_command_with_130() {
    let sample = sample();
    let directory = sample.directory.path();
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapwise"));
    command.args(["query", "a.hprof", LONG, "--format", "csv", "-o", "out"]).current_dir(directory);
    let mut session = spawn_command(command, Some(PATIENCE)).unwrap();
    let is_begun = |path: &std::path::Path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        path.extension().is_some_and(|extension| extension == "tmp") && text.contains(FIRST)
    };
    let start = Instant::now();
    while !std::fs::read_dir(directory).unwrap().any(|entry| is_begun(&entry.unwrap().path())) {
        assert!(start.elapsed() < Duration::from_millis(PATIENCE), "no row was written");
        std::thread::sleep(Duration::from_millis(10));
    }
    session.send_control('c').unwrap();
    assert!(session.exp_eof().unwrap().contains("interrupted"));
    let status = session.process().wait().unwrap();
    assert!(matches!(status, rexpect::process::WaitStatus::Exited(_, 130)), "{status:?}");
    assert!(!directory.join("out").exists());
}

#[test]
fn results_are_kept_and_assertions_told() {
    let sample = sample();
    std::fs::write(sample.directory.path().join("more.oql"), "SELECT 9 AS\nnine;\n").unwrap();
    check_on(
        &sample,
        &[
            (":results\n", &["nothing is kept"]),
            ("LET light = SELECT e FROM com.acme.Entry e;\n", &["light: 300 rows kept"]),
            (":results\n", &["light: 300 rows, "]),
            ("ASSERT 1 = 1;\n", &["holds"]),
            ("ASSERT 1 = 2, 'one is not two';\n", &["error: one is not two", "is false"]),
            (".include 'more.oql'\n", &["nine", "1 row, "]),
            (":source more.oql\n", &["nine"]),
            (".include nowhere.oql\n", &["error: ", "nowhere.oql"]),
            (":help limit\n", &[":limit N"]),
            (":help objects.retained\n", &["retained", "bytes"]),
            (":help LET\n", &["LET name = query"]),
            (":help toString\n", &["toString("]),
            (":help nothing\n", &["error: "]),
        ],
    );
}

#[test]
fn a_statement_of_several_lines_is_one_entry_of_the_history() {
    check(&[
        ("SELECT\n3 AS\nthree;\n", &["three", "1 row, "]),
        ("SELECT 4 AS four;\n", &["four"]),
        ("\u{1b}[A\u{1b}[A\n", &["three", "1 row, "]),
        ("SELECT 4 AS four;\n", &["four"]),
        // Ctrl-R searches backward, Enter runs what it found.
        ("\u{12}thre\n", &["three", "1 row, "]),
    ]);
}

#[test]
fn the_history_is_kept() {
    let sample = sample();
    for keys in ["SELECT 8\nAS eight;\n", "\u{1b}[A\u{1b}[A\n"] {
        let mut session = prompt(&sample, "");
        session.exp_string(READY).unwrap();
        assert!(answer(&mut session, keys).contains("1 row, "), "{keys}");
        session.send_line(":quit").unwrap();
        session.exp_eof().unwrap();
    }
    let history = std::fs::read_to_string(sample.directory.path().join("heapwise/history")).unwrap();
    assert!(history.contains("SELECT 8\\nAS eight;"), "{history}");
}
