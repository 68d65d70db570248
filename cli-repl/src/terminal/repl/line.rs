//! Divides what the user typed into statements and `:commands`.

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// One or more whole statements.
    Statements(String),
    /// A command, without its colon.
    Meta(String),
}

/// Whether Enter runs `text` or goes on to a further line: a statement ends with `;`, a command with its line.
pub(super) fn is_complete(text: &str) -> bool {
    text.trim_start().starts_with(':') || is_blank(text) || ends(text)
}

/// The commands and statements of `text`; what stands at its end without `;` is a statement, too.
pub(super) fn split(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut waiting = String::new();
    for line in text.split_inclusive('\n') {
        if is_blank(&waiting) && line.trim_start().starts_with(':') {
            waiting.clear();
            lines.push(Line::Meta(line.trim().trim_start_matches(':').trim_end_matches(';').to_owned()));
            continue;
        }
        waiting.push_str(line);
        if line.contains(';') && ends(&waiting) {
            lines.push(Line::Statements(std::mem::take(&mut waiting)));
        }
    }
    if !is_blank(&waiting) {
        lines.push(Line::Statements(waiting));
    }
    lines
}

fn ends(text: &str) -> bool {
    last_sign(text) == Some(';')
}

/// Nothing but space and comments.
fn is_blank(text: &str) -> bool {
    last_sign(text).is_none()
}

/// The last character that is neither space nor comment; of quoted text, its opening quote.
fn last_sign(text: &str) -> Option<char> {
    let mut last = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = comment(rest);
        if comment == 0 && !first.is_whitespace() {
            last = Some(first);
        }
        let length = match first {
            _ if comment > 0 => comment,
            '\'' | '"' | '`' => quoted(rest, first),
            _ => first.len_utf8(),
        };
        rest = &rest[length..];
    }
    last
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
        ] {
            assert_eq!(is_complete(text), complete, "{text}");
        }
    }

    #[test]
    fn a_script_falls_into_statements_and_commands() {
        let statements = |text: &str| Line::Statements(text.to_owned());
        let meta = |text: &str| Line::Meta(text.to_owned());
        for (text, expected) in [
            ("", vec![]),
            ("-- only a comment\n\n", vec![]),
            ("SELECT 1", vec![statements("SELECT 1")]),
            ("SELECT\n1;\nSELECT 2;", vec![statements("SELECT\n1;\n"), statements("SELECT 2;")]),
            (":format json\nSELECT 1;\n", vec![meta("format json"), statements("SELECT 1;\n")]),
            ("-- note\n:tables;", vec![meta("tables")]),
            ("SELECT 'a\n:quit'", vec![statements("SELECT 'a\n:quit'")]),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }
}
