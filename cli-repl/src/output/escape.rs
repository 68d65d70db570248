//! Makes text from a dump harmless: a string of the dumped process must not drive the reader's terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every character that a terminal obeys, or that nobody can see, spelled out: `\n`, `\u{1b}`.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    escape_except(text, |_| false)
}

/// As [`escape`], for text of several lines of our own making: line breaks stay.
pub(crate) fn escape_lines(text: &str) -> Cow<'_, str> {
    escape_except(text, |c| c == '\n')
}

/// As [`escape`], but characters that `keep` picks stay as they are.
pub(super) fn escape_except(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hostile = |c: char| is_hostile(c) && !keep(c);
    if !text.chars().any(hostile) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hostile(c) { spell(c, &mut safe) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// Whether a terminal may act on `c`, reorder text because of it, or show nothing for it.
///
/// Controls (C0, DEL, C1), line and paragraph separators, and the default-ignorable characters of Unicode:
/// zero-width ones, bidirectional marks, embeddings, overrides and isolates (the "Trojan Source" of
/// CVE-2021-42574), fillers, tags. Variation selectors and the joiner are among them: an emoji that needs one
/// shows in parts, which loses nothing but beauty.
pub(super) fn is_hostile(c: char) -> bool {
    // Printable ASCII is most of what passes here.
    if matches!(c, ' '..='~') {
        return false;
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn spell(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0' => out.push_str("\\0"),
        // Writing to a string does not fail.
        _ => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_spelled_out() {
        for (text, expected) in [
            ("", ""),
            ("plain ~ text", "plain ~ text"),
            ("grün 漢字 🦀", "grün 漢字 🦀"),
            ("a\nb\r\tc\0", "a\\nb\\r\\tc\\0"),
            ("\u{1b}[2J\u{7}", "\\u{1b}[2J\\u{7}"),
            ("\u{7f}\u{9b}31m", "\\u{7f}\\u{9b}31m"),
            ("user\u{202e}nimda\u{2066}\u{2069}", "user\\u{202e}nimda\\u{2066}\\u{2069}"),
            ("pay\u{200b}pal\u{feff}", "pay\\u{200b}pal\\u{feff}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(escape(text), expected, "{text:?}");
        }
    }

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(escape("java.lang.String"), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_hostile_is_left_of_any_character() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            assert!(!escape(&text).chars().any(is_hostile), "{c:?}");
        }
    }

    #[test]
    fn our_own_line_breaks_stay() {
        assert_eq!(escape_lines("a\nb\u{1b}"), "a\nb\\u{1b}");
    }
}
