//! The pattern of a rule: which references a path has, in their order.

use super::names::Names;
use super::path::{Step, Type};

/// Which objects are meant: by the names of their class and its superclasses, and by whose class it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector {
    names: Names,
    /// Only a class object; `names` are then those of the class that it stands for.
    is_static: bool,
    application: Option<bool>,
    /// Only the parts of collections.
    container: bool,
}

/// One word of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `..`: any references, or none.
    Any,
    /// `~`: references inside collections, or none.
    Containers,
    /// `Class#field`: one reference.
    Hop(Selector, Names),
    /// `Class`: an object in this place, no reference.
    Object(Selector),
}

/// What a path has to be, from its first object to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What comes before the implicit reference; empty where the root itself holds implicitly.
    pub(super) before: Vec<Token>,
    /// The implicit reference, marked with `!`; `None` where the root itself holds implicitly.
    pub(super) implicit: Option<(Selector, Names)>,
    /// What comes after.
    pub(super) after: Vec<Token>,
}

impl Pattern {
    /// Reads a pattern; `root`: whether the rule says which roots it is for.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub(super) fn read(text: &str, root: bool) -> Result<Pattern, (String, String)> {
        let mut pattern = Pattern { before: Vec::new(), implicit: None, after: Vec::new() };
        for word in words(text) {
            let word = word.as_str();
            let marked = word.strip_prefix('!');
            let token = token(marked.unwrap_or(word))?;
            match (marked.is_some(), token, &pattern.implicit) {
                (true, _, Some(_)) => return Err(two_marks()),
                (true, Token::Hop(owner, via), None) => pattern.implicit = Some((owner, via)),
                (true, ..) => return Err(mark_without_hop(word)),
                (false, token, None) => pattern.before.push(token),
                (false, token, Some(_)) => pattern.after.push(token),
            }
        }
        if pattern.implicit.is_none() {
            if !root {
                return Err(no_mark());
            }
            pattern.after = std::mem::take(&mut pattern.before);
        }
        Ok(pattern)
    }
}

/// The words of a pattern: blanks separate them, but for those inside quotes, which go: `'chan main.Job'#buf`.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => words.last_mut().into_iter().for_each(|word| word.push(c)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn two_marks() -> (String, String) {
    ("two references are marked with !".into(), "mark the one that nobody wrote on purpose".into())
}

fn mark_without_hop(word: &str) -> (String, String) {
    (format!("{word} is no reference"), "write !Class#field".into())
}

fn no_mark() -> (String, String) {
    let hint =
        "put ! before the Class#field that nobody wrote on purpose, or say by root = [...] which roots hold";
    ("no reference is marked with !".into(), hint.into())
}

fn token(word: &str) -> Result<Token, (String, String)> {
    match word {
        ".." => return Ok(Token::Any),
        "~" => return Ok(Token::Containers),
        _ => {}
    }
    match word.split_once('#') {
        Some((_, "")) => {
            Err((format!("{word} has no field"), "write Class#field, Class#[] or Class#*".into()))
        }
        Some((owner, via)) => Ok(Token::Hop(selector(owner)?, Names::new(via))),
        None => Ok(Token::Object(selector(word)?)),
    }
}

fn selector(text: &str) -> Result<Selector, (String, String)> {
    let mut selector =
        Selector { names: Names::new("*"), is_static: false, application: None, container: false };
    let mut rest = text;
    while let Some((scope, names)) = rest.split_once(':') {
        match scope {
            "static" => selector.is_static = true,
            "app" => selector.application = Some(true),
            "platform" => selector.application = Some(false),
            "container" => selector.container = true,
            _ => {
                let hint = "write app:, platform:, static: or container:, or a class alone";
                return Err((format!("{scope}: is unknown"), hint.into()));
            }
        }
        rest = names;
    }
    if rest.is_empty() {
        return Err((format!("{text} names no class"), "write * for any class".into()));
    }
    selector.names = Names::new(rest);
    Ok(selector)
}

impl Selector {
    /// Whether objects of this type are meant.
    pub(super) fn matches(&self, of: &Type, containers: &Names) -> bool {
        self.application.is_none_or(|application| application == of.application)
            && (!self.container || is_container(of, containers))
            && match (&of.stands_for, self.is_static) {
                (Some(class), true) => self.names.matches(class),
                (None, true) => false,
                (_, false) => is_a(of, &self.names),
            }
    }
}

/// Whether the class or one above it has such a name; that all are objects says nothing.
fn is_a(of: &Type, names: &Names) -> bool {
    let above = of.ancestors.iter().filter(|above| *above != "java.lang.Object");
    names.matches(&of.name) || above.into_iter().any(|above| names.matches(above))
}

/// Whether an object is a collection or a part of one. Arrays of numbers are none: nothing is in them.
pub(super) fn is_container(of: &Type, containers: &Names) -> bool {
    of.stands_for.is_none() && !is_numbers(&of.name) && is_a(of, containers)
}

/// Whether the name is that of an array of primitive values, of Java or of Go.
fn is_numbers(name: &str) -> bool {
    let element = name.strip_suffix("[]").or(name.strip_prefix("[]"));
    element
        .is_some_and(|element| element.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// By what `step` is held, without the number of an element: `[]`.
pub(super) fn via(step: &Step) -> &str {
    let via = step.via.as_deref().unwrap_or_default();
    let index = via.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if index.is_some_and(|index| !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())) {
        "[]"
    } else {
        via
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn what_is_wrong_is_said() {
        let check = |text: &str, root: bool, expected: &str| {
            let (reason, hint) = Pattern::read(text, root).expect_err(text);
            assert_eq!(reason, expected);
            assert!(!hint.is_empty());
        };
        check(".. a.B#c ..", false, "no reference is marked with !");
        check("!a#b !c#d", false, "two references are marked with !");
        check("!..", false, "!.. is no reference");
        check("!a.B", false, "!a.B is no reference");
        check("!a#", false, "a# has no field");
        check("!apps:a#b", false, "apps: is unknown");
        check("!app:#b", false, "app: names no class");
        assert!(Pattern::read("..", true).is_ok());
    }
}
