//! Divides what the user wrote into statements, `:commands` and lines that include a file.

use std::ops::Range;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Statements, all of them whole but perhaps the last of the text.
    Statements,
    /// A line with a command: `:name argument`.
    Command,
    /// A line that includes a file: `.include path`, or `:source path`.
    Include,
}

/// The words that include a file.
const INCLUDES: [&str; 2] = [".include", ":source"];

/// Whether Enter runs `text` or goes on to a further line: a statement ends with `;`, all else with its line.
pub(crate) fn is_complete(text: &str) -> bool {
    match split(text).last() {
        Some((Line::Statements, range)) => last_sign(&text[range.clone()]) == Some(';'),
        _ => true,
    }
}

/// The pieces of `text`, and the bytes where each stands. What stands at the end without `;` is a statement, too.
pub(super) fn split(text: &str) -> Vec<(Line, Range<usize>)> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    // Whether a statement has begun that no `;` ends, and whether nothing but space stands before `at` on its line.
    let (mut open, mut fresh) = (false, true);
    while at < text.len() {
        let rest = &text[at..];
        if let Some(line) = directive(rest).filter(|_| fresh && !open) {
            push_statements(text, start..at, &mut pieces);
            start = at + rest.find('\n').unwrap_or(rest.len());
            pieces.push((line, at..at + text[at..start].trim_end().len()));
            at = start;
            continue;
        }
        let (length, sign) = token(rest);
        open = sign.map_or(open, |sign| sign != ';');
        fresh = rest.starts_with('\n') || (fresh && rest.starts_with(char::is_whitespace));
        at += length;
    }
    push_statements(text, start..at, &mut pieces);
    pieces
}

/// The path that an `.include` line names, in single or double quotes or in none; an error in words.
pub(super) fn included(line: &str) -> Result<&str, &'static str> {
    let word = INCLUDES.iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
    let rest = word.trim();
    let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"')) else {
        let path = rest.trim_end_matches(';').trim_end();
        return if path.is_empty() { Err("the path of a file is missing") } else { Ok(path) };
    };
    let (path, after) = rest[1..].split_once(quote).ok_or("the path has no closing quote")?;
    match last_sign(after) {
        None | Some(';') if !path.is_empty() => Ok(path),
        None | Some(';') => Err("the path of a file is missing"),
        Some(_) => Err("nothing may follow the path"),
    }
}

/// What a line is that begins like `rest`, unless it is part of statements.
fn directive(rest: &str) -> Option<Line> {
    let follows =
        |after: &str| after.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '\'' | '"' | ';'));
    if INCLUDES.iter().any(|word| rest.strip_prefix(word).is_some_and(follows)) {
        return Some(Line::Include);
    }
    rest.starts_with(':').then_some(Line::Command)
}

fn push_statements(text: &str, range: Range<usize>, pieces: &mut Vec<(Line, Range<usize>)>) {
    if last_sign(&text[range.clone()]).is_some() {
        pieces.push((Line::Statements, range));
    }
}

/// The last character that is neither space nor comment; of quoted text, its opening quote.
fn last_sign(text: &str) -> Option<char> {
    let mut last = None;
    let mut at = 0;
    while at < text.len() {
        let (length, sign) = token(&text[at..]);
        last = sign.or(last);
        at += length;
    }
    last
}

/// The length of what `text` begins with (quoted text, a comment, or a character) and its first character unless it is
/// space or comment.
fn token(text: &str) -> (usize, Option<char>) {
    let Some(first) = text.chars().next() else { return (0, None) };
    match comment(text) {
        0 if first.is_whitespace() => (first.len_utf8(), None),
        0 if matches!(first, '\'' | '"' | '`') => (quoted(text, first), Some(first)),
        0 => (first.len_utf8(), Some(first)),
        length => (length, None),
    }
}

/// The length of the comment at the start of `text`; 0 where there is none.
fn comment(text: &str) -> usize {
    if text.starts_with("--") || text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        text.find("*/").map_or(text.len(), |end| end + 2)
    } else {
        0
    }
}

/// The length of the quoted text at the start of `text`; as in the language, `\` escapes within double quotes only.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_with_a_semicolon() {
        for (text, complete) in [
            ("", true),
            ("  \n", true),
            ("-- nothing", true),
            ("SELECT 1", false),
            ("SELECT 1;", true),
            ("SELECT 1; -- that is all", true),
            ("SELECT 1;\nSELECT", false),
            ("SELECT ';'", false),
            ("SELECT ';", false),
            ("SELECT 1 -- ;", false),
            ("SELECT 1 /* ; */", false),
            ("SELECT \"a\\\";\"", false),
            ("SELECT \"a\\\"\";", true),
            ("SELECT `a;", false),
            (":help", true),
            ("  :tables", true),
            (":format csv\nSELECT 1", false),
            ("SELECT 1;\n:format csv", true),
            (".include a b", true),
            ("SELECT\n.include a", false),
        ] {
            assert_eq!(is_complete(text), complete, "{text}");
        }
    }

    #[test]
    fn a_script_falls_into_pieces() {
        use Line::{Command, Include, Statements};
        for (text, expected) in [
            ("", vec![]),
            ("-- only a comment\n\n", vec![]),
            ("SELECT 1", vec![(Statements, "SELECT 1")]),
            ("SELECT\n1;\nSELECT 2;", vec![(Statements, "SELECT\n1;\nSELECT 2;")]),
            (":format json\nSELECT 1;\n", vec![(Command, ":format json"), (Statements, "\nSELECT 1;\n")]),
            ("-- note\n:tables;", vec![(Command, ":tables;")]),
            ("SELECT 'a\n:quit'", vec![(Statements, "SELECT 'a\n:quit'")]),
            ("SELECT 'a\n.include b'", vec![(Statements, "SELECT 'a\n.include b'")]),
            ("/*\n.include b\n:quit\n*/", vec![]),
            ("-- .include b", vec![]),
            (
                "SELECT 1;\n .include 'b' \r\nSELECT 2",
                vec![(Statements, "SELECT 1;\n "), (Include, ".include 'b'"), (Statements, "\nSELECT 2")],
            ),
            (":source b\n:sources b\n", vec![(Include, ":source b"), (Command, ":sources b")]),
            (".included b", vec![(Statements, ".included b")]),
            ("SELECT 1; .include b", vec![(Statements, "SELECT 1; .include b")]),
        ] {
            let found: Vec<_> = split(text).into_iter().map(|(line, range)| (line, &text[range])).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn an_include_names_one_path() {
        for (line, expected) in [
            (".include a.oql", Some("a.oql")),
            (".include dir/a b.oql;", Some("dir/a b.oql")),
            (".include 'it is.oql'", Some("it is.oql")),
            (".include\t\"a;b.oql\" ; -- note", Some("a;b.oql")),
            (".include'a'", Some("a")),
            (":source a", Some("a")),
            (".include", None),
            (".include ''", None),
            (".include 'a", None),
            (".include 'a' b", None),
        ] {
            assert_eq!(included(line).ok(), expected, "{line}");
        }
    }
}
