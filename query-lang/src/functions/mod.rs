//! The functions of the language: one table for checks, completion, help and the reference page.

mod kinds;
mod texts;
mod numbers;
mod times;
mod objects;
mod collections;
mod aggregates;
mod rankings;
mod rows;

pub use kinds::{Aggregate, Ranking, Scalar, TableFunction};
pub use rows::{TableParameter, row_columns};

/// A function and what is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name; any case is accepted.
    pub name: &'static str,
    /// Other names of the same.
    pub aliases: &'static [&'static str],
    /// How it is called.
    pub signature: &'static str,
    /// One or two sentences.
    pub doc: &'static str,
    /// A query that uses it; runs on the heap that queries are tested on.
    pub example: &'static str,
    /// What it is.
    pub role: Role,
}

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One value per row; what its parameters are, and how many of them may be left out.
    Scalar(Scalar, &'static [Parameter], usize),
    /// One value per group, or per row where it has a window; as a scalar otherwise.
    Aggregate(Aggregate, &'static [Parameter]),
    /// One value per row, by its place in a window.
    Ranking(Ranking, &'static [Parameter], usize),
    /// Rows; stands in FROM.
    Table(TableFunction, &'static [TableParameter]),
}

/// What a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// An object.
    Object,
    /// Objects: a query in parentheses, a named result, a list, or one object.
    Set,
    /// References: a query of their sources, targets and perhaps names, or of objects.
    References,
    /// A text; a class counts as its name.
    Text,
    /// A class name or a class object.
    Class,
    /// An integer.
    Integer,
    /// A number of any kind.
    Number,
    /// A point in time; a text or a number of milliseconds is read as one.
    Time,
    /// A list.
    List,
    /// A truth value.
    Condition,
    /// The alias of an open dump.
    Dump,
    /// Anything.
    Any,
    /// The type of the first argument, any number of times (only as the last parameter).
    More,
    /// Texts, any number of times (only as the last parameter).
    Texts,
}

impl Function {
    /// Whether it goes by this name, in any case.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }

    const fn new(name: &'static str, signature: &'static str, role: Role) -> Function {
        Function { name, aliases: &[], signature, doc: "", example: "", role }
    }

    const fn also(self, aliases: &'static [&'static str]) -> Function {
        Function { aliases, ..self }
    }

    const fn says(self, doc: &'static str, example: &'static str) -> Function {
        Function { doc, example, ..self }
    }
}

/// A group of functions under a title.
pub struct Group {
    /// The title.
    pub title: &'static str,
    /// The functions, in the order in which help lists them.
    pub functions: &'static [Function],
}

/// All functions.
pub static GROUPS: &[Group] = &[
    Group { title: "Objects", functions: objects::OBJECTS },
    Group { title: "Collections", functions: collections::COLLECTIONS },
    Group { title: "Rows in FROM", functions: rows::ROWS },
    Group { title: "Texts", functions: texts::TEXTS },
    Group { title: "Numbers and choices", functions: numbers::NUMBERS },
    Group { title: "Times", functions: times::TIMES },
    Group { title: "Aggregates", functions: aggregates::AGGREGATES },
    Group { title: "Window functions", functions: rankings::RANKINGS },
];

/// All functions, in the order in which help lists them.
pub fn all() -> impl Iterator<Item = &'static Function> {
    GROUPS.iter().flat_map(|group| group.functions)
}

/// The function of that name, in any case; `in_from` prefers those that give rows.
pub fn find(name: &str, in_from: bool) -> Option<&'static Function> {
    let named = |function: &&Function| function.is_named(name);
    let gives_rows = |function: &&Function| matches!(function.role, Role::Table(..));
    let wanted = all().filter(named).find(|function| gives_rows(function) == in_from);
    wanted.or_else(|| all().find(named))
}

#[cfg(test)]
mod tests {
    use super::{Role, all};

    #[test]
    fn names_are_unique_and_documented() {
        let mut seen = std::collections::HashSet::new();
        for function in all() {
            let is_table = matches!(function.role, Role::Table(..));
            for name in function.aliases.iter().chain([&function.name]) {
                assert!(seen.insert((name.to_uppercase(), is_table)), "{name} is named twice");
            }
            assert!(function.doc.ends_with('.'), "{}", function.name);
            assert!(!function.example.is_empty(), "{}", function.name);
            assert!(function.signature.contains(&format!("{}(", function.name)), "{}", function.name);
        }
    }
}
