//! How soon queries on a real dump stop: `cargo bench -p heapwise-query-lang --bench interrupt -- DUMP [INDEX-DIR] [WORD]`.
//!
//! Each query runs once, then it is stopped at five moments of its time. *answered*: until the caller knows; *idle*: until
//! no thread works for it any more. The worst of the five, in milliseconds. WORD chooses queries by a part of their text.

use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;
use heapwise_engine::store::Snapshot;
use heapwise_query_lang::{Answer, CancelToken, Session, SessionOptions};
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What runs long on a dump of many objects.
const QUERIES: &[&str] = &[
    "SELECT toString(s), s.@retained FROM java.lang.String s WHERE toString(s) LIKE '%k1_x%y%'",
    "SELECT class, count(*), sum(shallow) FROM objects GROUP BY class ORDER BY 3 DESC",
    "SELECT toString(s) AS text, count(*), sum(s.@shallow + s.value.@shallow) AS bytes FROM java.lang.String s \
     GROUP BY text ORDER BY bytes DESC LIMIT 20",
    "SELECT * FROM objects ORDER BY strength, retained LIMIT 20",
    "SELECT o, o.@retained FROM objects o ORDER BY retained, address DESC",
    "SELECT count(*), sum(b.@shallow) FROM java.lang.String s JOIN byte[] b ON s.value = b",
    "SELECT via, count(*) FROM references GROUP BY via",
    "SELECT count(*) FROM objects a, objects b WHERE a.retained < b.shallow",
    "SELECT count(*) FROM java.lang.String s, paths(s, 3) p",
    "SELECT count(*) FROM java.lang.String s, inbound(s) i",
    "SELECT count(*), sum(shallow) FROM retained_set(SELECT s FROM java.lang.String s LIMIT 1000000)",
    "SELECT count(*) FROM merged_paths(SELECT s FROM java.lang.String s)",
    "SELECT count(*) FROM merged_paths((SELECT s FROM java.lang.String s), avoiding => 'java.lang.Thread')",
    "SELECT count(*) FROM java.util.HashMap m, entries(m) e",
    "SELECT count(*) FROM java.util.concurrent.ConcurrentHashMap m, entries(m) e",
    "SELECT count(*) FROM dominator_tree(1000000)",
    "SELECT sum(o.@retained) FROM objects o WHERE retained_size((SELECT s FROM java.lang.String s)) > o.@shallow",
    "SELECT hash(m) FROM java.util.HashMap m",
];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(dump) = arguments.first() else { return Ok(()) };
    let index_dir = arguments.get(1).map(Into::into);
    let options = Options { index_dir, ..Options::default() };
    let snapshot = Arc::new(open(Path::new(dump), &options, &Progress::default())?);
    let word = arguments.get(2).map_or("", String::as_str);
    for query in QUERIES.iter().filter(|query| query.contains(word)) {
        report(&snapshot, query)?;
    }
    Ok(())
}

fn report(snapshot: &Arc<Snapshot>, query: &str) -> Outcome<()> {
    // Longer queries are stopped within their first seconds.
    let whole = stopped(snapshot, query, Duration::from_secs(10))?.took;
    let mut worst = (Duration::ZERO, Duration::ZERO);
    for tenth in [1, 3, 5, 7, 9] {
        let stop = stopped(snapshot, query, whole * tenth / 10)?;
        worst = (worst.0.max(stop.answered), worst.1.max(stop.idle));
    }
    let whole = whole.as_secs_f64();
    let (answered, idle) = (worst.0.as_millis(), worst.1.as_millis());
    writeln!(std::io::stdout(), "{whole:7.2} s  answered {answered:5} ms  idle {idle:5} ms  {query}")?;
    Ok(())
}

struct Stop {
    took: Duration,
    answered: Duration,
    idle: Duration,
}

/// Runs a query and stops it after a time, if it runs so long.
fn stopped(snapshot: &Arc<Snapshot>, query: &str, after: Duration) -> Outcome<Stop> {
    let mut session = Session::new(SessionOptions::default())?;
    session.add_dump("a", "dump".to_owned(), Arc::clone(snapshot));
    let cancel = CancelToken::new();
    let other = cancel.clone();
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let start = Instant::now();
    let watch = std::thread::spawn(move || {
        // An error: nobody said in time that it is done.
        if is_done.recv_timeout(after).is_err() {
            other.cancel();
        }
        Instant::now()
    });
    let statement = session.statements(query)?.remove(0);
    match session.run(&statement, &cancel) {
        Ok(Answer::Rows(rows)) => rows.for_each(drop),
        Ok(_) => {}
        Err(error) if error.message == "interrupted" => {}
        Err(error) => return Err(error.message.into()),
    }
    let answered = Instant::now();
    // The watcher may have ended already.
    let _ = done.send(());
    let cancelled = watch.join().map_err(|_| "the watching thread panicked")?;
    drop(session);
    let idle = cancelled.elapsed();
    Ok(Stop { took: answered - start, answered: answered.saturating_duration_since(cancelled), idle })
}
