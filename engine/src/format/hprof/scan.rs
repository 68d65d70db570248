//! One hop over the top-level records of a dump: its outline.

use super::header::Header;
use super::outline::Outline;
use super::record::{self, Record};
use super::segment::Segments;
use super::strings::Strings;
use super::tables::Tables;
use super::unit::{Span, group};
use crate::error::Result;
use crate::id::Offset;
use crate::input::{Cursor, index};
use crate::progress::Progress;

/// Bytes of heap data in a unit: small enough to spread over many threads, large enough to pay for one.
const UNIT: u64 = 4 << 20;

/// Reads the outline of the dump `bytes`; `progress` counts its bytes in the caller's phase.
///
/// Errors: no HPROF header, or the work was cancelled. All else that is wrong with the file is a warning, and
/// the outline holds what could be recognised.
pub fn outline(bytes: &[u8], progress: &Progress) -> Result<Outline> {
    let header = Header::read(bytes)?;
    let mut scan = Scan::new(bytes, header.id_size, progress);
    let mut at = index(header.end);
    while at < bytes.len() {
        at = scan.step(at)?;
    }
    Ok(scan.finish(header))
}

/// What is known of the dump so far.
struct Scan<'a> {
    bytes: &'a [u8],
    id_size: u8,
    segments: Segments<'a>,
    tables: Tables,
    strings: Vec<(u64, Offset, u32)>,
    /// The addresses of the first `sorted` classes of `tables`, ascending.
    classes: Vec<u64>,
    sorted: usize,
    has_segments: bool,
    has_end: bool,
}

impl<'a> Scan<'a> {
    fn new(bytes: &'a [u8], id_size: u8, progress: &'a Progress) -> Scan<'a> {
        Scan {
            bytes,
            id_size,
            segments: Segments::new(bytes, id_size, progress),
            tables: Tables::default(),
            strings: Vec::new(),
            classes: Vec::new(),
            sorted: 0,
            has_segments: false,
            has_end: false,
        }
    }

    /// Takes in the record at `at`; where the next one begins.
    fn step(&mut self, at: usize) -> Result<usize> {
        self.segments.report(at)?;
        let Some(record) = Record::read(self.bytes, at) else {
            let text = "the dump breaks off within the head of a record";
            self.warn(at, text, self.bytes.len());
            return Ok(self.bytes.len());
        };
        if record.is_heap() {
            self.has_segments |= record.tag == record::HEAP_DUMP_SEGMENT;
            self.sort_classes();
            return self.segments.add(&record, &self.classes);
        }
        if !record.fits(self.id_size) || !record::is_followed(self.bytes, &record, self.id_size) {
            self.sort_classes();
            if let Some(next) = self.segments.find_either(at + 1, record.end(), &self.classes) {
                self.warn(at, "a damaged record is skipped", next);
                return self.segments.resume(next, &self.classes);
            }
            if record.end() > self.bytes.len() {
                self.warn(self.bytes.len(), "the dump breaks off within a record", record.end());
                return Ok(self.bytes.len());
            }
        }
        self.take(&record)
    }

    /// The outline of what was stepped through.
    fn finish(mut self, header: Header) -> Outline {
        self.warn_incomplete();
        self.tables.strings = Strings::new(self.strings);
        Outline {
            header,
            class_addresses: sorted_addresses(&self.tables),
            tables: self.tables,
            units: group(self.segments.spans, UNIT),
            has_end: self.has_end,
            warnings: self.segments.warnings,
        }
    }

    /// Warns of what is not there, unless it is known already that the dump is cut.
    fn warn_incomplete(&mut self) {
        let end = self.bytes.len();
        if self.segments.spans.iter().all(Span::is_empty) {
            self.warn(end, "the dump holds no heap data", end);
        } else if self.has_segments && !self.has_end && self.segments.warnings.is_empty() {
            self.warn(end, "the record that ends the heap is missing: the dump may be cut", end);
        }
    }

    /// Takes in a record that is no heap record by its tag and lies within the file; where the next one begins.
    fn take(&mut self, record: &Record) -> Result<usize> {
        let body = Cursor::new(&self.bytes[record.body()..record.end()], Offset(record.body() as u64));
        match self.tables.read(record, self.id_size, body, &mut self.strings) {
            Ok(true) => return Ok(record.end()),
            Ok(false) => {}
            Err(_) => self.warn(record.at, "a record is too short for its fields", record.end()),
        }
        self.has_end |= record.tag == record::HEAP_DUMP_END;
        self.sort_classes();
        if self.segments.is_heap(record.body(), record.end(), &self.classes) {
            self.warn(record.at, "heap data in a record with another tag is read", record.at);
            return self.segments.add(record, &self.classes);
        }
        if !record.is_known() {
            let text = format!("records of the unknown tag 0x{:02x} are skipped", record.tag);
            self.warn(record.at, &text, record.end());
        }
        Ok(record.end())
    }

    /// Brings `classes` up to date, unless only a few are missing: a hostile file must not have them sorted often.
    fn sort_classes(&mut self) {
        if self.tables.classes.len() > self.sorted + self.sorted / 4 {
            self.classes = sorted_addresses(&self.tables);
            self.sorted = self.tables.classes.len();
        }
    }

    /// Warns that `text` is true of the bytes from `at` to `end`.
    fn warn(&mut self, at: usize, text: &str, end: usize) {
        self.segments.warnings.add(Offset(at as u64), text, end.saturating_sub(at) as u64);
    }
}

fn sorted_addresses(tables: &Tables) -> Vec<u64> {
    let mut addresses: Vec<u64> = tables.classes.iter().map(|class| class.object.0).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}
