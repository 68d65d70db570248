//! Patterns for names: alternatives with `|`, in each of which `*` stands for any run of characters.

/// A pattern for the name of a class, a field, a root or a goroutine's function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    alternatives: Vec<String>,
}

impl Names {
    /// The pattern `text`.
    pub(super) fn new(text: &str) -> Names {
        Names { alternatives: text.split('|').map(str::to_owned).collect() }
    }

    /// What any of the patterns `texts` means; none means no name.
    pub(super) fn all(texts: Vec<String>) -> Names {
        Names { alternatives: texts }
    }

    /// These and what any of `texts` means.
    pub(super) fn and(mut self, texts: Vec<String>) -> Names {
        self.alternatives.extend(texts);
        self
    }

    /// Whether `name` is one of those that are meant. Case counts.
    pub(super) fn matches(&self, name: &str) -> bool {
        self.alternatives.iter().any(|pattern| matches(pattern, name))
    }

    /// As [`Names::matches`], for what holds by a tie of the runtime (`<class>`, `<local>`) only where the pattern has
    /// the angle bracket too: a field called `*` is none of these.
    pub(super) fn matches_via(&self, via: &str) -> bool {
        let may = |pattern: &&String| pattern.starts_with('<') || !via.starts_with('<');
        self.alternatives.iter().filter(may).any(|pattern| matches(pattern, via))
    }
}

/// Greedy: each part between stars is found as early as possible, the last at the end.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = name.find(part) else { return false };
        name = &name[at + part.len()..];
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn stars_stand_for_any_run_of_characters() {
        let check = |pattern: &str, yes: &[&str], no: &[&str]| {
            let names = Names::new(pattern);
            yes.iter().for_each(|name| assert!(names.matches(name), "{pattern} {name}"));
            no.iter().for_each(|name| assert!(!names.matches(name), "{pattern} {name}"));
        };
        check("a.B", &["a.B"], &["a.Bc", "xa.B", ""]);
        check("*", &["", "a"], &[]);
        check("a*", &["a", "abc"], &["ba"]);
        check("*Listener|*Observer", &["a.Listener", "MyObserver"], &["Listeners"]);
        check("a*b*c", &["abc", "axxbxxc", "abcbc"], &["ab", "acb", "abcd"]);
        check("aa*aa", &["aaaa", "aaxaa"], &["aaa"]);
        check("*$$Lambda*", &["com.acme.X$$Lambda$14+0x1", "X$$Lambda/0x2"], &["X$Lambda"]);
    }

    #[test]
    fn ties_of_the_runtime_need_their_bracket() {
        assert!(Names::new("*").matches_via("[]"));
        assert!(!Names::new("*").matches_via("<class>"));
        assert!(Names::new("<*>").matches_via("<class>"));
        assert!(Names::new("a|<local>").matches_via("<local>"));
    }
}
