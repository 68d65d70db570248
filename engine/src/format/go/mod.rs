//! Dumps of the Go runtime (`runtime/debug.WriteHeapDump`), as `runtime/heapdump.go` writes them since Go 1.7.

mod cursor;
mod header;
mod params;
mod records;
mod memory;
mod object;
mod decode;
mod scan;
mod phantom;
pub mod types;
pub mod exe;
pub mod infer;

pub use header::matches;
pub use memory::{Memory, Seat};
pub use object::{Object, Pointers};
pub use params::Params;
pub use phantom::{Reserve, Slot};
pub use records::{
    Bucket, Call, Defer, Finalizer, Frame, Goroutine, Itab, OsThread, OtherRoot, Panic, Records, Region,
    Sample, Segment, SegmentKind, Statistics, TypeRecord,
};
pub use scan::{Found, Scan, records, scan};

/// The numbers with which records begin.
mod tags {
    pub(super) const END: u64 = 0;
    pub(super) const OBJECT: u64 = 1;
    pub(super) const OTHER_ROOT: u64 = 2;
    pub(super) const TYPE: u64 = 3;
    pub(super) const GOROUTINE: u64 = 4;
    pub(super) const FRAME: u64 = 5;
    pub(super) const PARAMS: u64 = 6;
    pub(super) const FINALIZER: u64 = 7;
    pub(super) const ITAB: u64 = 8;
    pub(super) const OS_THREAD: u64 = 9;
    pub(super) const STATISTICS: u64 = 10;
    pub(super) const QUEUED_FINALIZER: u64 = 11;
    pub(super) const DATA: u64 = 12;
    pub(super) const BSS: u64 = 13;
    pub(super) const DEFER: u64 = 14;
    pub(super) const PANIC: u64 = 15;
    pub(super) const BUCKET: u64 = 16;
    pub(super) const SAMPLE: u64 = 17;
}
