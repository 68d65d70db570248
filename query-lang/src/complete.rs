//! What could stand at the cursor: worked out from words, since the text rarely parses while it is typed.

use crate::check::{ATTRIBUTE_ALIASES, quoted_if_odd};
use crate::describe::attributes;
use crate::dump::Dump;
use crate::functions::{self, Role};
use crate::statements;
use crate::syntax::{KEYWORDS, Token, TokenKind, tokens};
use crate::tables;
use heapwise_engine::value;
use std::sync::Arc;

/// A word that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What replaces the word at the cursor.
    pub text: String,
    /// `keyword`, `table`, `class`, `column`, `field`, `attribute`, `function` or `alias`.
    pub kind: &'static str,
    /// One sentence; may be empty.
    pub doc: String,
}

/// Nobody reads more.
const MAX_CANDIDATES: usize = 500;

/// The start of the word before `cursor` and the candidates for it, each once: by kind, then by name.
pub(crate) fn completions(dumps: &[Arc<Dump>], text: &str, cursor: usize) -> (usize, Vec<Completion>) {
    let cursor = (0..=cursor.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let before = &text[..cursor];
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '@');
    let mut start =
        before.char_indices().rev().take_while(|&(_, c)| is_path(c)).last().map_or(cursor, |(at, _)| at);
    let quoted =
        tokens(before).last().filter(|token| token.kind == TokenKind::Open).map(|token| token.span.start);
    if let Some(open) = quoted {
        if !before[open..].starts_with('`') {
            return (cursor, Vec::new());
        }
        start = open;
    }
    let path = &before[start..];
    let around = Around { dumps, relations: relations(text) };
    let (at, mut candidates) = if let Some((_, prefix)) = path.rsplit_once('@') {
        (cursor - prefix.len(), around.attributes(prefix))
    } else if reads_source(before, start) {
        (start, around.sources(path.trim_start_matches('`')))
    } else if let Some((head, prefix)) = path.rsplit_once('.') {
        (cursor - prefix.len(), around.members(head, prefix))
    } else {
        (start, around.words(path))
    };
    candidates.dedup_by(|a, b| a.text == b.text);
    candidates.truncate(MAX_CANDIDATES);
    (at, candidates)
}

/// Whether a source stands at `start`: after FROM and its like, or after a comma between sources.
fn reads_source(text: &str, start: usize) -> bool {
    let all = tokens(&text[..start]);
    let word = |token: &Token| text[token.span.start..token.span.end].to_uppercase();
    let Some(last) = all.last().map(word) else { return false };
    let opens = |word: &str| matches!(word, "FROM" | "JOIN" | "INSTANCEOF" | "CLASS");
    let clause = all.iter().rev().map(word).find(|word| {
        opens(word) || matches!(word.as_str(), "SELECT" | "WHERE" | "ON" | "BY" | "HAVING" | "LIMIT")
    });
    opens(&last)
        || (last == "," && clause.is_some_and(|word| opens(&word)))
        || (last == "OBJECTS" && all.iter().rev().nth(1).map(word).is_some_and(|word| opens(&word)))
}

/// A source and its alias as they stand in the text.
struct Relation {
    source: String,
    alias: Option<String>,
}

/// The sources of a text, as far as words tell.
fn relations(text: &str) -> Vec<Relation> {
    let all = tokens(text);
    let word = |i: usize| all.get(i).map(|token| &text[token.span.start..token.span.end]);
    let is = |i: usize, keywords: &[&str]| {
        word(i).is_some_and(|w| keywords.iter().any(|k| k.eq_ignore_ascii_case(w)))
    };
    let mut found = Vec::new();
    let mut i = 0;
    while i < all.len() {
        i += 1;
        if !is(i - 1, &["from", "join"]) {
            continue;
        }
        while is(i, &["instanceof", "class"])
            || (is(i, &["objects"]) && !is(i + 1, &["where", "order", "group"]))
        {
            i += 1;
        }
        let mut source = String::new();
        while let Some(token) = all.get(i) {
            let part = word(i).unwrap_or_default();
            let joins = source.is_empty() || source.ends_with('.') || matches!(part, "." | "[" | "]");
            let fits = token.kind != TokenKind::Sign || matches!(part, "." | "[" | "]");
            if !joins
                || !fits
                || (token.kind == TokenKind::Word && is_keyword(part) && !source.ends_with('.'))
            {
                break;
            }
            source.push_str(part.trim_matches(['`', '"']));
            i += 1;
        }
        if is(i, &["as"]) {
            i += 1;
        }
        let alias = all.get(i).filter(|token| token.kind == TokenKind::Word).and_then(|_| word(i));
        found.push(Relation { source, alias: alias.filter(|w| !is_keyword(w)).map(str::to_owned) });
    }
    found
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// What is known around the cursor.
struct Around<'a> {
    dumps: &'a [Arc<Dump>],
    relations: Vec<Relation>,
}

impl Around<'_> {
    fn attributes(&self, prefix: &str) -> Vec<Completion> {
        let own = attributes().into_iter().map(|it| candidate(&it.name[1..], "attribute", &it.doc));
        let aliases = ATTRIBUTE_ALIASES
            .iter()
            .map(|&(name, of)| candidate(name, "attribute", &format!("MAT's name of @{of}.")));
        sorted(own.chain(aliases), prefix)
    }

    fn sources(&self, prefix: &str) -> Vec<Completion> {
        let own = self.dumps.first().into_iter().flat_map(|dump| &dump.tables);
        let tables = own.map(|table| candidate(table.name(), "table", table.doc()));
        let dumps = candidate(tables::DUMPS, "table", "open dumps");
        let functions = functions::all().filter(|function| matches!(function.role, Role::Table(..)));
        let functions =
            functions.map(|function| candidate(&format!("{}(", function.name), "function", function.doc));
        let keywords = ["INSTANCEOF", "OBJECTS", "CLASS"].map(keyword);
        let mut all = sorted(tables.chain([dumps]).chain(functions).chain(keywords), prefix);
        all.extend(self.classes(prefix));
        all
    }

    /// Classes whose name, or whose simple name, starts so.
    fn classes(&self, prefix: &str) -> Vec<Completion> {
        let folded = prefix.to_lowercase();
        let starts = |name: &str| {
            let name = name.to_lowercase();
            let simple = name.rfind('.').map_or(0, |dot| dot + 1);
            let inner = name.rfind('$').map_or(0, |dollar| dollar + 1);
            name.starts_with(&folded)
                || name[simple..].starts_with(&folded)
                || name[inner..].starts_with(&folded)
        };
        let names = self.dumps.iter().flat_map(|dump| dump.class_names());
        let chosen = names.filter(|name| !folded.is_empty() && starts(name)).take(MAX_CANDIDATES);
        chosen.map(|name| candidate(&quoted_if_odd(name), "class", "")).collect()
    }

    /// What may follow `head.`: columns or fields of a relation, fields of any class further on.
    fn members(&self, head: &str, prefix: &str) -> Vec<Completion> {
        let named = |relation: &&Relation| {
            relation.alias.as_deref().is_some_and(|alias| alias.eq_ignore_ascii_case(head))
        };
        match self.relations.iter().find(named) {
            Some(relation) => sorted(self.of(relation).into_iter(), prefix),
            None if self.is_class_prefix(head) => self.classes(&format!("{head}.{prefix}")),
            None => sorted(self.all_fields().into_iter(), prefix),
        }
    }

    fn is_class_prefix(&self, head: &str) -> bool {
        let package = format!("{head}.");
        self.dumps.iter().any(|dump| dump.class_names().any(|name| name.starts_with(&package)))
    }

    /// The columns of a table or the fields of a class.
    fn of(&self, relation: &Relation) -> Vec<Completion> {
        let Some(dump) = self.dumps.first() else { return Vec::new() };
        if let Some(table) = dump.table(&relation.source) {
            return table
                .columns()
                .iter()
                .map(|column| candidate(column.name, "column", column.doc))
                .collect();
        }
        let classes = dump.snapshot.classes_named(&relation.source);
        if classes.is_empty() {
            return Vec::new();
        }
        value::field_names(&dump.snapshot, Some(&classes))
            .into_iter()
            .map(|name| candidate(name, "field", ""))
            .collect()
    }

    fn all_fields(&self) -> Vec<Completion> {
        let names = self.dumps.iter().flat_map(|dump| value::field_names(&dump.snapshot, None));
        names.map(|name| candidate(name, "field", "")).collect()
    }

    /// Everything that may begin an expression or go on with a query.
    fn words(&self, prefix: &str) -> Vec<Completion> {
        let aliases = self.relations.iter().filter_map(|relation| relation.alias.as_deref());
        let aliases = aliases.map(|alias| candidate(alias, "alias", ""));
        let members = self.relations.iter().flat_map(|relation| self.of(relation));
        let mut all = sorted(aliases.chain(members), prefix);
        let functions = functions::all().filter(|function| !matches!(function.role, Role::Table(..)));
        all.extend(sorted(
            functions.map(|it| candidate(&format!("{}(", it.name), "function", it.doc)),
            prefix,
        ));
        all.extend(sorted(KEYWORDS.iter().map(|word| keyword(word)), prefix));
        all
    }
}

fn sorted(all: impl Iterator<Item = Completion>, prefix: &str) -> Vec<Completion> {
    let folded = prefix.to_lowercase();
    let mut chosen: Vec<Completion> = all.filter(|it| it.text.to_lowercase().starts_with(&folded)).collect();
    chosen.sort_by(|a, b| a.text.cmp(&b.text));
    chosen
}

fn keyword(word: &str) -> Completion {
    candidate(word, "keyword", statements::sentence(word))
}

fn candidate(text: &str, kind: &'static str, doc: &str) -> Completion {
    Completion { text: text.to_owned(), kind, doc: doc.to_owned() }
}
