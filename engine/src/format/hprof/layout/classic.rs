//! HotSpot's field order to JDK 14 (`layout_fields` of `classFileParser.cpp`, allocation style 1).

use super::align_up;
use super::body::Body;
use super::builder::PADDING;
use super::counts::{Counts, WIDTHS};
use super::hidden::Contended;

/// Classes whose references come first and whose gaps stay free, as the virtual machine knows offsets in some of them.
const REFERENCES_FIRST: [&str; 16] = [
    "java/lang/AssertionStatusDirectives",
    "java/lang/Boolean",
    "java/lang/Byte",
    "java/lang/Character",
    "java/lang/Class",
    "java/lang/ClassLoader",
    "java/lang/Double",
    "java/lang/Float",
    "java/lang/Integer",
    "java/lang/Long",
    "java/lang/Short",
    "java/lang/StackTraceElement",
    "java/lang/String",
    "java/lang/Throwable",
    "java/lang/ref/Reference",
    "java/lang/ref/SoftReference",
];

/// The fields of a superclass, `body`, and after them those of the class `name`: 8 bytes, 4, 2, 1, then references.
///
/// The only gap that is used is that of four bytes before the first field of eight.
pub(super) fn extend(
    body: &Body,
    name: &str,
    fields: &Counts,
    contended: &Contended,
    reference: u64,
) -> Body {
    let (padding, group) = match contended {
        Contended::No => (0, None),
        Contended::Class => (PADDING, None),
        Contended::Group(group) => (0, Some(group)),
        Contended::ClassAndGroup(group) => (PADDING, Some(group)),
    };
    let mut others = *fields;
    others.remove(group.unwrap_or(&Counts::default()));
    let mut end = body.end + padding;
    if REFERENCES_FIRST.contains(&name) {
        end = others.references_first(end, reference);
    } else {
        end = references_last(end, others, reference);
    }
    if let Some(group) = group {
        end = together(end + PADDING, group, reference) + PADDING;
    }
    Body::header(align_up(end + padding, reference))
}

fn references_last(start: u64, mut left: Counts, reference: u64) -> u64 {
    let mut end = start;
    if left.primitives[0] > 0 {
        end = align_up(start, 8);
        fill_gap(end - start, &mut left, reference);
    }
    for (width, count) in WIDTHS.into_iter().zip(left.primitives) {
        end += width * count;
    }
    match left.references {
        0 => end,
        count => align_up(end, reference) + reference * count,
    }
}

/// Takes the fields that go into the `gap` before the first field of eight bytes: one of 4, else some of 2 and 1,
/// else a reference.
fn fill_gap(gap: u64, left: &mut Counts, reference: u64) {
    let mut room = gap;
    for (width, count) in WIDTHS.into_iter().zip(&mut left.primitives).skip(1) {
        let fitting = (room / width).min(*count);
        *count -= fitting;
        room -= fitting * width;
    }
    if gap > 0 && room >= reference && left.references > 0 {
        left.references -= 1;
    }
}

/// Fields that share a group of `@Contended`, each at its own alignment.
fn together(start: u64, fields: &Counts, reference: u64) -> u64 {
    let mut end = start;
    let widths = WIDTHS.into_iter().zip(fields.primitives);
    for (width, count) in widths.chain([(reference, fields.references)]).filter(|&(_, count)| count > 0) {
        end = align_up(end, width) + width * count;
    }
    end
}
