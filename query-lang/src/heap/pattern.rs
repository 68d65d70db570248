//! Patterns for whole texts: regular expressions, and the simple forms of them that LIKE mostly has.

/// A regular expression for whole texts. Equal when it is spelt the same.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: regex::Regex,
    simple: Option<Simple>,
}

/// What is the same as `^(?s:TEXT)$` with `.*` before or after the text, or neither, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Simple {
    text: String,
    open_before: bool,
    open_after: bool,
}

impl Pattern {
    /// The pattern that the regular expression means, which names the beginning and the end of the text itself.
    pub(crate) fn new(regex: regex::Regex) -> Pattern {
        let simple = Simple::of(regex.as_str());
        Pattern { regex, simple }
    }

    /// A copy for one thread: threads that share a regular expression wait for each other.
    pub(crate) fn own(&self) -> Pattern {
        self.clone()
    }

    /// Whether the whole text matches.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match &self.simple {
            Some(simple) => simple.is_match(text),
            None => self.regex.is_match(text),
        }
    }
}

impl Simple {
    fn of(regex: &str) -> Option<Simple> {
        let inner = regex.strip_prefix("^(?s:")?.strip_suffix(")$")?;
        let (open_before, inner) = open(inner, inner.strip_prefix(".*"));
        let (open_after, inner) = match inner.ends_with("\\.*") {
            true => (false, inner),
            false => open(inner, inner.strip_suffix(".*")),
        };
        Some(Simple { text: literal(inner)?, open_before, open_after })
    }

    fn is_match(&self, text: &str) -> bool {
        match (self.open_before, self.open_after) {
            (false, false) => text == self.text,
            (false, true) => text.starts_with(&self.text),
            (true, false) => text.ends_with(&self.text),
            (true, true) => text.contains(&self.text),
        }
    }
}

fn open<'a>(whole: &'a str, rest: Option<&'a str>) -> (bool, &'a str) {
    rest.map_or((false, whole), |rest| (true, rest))
}

/// The text that a regular expression stands for, if it stands for one.
fn literal(regex: &str) -> Option<String> {
    let mut text = String::with_capacity(regex.len());
    let mut chars = regex.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.regex.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    /// A pattern gives what its regular expression gives, on texts that are near to it.
    fn check(inner: &str, simple: bool) {
        let regex = regex::Regex::new(&format!("^(?s:{inner})$")).unwrap();
        let pattern = Pattern::new(regex.clone());
        assert_eq!(pattern.simple.is_some(), simple, "{inner}");
        for text in
            ["", "a", "ab", "a.b", "xa.by", "a.bc", "xa.b", "a\nb", ".*", "a.*", "a.", "a\\.*", "a\\", "a\\x"]
        {
            assert_eq!(pattern.is_match(text), regex.is_match(text), "{text:?} against {inner}");
        }
    }

    #[test]
    fn simple_patterns_are_what_they_stand_for() {
        for inner in
            ["", "a", "ab", "a\\.b", ".*a\\.b", "a\\.b.*", ".*a\\.b.*", ".*", "a\\.\\*", "a.*", "a\n.*"]
        {
            check(inner, true);
        }
        for inner in ["a.b", "a|b", "a.*b", "[a]", "a?", "\\w", "a\\\\.*", "(?i)a", "a{2}", "a\\.*", ".*.*"] {
            check(inner, inner == ".*.*");
        }
    }
}
