//! One value of an answer, with ids resolved to what they stand for.

use arrow_schema::{Field, Schema};
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::Kind;
use heapwise_engine::value;
use std::collections::HashSet;

/// Items of a list that people are shown.
pub(super) const LISTED: usize = 10;

/// A value, borrowed from the batch or the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// No value.
    Null,
    /// An object.
    Object(Object<'a>),
    /// An address of the dumped process.
    Address(u64),
    /// A number; every integer of Arrow fits.
    Number(i128),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Text, or the name of a class.
    Text(&'a str),
    /// A point in time: milliseconds since 1970, UTC.
    Time(i64),
    /// A list.
    List(Vec<Cell<'a>>),
}

/// An object of the dump as outputs name it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object<'a> {
    /// The name of its class, in Java spelling.
    pub(crate) class: &'a str,
    /// Its address.
    pub(crate) address: u64,
    /// One line for people that also tells what it holds; only where people read.
    pub(crate) line: Option<String>,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The name: unique within the answer.
    pub(crate) name: String,
    /// Whether its values line up at the right.
    pub(crate) numeric: bool,
}

/// The heads of a schema's columns. A name that comes again gets a number, so that JSON keys stay apart.
pub(crate) fn headings(schema: &Schema) -> Vec<Heading> {
    let mut taken = HashSet::new();
    let unique = |field: &Field, taken: &mut HashSet<String>| {
        let mut name = field.name().clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{}_{number}", field.name());
            number += 1;
        }
        name
    };
    schema
        .fields()
        .iter()
        .map(|field| Heading { name: unique(field, &mut taken), numeric: is_numeric(field) })
        .collect()
}

fn is_numeric(field: &Field) -> bool {
    match Kind::of(field) {
        Some(Kind::Bytes | Kind::Count | Kind::Float) => true,
        Some(_) => false,
        None => field.data_type().is_numeric(),
    }
}

impl<'a> Object<'a> {
    /// The object `id` of `snapshot`; with `line`, with its line for people.
    pub(crate) fn new(snapshot: &'a Snapshot, id: ObjectId, line: bool) -> Object<'a> {
        Object {
            class: snapshot.class_name(snapshot.class_of(id)),
            address: snapshot.address(id).0,
            line: line.then(|| value::display(snapshot, id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_told_apart() {
        let fields = ["a", "a", "a_2", "a"].map(|name| Kind::Text.field(name));
        let names: Vec<_> = headings(&Schema::new(fields.to_vec())).into_iter().map(|h| h.name).collect();
        assert_eq!(names, ["a", "a_2", "a_2_2", "a_3"]);
    }
}
