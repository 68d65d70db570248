//! How many fields a class has of each width: all that the size of its objects depends on.

use super::align_up;
use crate::format::hprof::field_type::FieldType;

/// The widths of primitive fields in bytes, widest first; [`Counts::primitives`] has the same order.
pub(super) const WIDTHS: [u64; 4] = [8, 4, 2, 1];

/// Numbers of fields by width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Fields of 8, 4, 2 and 1 bytes.
    pub(super) primitives: [u64; 4],
    /// References.
    pub(super) references: u64,
}

impl Counts {
    pub(super) fn of(fields: &[FieldType]) -> Counts {
        let mut counts = Counts::default();
        for &field in fields {
            counts.add(field);
        }
        counts
    }

    pub(super) fn add(&mut self, field: FieldType) {
        match field {
            FieldType::Object => self.references += 1,
            FieldType::Double | FieldType::Long => self.primitives[0] += 1,
            FieldType::Float | FieldType::Int => self.primitives[1] += 1,
            FieldType::Char | FieldType::Short => self.primitives[2] += 1,
            FieldType::Boolean | FieldType::Byte => self.primitives[3] += 1,
        }
    }

    /// Takes `other`'s fields away, as far as they are here.
    pub(super) fn remove(&mut self, other: &Counts) {
        for (here, gone) in self.primitives.iter_mut().zip(other.primitives) {
            *here = here.saturating_sub(gone);
        }
        self.references = self.references.saturating_sub(other.references);
    }

    /// Where fields end that begin at `start` with the references, then the widest first, no gap filled: HotSpot's
    /// static fields in all releases, and in old ones some instances.
    pub(super) fn references_first(&self, start: u64, reference: u64) -> u64 {
        let longs = if self.primitives[0] > 0 { 8 } else { 1 };
        let references_end = align_up(start + self.references * reference, longs);
        WIDTHS
            .into_iter()
            .zip(self.primitives)
            .fold(references_end, |end, (width, count)| end + width * count)
    }
}
