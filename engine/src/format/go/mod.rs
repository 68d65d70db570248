//! Dumps of the Go runtime (`runtime/debug.WriteHeapDump`), as `runtime/heapdump.go` writes them since Go 1.7.

mod params;
mod records;
mod memory;
pub mod types;
pub mod exe;
pub mod infer;

pub use memory::Memory;
pub use params::Params;
pub use records::{
    Bucket, Call, Defer, Finalizer, Frame, Goroutine, Itab, OsThread, OtherRoot, Panic, Records, Region,
    Sample, Segment, SegmentKind, Statistics, TypeRecord,
};
