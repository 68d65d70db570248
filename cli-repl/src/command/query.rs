//! `query`: statements on one or more dumps.

use crate::args::{self, DumpArg};
use crate::failure::{Failure, Result};
use crate::output::{Shown, Sink, View, human_bytes, write};
use crate::session::{Dumps, Outcome, Queries, Source, Statement};
use std::io::{Read, Write, stderr, stdin};
use std::path::Path;

/// The dumps and the script that the arguments give.
pub(crate) fn read(arguments: &args::Query) -> Result<(Vec<DumpArg>, Source)> {
    let (dumps, source) = match (&arguments.execute, &arguments.file) {
        (Some(text), _) => (arguments.words.as_slice(), Source::typed(text.clone())),
        (None, Some(file)) if file == Path::new("-") => {
            (arguments.words.as_slice(), Source::typed(standard_input()?))
        }
        (None, Some(file)) => (arguments.words.as_slice(), Source::file(file)?),
        (None, None) => {
            let (dumps, text) = last_word(&arguments.words)?;
            (dumps, Source::typed(text))
        }
    };
    let dumps = dumps.iter().map(|word| word.parse().map_err(Failure::Usage)).collect::<Result<_>>()?;
    Ok((dumps, source))
}

/// Runs the statements and writes one answer after the other.
pub(crate) fn run(
    queries: &Queries,
    statements: &[Statement],
    dumps: &Dumps,
    view: View,
    sink: &mut Sink,
) -> Result<()> {
    statements.iter().try_for_each(|statement| {
        let (_, spilled) = answer(queries, statement, dumps, view, sink)?;
        tell_spilled(spilled);
        Ok(())
    })
}

/// Runs one statement and writes its rows, where it has some; the second value is the bytes that spilled to disk.
pub(crate) fn answer(
    queries: &Queries,
    statement: &Statement,
    dumps: &Dumps,
    view: View,
    sink: &mut Sink,
) -> Result<(Outcome<Shown>, u64)> {
    queries.run(statement, |answer| {
        sink.begin_answer(view.format)?;
        write(answer, view, dumps, sink)
    })
}

/// Says on standard error how much of a query did not fit into memory.
pub(crate) fn tell_spilled(bytes: u64) {
    if bytes > 0 {
        // Where standard error is gone, there is nobody to tell.
        drop(writeln!(stderr(), "heapwise: {} spilled to disk", human_bytes(bytes)));
    }
}

/// All of standard input.
pub(crate) fn standard_input() -> Result<String> {
    let mut text = String::new();
    stdin().read_to_string(&mut text).map_err(|error| Failure::file(Path::new("standard input"), error))?;
    Ok(text)
}

fn last_word(words: &[String]) -> Result<(&[String], String)> {
    let Some((text, dumps)) = words.split_last().filter(|(_, dumps)| !dumps.is_empty()) else {
        return Err(Failure::Usage("no query: give it after the dump, or by -e QUERY or -f FILE".to_owned()));
    };
    if Path::new(text).exists() {
        return Err(Failure::Usage(format!(
            "no query: the last argument, `{text}`, is a file; give the query after it, or by -e QUERY or -f FILE"
        )));
    }
    Ok((dumps, text.clone()))
}
