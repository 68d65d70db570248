//! The commands of the prompt: `:name argument`.

use crate::args::{DumpArg, Format};
use crate::failure::{Failure, Result};

/// A command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meta {
    Help(Option<String>),
    Tables,
    Describe(String),
    Open(DumpArg),
    Dumps,
    Results,
    Pager(Option<String>),
    Format(Format),
    Timing(bool),
    Limit(Option<u64>),
    Info(Option<String>),
    Histogram(Option<String>),
    Dominators(Option<String>),
    Paths(String),
    Threads(Option<String>),
    Quit,
}

/// Name, argument and meaning of every command, in the order in which `:help` lists them.
pub(super) const COMMANDS: &[(&str, &str, &str)] = &[
    ("help", "[NAME]", "this list, or what is known of a command, table, column, class, function or keyword"),
    ("tables", "", "the tables that queries can name"),
    ("describe", "NAME", "the columns of a table, or the fields of a class"),
    ("info", "[ALIAS]", "runtime, layout, totals by strength, warnings of a dump"),
    ("histogram", "[ALIAS]", "the classes, the largest retained size first"),
    ("dominators", "[ALIAS]", "the objects whose death would free most"),
    ("paths", "ADDRESS|QUERY", "how objects are held"),
    ("threads", "[ALIAS]", "the threads and what their locals hold"),
    ("open", "[ALIAS=]PATH", "open another dump"),
    ("dumps", "", "the open dumps and their aliases"),
    ("results", "", "what LET has kept: rows and bytes"),
    ("source", "PATH", "run a file as if it stood here; `.include PATH` is the same"),
    ("format", "FORMAT", "show answers as table, json, jsonl or csv"),
    ("limit", "N", "show at most N rows; 0 shows all"),
    ("timing", "on|off", "say how long each answer took and what it spilled to disk"),
    (
        "pager",
        "[on|off|COMMAND]",
        "show what is longer than the screen through a pager, or say which one does",
    ),
    ("quit", "", "leave; Ctrl-D does, too"),
];

impl Meta {
    /// The command that the line `text` says.
    pub(super) fn parse(text: &str) -> Result<Meta> {
        let text = text.trim_start_matches(':').trim_end_matches(';').trim_end();
        let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let argument = argument.trim();
        let optional = || (!argument.is_empty()).then(|| argument.to_owned());
        let required = || if argument.is_empty() { Err(usage(name)) } else { Ok(argument.to_owned()) };
        Ok(match name {
            "help" | "h" | "?" => Meta::Help(optional()),
            "tables" => Meta::Tables,
            "describe" | "d" => Meta::Describe(required()?),
            "open" => Meta::Open(required()?.parse().map_err(Failure::Usage)?),
            "dumps" => Meta::Dumps,
            "results" => Meta::Results,
            "pager" => Meta::Pager(optional()),
            // With a path it is a line that includes a file, and never comes here.
            "source" => return Err(usage(name)),
            "format" => Meta::Format(Format::parse(argument).map_err(Failure::Usage)?),
            "timing" => Meta::Timing(on_or_off(argument).ok_or_else(|| usage(name))?),
            "limit" => Meta::Limit(limit(argument).ok_or_else(|| usage(name))?),
            "info" => Meta::Info(optional()),
            "histogram" => Meta::Histogram(optional()),
            "dominators" => Meta::Dominators(optional()),
            "paths" => Meta::Paths(required()?),
            "threads" => Meta::Threads(optional()),
            "quit" | "exit" | "q" => Meta::Quit,
            _ => return Err(Failure::Usage(format!("no command is called `:{name}`; :help lists them"))),
        })
    }
}

fn on_or_off(text: &str) -> Option<bool> {
    match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn limit(text: &str) -> Option<Option<u64>> {
    let limit: u64 = text.parse().ok()?;
    Some((limit > 0).then_some(limit))
}

fn usage(name: &str) -> Failure {
    let found = COMMANDS.iter().find(|(known, ..)| known.starts_with(name));
    let (name, argument, _) = found.copied().unwrap_or((name, "ARGUMENT", ""));
    Failure::Usage(format!("usage: :{name} {argument}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_their_arguments() {
        for (text, expected) in [
            ("help", Some(Meta::Help(None))),
            ("help objects", Some(Meta::Help(Some("objects".to_owned())))),
            ("describe  java.lang.String ", Some(Meta::Describe("java.lang.String".to_owned()))),
            ("describe", None),
            ("format csv", Some(Meta::Format(Format::Csv))),
            ("format parquet", Some(Meta::Format(Format::Parquet))),
            ("format xml", None),
            ("timing on", Some(Meta::Timing(true))),
            ("timing", None),
            ("limit 0", Some(Meta::Limit(None))),
            ("limit 7", Some(Meta::Limit(Some(7)))),
            ("limit -1", None),
            (
                "open b=x.hprof",
                Some(Meta::Open(DumpArg { alias: Some("b".to_owned()), path: "x.hprof".into() })),
            ),
            ("open", None),
            ("paths SELECT x FROM y x", Some(Meta::Paths("SELECT x FROM y x".to_owned()))),
            ("q", Some(Meta::Quit)),
            ("nonsense", None),
        ] {
            assert_eq!(Meta::parse(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn the_commands_are_those_of_the_documentation() {
        let text = include_str!("../../../../docs/commands.md");
        let documented: Vec<&str> = text.lines().filter(|line| line.starts_with("| `:")).collect();
        let row = |(name, argument, meaning): &(&str, &str, &str)| {
            let usage = format!(":{name} {argument}").trim().replace('|', "\\|");
            format!("| `{usage}` | {meaning} |")
        };
        assert_eq!(documented, COMMANDS.iter().map(row).collect::<Vec<_>>());
    }

    #[test]
    fn every_listed_command_exists() {
        for (name, ..) in COMMANDS {
            let unknown =
                Meta::parse(name).err().is_some_and(|failure| failure.to_string().starts_with("no command"));
            assert!(!unknown, "{name}");
        }
    }
}
