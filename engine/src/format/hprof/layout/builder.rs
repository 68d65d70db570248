//! HotSpot's field order since JDK 15 (`fieldLayoutBuilder.cpp`): widest first, into the gaps of superclasses.

use super::body::Body;
use super::counts::{Counts, WIDTHS};
use super::hidden::Contended;

/// `ContendedPaddingWidth`, the bytes before and after fields that are kept apart.
pub(super) const PADDING: u64 = 128;

/// The fields of a superclass, `body`, and after them those of a class.
pub(super) fn extend(body: &Body, fields: &Counts, contended: &Contended, reference: u64) -> Body {
    let mut body = body.clone();
    let group = match contended {
        Contended::No => return extend_plain(body, fields, reference),
        Contended::Class => None,
        Contended::Group(group) | Contended::ClassAndGroup(group) => Some(group),
    };
    let mut others = *fields;
    others.remove(group.unwrap_or(&Counts::default()));
    if matches!(contended, Contended::Group(_)) {
        body = extend_plain(body, &others, reference);
    } else {
        place_apart(&mut body, &others, reference);
    }
    if let Some(group) = group {
        place_apart(&mut body, group, reference);
    }
    body
}

/// Places fields without `@Contended`; where a superclass has it, after a padding, which HotSpot puts behind the last
/// field of all superclasses.
fn extend_plain(mut body: Body, fields: &Counts, reference: u64) -> Body {
    if body.contended && *fields != Counts::default() {
        body.pad(PADDING);
        body.tail = 0;
    }
    place(&mut body, fields, reference);
    body
}

fn place(body: &mut Body, fields: &Counts, reference: u64) {
    for (width, count) in WIDTHS.into_iter().zip(fields.primitives) {
        body.place(width, count);
    }
    body.place(reference, fields.references);
}

/// Places fields between two paddings, one after the other: gaps are not filled here.
fn place_apart(body: &mut Body, fields: &Counts, reference: u64) {
    body.pad(PADDING);
    for (width, count) in WIDTHS.into_iter().zip(fields.primitives) {
        body.append(width, count);
    }
    body.append(reference, fields.references);
    body.tail = PADDING;
    body.contended = true;
}
