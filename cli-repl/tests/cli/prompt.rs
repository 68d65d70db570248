//! The prompt, driven through a pseudo-terminal.

use crate::sample::{Sample, sample};
use rexpect::session::{PtySession, spawn_command};
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// What the editor tells the terminal each time it begins to read: a prompt follows, and never its redrawing.
const READY: &str = "\u{1b}[?2004h";
/// Takes hours: 300^4 pairs.
const LONG: &str = "SELECT count(*) FROM com.acme.Entry a CROSS JOIN com.acme.Entry b CROSS JOIN com.acme.Entry c \
                    CROSS JOIN com.acme.Entry d WHERE a.weight + b.weight + c.weight + d.weight > 100;";

/// A prompt on the sample; its history lies in `state`.
fn prompt(sample: &Sample, state: &Path) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapwise"));
    command.arg("a.hprof").current_dir(sample.directory.path());
    command.env("XDG_STATE_HOME", state).env("TERM", "xterm");
    spawn_command(command, Some(60_000)).unwrap()
}

/// What the program prints from `keys` until it reads again.
fn answer(session: &mut PtySession, keys: &str) -> String {
    session.send(keys).unwrap();
    session.flush().unwrap();
    session.exp_string(READY).unwrap()
}

/// Types each of `keys` and looks for the words that the answer must have.
fn check(keys: &[(&str, &[&str])]) {
    let sample = sample();
    let mut session = prompt(&sample, sample.directory.path());
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
        (":dum\t\n", &["a = a.hprof"]),
    ]);
}

#[test]
fn control_c_stops_a_query_and_keeps_the_session() {
    let sample = sample();
    let mut session = prompt(&sample, sample.directory.path());
    session.exp_string(READY).unwrap();
    session.send_line(LONG).unwrap();
    sleep(Duration::from_millis(700));
    session.send_control('c').unwrap();
    assert!(session.exp_string(READY).unwrap().contains("interrupted"));
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapwise"));
    command.args(["query", "a.hprof", LONG, "-o", "out"]).current_dir(sample.directory.path());
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    sleep(Duration::from_millis(1_500));
    session.send_control('c').unwrap();
    assert!(session.exp_eof().unwrap().contains("interrupted"));
    let status = session.process().wait().unwrap();
    assert!(matches!(status, rexpect::process::WaitStatus::Exited(_, 130)), "{status:?}");
    assert!(!sample.directory.path().join("out").exists());
}

#[test]
fn the_history_is_kept() {
    let sample = sample();
    for keys in ["SELECT 8 AS eight;\n", "\u{1b}[A\u{1b}[A\n"] {
        let mut session = prompt(&sample, sample.directory.path());
        session.exp_string(READY).unwrap();
        assert!(answer(&mut session, keys).contains("1 row, "), "{keys}");
        session.send_line(":quit").unwrap();
        session.exp_eof().unwrap();
    }
    let history = std::fs::read_to_string(sample.directory.path().join("heapwise/history")).unwrap();
    assert!(history.contains("SELECT 8 AS eight;"), "{history}");
}
