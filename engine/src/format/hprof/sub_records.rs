//! The sub-records of one unit, one after the other.

use super::hop::{Hop, hop};
use super::resync::Resync;
use super::sub_record::SubRecord;
use super::tag;
use super::unit::{Span, Unit, up_to};
use crate::error::{Error, Result};
use crate::id::Offset;
use crate::input::index;
use crate::memory::prefetch;

/// Bytes that are read so far ahead of where they are needed: the processor itself stops at each page.
const AHEAD: usize = 2048;

/// Reads a unit forward, either whole sub-records ([`SubRecords::next`]) or their outsides ([`SubRecords::hop`]).
#[derive(Clone, Debug)]
pub struct SubRecords<'a> {
    bytes: &'a [u8],
    /// `bytes` up to the end of the current span.
    span: &'a [u8],
    at: usize,
    later: std::slice::Iter<'a, Span>,
    id_size: u8,
    resync: Resync,
}

impl<'a> SubRecords<'a> {
    /// The sub-records of `unit`, a unit of the dump `bytes` with identifiers of `id_size` bytes (4 or 8).
    pub fn new(bytes: &'a [u8], unit: &'a Unit, id_size: u8) -> SubRecords<'a> {
        let resync = Resync::new(id_size, index(Offset(unit.len())));
        SubRecords { bytes, span: &[], at: 0, later: unit.spans.iter(), id_size, resync }
    }

    /// The next sub-record, decoded; `None` at the end.
    ///
    /// An error carries the offset of what is no sub-record, and comes again until [`SubRecords::recover`].
    #[expect(
        clippy::should_implement_trait,
        reason = "an error does not end it, and an iterator's items cannot say so"
    )]
    #[inline]
    pub fn next(&mut self) -> Result<Option<SubRecord<'a>>> {
        let Some(hop) = self.hop()? else { return Ok(None) };
        let start = index(hop.offset);
        let record = self.span.get(start..self.at).unwrap_or_default();
        SubRecord::read(&hop, record, self.id_size).map(Some)
    }

    /// The outside of the next sub-record; `None` at the end. Errors as [`SubRecords::next`].
    #[inline]
    pub fn hop(&mut self) -> Result<Option<Hop>> {
        while self.at >= self.span.len() {
            let Some(span) = self.later.next() else { return Ok(None) };
            self.enter(*span);
        }
        prefetch(self.span, self.at + AHEAD);
        let Some(hop) = hop(self.span, self.at, self.id_size) else { return Err(self.damaged()) };
        self.at = hop.end_index();
        Ok(Some(hop))
    }

    /// After an error: goes on behind the damage, and returns the bytes that are given up.
    ///
    /// `classes` are the addresses of all classes, ascending ([`super::Outline::class_addresses`]): by them the
    /// next sub-record in the same segment is recognised; otherwise the unit goes on with its next segment.
    pub fn recover(&mut self, classes: &[u64]) -> Span {
        let damaged = self.at;
        self.at = self.resync.find_heap(self.span, damaged + 1, classes).unwrap_or(self.span.len());
        Span::new(damaged, self.at)
    }

    fn enter(&mut self, span: Span) {
        self.span = up_to(self.bytes, span);
        self.at = index(span.start);
    }

    #[cold]
    fn damaged(&self) -> Error {
        let offset = Offset(self.at as u64);
        match self.span.get(self.at) {
            Some(&byte) if tag::is_known(byte) => {
                let found = format!("tag 0x{byte:02x} and no whole record before offset {}", self.span.len());
                Error::dump(offset, "a sub-record of the heap", found)
            }
            found => Error::dump(offset, "the tag of a sub-record", format!("0x{:02x}", found.unwrap_or(&0))),
        }
    }
}
