//! What `:help`, `:tables` and `:describe` say.

use super::meta::COMMANDS;
use crate::failure::{Failure, Result};
use crate::output::escape;
use crate::session::Queries;
use heapwise_query_lang::Described;
use unicode_width::UnicodeWidthStr;

/// Longer names push what follows them to the right.
const WIDEST_NAME: usize = 40;

const STATEMENTS: &str = "
Statements end with `;`:
  SELECT class, instances, retained FROM histogram LIMIT 10;
  SELECT toString(s), s.@retained FROM java.lang.String s ORDER BY s.@retained DESC LIMIT 10;
  SELECT m, m.size FROM INSTANCEOF java.util.HashMap m WHERE m.size > 1000;
docs/language.md has the whole language.
";

/// All commands, or what is known of one topic.
pub(super) fn text(topic: Option<&str>, queries: &Queries) -> Result<String> {
    let Some(topic) = topic else {
        return Ok(COMMANDS.iter().map(line).collect::<String>() + STATEMENTS);
    };
    let name = topic.trim_start_matches(':');
    let command = COMMANDS.iter().find(|(known, ..)| *known == name).map(line);
    let known = queries.session().describe(topic).map(|rows| list(&rows));
    // `paths` is a command and a function, `histogram` a command and a table.
    if command.is_none() && known.is_none() {
        return describe(topic, queries);
    }
    Ok(command.unwrap_or_default() + &known.unwrap_or_default())
}

fn line((name, argument, meaning): &(&str, &str, &str)) -> String {
    let usage = format!(":{name} {argument}");
    format!("{usage:<26}{meaning}\n")
}

/// The tables that queries can name.
pub(super) fn tables(queries: &Queries) -> String {
    list(&queries.session().tables())
}

/// The columns of a table, the fields of a class, or a function's signature.
pub(super) fn describe(name: &str, queries: &Queries) -> Result<String> {
    let found = queries.session().describe(name);
    let unknown = || Failure::Usage(format!("nothing is called `{name}`; :tables lists the tables"));
    found.map(|rows| list(&rows)).ok_or_else(unknown)
}

/// One line each: name, kind, sentence. Names may come from the dump.
fn list(rows: &[Described]) -> String {
    let width = rows.iter().map(|row| escape(&row.name).width()).max().unwrap_or(0).min(WIDEST_NAME);
    let line = |row: &Described| {
        let (name, doc) = (escape(&row.name), escape(&row.doc));
        let padding = width.saturating_sub(name.width());
        format!("{name}{:padding$}  {:<9} {doc}\n", "", row.kind)
    };
    rows.iter().map(line).collect()
}
