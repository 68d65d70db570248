//! Android's field order (`LinkFields` of ART's `class_linker.cc`): references, then 8 bytes, 4, 2, 1, gaps filled.

use super::body::Body;
use super::counts::{Counts, WIDTHS};

/// Android's references have four bytes on every machine.
const REFERENCE: u64 = 4;

/// The fields of a superclass, `body`, and after them those of a class.
pub(super) fn extend(body: &Body, fields: &Counts) -> Body {
    // Gaps of a superclass are not filled: LinkFields starts at the end of its object.
    let mut body = Body::header(body.end);
    body.append(REFERENCE, fields.references);
    for (width, count) in WIDTHS.into_iter().zip(fields.primitives) {
        let mut left = count;
        while left > 0 && body.fill_first(width) {
            left -= 1;
        }
        body.append(width, left);
    }
    body
}
