//! Regular expressions and the patterns of LIKE.

use crate::error::{Diagnostic, Result, Span};

/// The regular expression, to match whole texts, with or without regard to case.
pub(super) fn whole(pattern: &str, case: bool, span: Span) -> Result<regex::Regex> {
    // Checked alone first: a stray `)` must not close our group.
    regex(pattern, span)?;
    let flags = if case { "" } else { "i" };
    regex::Regex::new(&format!("^(?{flags}s:{pattern})$")).map_err(|error| wrong(&error, span))
}

/// The regular expression as it is.
pub(super) fn regex(pattern: &str, span: Span) -> Result<regex::Regex> {
    regex::Regex::new(pattern).map_err(|error| wrong(&error, span))
}

fn wrong(error: &regex::Error, span: Span) -> Diagnostic {
    let text = error.to_string();
    let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
    Diagnostic::check(span, "this is no regular expression", reason)
        .hint("look-around and back-references are not supported; a dot in a name is written \\.")
}

/// SQL's LIKE: `%` any text, `_` one character, `\` takes the next as it is. Linear, without recursion.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        let (step, fits) = match pattern.get(p) {
            Some('%') => {
                retry = Some((p, t));
                p += 1;
                continue;
            }
            Some('_') => (1, true),
            Some('\\') if p + 1 < pattern.len() => (2, pattern[p + 1] == text[t]),
            Some(&c) => (1, c == text[t]),
            None => (0, false),
        };
        if fits {
            (p, t) = (p + step, t + 1);
        } else if let Some((percent, from)) = retry {
            retry = Some((percent, from + 1));
            (p, t) = (percent + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '%')
}

/// The regular expression that means the same as a pattern of LIKE.
pub(super) fn as_regex(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => out.push_str(".*"),
            '_' => out.push('.'),
            '\\' => out.push_str(&regex::escape(&chars.next().unwrap_or(c).to_string())),
            c => out.push_str(&regex::escape(&c.to_string())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Span, as_regex, like, whole};

    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(like(pattern, text), expected, "{text} LIKE {pattern}");
        let regex = whole(&as_regex(pattern), true, Span::default()).unwrap();
        assert_eq!(regex.is_match(text), expected, "{text} LIKE {pattern}, as {regex}");
    }

    #[test]
    fn like_is_sqls() {
        check("java.%", "java.lang.String", true);
        check("%String", "java.lang.String", true);
        check("%a%b%", "xxaxxbxx", true);
        check("%a%b%", "xxbxxaxx", false);
        check("a_c", "abc", true);
        check("a_c", "ac", false);
        check("a\\_c", "abc", false);
        check("a\\%", "a%", true);
        check("", "", true);
        check("%", "", true);
        check("a", "", false);
    }
}
