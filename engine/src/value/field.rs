//! Which fields classes have, and where their values stand.

use super::go;
use crate::format::hprof::FieldType;
use crate::id::{ClassId, ObjectId};
use crate::store::{Field, Snapshot};
use std::collections::BTreeSet;

/// What a field's values are, numbers widened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKind {
    /// A reference: `UInt32` object ids.
    Object,
    /// `boolean`.
    Bool,
    /// `char`: `Utf8` of one character.
    Char,
    /// `byte`, `short`, `int`, `long`: `Int64`.
    Int,
    /// `float`, `double`: `Float64`.
    Float,
    /// A text that is a value, not an object: `Utf8`.
    Text,
}

impl FieldKind {
    /// The kind of values of this type.
    pub fn of(kind: FieldType) -> FieldKind {
        match kind {
            FieldType::Object => FieldKind::Object,
            FieldType::Boolean => FieldKind::Bool,
            FieldType::Char => FieldKind::Char,
            FieldType::Byte | FieldType::Short | FieldType::Int | FieldType::Long => FieldKind::Int,
            FieldType::Float | FieldType::Double => FieldKind::Float,
        }
    }

    /// The spelling in messages.
    pub fn name(self) -> &'static str {
        match self {
            FieldKind::Object => "object",
            FieldKind::Bool => "boolean",
            FieldKind::Char => "char",
            FieldKind::Int => "integer",
            FieldKind::Float => "floating point",
            FieldKind::Text => "text",
        }
    }
}

/// The kinds of the instance fields called `name` in `classes` (or in all), each with the first class that has it so.
///
/// Inherited fields count; where a class and its superclass have one of the same name, the class's own.
/// Empty: no such field.
pub fn field_kinds(
    snapshot: &Snapshot,
    name: &str,
    classes: Option<&[ClassId]>,
) -> Vec<(FieldKind, ClassId)> {
    if let Some(go) = snapshot.go() {
        return go::field_kinds(go, name, classes);
    }
    let mut kinds: Vec<(FieldKind, ClassId)> = Vec::new();
    let all: Vec<ClassId>;
    let classes = match classes {
        Some(classes) => classes,
        None => {
            // What is declared somewhere is all that can be inherited.
            all = declaring(snapshot, name);
            &all
        }
    };
    for &class in classes {
        let Some((_, kind)) = instance_place(snapshot, class, name, None) else { continue };
        let kind = FieldKind::of(kind);
        if !kinds.iter().any(|known| known.0 == kind) {
            kinds.push((kind, class));
        }
    }
    kinds
}

/// The kind of the static field `name` of `class` itself.
pub fn static_kind(snapshot: &Snapshot, class: ClassId, name: &str) -> Option<FieldKind> {
    static_field(snapshot, class, name).map(|field| FieldKind::of(field.kind))
}

/// The distinct names of the instance fields of `classes` (inherited ones too), or of all classes; sorted.
pub fn field_names<'a>(snapshot: &'a Snapshot, classes: Option<&[ClassId]>) -> Vec<&'a str> {
    if let Some(go) = snapshot.go() {
        return go::field_names(go, classes);
    }
    let table = snapshot.classes();
    let names: BTreeSet<&str> = match classes {
        None => table
            .all_fields()
            .iter()
            .filter(|field| !field.is_static)
            .map(|field| field.name.as_str())
            .collect(),
        Some(classes) => {
            let chains = classes.iter().flat_map(|&class| table.chain(class));
            let fields = chains.flat_map(|class| table.fields(class)).filter(|field| !field.is_static);
            fields.map(|field| field.name.as_str()).collect()
        }
    };
    names.into_iter().collect()
}

/// What the elements of arrays of `class` are; `None` for other classes.
pub fn element_kind(snapshot: &Snapshot, class: ClassId) -> Option<FieldKind> {
    if let Some(go) = snapshot.go() {
        return go::elements(go, class).map(|elements| go::kind_of(elements.0));
    }
    snapshot.classes().get(class).element.map(FieldKind::of)
}

/// Where the data of instances of `class` has the field `name`, declared in `declared_in` or the nearest class upward.
pub(super) fn instance_place(
    snapshot: &Snapshot,
    class: ClassId,
    name: &str,
    declared_in: Option<&str>,
) -> Option<(usize, FieldType)> {
    let declared = |field: &Field| declared_in.is_none_or(|class| snapshot.class_name(field.class) == class);
    let mut fields = snapshot.classes().instance_fields(class, snapshot.info().id_size);
    let (field, place) = fields.find(|(field, _)| field.name == name && declared(field))?;
    Some((place, field.kind))
}

/// The static field `name` of the class that a class object stands for.
pub(super) fn static_of_object<'a>(snapshot: &'a Snapshot, id: ObjectId, name: &str) -> Option<&'a Field> {
    static_field(snapshot, snapshot.class_of_object(id)?, name)
}

/// The static field `name` of `class` itself.
pub(super) fn static_field<'a>(snapshot: &'a Snapshot, class: ClassId, name: &str) -> Option<&'a Field> {
    snapshot.classes().fields(class).iter().find(|field| field.is_static && field.name == name)
}

fn declaring(snapshot: &Snapshot, name: &str) -> Vec<ClassId> {
    let fields = snapshot.classes().all_fields().iter();
    let mut classes: Vec<ClassId> =
        fields.filter(|field| !field.is_static && field.name == name).map(|field| field.class).collect();
    classes.dedup();
    classes
}
