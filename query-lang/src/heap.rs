//! What is read from a heap, for many objects at a time: attributes, fields, elements, texts, class names.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt32Type, UInt64Type};
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
}

/// The kind of a field's values in queries.
pub(crate) fn kind_of(kind: FieldKind) -> Kind {
    match kind {
        FieldKind::Object => Kind::Object,
        FieldKind::Bool => Kind::Bool,
        FieldKind::Char => Kind::Text,
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
            Read::Stands => Kind::Class,
            Read::NameIn(_) => Kind::Bool,
        }
    }

    /// A short name for plans and errors.
    pub(crate) fn name(&self) -> String {
        match self {
            Read::Attribute(column) => {
                format!("@{}", objects::COLUMNS.get(*column).map_or("?", |column| column.name))
            }
            Read::Field { name, .. } => format!("field {name}"),
            Read::Element(_) => "element".to_owned(),
            Read::Text => "text".to_owned(),
            Read::Display => "display".to_owned(),
            Read::ClassObject => "class object".to_owned(),
            Read::Stands => "class it stands for".to_owned(),
            Read::ClassName => "class name".to_owned(),
            Read::NameIn(_) => "class name in".to_owned(),
        }
    }

    /// The values for `arguments` (ids or ranks, for elements also indexes), row by row; null in gives null out.
    pub(crate) fn apply(&self, snapshot: &Snapshot, arguments: &[ArrayRef]) -> Result<ArrayRef> {
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
        }
    }
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
fn attribute(snapshot: &Snapshot, column: usize, ids: &UInt32Array) -> Result<ArrayRef> {
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

/// Numbers as `0x…`.
pub(crate) fn hex(numbers: &ArrayRef) -> ArrayRef {
    let texts: StringArray = match numbers.as_primitive_opt::<UInt64Type>() {
        Some(addresses) => {
            addresses.iter().map(|number| number.map(|number| format!("{number:#x}"))).collect()
        }
        None => numbers
            .as_primitive::<Int64Type>()
            .iter()
            .map(|n| n.map(|number| format!("{number:#x}")))
            .collect(),
    };
    Arc::new(texts)
}

/// Integers or floats without their sign.
pub(crate) fn abs(numbers: &ArrayRef) -> ArrayRef {
    match numbers.as_primitive_opt::<Int64Type>() {
        Some(integers) => Arc::new(integers.unary::<_, Int64Type>(i64::wrapping_abs)),
        None => floats(numbers, f64::abs),
    }
}

/// Floats through `function`.
pub(crate) fn floats(numbers: &ArrayRef, function: impl Fn(f64) -> f64) -> ArrayRef {
    Arc::new(numbers.as_primitive::<Float64Type>().unary::<_, Float64Type>(function))
}
