//! The prompt, driven through a pseudo-terminal.

use rexpect::session::{PtySession, spawn_command};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const PROMPT: &str = "heapwise> ";

/// A prompt on `dump`; its history lies in `home`.
fn prompt(home: &Path, dump: &Path) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapwise"));
    command.arg(dump).env("XDG_STATE_HOME", home).env("TERM", "xterm").env_remove("COLUMNS");
    let mut session = spawn_command(command, Some(20_000)).unwrap();
    session.exp_string(PROMPT).unwrap();
    session
}

/// What the program prints between `line` and its next prompt.
fn answer(session: &mut PtySession, line: &str) -> String {
    session.send_line(line).unwrap();
    session.exp_string(PROMPT).unwrap()
}

fn dump() -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.hprof");
    std::fs::write(&path, "x").unwrap();
    (directory, path)
}

#[test]
fn it_answers_and_leaves() {
    let (home, dump) = dump();
    let mut session = prompt(home.path(), &dump);
    eprintln!("{}", answer(&mut session, ":dumps"));
    eprintln!("{}", answer(&mut session, "SELECT 3;"));
    eprintln!("{}", answer(&mut session, "SELECT 300;"));
    eprintln!("{}", answer(&mut session, "SELECT 0;"));
    eprintln!("{}", answer(&mut session, "SELEC 0;"));
    eprintln!("{}", answer(&mut session, ":help"));
    session.send_line("SELECT forever;").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    session.send_control('c').unwrap();
    eprintln!("{}", session.exp_string(PROMPT).unwrap());
    session.send_control('c').unwrap();
    eprintln!("{}", session.exp_string(PROMPT).unwrap());
    session.send("SEL\t 4;\n").unwrap();
    eprintln!("{}", session.exp_string(PROMPT).unwrap());
    session.send_line(":quit").unwrap();
    eprintln!("{:?}", session.exp_eof().unwrap());
    panic!("look");
}
