//! Which release of Java a dump is from, as far as its classes tell.

use super::shape::ClassShape;
use crate::format::hprof::field_type::FieldType;

/// The long-term release that the core classes are nearest to: 8, 11, 17, 21 or 25.
pub(super) fn guess(shapes: &[ClassShape]) -> u32 {
    let find = |name: &str| shapes.iter().find(|shape| shape.name == name);
    let has = |name: &str, field| find(name).is_some_and(|shape| shape.fields.contains(&field));
    if has("java/lang/Class", FieldType::Char) {
        25 // Class.modifiers
    } else if find("jdk/internal/vm/StackChunk").is_some() {
        21
    } else if has("java/lang/String", FieldType::Boolean) {
        17 // String.hashIsZero, since 13
    } else if find("java/lang/Module").is_some() {
        11
    } else if find("java/lang/String").is_some() {
        8
    } else {
        17
    }
}
