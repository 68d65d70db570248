//! Parts of objects by their names, and objects as texts.

use super::body::{Body, Value};
use crate::format::go::infer::Shape;
use crate::format::go::types::{Kind, Part, Read};
use crate::id::{ClassId, ObjectId};
use crate::store::{GoIndex, Snapshot};
use crate::value::FieldKind;
use std::collections::BTreeSet;

/// The kinds of the part `name` in `classes` (or in all), each with the first class that has it so.
pub(in crate::value) fn field_kinds(
    go: &GoIndex,
    name: &str,
    classes: Option<&[ClassId]>,
) -> Vec<(FieldKind, ClassId)> {
    let mut kinds: Vec<(FieldKind, ClassId)> = Vec::new();
    for class in all(go, classes) {
        let Some(part) = part(go, class, name) else { continue };
        let kind = kind_of(part.read);
        if !kinds.iter().any(|known| known.0 == kind) {
            kinds.push((kind, class));
        }
    }
    kinds
}

/// The distinct names of the parts of `classes`, or of all; sorted.
pub(in crate::value) fn field_names<'a>(go: &'a GoIndex, classes: Option<&[ClassId]>) -> Vec<&'a str> {
    let names: BTreeSet<&str> =
        all(go, classes).flat_map(|class| go.parts(class)).map(|part| part.name.as_str()).collect();
    names.into_iter().collect()
}

/// The part `name` of objects of a class.
pub(super) fn part<'a>(go: &'a GoIndex, class: ClassId, name: &str) -> Option<&'a Part> {
    go.parts(class).iter().find(|part| part.name == name)
}

fn all<'a>(go: &GoIndex, classes: Option<&'a [ClassId]>) -> impl Iterator<Item = ClassId> + use<'a> {
    let count = u32::try_from(go.class_types.len()).unwrap_or(u32::MAX);
    let given = classes.into_iter().flatten().copied();
    given.chain((0..if classes.is_some() { 0 } else { count }).map(ClassId))
}

/// What the values of a part are in queries.
pub(in crate::value) fn kind_of(read: Read) -> FieldKind {
    match read {
        Read::Pointer => FieldKind::Object,
        Read::Bool => FieldKind::Bool,
        Read::Int(_) | Read::Uint(_) => FieldKind::Int,
        Read::Float(_) => FieldKind::Float,
        Read::Text => FieldKind::Text,
    }
}

/// How each element of objects of a class is read, and how many bytes it has; `None` where they are no elements, or
/// structs.
pub(in crate::value) fn elements(go: &GoIndex, class: ClassId) -> Option<(Read, u64, u64)> {
    let (ty, shape) = go.type_of(class)?;
    let ty = match (shape, go.types.get(ty).kind) {
        (Shape::Array | Shape::Text, _) => ty,
        (Shape::Value, Kind::Array) => go.types.get(ty).elem?,
        _ => return None,
    };
    let size = go.types.get(ty).size;
    let parts = go.types.parts(ty, go.params.pointer_bytes);
    let first = parts.first()?;
    (size > 0 && first.name == "value").then_some((first.read, first.offset, size))
}

/// The text that an object stands for: bytes of strings, of `[]uint8`; a number, a string that lies in the heap.
pub(in crate::value) fn text(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let body = Body::of(snapshot, id)?;
    let (ty, shape) = body.ty()?;
    let row = body.go.types.get(ty);
    let is_bytes = row.kind == Kind::Uint && row.size == 1;
    match shape {
        Shape::Text | Shape::Array if is_bytes => {
            let length = usize::try_from(body.count()).ok()?.min(body.bytes.len());
            let bytes = &body.bytes[..length];
            // Bytes are a text only where they look like one; those of strings always are.
            let is_text = shape == Shape::Text || !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok();
            is_text.then(|| String::from_utf8_lossy(bytes).into_owned())
        }
        Shape::Value if row.kind == Kind::String => match body.value(0, Read::Text)? {
            Value::Text(text) => Some(text.into_owned()),
            _ => None,
        },
        Shape::Value => {
            let [part] = body.go.parts(snapshot.class_of(id)) else { return None };
            (part.name == "value").then(|| body.value(part.offset, part.read)?.shown()).flatten()
        }
        _ => None,
    }
}

/// The elements of an array; `None` for other objects. Of a Go dump those that something alive counts.
pub fn array_length(snapshot: &Snapshot, id: ObjectId) -> Option<u64> {
    if snapshot.go().is_some() {
        return Body::of(snapshot, id)?.length();
    }
    snapshot.classes().get(snapshot.class_of(id)).element?;
    Some(snapshot.objects().length[id.index()].into())
}

/// A part of an object with its value, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoField<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub kind: FieldKind,
    /// Its value as text; `None` for pointers and what the dump lacks.
    pub text: Option<String>,
    /// The object that it leads to.
    pub object: Option<ObjectId>,
}

/// The parts of an object of a Go dump, by offset.
pub fn go_fields(snapshot: &Snapshot, id: ObjectId) -> Vec<GoField<'_>> {
    let Some(body) = Body::of(snapshot, id) else { return Vec::new() };
    let field = |part| field(&body, part);
    body.go.parts(snapshot.class_of(id)).iter().map(field).collect()
}

fn field<'a>(body: &Body<'a>, part: &'a Part) -> GoField<'a> {
    let value = body.value(part.offset, part.read);
    let object = value.as_ref().and_then(|value| body.target(value));
    let text = value.as_ref().and_then(Value::shown);
    GoField { name: &part.name, kind: kind_of(part.read), text, object }
}
