//! Classes whose sizes in real processes are known.

use crate::format::hprof::field_type::FieldType::{
    self, Boolean, Byte, Char, Double, Float, Int, Long, Object, Short,
};
use crate::format::hprof::layout::ClassShape;

/// A class, its superclass and its fields; `java/lang/Object` is the first.
type Row = (&'static str, &'static str, &'static [FieldType]);

/// Some of the JDK's classes, as in release 11 and 17, and hierarchies that leave and fill gaps.
const CLASSES: &[Row] = &[
    ("java/lang/Object", "", &[]),
    ("java/lang/Integer", "java/lang/Object", &[Int]),
    ("java/lang/Double", "java/lang/Object", &[Double]),
    ("java/util/HashMap$Node", "java/lang/Object", &[Object, Object, Object, Int]),
    ("java/util/LinkedHashMap$Entry", "java/util/HashMap$Node", &[Object, Object]),
    ("java/util/concurrent/atomic/Striped64$Cell", "java/lang/Object", &[Long]),
    ("D0", "java/lang/Object", &[Byte]),
    ("D1", "D0", &[Long]),
    ("D2", "D1", &[Short, Byte]),
    ("D3", "D2", &[Int, Object]),
    ("D4", "D3", &[Boolean, Double, Char]),
    ("D5", "D4", &[Object, Object, Object, Long, Long, Byte, Byte, Byte]),
    ("E0", "java/lang/Object", &[Long]),
    ("E1", "E0", &[Byte]),
    ("E2", "E1", &[Int]),
    ("E3", "E2", &[Object]),
    ("E4", "E3", &[Long, Short]),
    ("F0", "java/lang/Object", &[Object]),
    ("F1", "F0", &[Long]),
    ("F2", "F1", &[Boolean, Object]),
    ("F3", "F2", &[Byte, Float, Double, Char]),
    ("G0", "java/lang/Object", &[Short, Byte]),
    ("G1", "G0", &[Boolean]),
    ("G2", "G1", &[Double, Object, Byte]),
];

/// The shapes of [`CLASSES`], in that order.
pub(super) fn shapes() -> Vec<ClassShape> {
    let position = |name: &str| CLASSES.iter().position(|row| row.0 == name);
    let shape = |&(name, super_class, fields): &Row| ClassShape {
        name: name.to_owned(),
        super_class: position(super_class).map(|at| u32::try_from(at).expect("a short table")),
        fields: fields.to_vec(),
        statics: Vec::new(),
    };
    CLASSES.iter().map(shape).collect()
}

/// The shapes and, behind, those of `more`, which are subclasses of `java/lang/Object`.
pub(super) fn shapes_and(more: &[(&str, &[FieldType], &[FieldType])]) -> Vec<ClassShape> {
    let mut all = shapes();
    all.extend(more.iter().map(|&(name, fields, statics)| ClassShape {
        name: name.to_owned(),
        super_class: Some(0),
        fields: fields.to_vec(),
        statics: statics.to_vec(),
    }));
    all
}
