//! HotSpot's field order since JDK 15 (`fieldLayoutBuilder.cpp`): widest first, into the gaps of superclasses.

use super::body::Body;
use super::counts::{Counts, WIDTHS};
use super::hidden::Contended;

/// `ContendedPaddingWidth`, the bytes before and after fields that are kept apart.
pub(super) const PADDING: u64 = 128;

/// The fields of a superclass, `body`, and after them those of a class.
///
/// A padding follows the last field of a contended class; HotSpot repeats it in each subclass, further down too.
pub(super) fn extend(body: &Body, fields: &Counts, contended: &Contended, reference: u64) -> Body {
    let mut body = body.clone();
    body.tail = 0;
    if body.contended {
        body.pad(PADDING);
    }
    match contended {
        Contended::No => place(&mut body, fields, reference),
        Contended::Class => place_apart(&mut body, fields, reference),
        Contended::Group(group) => {
            let mut others = *fields;
            others.remove(group);
            place(&mut body, &others, reference);
            place_apart(&mut body, group, reference);
        }
    }
    body
}

/// What static fields occupy in the class object, in bytes: references first, then primitives into what gap is left.
pub(super) fn statics(fields: &Counts, reference: u64) -> u64 {
    let mut body = Body::default();
    body.append(reference, fields.references);
    place(&mut body, &Counts { references: 0, ..*fields }, reference);
    body.end
}

fn place(body: &mut Body, fields: &Counts, reference: u64) {
    for (width, count) in WIDTHS.into_iter().zip(fields.primitives) {
        body.place(width, count);
    }
    body.place(reference, fields.references);
}

fn place_apart(body: &mut Body, fields: &Counts, reference: u64) {
    body.pad(PADDING);
    place(body, fields, reference);
    body.tail = PADDING;
    body.contended = true;
}
