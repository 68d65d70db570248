//! `query`: statements on one or more dumps.

use crate::args::{self, DumpArg};
use crate::failure::{Failure, Result};
use crate::output::{Shown, Sink, View, write};
use crate::session::{Dumps, Queries};
use std::io::{Read, Write, stdin};
use std::path::Path;

/// The dumps and the text of the statements that the arguments give.
pub(crate) fn read(arguments: &args::Query) -> Result<(Vec<DumpArg>, String)> {
    let (dumps, text) = match (&arguments.execute, &arguments.file) {
        (Some(text), _) => (arguments.words.as_slice(), text.clone()),
        (None, Some(file)) => (arguments.words.as_slice(), read_file(file)?),
        (None, None) => last_word(&arguments.words)?,
    };
    let dumps = dumps.iter().map(|word| word.parse().map_err(Failure::Usage)).collect::<Result<_>>()?;
    Ok((dumps, text))
}

/// Runs the statements and writes one answer after the other.
pub(crate) fn run(
    queries: &Queries,
    text: &str,
    dumps: &Dumps,
    view: View,
    sink: &mut Sink,
) -> Result<Shown> {
    let mut shown = None;
    queries.run(text, |answer| {
        if shown.is_some() && !answer.schema.fields().is_empty() {
            writeln!(sink)?;
        }
        let has_columns = !answer.schema.fields().is_empty();
        let written = write(answer, view, dumps, sink)?;
        if has_columns {
            shown = Some(written);
        }
        Ok(())
    })?;
    Ok(shown.unwrap_or_default())
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

fn read_file(path: &Path) -> Result<String> {
    if path != Path::new("-") {
        return std::fs::read_to_string(path).map_err(|error| Failure::file(path, error));
    }
    let mut text = String::new();
    stdin().read_to_string(&mut text).map_err(|error| Failure::file(Path::new("standard input"), error))?;
    Ok(text)
}
