//! Class names: exact ones, patterns, and what is near a misspelt one.

use super::Checker;
use crate::dump::Dump;
use crate::error::{Diagnostic, Result, Span, nearest};
use crate::syntax::ast::{self, ClassName};
use heapwise_engine::id::ClassId;
use std::sync::Arc;

impl Checker<'_> {
    /// The classes that a source names, ascending.
    pub(super) fn source_classes(&self, dump: &Dump, source: &ast::Source) -> Result<Arc<[ClassId]>> {
        let mut classes = match source {
            ast::Source::Name(name) => self.named_classes(dump, name)?,
            ast::Source::Pattern(pattern, span) => pattern_classes(dump, pattern, *span)?,
            ast::Source::Subclasses(inner) => {
                let above = self.source_classes(dump, inner)?;
                above.iter().flat_map(|&class| dump.snapshot.subclasses(class)).collect()
            }
            _ => Vec::new(),
        };
        classes.sort_unstable();
        classes.dedup();
        Ok(classes.into())
    }

    /// A class name, or an error that also knows tables.
    fn named_classes(&self, dump: &Dump, name: &ClassName) -> Result<Vec<ClassId>> {
        let error = match self.classes_named(dump, name) {
            Ok(classes) => return Ok(classes),
            Err(error) => error,
        };
        let tables = dump.tables.iter().map(|table| table.name()).chain(["dumps"]);
        let named = self.named.iter().map(|common| common.name.text.as_str());
        let named = named.chain(self.context.results.iter().map(|result| result.name.as_str()));
        match nearest(&name.text, tables.chain(named)) {
            Some(same) if same == name.text => Err(Diagnostic::check(
                name.span,
                format!("`{same}` is no class but has rows of its own"),
                "a class is needed here",
            )
            .hint(format!("write FROM {same}"))),
            Some(near) if name.plain => Err(Diagnostic::check(
                name.span,
                format!("no table or class is called `{}`", name.text),
                "unknown source",
            )
            .hint(format!("did you mean {}?", quoted_if_odd(near)))),
            _ => Err(error),
        }
    }

    /// The classes of that name; an error with a near name when there is none.
    pub(super) fn classes_named(&self, dump: &Dump, class: &ClassName) -> Result<Vec<ClassId>> {
        let classes = dump.snapshot.classes_named(&class.text);
        if !classes.is_empty() {
            return Ok(classes);
        }
        let error =
            Diagnostic::check(class.span, format!("no class is called `{}`", class.text), "unknown class");
        Err(match nearest(&class.text, dump.class_names()) {
            Some(near) => error.hint(format!("did you mean {}?", quoted_if_odd(near))),
            None => error.hint("`SELECT class FROM classes WHERE class LIKE '%Name%'` finds classes"),
        })
    }
}

fn pattern_classes(dump: &Dump, pattern: &str, span: Span) -> Result<Vec<ClassId>> {
    let regex = super::pattern::whole(pattern, true, span)?;
    let classes: Vec<ClassId> =
        dump.classes().filter(|&class| regex.is_match(dump.snapshot.class_name(class))).collect();
    if !classes.is_empty() {
        return Ok(classes);
    }
    let error = Diagnostic::check(span, format!("no class name matches \"{pattern}\""), "matches nothing");
    let part = regex::Regex::new(pattern).ok();
    let near: Vec<&str> =
        dump.class_names().filter(|name| part.as_ref().is_some_and(|part| part.is_match(name))).collect();
    Err(match (near.is_empty(), nearest(pattern, dump.class_names())) {
        (false, _) => error.hint(format!(
            "the whole name must match, in Java spelling; the pattern is part of {}",
            listed(near.into_iter())
        )),
        (true, Some(name)) => error.hint(format!("did you mean {}?", quoted_if_odd(name))),
        (true, None) => error.hint("a pattern is a regular expression over whole names: \"com\\.acme\\..*\""),
    })
}

/// The name in back-quotes when the grammar would not read it bare.
pub(crate) fn quoted_if_odd(class: &str) -> String {
    let bare = class.trim_end_matches("[]");
    let plain = bare.split('.').all(|part| {
        let mut chars = part.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
            && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
    });
    let keyword = crate::syntax::KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(bare));
    if plain && !keyword { class.to_owned() } else { format!("`{bare}`{}", &class[bare.len()..]) }
}

/// The first few of many names.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let shown = names.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
