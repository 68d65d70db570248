//! What a session does besides answering: stopping, spilling, completing, describing, and withstanding odd texts.

mod common;

use heapwise_engine::table::Kind;
use heapwise_query_lang::{Answer, CancelToken, DUMP_KEY, Rows, Session, SessionOptions};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// One session for the tests that only ask.
fn session() -> &'static Session {
    static SESSION: OnceLock<Session> = OnceLock::new();
    SESSION.get_or_init(|| common::session(2))
}

/// The rows of a statement that has some.
fn rows(session: &Session, text: &str) -> Rows {
    let statements = session.statements(text).expect("a right text");
    match session.run(&statements[0], &CancelToken::new()).expect("a right query") {
        Answer::Rows(rows) => *rows,
        Answer::Kept(_) | Answer::Held => panic!("{text} has no rows"),
    }
}

/// A query that takes very long: 20⁷ pairs.
const ENDLESS: &str = "SELECT count(*) FROM INSTANCEOF com.acme.Node a, INSTANCEOF com.acme.Node b, \
    INSTANCEOF com.acme.Node c, INSTANCEOF com.acme.Node d, INSTANCEOF com.acme.Node e, INSTANCEOF com.acme.Node f, \
    INSTANCEOF com.acme.Node g WHERE a.weight + b.weight + c.weight + d.weight + e.weight + f.weight < g.weight - 1";

#[test]
fn a_cancelled_query_ends_soon() {
    let session = common::session(2);
    let statements = session.statements(ENDLESS).unwrap();
    let cancel = CancelToken::new();
    let Answer::Rows(rows) = session.run(&statements[0], &cancel).unwrap() else { panic!("no rows") };
    let other = cancel.clone();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        other.cancel();
        Instant::now()
    });
    let results: Vec<_> = rows.collect();
    let cancelled = thread.join().unwrap();
    assert!(cancelled.elapsed() < Duration::from_secs(1), "took {:?}", cancelled.elapsed());
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].as_ref().unwrap_err().message, "interrupted");
    assert!(common::answer(&session, "SELECT 1").contains('1'), "the session goes on");
}

/// 160,000 × 160,000 pairs, of which none comes out: the join says nothing to anybody while it works.
const SILENT: &str = "LET x = SELECT a.weight AS w FROM INSTANCEOF com.acme.Node a, INSTANCEOF com.acme.Node b, \
    INSTANCEOF com.acme.Node c, INSTANCEOF com.acme.Node d; SELECT count(*) FROM x a, x b WHERE a.w < b.w - 1000";

#[test]
fn a_cancelled_join_leaves_no_thread_at_work() {
    let session = common::session(2);
    let statements = session.statements(SILENT).unwrap();
    session.run(&statements[0], &CancelToken::new()).unwrap();
    let cancel = CancelToken::new();
    let Answer::Rows(rows) = session.run(&statements[1], &cancel).unwrap() else { panic!("no rows") };
    let other = cancel.clone();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        other.cancel();
    });
    assert_eq!(rows.last().unwrap().unwrap_err().message, "interrupted");
    thread.join().unwrap();
    let start = Instant::now();
    // Waits for the threads.
    drop(session);
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
}

#[test]
fn a_limit_stops_early() {
    let text = ENDLESS.replacen("count(*)", "a", 1).replace("< g.weight - 1", ">= 0") + " LIMIT 0";
    assert_eq!(common::answer(session(), &text), "a:object");
}

#[test]
fn a_small_memory_limit_spills_or_says_so() {
    let spill = tempfile::tempdir().unwrap();
    let options = SessionOptions {
        threads: Some(2),
        memory_limit: Some(8 << 20),
        spill_dir: Some(spill.path().to_owned()),
    };
    let mut session = Session::new(options).unwrap();
    session.add_dump("a", "a.hprof".to_owned(), common::heap::snapshot(20));
    let nodes = "INSTANCEOF com.acme.Node";
    let text = format!(
        "SELECT a.name, b.name, c.name, d.name FROM {nodes} a, {nodes} b, {nodes} c, {nodes} d, {nodes} e \
         ORDER BY a.weight + b.weight - c.weight - d.weight"
    );
    let mut rows = rows(&session, &text);
    let mut count = 0;
    for batch in rows.by_ref() {
        match batch {
            Ok(batch) => count += batch.num_rows(),
            Err(error) => {
                assert!(error.message.starts_with("the memory limit is reached"), "{}", error.message);
                return;
            }
        }
    }
    assert_eq!(count, 20_usize.pow(5));
    assert!(rows.spilled_bytes() > 0, "a sort of 3.2 M rows does not fit into 8 MB");
}

#[test]
fn columns_keep_their_kinds_and_dumps() {
    let text = "SELECT max(x.o), min(x.c), y.n FROM (SELECT n AS o, n.@class AS c FROM com.acme.Node IN b n) x, \
                (SELECT n FROM com.acme.Leaf n) y GROUP BY y.n";
    let rows = rows(session(), text);
    let schema = rows.schema();
    let kinds: Vec<_> = schema.fields().iter().map(|field| Kind::of(field).unwrap()).collect();
    assert_eq!(kinds, [Kind::Object, Kind::Class, Kind::Object]);
    let dumps: Vec<&str> = schema.fields().iter().map(|field| field.metadata()[DUMP_KEY].as_str()).collect();
    assert_eq!(dumps, ["b", "b", "a"]);
}

#[test]
fn statements_know_their_text() {
    let statements = session().statements(" SELECT 1 ;\n SELECT 'a;b' ; ;").unwrap();
    let texts: Vec<&str> = statements.iter().map(|statement| statement.text().trim_end()).collect();
    assert_eq!(texts, ["SELECT 1", "SELECT 'a;b'"]);
    assert!(session().statements("  -- nothing\n;").unwrap().is_empty());
}

/// Odd texts are answered or refused; neither a panic nor a hang.
#[test]
fn hostile_texts_are_withstood() {
    let deep = |open: &str, close: &str, n: usize| format!("SELECT {}1{}", open.repeat(n), close.repeat(n));
    let texts = [
        deep("(", ")", 90),
        deep("(", ")", 100_000),
        deep("-", "", 100_000),
        deep("NOT ", " = 1", 1000),
        deep("abs(", ")", 90),
        deep("CASE WHEN true THEN ", " END", 90),
        deep("CASE WHEN true THEN ", "", 100_000),
        deep("CASE ", " WHEN 1 THEN 2 WHEN 2 THEN 1 ELSE 3 END", 45),
        format!("SELECT 1{}", " + 1".repeat(150)),
        format!("SELECT 1{}", " + 1".repeat(100_000)),
        format!("SELECT true{}", " AND true".repeat(20_000)),
        format!("SELECT 1 WHERE 1 IN (1{})", ", 2".repeat(20_000)),
        format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(50)),
        format!("SELECT {}", "n.next".to_owned() + &".next".repeat(150)),
        format!("SELECT n{} FROM com.acme.Node n LIMIT 1", ".next".repeat(150)),
        "WITH a AS (SELECT 1 x), ".to_owned()
            + &(b'b'..=b'z')
                .map(|c| {
                    format!("{} AS (SELECT p.x FROM {} p, {} q)", c as char, (c - 1) as char, (c - 1) as char)
                })
                .collect::<Vec<_>>()
                .join(", ")
            + " SELECT * FROM z",
        "SELECT \u{0}\u{202e}\u{fffd}".to_owned(),
        "SELECT 'é' FROM ★".to_owned(),
        "((((".to_owned(),
        "`".to_owned(),
        "\"\\".to_owned(),
        "SELECT 1e999".to_owned(),
        "SELECT 9223372036854775807 + 1, -9223372036854775807 - 5, abs(-9223372036854775807 - 1)".to_owned(),
        "SELECT (-9223372036854775807 - 1) / -1".to_owned(),
        "SELECT substring('abc', 9223372036854775807, 9223372036854775807)".to_owned(),
        "SELECT left_part('abc', -9223372036854775807), split_part('a', ',', 0), replace('aaa', '', 'b')"
            .to_owned(),
        "SELECT * FROM \"(a*)*b\"".to_owned(),
        "SELECT 1 LIMIT 9223372036854775807 OFFSET 9223372036854775807".to_owned(),
    ];
    for text in texts {
        let start = Instant::now();
        let answer = common::answer(session(), &text);
        assert!(!answer.is_empty());
        let shown: String = text.chars().take(60).collect();
        assert!(start.elapsed() < Duration::from_secs(20), "{shown} took {:?}", start.elapsed());
    }
}

fn check_completion(text: &str, start: usize, expected: &[&str]) {
    let (at, candidates) = session().completions(text, text.len());
    assert_eq!(at, start, "{text}");
    for word in expected {
        assert!(
            candidates.iter().any(|candidate| candidate.text == *word),
            "{text}: {word} in {candidates:?}"
        );
    }
    if expected.is_empty() {
        assert!(candidates.is_empty(), "{text}: {candidates:?}");
    }
}

#[test]
fn completion_knows_where_it_is() {
    check_completion("", 0, &["SELECT"]);
    check_completion("SEL", 0, &["SELECT"]);
    check_completion("SELECT cou", 7, &["count("]);
    check_completion("SELECT n.@re", 10, &["retained", "retainedHeapSize"]);
    check_completion("SELECT * FROM ob", 14, &["objects", "OBJECTS"]);
    check_completion("SELECT * FROM No", 14, &["com.acme.Node"]);
    check_completion("SELECT * FROM com.acme.T", 14, &["com.acme.Tree"]);
    check_completion("SELECT * FROM INSTANCEOF ba", 25, &["com.acme.Base"]);
    check_completion("SELECT * FROM `com.acme.M", 14, &["`com.acme.Main$$Lambda/0x00007f0012`"]);
    check_completion("SELECT * FROM com.acme.Node n WHERE n.we", 38, &["weight"]);
    check_completion("SELECT * FROM com.acme.Node n WHERE n.next.we", 43, &["weight"]);
    check_completion("SELECT * FROM objects o JOIN roots r ON r.ki", 42, &["kind"]);
    check_completion("SELECT * FROM com.acme.Node WHERE wei", 34, &["weight"]);
    check_completion("SELECT 'tex", 11, &[]);
    let (at, _) = session().completions("é", 1);
    assert_eq!(at, 0, "a cursor within a character is moved before it");
}

#[test]
fn columns_fields_and_keywords_are_described() {
    let names = |what: &str| -> Vec<String> {
        session().describe(what).unwrap_or_default().into_iter().map(|row| row.name).collect()
    };
    assert_eq!(names("objects.retained"), ["objects.retained"]);
    assert_eq!(names("com.acme.Leaf.weight"), ["weight"]);
    assert!(names("let")[0].starts_with("LET "));
    assert!(session().describe("objects.nothing").is_none());
}

#[test]
fn everything_is_described() {
    let tables = session().tables();
    for name in ["objects", "dumps", "dominated(object)"] {
        assert!(tables.iter().any(|table| table.name == name && !table.doc.is_empty()), "{name}");
    }
    let names = |what: &str| -> Vec<String> {
        session().describe(what).unwrap_or_default().into_iter().map(|row| row.name).collect()
    };
    assert_eq!(names("objects")[0], "objects");
    assert!(names("objects").contains(&"retained".to_owned()));
    assert_eq!(names("objects.retained"), ["objects.retained"]);
    assert!(names("instances").contains(&"histogram.instances".to_owned()));
    assert_eq!(names("@usedHeapSize"), ["@shallow"]);
    assert!(names("com.acme.Leaf").contains(&"weight".to_owned()));
    assert!(names("paths").contains(&"step".to_owned()));
    assert!(names("length")[0].starts_with("length("));
    assert!(names("group by")[0].starts_with("GROUP BY"));
    assert!(names("unbounded")[0].starts_with("ROWS"));
    assert!(names("dominators").iter().any(|name| name == "step"), "the function in FROM, too");
    assert!(session().describe("nothing").is_none());
    assert!(session().describe("").is_none());
}

#[test]
fn whatever_completes_has_the_sentence_that_describes_it() {
    let text = "SELECT n.@ret FROM com.acme.Node n";
    let (_, found) = session().completions(text, text.find(" FROM").expect("a word"));
    assert!(found[0].doc.contains("MAT: @retainedHeapSize"), "{found:?}");
    let (_, found) = session().completions("SEL", 3);
    assert!(found.iter().any(|it| it.text == "SELECT" && !it.doc.is_empty()), "{found:?}");
}
