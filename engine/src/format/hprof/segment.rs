//! Heap records → spans that begin and end between sub-records, whatever the stated lengths are worth.

use super::hop::hop;
use super::record::{self, Record};
use super::resync::Resync;
use super::tag;
use super::unit::Span;
use crate::error::Result;
use crate::id::Offset;
use crate::input::Warnings;
use crate::progress::Progress;

/// Heap records of up to this many bytes are a span each; longer ones are cut into spans of about as many.
const SPAN: usize = 4 << 20;
/// Bytes between two reports of progress.
const REPORT: usize = 1 << 20;

/// Finds the spans of a dump, heap record by heap record.
pub(super) struct Segments<'a> {
    bytes: &'a [u8],
    id_size: u8,
    progress: &'a Progress,
    reported: usize,
    resync: Resync,
    pub(super) spans: Vec<Span>,
    pub(super) warnings: Warnings,
}

/// A stretch of heap data that is walked.
struct Stretch {
    start: usize,
    limit: usize,
    ends: Ends,
}

/// What is known of the end of a stretch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It is the stretch's limit.
    AtLimit,
    /// It is this place, if that is one between two records.
    Perhaps(usize),
    /// It is where a top-level record stands.
    Somewhere,
}

impl<'a> Segments<'a> {
    pub(super) fn new(bytes: &'a [u8], id_size: u8, progress: &'a Progress) -> Segments<'a> {
        let resync = Resync::new(id_size, bytes.len());
        Segments {
            bytes,
            id_size,
            progress,
            reported: 0,
            resync,
            spans: Vec::new(),
            warnings: Warnings::default(),
        }
    }

    /// Takes in the heap record `record`; where the next record begins.
    ///
    /// JDK 17 and later write right lengths of about 1 MB, which are taken as they are. Others state 0, or a length
    /// modulo 2^32 (JDK 8's `jmap` above 4 GB), or were cut: then the sub-records tell where the data ends.
    pub(super) fn add(&mut self, record: &Record, classes: &[u64]) -> Result<usize> {
        let (start, end) = (record.body(), record.end());
        if self.is_end(record) {
            if end - start <= SPAN {
                self.spans.push(Span::new(start, end));
                return Ok(end);
            }
            return self.walk(&Stretch { start, limit: end, ends: Ends::AtLimit }, classes);
        }
        let limit = self.bytes.len();
        let stopped = self.walk(&Stretch { start, limit, ends: Ends::Perhaps(end) }, classes)?;
        if end > limit && stopped == limit {
            let text = "the dump breaks off: the heap data is incomplete";
            self.warnings.add(Offset(limit as u64), text, (end - limit) as u64);
        } else if record.length == 0 {
            self.warnings.add(
                record.offset(),
                "a heap record without a length: its sub-records tell where it ends",
                0,
            );
        } else if stopped != end {
            self.warnings.add(
                record.offset(),
                "a heap record of a wrong length: its sub-records tell where it ends",
                0,
            );
        }
        Ok(stopped)
    }

    /// Goes on at `at`, behind damage: where the next record begins, which is there or behind heap data.
    pub(super) fn resume(&mut self, at: usize, classes: &[u64]) -> Result<usize> {
        if record::is_chain(self.bytes, at, self.id_size, record::CHAIN) {
            return Ok(at);
        }
        self.walk(&Stretch { start: at, limit: self.bytes.len(), ends: Ends::Somewhere }, classes)
    }

    /// Whether sub-records that can be meant as such begin at `at`.
    pub(super) fn is_heap(&mut self, at: usize, limit: usize, classes: &[u64]) -> bool {
        let bytes = &self.bytes[..limit.min(self.bytes.len())];
        self.resync.is_heap(bytes, at, classes)
    }

    /// The next top-level record or heap data from `from` and before `to`.
    pub(super) fn find_either(&mut self, from: usize, to: usize, classes: &[u64]) -> Option<usize> {
        self.resync.find_either(self.bytes, from, to, classes)
    }

    /// Tells the caller that everything before `at` is done; an error when the work was cancelled.
    pub(super) fn report(&mut self, at: usize) -> Result<()> {
        if at < self.reported + REPORT {
            return Ok(());
        }
        let done = at - self.reported;
        self.reported = at;
        self.progress.add(done as u64)
    }

    /// Whether `record` ends where it says.
    fn is_end(&self, record: &Record) -> bool {
        if record.end() == self.bytes.len() {
            return record.length > 0 && !record::ends_with_end(self.bytes);
        }
        record.end() < self.bytes.len()
            && record::is_chain(self.bytes, record.end(), self.id_size, record::CHAIN)
    }

    /// Hops through `stretch` and adds its spans; where it ends.
    fn walk(&mut self, stretch: &Stretch, classes: &[u64]) -> Result<usize> {
        let bytes = &self.bytes[..stretch.limit];
        let (mut start, mut at) = (stretch.start, stretch.start);
        while at < bytes.len() && !self.ends_before(stretch, at) {
            if at - start >= SPAN {
                self.spans.push(Span::new(start, at));
                self.report(at)?;
                start = at;
            }
            if let Some(hop) = hop(bytes, at, self.id_size) {
                at = hop.end_index();
                continue;
            }
            self.spans.push(Span::new(start, at));
            at = self.step_over_damage(stretch, at, classes);
            start = at;
        }
        self.spans.push(Span::new(start, at));
        Ok(at)
    }

    /// Whether the heap data of `stretch` ends at `at` because a top-level record stands there.
    fn ends_before(&self, stretch: &Stretch, at: usize) -> bool {
        let tag = self.bytes[at];
        if stretch.ends == Ends::AtLimit || !record::is_tag(tag) {
            return false;
        }
        // Sub-records begin with 0x01 to 0x07 too, but they do not look like chains of top-level records.
        record::is_chain(self.bytes, at, self.id_size, record::CHAIN)
            || stretch.ends == Ends::Perhaps(at) && !tag::is_known(tag)
    }

    /// Where `stretch` goes on after something at `at` that is no whole sub-record.
    fn step_over_damage(&mut self, stretch: &Stretch, at: usize, classes: &[u64]) -> usize {
        let bytes = &self.bytes[..stretch.limit];
        let found = if stretch.ends == Ends::AtLimit {
            self.resync.find_heap(bytes, at + 1, classes)
        } else {
            self.resync.find_either(bytes, at + 1, bytes.len(), classes)
        };
        let next = found.unwrap_or(bytes.len());
        let text = match found {
            None if next == self.bytes.len() => "the heap data ends within a record",
            _ => "damaged heap data is skipped",
        };
        self.warnings.add(Offset(at as u64), text, (next - at) as u64);
        next
    }
}
