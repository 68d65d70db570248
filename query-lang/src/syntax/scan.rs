//! The words of a text without its grammar: for completion, and for advice on what does not parse.

use crate::error::Span;

/// A word, a quoted text or a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Where it stands.
    pub(crate) span: Span,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name, keyword or number.
    Word,
    /// A text in single, double or back-quotes.
    Quoted,
    /// A quote that is never closed, to the end of the text.
    Open,
    /// One character of anything else.
    Sign,
}

/// The tokens of `text`, comments left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = match first {
            _ if first.is_whitespace() => (None, first.len_utf8()),
            _ if rest.starts_with("--") || rest.starts_with("//") => {
                (None, rest.find('\n').unwrap_or(rest.len()))
            }
            _ if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |end| end + 2)),
            '\'' | '"' | '`' => quoted(rest, first),
            _ if is_part(first) => (Some(TokenKind::Word), rest.find(|c| !is_part(c)).unwrap_or(rest.len())),
            _ => (Some(TokenKind::Sign), first.len_utf8()),
        };
        if let Some(kind) = kind {
            tokens.push(Token { kind, span: Span { start: at, end: at + length } });
        }
        at += length;
    }
    tokens
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn quoted(rest: &str, quote: char) -> (Option<TokenKind>, usize) {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            return (Some(TokenKind::Quoted), at + 1);
        }
    }
    (Some(TokenKind::Open), rest.len())
}

#[cfg(test)]
mod tests {
    use super::tokens;

    fn check(text: &str, expected: &[&str]) {
        let words: Vec<&str> =
            tokens(text).iter().map(|token| &text[token.span.start..token.span.end]).collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn a_text_falls_into_words() {
        check("a.b$c -- d\n= 'e f'", &["a", ".", "b$c", "=", "'e f'"]);
        check(r#""a\"b" /* c */ `d"#, &[r#""a\"b""#, "`d"]);
        check("é(½)", &["é", "(", "½", ")"]);
        check("/* open", &[]);
    }
}
