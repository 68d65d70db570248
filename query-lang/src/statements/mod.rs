//! Statements, clauses and operators: one table for help, completion and the reference page, as functions have one.

mod queries;
mod sources;
mod operators;

use operators::{OPERATORS, WINDOWS};
use queries::{CLAUSES, STATEMENTS};
use sources::SOURCES;

/// A form of the grammar and what is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Its keywords, in upper case, or the sign.
    pub name: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// One or two sentences.
    pub doc: &'static str,
    /// A statement that uses it; runs on the heap that queries are tested on.
    pub example: &'static str,
}

/// Forms under a title.
pub struct Forms {
    /// The title.
    pub title: &'static str,
    /// The forms, in the order in which help lists them.
    pub forms: &'static [Form],
}

const fn form(name: &'static str, syntax: &'static str, doc: &'static str, example: &'static str) -> Form {
    Form { name, syntax, doc, example }
}

/// All forms.
pub static FORMS: &[Forms] = &[
    Forms { title: "Statements", forms: STATEMENTS },
    Forms { title: "Clauses of a query", forms: CLAUSES },
    Forms { title: "Sources and joins", forms: SOURCES },
    Forms { title: "Operators", forms: OPERATORS },
    Forms { title: "Windows and aggregates", forms: WINDOWS },
];

/// All forms, in the order in which help lists them.
pub fn all() -> impl Iterator<Item = &'static Form> {
    FORMS.iter().flat_map(|forms| forms.forms)
}

/// The forms of that name, in any case, or else those in which the keyword occurs.
pub fn find(name: &str) -> Vec<&'static Form> {
    let name = name.to_uppercase();
    let named: Vec<&Form> = all().filter(|form| form.name == name).collect();
    let has_word = |form: &&Form| form.syntax.split(|c: char| !c.is_alphabetic()).any(|word| word == name);
    if named.is_empty() && !name.is_empty() { all().filter(has_word).collect() } else { named }
}

/// The sentence of the first form of a keyword; empty when there is none.
pub fn sentence(keyword: &str) -> &'static str {
    find(keyword).first().map_or("", |form| form.doc)
}

#[cfg(test)]
mod tests {
    use super::{all, sentence};
    use crate::syntax::KEYWORDS;

    #[test]
    fn every_keyword_is_in_a_form() {
        for keyword in KEYWORDS {
            assert!(!sentence(keyword).is_empty(), "{keyword}");
        }
    }

    #[test]
    fn names_are_unique_and_documented() {
        let mut seen = std::collections::HashSet::new();
        for form in all() {
            assert!(seen.insert(form.name), "{} is there twice", form.name);
            assert!(form.doc.ends_with('.'), "{}", form.name);
        }
    }
}
