//! What there is to select from, in words.

use crate::check::quoted_if_odd;
use crate::dump::Dump;
use crate::functions::{self, FUNCTIONS, Role};
use crate::heap::kind_of;
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
    let functions = FUNCTIONS.iter().filter(|function| matches!(function.role, Role::Table(_)));
    own.chain([table(tables::dumps(dumps).as_ref())])
        .chain(functions.map(|function| {
            described(function.signature.trim_start_matches("FROM "), "function", function.doc)
        }))
        .collect()
}

/// What `name` consists of: a table's columns, a class's fields, or a function's signature.
pub(crate) fn describe(dumps: &[Arc<Dump>], name: &str) -> Option<Vec<Described>> {
    let name = name.trim().trim_matches('`');
    if name.eq_ignore_ascii_case(tables::DUMPS) {
        return Some(columns(tables::dumps(dumps).columns()));
    }
    if let Some(table) = dumps.iter().find_map(|dump| dump.table(name)) {
        return Some(columns(table.columns()));
    }
    if let Some(fields) = dumps.iter().find_map(|dump| fields(dump, name)) {
        return Some(fields);
    }
    let function = functions::find(name.trim_end_matches("()"))?;
    let mut rows = vec![described(function.signature, "function", function.doc)];
    if let Role::Table(which) = function.role {
        rows.extend(columns(tables::columns(which)));
    }
    Some(rows)
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
