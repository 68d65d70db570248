//! A file of rules: TOML, one `[[rule]]` each (`docs/rules.md` has the schema).

use super::condition::Condition;
use super::names::Names;
use super::path::Runtime;
use super::pattern::Pattern;
use super::rule::{Nature, Rule};
use crate::error::{Error, Result};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// What a file has.
pub(super) struct File {
    pub(super) rules: Vec<Rule>,
    /// Names of classes that are collections or parts of them.
    pub(super) containers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(default)]
    containers: Vec<String>,
    #[serde(default)]
    rule: Vec<Spanned<Written>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    title: String,
    #[serde(default)]
    runtime: Runtime,
    #[serde(default)]
    root: Vec<String>,
    path: Vec<Spanned<String>>,
    #[serde(default)]
    r#where: Vec<Spanned<String>>,
    why: String,
    mend: String,
    link: String,
    nature: Nature,
    confidence: Spanned<f64>,
}

/// Reads the rules in `text`, which is the content of the file `at`.
///
/// # Errors
/// [`Error::Rules`] with the line, the reason and a hint.
pub(super) fn read(text: &str, at: &Path) -> Result<File> {
    let error = |start: usize, reason: String, hint: String| {
        let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
        Error::Rules { path: at.to_owned(), line, reason, hint }
    };
    let whole: Whole = toml::from_str(text).map_err(|wrong| {
        let start = wrong.span().map_or(0, |span| span.start);
        let reason = wrong.message().lines().collect::<Vec<_>>().join(", ");
        error(start, reason, "docs/rules.md lists the keys of a rule".into())
    })?;
    let mut rules: Vec<Rule> = Vec::with_capacity(whole.rule.len());
    for written in whole.rule {
        let start = written.get_ref().name.span().start;
        let name = written.get_ref().name.get_ref().clone();
        if rules.iter().any(|rule| rule.name == name) {
            let hint = "give each rule a name of its own; one rule may have several paths";
            return Err(error(start, format!("a second rule is called {name}"), hint.into()));
        }
        let rule = rule(written.into_inner())
            .map_err(|(start, reason, hint)| error(start, format!("rule {name}: {reason}"), hint))?;
        rules.push(rule);
    }
    Ok(File { rules, containers: whole.containers })
}

/// The rule, or where what is wrong stands, what it is and what to write instead.
fn rule(written: Written) -> std::result::Result<Rule, (usize, String, String)> {
    let root = (!written.root.is_empty()).then(|| Names::new(&written.root.join("|")));
    let pattern = |path: &Spanned<String>| {
        Pattern::read(path.get_ref(), root.is_some())
            .map_err(|(reason, hint)| (path.span().start, reason, hint))
    };
    let condition = |name: &Spanned<String>| {
        Condition::named(name.get_ref()).ok_or_else(|| {
            let known = Condition::ALL.map(Condition::name).join(", ");
            (
                name.span().start,
                format!("no condition is called {}", name.get_ref()),
                format!("known: {known}"),
            )
        })
    };
    let name = written.name.span().start;
    if written.path.is_empty() {
        return Err((name, "there is no path".into(), "write path = [\".. !Class#field ..\"]".into()));
    }
    if !(0.0..=1.0).contains(written.confidence.get_ref()) {
        let start = written.confidence.span().start;
        return Err((
            start,
            "the confidence is not between 0 and 1".into(),
            "1 is certain, 0.5 a guess".into(),
        ));
    }
    Ok(Rule {
        patterns: written.path.iter().map(pattern).collect::<std::result::Result<_, _>>()?,
        conditions: written.r#where.iter().map(condition).collect::<std::result::Result<_, _>>()?,
        name: written.name.into_inner(),
        title: written.title,
        why: written.why,
        mend: written.mend,
        link: written.link,
        nature: written.nature,
        confidence: written.confidence.into_inner(),
        runtime: written.runtime,
        roots: written.root,
        paths: written.path.into_iter().map(Spanned::into_inner).collect(),
        root,
    })
}

#[cfg(test)]
mod tests;
