//! One thing that is wrong with a query: span, reason, hint.

use super::Span;
use std::fmt::Write;

/// The result of everything that reads a query.
pub type Result<T> = std::result::Result<T, Diagnostic>;

/// Why a query cannot be answered. Messages are lower case and without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Diagnostic {
    /// Where in the text of the statements.
    pub span: Span,
    /// The reason, in one line.
    pub message: String,
    /// What stands beside the mark under the text; may be empty.
    pub label: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Which stage found it.
    pub kind: Kind,
}

/// The stage that found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text is not of the language.
    Syntax,
    /// A name, a type or a form is wrong.
    Check,
    /// The query is right, running it failed.
    Run,
    /// An ASSERT does not hold.
    Assert,
    /// The user stopped it.
    Interrupted,
}

impl Diagnostic {
    /// A wrong name, type or form.
    pub fn check(span: Span, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        Diagnostic { span, message: message.into(), label: label.into(), hint: None, kind: Kind::Check }
    }

    /// Text that is not of the language.
    pub fn syntax(span: Span, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        Diagnostic { kind: Kind::Syntax, ..Diagnostic::check(span, message, label) }
    }

    /// A failure while the query ran.
    pub fn run(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { kind: Kind::Run, ..Diagnostic::check(span, message, "") }
    }

    /// An ASSERT that does not hold.
    pub fn assert(span: Span, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        Diagnostic { kind: Kind::Assert, ..Diagnostic::check(span, message, label) }
    }

    /// The user stopped the query.
    pub fn interrupted(span: Span) -> Diagnostic {
        Diagnostic { kind: Kind::Interrupted, ..Diagnostic::check(span, "interrupted", "") }
    }

    /// The same with advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    /// The message, the lines of `text` that the span touches with `^` under them, and the hint; ends without a newline.
    pub fn render(&self, text: &str) -> String {
        let mut out = format!("error: {}", self.message);
        let lines = lines_of(text, self.span);
        let width = lines.last().map_or(0, |line| line.number.to_string().len());
        let last = lines.len().saturating_sub(1);
        for (i, line) in lines.iter().enumerate() {
            let label = if i == last { self.label.as_str() } else { "" };
            draw(&mut out, line, width, label);
        }
        if let Some(hint) = &self.hint {
            let _ = write!(out, "\n{:width$} = hint: {hint}", "");
        }
        out
    }
}

/// A line of the text and the columns (in characters) that are marked.
struct Line<'a> {
    number: usize,
    text: &'a str,
    marked: std::ops::Range<usize>,
}

/// Long spans are cut: the first lines tell where it is.
const MAX_LINES: usize = 4;

fn lines_of(text: &str, span: Span) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (i, raw) in text.split_inclusive('\n').enumerate() {
        let end = start + raw.len();
        let line = raw.trim_end_matches(['\n', '\r']);
        let at_end = end == text.len() && span.start >= end;
        let touched = span.start < end && (span.end > start || span.start >= start);
        if (touched || at_end) && lines.len() < MAX_LINES {
            let from = characters(line, span.start.saturating_sub(start));
            let to = characters(line, span.end.saturating_sub(start)).max(from + 1);
            lines.push(Line { number: i + 1, text: line, marked: from..to });
        }
        start = end;
    }
    lines
}

/// The number of characters in the first `bytes` bytes.
fn characters(line: &str, bytes: usize) -> usize {
    line.char_indices().take_while(|&(at, _)| at < bytes).count()
}

fn draw(out: &mut String, line: &Line<'_>, width: usize, label: &str) {
    let blank: String =
        line.text.chars().take(line.marked.start).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let missing = line.marked.start.saturating_sub(line.text.chars().count());
    let marks = "^".repeat(line.marked.len());
    let _ = write!(out, "\n{:>width$} | {}", line.number, line.text);
    let _ = write!(out, "\n{:width$} | {blank}{:missing$}{marks}", "", "");
    if !label.is_empty() {
        let _ = write!(out, " {label}");
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Span};

    fn check(text: &str, start: usize, end: usize, expected: &str) {
        let diagnostic = Diagnostic::check(Span { start, end }, "wrong", "here").hint("do this");
        assert_eq!(diagnostic.render(text), expected);
    }

    #[test]
    fn spans_are_drawn_under_the_text() {
        check("SELECT x", 7, 8, "error: wrong\n1 | SELECT x\n  |        ^ here\n  = hint: do this");
        check("SELECT", 6, 6, "error: wrong\n1 | SELECT\n  |       ^ here\n  = hint: do this");
        check("SELÉ\n\tx y", 7, 8, "error: wrong\n2 | \tx y\n  | \t^ here\n  = hint: do this");
        check("a\nb", 0, 3, "error: wrong\n1 | a\n  | ^\n2 | b\n  | ^ here\n  = hint: do this");
    }
}
