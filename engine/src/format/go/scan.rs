//! One pass over a dump from front to back: there is no index, no length of records and no other way.

use super::cursor::Cursor;
use super::object::{Object, skip_fields};
use super::records::{Records, Segment, SegmentKind};
use super::{decode, header, tags};
use crate::error::{Error, Result};
use crate::id::Offset;
use crate::input::Warnings;
use crate::progress::Progress;
use std::ops::Range;

/// Records between two looks at the progress.
const STEP: u64 = 1 << 16;

/// What a dump holds; the objects are the caller's.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// All records but objects.
    pub records: Records,
    /// Whether the dump ends with its end mark.
    pub is_whole: bool,
    /// What could not be read.
    pub warnings: Warnings,
}

/// An object as the scan meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The address of its slot.
    pub address: u64,
    /// Where its record begins in the dump, for [`Object::at`].
    pub offset: u64,
    /// Where its record ends.
    pub end: u64,
    /// Bytes of its slot: less than 2 GiB.
    pub bytes: u32,
    /// Words that are pointers.
    pub pointers: u32,
}

/// Reads the dump `bytes`, and gives `take` each object in the order of the dump; `progress` counts bytes.
///
/// Where the dump breaks off or has bytes that are no record, the rest is left out with a warning.
///
/// # Errors
/// No dump of Go 1.7 or later, or `progress` was cancelled.
pub fn scan(bytes: &[u8], progress: &Progress, mut take: impl FnMut(Found)) -> Result<Scan> {
    let mut cursor = Cursor::new(bytes, header::end(bytes)?);
    let mut scan = Scan::default();
    let (mut count, mut objects, mut counted) = (0u64, 0u64, 0);
    loop {
        let start = cursor;
        count += 1;
        match scan.record(&mut cursor, &mut |found| {
            objects += 1;
            take(found);
        }) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                scan.breaks_off(bytes, start.at(), count - 1, objects, &error);
                break;
            }
        }
        if count.is_multiple_of(STEP) {
            progress.add((cursor.at() - counted) as u64)?;
            counted = cursor.at();
        }
    }
    progress.add((cursor.at() - counted) as u64)?;
    scan.finish(&cursor, bytes);
    Ok(scan)
}

/// The records of a dump besides objects, which stand in `objects` (ascending, apart) and are stepped over.
///
/// What cannot be read is left out: [`scan`] has told.
pub fn records(bytes: &[u8], objects: &[Range<u64>]) -> Records {
    let mut scan = Scan::default();
    let Ok(start) = header::end(bytes) else { return scan.records };
    let mut cursor = Cursor::new(bytes, start);
    let mut parts = objects.iter().peekable();
    loop {
        let at = cursor.at() as u64;
        while parts.next_if(|part| part.start < at).is_some() {}
        if let Some(part) = parts.next_if(|part| part.start == at && part.end > at) {
            cursor = Cursor::new(bytes, usize::try_from(part.end).unwrap_or(usize::MAX));
        }
        if !matches!(scan.record(&mut cursor, &mut |_| ()), Ok(true)) {
            return scan.records;
        }
    }
}

impl Scan {
    /// Reads one record; false at the end mark.
    #[inline]
    fn record(&mut self, cursor: &mut Cursor<'_>, take: &mut impl FnMut(Found)) -> Result<bool> {
        let offset = cursor.at() as u64;
        let tag = cursor.number()?;
        if tag != tags::OBJECT {
            return self.other(tag, cursor);
        }
        let object = Object::read(cursor)?;
        let bytes = u32::try_from(object.bytes.len()).ok().filter(|&bytes| bytes <= MOST_BYTES);
        let bytes = bytes.ok_or_else(|| cursor.wrong("an object of less than 2 GiB", "a larger one"))?;
        let pointers = skip_fields(cursor)?;
        take(Found { address: object.address, offset, end: cursor.at() as u64, bytes, pointers });
        Ok(true)
    }

    fn other(&mut self, tag: u64, cursor: &mut Cursor<'_>) -> Result<bool> {
        let records = &mut self.records;
        match tag {
            tags::END => return Ok(false),
            tags::OTHER_ROOT => records.other_roots.push(decode::other_root(cursor)?),
            tags::TYPE => records.types.push(decode::type_record(cursor)?),
            tags::GOROUTINE => {
                let goroutine = decode::goroutine(cursor, records.frames.len())?;
                records.goroutines.push(goroutine);
            }
            tags::FRAME => self.frame(cursor)?,
            tags::PARAMS => records.params = decode::params(cursor)?,
            tags::FINALIZER => records.finalizers.push(decode::finalizer(cursor, false)?),
            tags::ITAB => records.itabs.push(decode::itab(cursor)?),
            tags::OS_THREAD => records.threads.push(decode::os_thread(cursor)?),
            tags::STATISTICS => records.statistics = Some(decode::statistics(cursor)?),
            tags::QUEUED_FINALIZER => records.finalizers.push(decode::finalizer(cursor, true)?),
            tags::DATA => self.segment(cursor, SegmentKind::Data)?,
            tags::BSS => self.segment(cursor, SegmentKind::Bss)?,
            tags::DEFER => records.defers.push(decode::defer(cursor)?),
            tags::PANIC => records.panics.push(decode::panic(cursor)?),
            tags::BUCKET => records.buckets.push(decode::bucket(cursor)?),
            tags::SAMPLE => records.samples.push(decode::sample(cursor)?),
            _ => return Err(cursor.wrong("the tag of a record", tag.to_string())),
        }
        Ok(true)
    }

    fn frame(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let records = &mut self.records;
        let goroutine = records.goroutines.len().checked_sub(1);
        let goroutine = goroutine.ok_or_else(|| cursor.wrong("a goroutine", "a frame before any"))?;
        records.frames.push(decode::frame(cursor, goroutine)?);
        records.goroutines[goroutine].frames.end = records.frames.len();
        Ok(())
    }

    fn segment(&mut self, cursor: &mut Cursor<'_>, kind: SegmentKind) -> Result<()> {
        let memory = decode::region(cursor)?;
        self.records.segments.push(Segment { kind, memory });
        Ok(())
    }

    fn breaks_off(&mut self, bytes: &[u8], at: usize, records: u64, objects: u64, error: &Error) {
        let lost = (bytes.len() - at) as u64;
        let reason = match error {
            Error::Dump { offset, expected, found } => {
                format!("at {offset} expected {expected}, found {found}")
            }
            error => error.to_string(),
        };
        let text =
            format!("the dump breaks off after {records} records, {objects} of them objects: {reason}");
        self.warnings.add(Offset(at as u64), text, lost);
    }

    fn finish(&mut self, cursor: &Cursor<'_>, bytes: &[u8]) {
        self.is_whole = self.warnings.is_empty();
        let place = Offset(cursor.at() as u64);
        if self.is_whole && !cursor.is_at_end() {
            let rest = (bytes.len() - cursor.at()) as u64;
            self.warnings.add(place, "bytes follow the end mark", rest);
        }
        if self.is_whole && self.records.params.architecture.is_empty() {
            self.warnings.add(place, "the dump does not say which machine it comes from", 0);
        }
    }
}

/// Bytes of the largest object: the runtime writes lengths as `int32`.
const MOST_BYTES: u32 = i32::MAX.unsigned_abs();
