//! What is read from a heap, for many objects at a time: attributes, fields, elements, texts, class names.

mod pattern;
mod lists;
mod contents;

pub(crate) use pattern::Pattern;

use crate::cancel::CancelToken;
use crate::dump::Dump;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, StringArray, UInt32Array, UInt64Array};
use heapwise_engine::error::Result;
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::{Kind, objects};
use heapwise_engine::value::{self, FieldKind};
use std::sync::Arc;

/// A function of objects or class ranks of one dump.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Read {
    /// The column of `objects` at this position, of an object.
    Attribute(usize),
    /// A field of an object, or a static of a class object.
    Field {
        /// The field.
        name: Arc<str>,
        /// The class that declares it, when several do.
        declared: Option<Arc<str>>,
        /// How it is stored.
        kind: FieldKind,
    },
    /// An element of an array, by an index.
    Element(FieldKind),
    /// The text of an object.
    Text,
    /// The line that shows an object to people.
    Display,
    /// The class object of an object's class.
    ClassObject,
    /// The rank of the name of the class that a class object stands for.
    Stands,
    /// The text of a class rank.
    ClassName,
    /// Whether a class rank is set in the mask.
    NameIn(Arc<[bool]>),
    /// The package of a class rank.
    Package,
    /// The name without package of a class rank.
    SimpleName,
    /// Whether the class of an object is set in the mask, by class id.
    InstanceOf(Arc<[bool]>),
    /// Whether it is a class object.
    IsClass,
    /// Whether the text of an object matches.
    TextMatches(Pattern),
    /// Elements of an array from an index to another as a list.
    Slice(FieldKind),
    /// What an object refers to, as a list.
    Outbounds,
    /// What refers to an object, as a list.
    Inbounds,
    /// What an object immediately dominates, as a list.
    Dominated,
    /// What a list of objects retains, in bytes.
    RetainedSize,
    /// The nearest object that dominates all of a list.
    CommonDominator,
    /// A number about a collection.
    Measure(Measure),
    /// The value of a map for a key with that text.
    Get,
    /// A hash of the contents.
    Hash,
    /// Whether the contents of two objects are the same; the second one's dump.
    Same(Arc<Dump>),
}

/// What is measured of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Measure {
    /// Elements or entries.
    Size,
    /// Slots.
    Capacity,
    /// Used slots of all.
    FillRatio,
    /// Entries that share their slot with an earlier one.
    Collisions,
}

/// The kind of a field's values in queries.
pub(crate) fn kind_of(kind: FieldKind) -> Kind {
    match kind {
        FieldKind::Object => Kind::Object,
        FieldKind::Bool => Kind::Bool,
        FieldKind::Char | FieldKind::Text => Kind::Text,
        FieldKind::Int => Kind::Count,
        FieldKind::Float => Kind::Float,
    }
}

impl Read {
    /// The kind of what it gives.
    pub(crate) fn gives(&self) -> Kind {
        match self {
            Read::Attribute(column) => objects::COLUMNS.get(*column).map_or(Kind::Text, |column| column.kind),
            Read::Field { kind, .. } | Read::Element(kind) => kind_of(*kind),
            Read::Text | Read::Display | Read::ClassName => Kind::Text,
            Read::ClassObject => Kind::Object,
            Read::Package | Read::SimpleName => Kind::Text,
            Read::Stands => Kind::Class,
            Read::NameIn(_) | Read::InstanceOf(_) | Read::IsClass | Read::TextMatches(_) | Read::Same(_) => {
                Kind::Bool
            }
            Read::Slice(kind) => kind_of(*kind).list(),
            Read::Outbounds | Read::Inbounds | Read::Dominated => Kind::List(&Kind::Object),
            Read::RetainedSize => Kind::Bytes,
            Read::CommonDominator | Read::Get => Kind::Object,
            Read::Measure(Measure::FillRatio) => Kind::Float,
            Read::Measure(_) | Read::Hash => Kind::Count,
        }
    }

    /// What it costs for an object, roughly: 1 for a gather from a column, 4 and 16 for values and texts in the dump.
    pub(crate) fn cost(&self) -> u32 {
        match self {
            Read::Attribute(_) | Read::ClassObject | Read::Stands | Read::NameIn(_) => 1,
            Read::InstanceOf(_) | Read::IsClass => 1,
            Read::Field { .. } | Read::Element(_) => 4,
            Read::Text | Read::TextMatches(_) | Read::Display | Read::ClassName => 16,
            Read::Package | Read::SimpleName => 16,
            _ => 256,
        }
    }

    /// A short name for plans and errors.
    pub(crate) fn name(&self) -> String {
        let name = match self {
            Read::Attribute(column) => {
                return format!("@{}", objects::COLUMNS.get(*column).map_or("?", |column| column.name));
            }
            Read::Field { name, .. } => return format!("field {name}"),
            Read::Element(_) => "element",
            Read::Text => "text",
            Read::Display => "display",
            Read::ClassObject => "class object",
            Read::Stands => "class it stands for",
            Read::ClassName => "class name",
            Read::NameIn(_) => "class name in",
            Read::Package => "package",
            Read::SimpleName => "simple name",
            Read::InstanceOf(_) => "instance of",
            Read::IsClass => "is class",
            Read::TextMatches(_) => "text matches",
            Read::Slice(_) => "slice",
            Read::Outbounds => "outbounds",
            Read::Inbounds => "inbounds",
            Read::Dominated => "dominated",
            Read::RetainedSize => "retained size",
            Read::CommonDominator => "common dominator",
            Read::Measure(Measure::Size) => "size",
            Read::Measure(Measure::Capacity) => "capacity",
            Read::Measure(Measure::FillRatio) => "fill ratio",
            Read::Measure(Measure::Collisions) => "collisions",
            Read::Get => "get",
            Read::Hash => "hash",
            Read::Same(_) => "same contents",
        };
        name.to_owned()
    }

    /// The values for `arguments` (ids or ranks, for elements also indexes), row by row; null in gives null out.
    pub(crate) fn apply(
        &self,
        dump: &Dump,
        arguments: &[ArrayRef],
        cancel: &CancelToken,
    ) -> Result<ArrayRef> {
        let snapshot = dump.snapshot.as_ref();
        if let Read::RetainedSize | Read::CommonDominator = self {
            return lists::of_sets(self, dump, arguments[0].as_list::<i32>(), cancel);
        }
        let ids = arguments[0].as_primitive::<UInt32Type>();
        match self {
            Read::Attribute(column) => attribute(snapshot, *column, ids),
            Read::Field { name, declared, kind } => {
                value::read_field(snapshot, ids, name, declared.as_deref(), *kind)
            }
            Read::Element(kind) => {
                value::read_element(snapshot, ids, arguments[1].as_primitive::<Int64Type>(), *kind)
            }
            Read::Text => Ok(Arc::new(value::read_text(snapshot, ids)?)),
            Read::Display => Ok(texts(ids, |id| Some(value::display(snapshot, ObjectId(id))))),
            Read::ClassName => Ok(texts(ids, |rank| snapshot.name_at(rank))),
            Read::ClassObject => Ok(numbers(ids, |id| class_object(snapshot, id))),
            Read::Stands => Ok(numbers(ids, |id| {
                snapshot.class_of_object(ObjectId(id)).map(|class| snapshot.name_rank(class))
            })),
            Read::NameIn(mask) => Ok(Arc::new(
                ids.iter()
                    .map(|rank| rank.map(|rank| mask.get(rank as usize) == Some(&true)))
                    .collect::<BooleanArray>(),
            )),
            Read::Package => Ok(texts(ids, |rank| snapshot.name_at(rank).map(package))),
            Read::SimpleName => Ok(texts(ids, |rank| snapshot.name_at(rank).map(simple_name))),
            Read::InstanceOf(mask) => Ok(truths(ids, |id| mask[snapshot.class_of(ObjectId(id)).index()])),
            Read::IsClass => Ok(truths(ids, |id| snapshot.class_of_object(ObjectId(id)).is_some())),
            Read::Slice(kind) => lists::slice(snapshot, ids, &arguments[1..], *kind),
            Read::Outbounds | Read::Inbounds | Read::Dominated => lists::neighbours(self, dump, ids, cancel),
            _ => contents::apply(self, dump, ids, &arguments[1..], cancel),
        }
    }
}

/// The package of a class name, without the dot; empty where there is none.
pub(crate) fn package(name: &str) -> &str {
    name.rfind('.').map_or("", |dot| &name[..dot])
}

/// A class name without its package.
pub(crate) fn simple_name(name: &str) -> &str {
    name.rfind('.').map_or(name, |dot| &name[dot + 1..])
}

fn truths(ids: &UInt32Array, holds: impl Fn(u32) -> bool) -> ArrayRef {
    Arc::new(ids.iter().map(|id| id.map(&holds)).collect::<BooleanArray>())
}

fn class_object(snapshot: &Snapshot, id: u32) -> Option<u32> {
    snapshot.class_object(snapshot.class_of(ObjectId(id))).map(|object| object.0)
}

fn texts<T: AsRef<str>>(ids: &UInt32Array, text: impl Fn(u32) -> Option<T>) -> ArrayRef {
    Arc::new(ids.iter().map(|id| id.and_then(&text)).collect::<StringArray>())
}

fn numbers(ids: &UInt32Array, number: impl Fn(u32) -> Option<u32>) -> ArrayRef {
    Arc::new(ids.iter().map(|id| id.and_then(&number)).collect::<UInt32Array>())
}

/// The engine's gather knows no nulls: it sees the first object in their place, and they are put back.
pub(crate) fn attribute(snapshot: &Snapshot, column: usize, ids: &UInt32Array) -> Result<ArrayRef> {
    if ids.null_count() == 0 {
        return objects::attribute(snapshot, column, ids.values());
    }
    if ids.null_count() == ids.len() {
        return Ok(arrow_array::new_null_array(&objects::COLUMNS[column].kind.data_type(), ids.len()));
    }
    let present: Vec<u32> = ids.iter().flatten().collect();
    let values = objects::attribute(snapshot, column, &present)?;
    let mut places = 0_u64..;
    let places: UInt64Array = ids.iter().map(|id| id.and_then(|_| places.next())).collect();
    arrow_select::take::take(&values, &places, None)
        .map_err(|error| heapwise_engine::error::Error::Input(error.to_string()))
}
