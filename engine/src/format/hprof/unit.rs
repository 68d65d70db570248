//! The units of work: parts of the heap data that can be read independently.

use crate::id::Offset;
use crate::input::index;

/// A part of the dump that begins and ends between two sub-records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub start: Offset,
    /// The byte behind its last.
    pub end: Offset,
}

impl Span {
    /// The bytes from `start` to `end`, positions in the dump.
    pub(super) fn new(start: usize, end: usize) -> Span {
        Span { start: Offset(start as u64), end: Offset(end as u64) }
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.end.0.saturating_sub(self.start.0)
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Heap data of one or more segments, about 4 MiB of it; units and the spans in them ascend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Where the data is.
    pub spans: Vec<Span>,
}

impl Unit {
    /// How many bytes of heap data it has.
    pub fn len(&self) -> u64 {
        self.spans.iter().map(Span::len).sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Spans put together until a unit has `bytes`.
pub(super) fn group(spans: Vec<Span>, bytes: u64) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut unit = Unit::default();
    let mut len = 0;
    for span in spans.into_iter().filter(|span| !span.is_empty()) {
        len += span.len();
        unit.spans.push(span);
        if len >= bytes {
            units.push(std::mem::take(&mut unit));
            len = 0;
        }
    }
    if !unit.spans.is_empty() {
        units.push(unit);
    }
    units
}

/// The dump up to the end of `span`, so that nothing behind it is read.
pub(super) fn up_to(bytes: &[u8], span: Span) -> &[u8] {
    bytes.get(..index(span.end)).unwrap_or(bytes)
}
