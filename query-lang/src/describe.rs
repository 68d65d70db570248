//! What there is to select from, in words.

use crate::check::{ATTRIBUTE_ALIASES, OWN_ATTRIBUTES, quoted_if_odd};
use crate::dump::Dump;
use crate::functions::{self, Function, Role, row_columns};
use crate::heap::kind_of;
use crate::source;
use crate::statements::{self, Form};
use crate::tables;
use heapwise_engine::id::ClassId;
use heapwise_engine::table::{Column, Table};
use heapwise_engine::value;
use std::sync::Arc;

/// A table, column, field or function with its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its name, spelt as in queries.
    pub name: String,
    /// `table`, `function`, or the kind of a column's or field's values.
    pub kind: String,
    /// One sentence.
    pub doc: String,
}

/// The tables of the first dump and the table functions.
pub(crate) fn tables(dumps: &[Arc<Dump>]) -> Vec<Described> {
    let table = |table: &dyn Table| described(table.name(), "table", table.doc());
    let own = dumps.first().into_iter().flat_map(|dump| &dump.tables).map(|it| table(it.as_ref()));
    let functions = functions::all().filter(|function| matches!(function.role, Role::Table(..)));
    own.chain([table(tables::dumps(dumps).as_ref())])
        .chain(functions.map(|function| {
            described(function.signature.trim_start_matches("FROM "), "function", function.doc)
        }))
        .collect()
}

/// The attributes of objects; those with another name in MAT have it in their sentence.
pub fn attributes() -> Vec<Described> {
    let columns = source::attributes().iter().map(|it| attribute(it.name, it.kind.tag(), it.doc));
    columns.chain(OWN_ATTRIBUTES.iter().map(|&(name, doc)| attribute(name, "", doc))).collect()
}

fn attribute(name: &str, kind: &str, doc: &str) -> Described {
    let aliases: Vec<String> = ATTRIBUTE_ALIASES
        .iter()
        .filter(|(_, of)| *of == name)
        .map(|(alias, _)| format!("@{alias}"))
        .collect();
    let doc =
        if aliases.is_empty() { doc.to_owned() } else { format!("{doc} (MAT: {})", aliases.join(", ")) };
    described(&format!("@{name}"), kind, &doc)
}

/// Everything that has this name: a table with its columns, a class with its fields, functions, a keyword, `@attribute`,
/// `table.column`, or the columns named so of all tables; `None`: nothing.
pub(crate) fn describe(dumps: &[Arc<Dump>], name: &str) -> Option<Vec<Described>> {
    let name = name.trim().trim_matches('`');
    if let Some(attribute) = name.strip_prefix('@') {
        return some(attributes_named(attribute));
    }
    let dump_table = tables::dumps(dumps);
    let own = dumps.first().into_iter().flat_map(|dump| dump.tables.iter());
    let all: Vec<&Arc<dyn Table>> = own.chain([&dump_table]).collect();
    let mut rows: Vec<Described> = all
        .iter()
        .filter(|table| table.name().eq_ignore_ascii_case(name))
        .flat_map(|table| of_table(table))
        .collect();
    rows.extend(dumps.iter().find_map(|dump| fields(dump, name)).unwrap_or_default());
    let called = name.split('(').next().unwrap_or(name);
    rows.extend(functions::all().filter(|function| function.is_named(called)).flat_map(of_function));
    rows.extend(statements::find(name).into_iter().flat_map(of_form));
    if rows.is_empty() {
        rows = all.iter().flat_map(|table| columns_named(table.as_ref(), name)).collect();
        rows.extend(attributes_named(name));
        rows.extend(field_named(dumps, name));
    }
    some(rows)
}

fn some(rows: Vec<Described>) -> Option<Vec<Described>> {
    (!rows.is_empty()).then_some(rows)
}

fn of_table(table: &Arc<dyn Table>) -> Vec<Described> {
    let mut rows = vec![described(table.name(), "table", table.doc())];
    rows.extend(columns(table.columns()));
    rows
}

fn of_function(function: &Function) -> Vec<Described> {
    let mut rows = vec![described(function.signature, "function", function.doc)];
    if let Role::Table(which, _) = function.role {
        rows.extend(columns(row_columns(which)));
    }
    rows.extend(
        function
            .aliases
            .iter()
            .map(|alias| described(alias, "function", &format!("Another name of {}.", function.name))),
    );
    rows.push(described(function.example, "example", ""));
    rows
}

fn of_form(form: &Form) -> [Described; 2] {
    [described(form.syntax, "keyword", form.doc), described(form.example, "example", "")]
}

/// The field `class.field`.
fn field_named(dumps: &[Arc<Dump>], name: &str) -> Option<Described> {
    let (class, field) = name.rsplit_once('.')?;
    let all = dumps.iter().find_map(|dump| fields(dump, class))?;
    all.into_iter().find(|row| row.name == field)
}

/// The column `table.column`, or the one of that name.
fn columns_named(table: &dyn Table, name: &str) -> Vec<Described> {
    let (wanted, column) =
        name.rsplit_once('.').map_or((None, name), |(table, column)| (Some(table), column));
    if wanted.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(table.name())) {
        return Vec::new();
    }
    let named = table.columns().iter().filter(|it| it.name.eq_ignore_ascii_case(column));
    named.map(|it| described(&format!("{}.{}", table.name(), it.name), it.kind.tag(), it.doc)).collect()
}

/// The attribute of that name, ours or MAT's.
fn attributes_named(name: &str) -> Vec<Described> {
    let own = ATTRIBUTE_ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    let name = own.map_or(name, |(_, of)| of);
    attributes().into_iter().filter(|it| it.name[1..].eq_ignore_ascii_case(name)).collect()
}

fn columns(columns: &[Column]) -> Vec<Described> {
    columns.iter().map(|column| described(column.name, column.kind.tag(), column.doc)).collect()
}

/// The instance fields of the classes of that name, with the class whose field it is.
fn fields(dump: &Dump, name: &str) -> Option<Vec<Described>> {
    let classes: Vec<ClassId> = dump.snapshot.classes_named(name);
    if classes.is_empty() {
        return None;
    }
    let names = value::field_names(&dump.snapshot, Some(&classes));
    let field = |field: &&str| {
        let kinds = value::field_kinds(&dump.snapshot, field, Some(&classes));
        let kind = kinds.first().map_or("", |&(kind, _)| kind_of(kind).tag());
        described(field, kind, &format!("A field of {}.", quoted_if_odd(name)))
    };
    Some(names.iter().map(field).collect())
}

fn described(name: &str, kind: &str, doc: &str) -> Described {
    Described { name: name.to_owned(), kind: kind.to_owned(), doc: doc.to_owned() }
}
