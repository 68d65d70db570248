//! What is longer or wider than the terminal goes through a pager.

use crate::prompt::{FIRST, LONG, READY, answer, prompt};
use crate::sample::{Sample, sample};
use rexpect::session::PtySession;

/// A pager that says that it is one: before the first line, and after the last.
const MARKED: &str = "printf '<%s>' begin; cat; printf '<%s>' end";
const ROWS: &str = "SELECT e.@id AS id FROM com.acme.Entry e;\n";
/// What the editor tells the terminal each time it has read: the answer follows.
const ENTERED: &str = "\u{1b}[?2004l";

/// A prompt that has asked for its first line, with every row shown.
fn begin(sample: &Sample, pager: &str) -> PtySession {
    let mut session = prompt(sample, pager);
    session.exp_string(READY).unwrap();
    answer(&mut session, ":limit 0\n");
    session
}

/// What the program prints from `keys`, without their echo.
fn shown(session: &mut PtySession, keys: &str) -> String {
    let said = answer(session, keys);
    said.rsplit(ENTERED).next().unwrap().to_owned()
}

fn end(mut session: PtySession) {
    session.send_line(":quit").unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn long_and_wide_answers_are_paged() {
    let sample = sample();
    let mut session = begin(&sample, MARKED);
    let paged = |said: &str| said.contains("<begin>") && said.contains("<end>");
    let said = answer(&mut session, ROWS);
    assert!(paged(&said) && said.contains("300 rows, "), "{said}");
    assert!(!paged(&answer(&mut session, "SELECT 1 AS one;\n")));
    // One row of 100 characters, on a terminal of 80.
    let wide = "SELECT concat('abcdefghij', 'ABCDEFGHIJ', 'abcdefghij', 'ABCDEFGHIJ', 'abcdefghij', 'ABCDEFGHIJ', \
                'abcdefghij', 'ABCDEFGHIJ', 'abcdefghij', 'end of it') AS wide;\n";
    let said = answer(&mut session, wide);
    assert!(paged(&said) && said.contains("ABCDEFGHIJabcdefghijend of it\r\n"), "{said}");
    answer(&mut session, ":pager off\n");
    let said = shown(&mut session, wide);
    assert!(!paged(&said) && said.contains("ABCDEFGHI") && !said.contains("end of it"), "{said}");
    assert!(!paged(&answer(&mut session, ROWS)));
    answer(&mut session, ":pager on\n");
    assert!(paged(&answer(&mut session, ROWS)));
    assert!(answer(&mut session, ":pager\n").contains("cat; printf"));
    end(session);
}

#[test]
fn leaving_the_pager_stops_the_query() {
    let sample = sample();
    let mut session = begin(&sample, "head -n 3");
    answer(&mut session, ":format jsonl\n");
    let said = shown(&mut session, &format!("SELECT e.@id AS n FROM com.acme.Entry e UNION ALL {LONG}\n"));
    assert_eq!(said.matches("{\"n\":").count(), 3, "{said}");
    assert!(!said.contains("error"), "{said}");
    assert!(answer(&mut session, "SELECT 5 AS five;\n").contains("five"));
    end(session);
}

#[test]
fn rows_stream_to_the_pager_and_control_c_stops_them() {
    let sample = sample();
    let mut session = begin(&sample, "cat");
    answer(&mut session, ":format jsonl\n");
    let rows = format!("SELECT e.@id AS n FROM com.acme.Entry e UNION ALL {LONG}");
    session.send_line(&rows).unwrap();
    session.exp_string(FIRST).unwrap();
    session.send_control('c').unwrap();
    assert!(session.exp_string(READY).unwrap().contains("interrupted"));
    assert!(answer(&mut session, "SELECT 5 AS five;\n").contains("five"));
    end(session);
}

#[test]
fn a_pager_that_does_not_exist_is_named() {
    let sample = sample();
    let mut session = begin(&sample, "no-such-pager-anywhere");
    let said = answer(&mut session, ROWS);
    assert!(said.contains("`no-such-pager-anywhere` cannot be run"), "{said}");
    end(session);
}

#[test]
fn a_terminal_that_is_resized_is_filled() {
    let sample = sample();
    let mut session = begin(&sample, "cat; stty rows 24 cols 30 < /dev/tty");
    let text = "SELECT concat('0123456789', '0123456789', '0123456789', 'the end') AS text;\n";
    assert!(shown(&mut session, text).contains("0123456789the end\r\n"));
    answer(&mut session, ROWS);
    answer(&mut session, ":pager off\n");
    let said = shown(&mut session, text);
    assert!(said.contains("\r\n01234567890123456789012345678") && !said.contains("the end"), "{said}");
    end(session);
}
