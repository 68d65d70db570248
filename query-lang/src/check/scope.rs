//! The names that an expression may use: relations, their columns, and those of the queries around.

use super::tree::{ColumnId, Expr, Node};
use super::types::Type;
use crate::error::Span;
use crate::source::Source;

/// The relations of one FROM.
#[derive(Default)]
pub(crate) struct Scope<'p> {
    /// In the order of FROM.
    pub(crate) entries: Vec<Entry>,
    /// The scope of the query around a sub-query.
    pub(crate) parent: Option<&'p Scope<'p>>,
}

/// One relation of FROM.
pub(crate) struct Entry {
    /// The name it goes by.
    pub(crate) alias: Option<String>,
    /// Its columns that have names.
    pub(crate) columns: Vec<Named>,
    /// The object of a row, when rows are objects.
    pub(crate) this: Option<(ColumnId, Type)>,
    /// Whether `*` shows the object with its sizes instead of the columns.
    pub(crate) shows_object: bool,
    /// The attributes of the object that the scan itself gives, by position in `objects::COLUMNS`.
    pub(crate) attributes: Vec<ColumnId>,
    /// The columns that put rows into their order.
    pub(crate) order: Vec<(ColumnId, Type)>,
}

/// A column with its name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// The name.
    pub(crate) name: String,
    /// The column.
    pub(crate) id: ColumnId,
    /// Its type.
    pub(crate) ty: Type,
    /// Whether it goes by its name alone no more, since USING made it one with another.
    pub(crate) hidden: bool,
}

/// What is known of a column beyond its type.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// Column `.1` of a source.
    Scan(Source, usize),
    /// The attribute `.1` of the object in column `.0`.
    Attribute(ColumnId, usize),
    /// The value of a sub-select in FROM, over columns of its own.
    Computed(Box<Expr>),
    /// Computed, nobody remembers how.
    Derived,
}

/// What a name stands for.
pub(crate) enum Found {
    /// The object of a relation, or a column.
    Value(Expr),
    /// A relation whose rows are no objects.
    Table(String),
    /// Several columns; the names of their relations.
    Ambiguous(Vec<String>),
    /// Nothing.
    Nothing,
}

impl Scope<'_> {
    /// The entry that goes by `alias`, and whether it belongs to a query around.
    pub(crate) fn entry(&self, alias: &str) -> Option<(&Entry, bool)> {
        let own =
            self.entries.iter().find(|entry| entry.alias.as_deref().is_some_and(|name| same(name, alias)));
        match (own, self.parent) {
            (Some(entry), _) => Some((entry, false)),
            (None, Some(parent)) => parent.entry(alias).map(|(entry, _)| (entry, true)),
            (None, None) => None,
        }
    }

    /// What a bare name stands for, fields left aside.
    pub(crate) fn name(&self, name: &str, span: Span) -> Found {
        match self.own_name(name, span) {
            Found::Nothing => self.parent.map_or(Found::Nothing, |parent| outer(parent.name(name, span))),
            found => found,
        }
    }

    fn own_name(&self, name: &str, span: Span) -> Found {
        if let Some(entry) =
            self.entries.iter().find(|entry| entry.alias.as_deref().is_some_and(|a| same(a, name)))
        {
            return match &entry.this {
                Some((id, ty)) => Found::Value(Expr { node: Node::Column(*id), ty: ty.clone(), span }),
                None => match entry.column(name, span) {
                    Some(value) => Found::Value(value),
                    None => Found::Table(name.to_owned()),
                },
            };
        }
        let mut holders = self.entries.iter().filter(|entry| entry.bare_column(name, span).is_some());
        match (holders.next(), holders.next()) {
            (Some(entry), None) => entry.bare_column(name, span).map_or(Found::Nothing, Found::Value),
            (Some(first), Some(second)) => {
                let all = [first, second].into_iter().chain(holders);
                Found::Ambiguous(all.map(|entry| entry.alias.clone().unwrap_or_default()).collect())
            }
            _ => Found::Nothing,
        }
    }

    /// The only relation whose rows are objects.
    pub(crate) fn only_objects(&self) -> Option<&Entry> {
        let mut entries = self.entries.iter().filter(|entry| entry.this.is_some());
        entries.next().filter(|_| entries.next().is_none())
    }

    /// All names that could have been meant.
    pub(crate) fn names(&self) -> Vec<&str> {
        let own = self.entries.iter().flat_map(|entry| {
            entry.alias.as_deref().into_iter().chain(entry.columns.iter().map(|column| column.name.as_str()))
        });
        own.chain(self.parent.map(|parent| parent.names()).unwrap_or_default()).collect()
    }
}

impl Entry {
    /// The column that the name alone stands for.
    fn bare_column(&self, name: &str, span: Span) -> Option<Expr> {
        let hidden = self.columns.iter().any(|column| column.hidden && same(&column.name, name));
        if hidden { None } else { self.column(name, span) }
    }

    /// The column of that name; the exact spelling wins over one in another case.
    pub(crate) fn column(&self, name: &str, span: Span) -> Option<Expr> {
        let exact = self.columns.iter().find(|column| column.name == name);
        let column = exact.or_else(|| self.columns.iter().find(|column| same(&column.name, name)))?;
        Some(Expr { node: Node::Column(column.id), ty: column.ty.clone(), span })
    }
}

fn outer(found: Found) -> Found {
    match found {
        Found::Value(value) => Found::Value(as_outer(value)),
        other => other,
    }
}

/// A column of a query around.
pub(crate) fn as_outer(mut value: Expr) -> Expr {
    if let Node::Column(id) = value.node {
        value.node = Node::Outer(id);
    }
    value
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
