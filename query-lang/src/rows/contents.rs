//! Rows about what objects hold: entries, elements, fields.

use super::arguments::cell;
use super::{Arguments, Call, Cell, Sink};
use crate::functions::TableFunction;
use arrow_array::{Array, Int64Array, UInt32Array};
use heapwise_engine::error::Result;
use heapwise_engine::format::hprof::Value;
use heapwise_engine::id::{ClassId, ObjectId};
use heapwise_engine::language::Collections;
use heapwise_engine::store::{Field, Snapshot};
use heapwise_engine::table::Kind;
use heapwise_engine::value::{self, FieldKind, GoField};

pub(super) fn entries(
    collections: &Collections<'_>,
    arguments: &Arguments,
    row: usize,
    sink: &mut Sink<'_>,
) -> Result<()> {
    let map = arguments.id(0, row).and_then(|id| collections.entries(ObjectId(id)));
    sink.each(map.into_iter().flatten().zip(0_i64..), |sink, (entry, index)| {
        let (key, value) = (Cell::object(entry.key), Cell::object(entry.value));
        let [key_text, value_text] =
            [&entry.key_text, &entry.value_text].map(|text| text.as_deref().map_or(Cell::Null, Cell::Text));
        sink.push(&[Cell::Number(index), key, value, Cell::object(entry.entry), key_text, value_text])
    })
}

/// The elements of a list, an array of primitives, or a collection.
pub(super) fn elements(
    collections: &Collections<'_>,
    call: &Call,
    arguments: &Arguments,
    row: usize,
    sink: &mut Sink<'_>,
) -> Result<()> {
    if let Some(items) = arguments.items(0, row) {
        return sink.each(0..items.len(), |sink, i| sink.push(&[Cell::count(i as u64), cell(&items, i)]));
    }
    let Some(id) = arguments.id(0, row).map(ObjectId) else { return Ok(()) };
    match call.columns[1].1 {
        Kind::Object => {
            let elements = collections.elements(id).into_iter().flatten();
            sink.each(elements.zip(0_i64..), |sink, (element, index)| {
                sink.push(&[Cell::Number(index), Cell::object(element)])
            })
        }
        Kind::Bool => primitives(call, id, FieldKind::Bool, sink),
        Kind::Text => primitives(call, id, FieldKind::Char, sink),
        Kind::Float => primitives(call, id, FieldKind::Float, sink),
        _ => primitives(call, id, FieldKind::Int, sink),
    }
}

/// Elements that are read at a time.
const CHUNK: u32 = 8 << 10;

fn primitives(call: &Call, id: ObjectId, kind: FieldKind, sink: &mut Sink<'_>) -> Result<()> {
    let snapshot = &call.dump.snapshot;
    let length = value::array_length(snapshot, id).unwrap_or(0);
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let mut start = 0;
    while start < length && !sink.is_done() {
        let end = length.min(start + CHUNK);
        let indexes = Int64Array::from_iter_values((start..end).map(i64::from));
        let ids = UInt32Array::from_value(id.0, indexes.len());
        let values = value::read_element(snapshot, &ids, &indexes, kind)?;
        sink.each(0..values.len(), |sink, i| sink.push(&[Cell::Number(indexes.value(i)), cell(&values, i)]))?;
        start = end;
    }
    Ok(())
}

/// The fields of an object, or the statics of a class.
pub(super) fn fields(call: &Call, arguments: &Arguments, row: usize, sink: &mut Sink<'_>) -> Result<()> {
    let snapshot = &call.dump.snapshot;
    if call.function == TableFunction::Fields {
        let Some(id) = arguments.id(0, row).map(ObjectId) else { return Ok(()) };
        if snapshot.go().is_some() {
            let class = Cell::Id(snapshot.name_rank(snapshot.class_of(id)));
            return sink
                .each(value::go_fields(snapshot, id), |sink, field| push_go(call, class, &field, sink));
        }
        return sink
            .each(value::fields(snapshot, id), |sink, (field, value)| push(call, id, field, value, sink));
    }
    for class in classes(snapshot, arguments, row) {
        let near = snapshot.class_object(class).unwrap_or(ObjectId(0));
        let statics = snapshot.classes().fields(class).iter().filter(|field| field.is_static);
        sink.each(statics, |sink, field| {
            push(call, near, field, value::static_value(snapshot, field), sink)
        })?;
    }
    Ok(())
}

/// The classes of a name, given as a text or as its rank.
fn classes(snapshot: &Snapshot, arguments: &Arguments, row: usize) -> Vec<ClassId> {
    let rank = arguments.id(0, row).and_then(|rank| snapshot.name_at(rank));
    arguments.text(0, row).or(rank).map(|name| snapshot.classes_named(name)).unwrap_or_default()
}

fn push(call: &Call, of: ObjectId, field: &Field, value: Option<Value>, sink: &mut Sink<'_>) -> Result<bool> {
    let snapshot = &call.dump.snapshot;
    let object = value.and_then(|value| value::referred(snapshot, of, value));
    let text = match (object, value) {
        (Some(object), _) => {
            Some(value::text(snapshot, object).unwrap_or_else(|| value::display(snapshot, object)))
        }
        (None, Some(value)) => primitive(value),
        (None, None) => None,
    };
    let cells = [
        Cell::Text(&field.name),
        Cell::Id(snapshot.name_rank(field.class)),
        Cell::Text(field.kind.primitive_name().unwrap_or("object")),
        text.as_deref().map_or(Cell::Null, Cell::Text),
        Cell::object(object),
    ];
    sink.push(&cells)
}

fn push_go(call: &Call, class: Cell<'_>, field: &GoField<'_>, sink: &mut Sink<'_>) -> Result<bool> {
    let snapshot = &call.dump.snapshot;
    let shown = |object| value::text(snapshot, object).unwrap_or_else(|| value::display(snapshot, object));
    let text = field.text.clone().or_else(|| field.object.map(shown));
    let cells = [
        Cell::Text(field.name),
        class,
        Cell::Text(field.kind.name()),
        text.as_deref().map_or(Cell::Null, Cell::Text),
        Cell::object(field.object),
    ];
    sink.push(&cells)
}

/// A value that is no reference as text; `None` for references, which lead nowhere here.
fn primitive(value: Value) -> Option<String> {
    Some(match value {
        Value::Object(_) => return None,
        Value::Boolean(value) => value.to_string(),
        Value::Char(unit) => String::from_utf16_lossy(&[unit]),
        Value::Byte(value) => value.to_string(),
        Value::Short(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Long(value) => value.to_string(),
        Value::Float(value) => float(f64::from(value), &value.to_string()),
        Value::Double(value) => float(value, &value.to_string()),
    })
}

/// A float as Java spells it.
fn float(value: f64, text: &str) -> String {
    if value.is_infinite() { text.replace("inf", "Infinity") } else { text.to_owned() }
}
