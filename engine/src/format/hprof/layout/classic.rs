//! HotSpot's field order to JDK 14 (`layout_fields` of `classFileParser.cpp`, allocation style 1).

use super::align_up;
use super::body::Body;
use super::builder::PADDING;
use super::counts::{Counts, WIDTHS};
use super::hidden::Contended;

/// The fields of a superclass, `body`, and after them those of a class: 8 bytes, 4, 2, 1, then references.
///
/// The only gap that is used is that of four bytes before the first field of eight.
pub(super) fn extend(body: &Body, fields: &Counts, contended: &Contended, reference: u64) -> Body {
    let mut left = *fields;
    let mut end = body.end;
    match contended {
        Contended::No => {}
        Contended::Class => end += PADDING,
        Contended::Group(group) => left.remove(group),
    }
    end = own_fields(end, left, reference);
    match contended {
        Contended::No => {}
        Contended::Class => end += PADDING,
        Contended::Group(group) => end = together(end + PADDING, group, reference) + PADDING,
    }
    Body::header(align_up(end, reference))
}

/// What static fields occupy in the class object, in bytes: references, then 8 bytes, 4, 2, 1, no gap filled.
pub(super) fn statics(fields: &Counts, reference: u64) -> u64 {
    let longs = if fields.primitives[0] > 0 { 8 } else { 1 };
    let start = align_up(fields.references * reference, longs);
    WIDTHS.into_iter().zip(fields.primitives).fold(start, |end, (width, count)| end + width * count)
}

fn own_fields(start: u64, mut left: Counts, reference: u64) -> u64 {
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
