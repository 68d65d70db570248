//! The records of a Go dump besides its objects: small tables, in the order of the dump.

use super::params::Params;
use std::ops::Range;

/// Everything but the objects.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// The machine and the runtime.
    pub params: Params,
    /// Types of interface tables, in the order of the dump.
    pub types: Vec<TypeRecord>,
    /// Interface tables: which concrete type stands behind an interface value's first word.
    pub itabs: Vec<Itab>,
    /// The data and bss segments of the first module.
    pub segments: Vec<Segment>,
    /// Goroutines.
    pub goroutines: Vec<Goroutine>,
    /// Stack frames, by goroutine, the innermost first.
    pub frames: Vec<Frame>,
    /// Deferred calls.
    pub defers: Vec<Defer>,
    /// Panics.
    pub panics: Vec<Panic>,
    /// Operating system threads.
    pub threads: Vec<OsThread>,
    /// Finalizers, those that wait to run last.
    pub finalizers: Vec<Finalizer>,
    /// Roots of other kinds; no runtime since Go 1.4 writes any.
    pub other_roots: Vec<OtherRoot>,
    /// Allocation sites of the memory profile.
    pub buckets: Vec<Bucket>,
    /// Objects that the memory profile sampled.
    pub samples: Vec<Sample>,
    /// The runtime's own statistics of the moment; `None` where the dump ends before them.
    pub statistics: Option<Statistics>,
}

/// Bytes of the dumped process outside the heap, and which words of them are pointers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// The address of the first byte.
    pub address: u64,
    /// Where the bytes stand in the dump.
    pub bytes: Range<usize>,
    /// The places of pointers, in bytes from the first one; ascending.
    pub pointers: Vec<u32>,
}

/// Which segment of the executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// Global variables with an initial value.
    Data,
    /// Global variables that begin as zeros.
    Bss,
}

/// A segment of global variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which one.
    pub kind: SegmentKind,
    /// Its contents.
    pub memory: Region,
}

/// The name and size of a type that an interface table names; pointer types have no useful name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeRecord {
    /// The address of the type descriptor in the executable.
    pub address: u64,
    /// Bytes of a value.
    pub size: u64,
    /// `net/http.response`; of a pointer type the package and a dot only.
    pub name: String,
    /// Whether an interface's data word is the value itself.
    pub is_direct: bool,
}

/// An interface table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Itab {
    /// Its address: the first word of interface values with methods.
    pub address: u64,
    /// The address of the concrete type's descriptor.
    pub type_address: u64,
}

/// A goroutine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goroutine {
    /// The address of its `runtime.g`.
    pub address: u64,
    /// The stack pointer.
    pub stack_pointer: u64,
    /// Its number.
    pub id: u64,
    /// The program counter of the `go` statement that started it.
    pub started_at: u64,
    /// `runtime.gstatus`, see [`Goroutine::status_name`].
    pub status: u64,
    /// Whether the runtime started it.
    pub is_system: bool,
    /// When it began to wait, in nanoseconds of the process's own clock; 0 where unknown.
    pub waiting_since: u64,
    /// Why it waits, or waited the last time.
    pub wait_reason: String,
    /// The closure that it starts with or resumes.
    pub context: u64,
    /// The address of its `runtime.m`; 0 for none.
    pub thread: u64,
    /// Its frames are the rows `frames` of the frame table.
    pub frames: Range<usize>,
}

/// A stack frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The row of its goroutine.
    pub goroutine: usize,
    /// 0 for the innermost frame.
    pub depth: u64,
    /// Its bytes, from the stack pointer upward; the canonical frame address is their end.
    pub memory: Region,
    /// Where its function begins.
    pub entry: u64,
    /// The program counter.
    pub pc: u64,
    /// Where it goes on after a panic; 0 where it never does.
    pub continue_pc: u64,
    /// The function: `main.(*Server).handle`.
    pub function: String,
}

/// A deferred call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defer {
    /// The address of its `runtime._defer`.
    pub address: u64,
    /// The address of its goroutine's `runtime.g`.
    pub goroutine: u64,
    /// The closure to be called.
    pub closure: u64,
    /// The code of the closure; 0 where it is nil.
    pub code: u64,
}

/// A panic under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panic {
    /// The address of its `runtime._panic`.
    pub address: u64,
    /// The address of its goroutine's `runtime.g`.
    pub goroutine: u64,
    /// The type descriptor of the value.
    pub type_address: u64,
    /// The value, or where it is.
    pub data: u64,
}

/// An operating system thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OsThread {
    /// The address of its `runtime.m`.
    pub address: u64,
    /// The runtime's number of it.
    pub id: u64,
    /// The operating system's number of it.
    pub system_id: u64,
}

/// A finalizer of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalizer {
    /// Whether the object is gone and the finalizer waits to run.
    pub is_queued: bool,
    /// The object; may lie inside of a slot.
    pub object: u64,
    /// The closure to be called.
    pub closure: u64,
    /// Its code.
    pub code: u64,
    /// The type descriptor of its argument.
    pub argument_type: u64,
    /// The type descriptor of the pointer to the object.
    pub object_type: u64,
}

/// A root that only runtimes before Go 1.4 write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherRoot {
    /// What it is.
    pub description: String,
    /// What it holds.
    pub pointer: u64,
}

/// An allocation site of the memory profile, counted since the process began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its address, by which samples name it.
    pub address: u64,
    /// Bytes of one object.
    pub size: u64,
    /// The stack, the allocating function first.
    pub stack: Vec<Call>,
    /// Sampled allocations.
    pub allocations: u64,
    /// Sampled allocations that were freed.
    pub frees: u64,
}

/// A call on an allocation's stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function.
    pub function: String,
    /// Its source file.
    pub file: String,
    /// The line; 0 where unknown.
    pub line: u64,
}

/// An object that the memory profile sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The object.
    pub object: u64,
    /// The address of its [`Bucket`].
    pub bucket: u64,
}

/// `runtime.MemStats` of the moment of the dump; bytes unless the name says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// The values of [`Statistics::NAMES`], in their order.
    pub values: Vec<u64>,
    /// The last pauses in nanoseconds, a ring of 256.
    pub pauses: Vec<u64>,
}

impl Statistics {
    /// The names of the values, as `runtime.MemStats` has them.
    pub const NAMES: [&'static str; 25] = [
        "Alloc",
        "TotalAlloc",
        "Sys",
        "Lookups",
        "Mallocs",
        "Frees",
        "HeapAlloc",
        "HeapSys",
        "HeapIdle",
        "HeapInuse",
        "HeapReleased",
        "HeapObjects",
        "StackInuse",
        "StackSys",
        "MSpanInuse",
        "MSpanSys",
        "MCacheInuse",
        "MCacheSys",
        "BuckHashSys",
        "GCSys",
        "OtherSys",
        "NextGC",
        "LastGC",
        "PauseTotalNs",
        "NumGC",
    ];

    /// The value of this name; `None` for others.
    pub fn get(&self, name: &str) -> Option<u64> {
        let place = Statistics::NAMES.iter().position(|known| *known == name)?;
        self.values.get(place).copied()
    }
}

impl Goroutine {
    /// Why it waits; empty where it does not: the runtime leaves the last reason there.
    pub fn reason(&self) -> &str {
        if self.status & !SCAN == WAITING { &self.wait_reason } else { "" }
    }

    /// What it is doing, in the runtime's words.
    pub fn status_name(&self) -> &'static str {
        match self.status & !SCAN {
            0 => "idle",
            1 => "runnable",
            2 => "running",
            3 => "syscall",
            4 => "waiting",
            6 => "dead",
            8 => "copystack",
            9 => "preempted",
            10 => "leaked",
            11 => "deadextra",
            _ => "unknown",
        }
    }
}

/// Set in a status while the collector scans the stack.
const SCAN: u64 = 0x1000;
/// `_Gwaiting`.
const WAITING: u64 = 4;
