//! Roots, threads and stack frames: small tables of who holds the heap from outside.

use super::classes::{texts, u8s, u32s, u64s};
use super::folder::Folder;
use super::ipc;
use crate::error::Result;
use crate::id::{NO_OBJECT, ObjectId};
use arrow_array::RecordBatch;
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};

/// Why the runtime keeps an object. The numbers are those of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are the documentation; `name` gives their spelling")]
pub enum RootKind {
    Unknown,
    JniGlobal,
    JniLocal,
    JavaFrame,
    NativeStack,
    StickyClass,
    ThreadBlock,
    Monitor,
    Thread,
    InternedString,
    Finalizing,
    Debugger,
    ReferenceCleanup,
    VmInternal,
    JniMonitor,
    Unreachable,
    /// A class object or thread that the dump does not name as a root, though the runtime keeps it.
    Inferred,
    /// A global variable of a Go program.
    Global,
    /// A goroutine.
    Goroutine,
    /// A word of a goroutine's frame that the runtime knows to be a pointer.
    GoFrame,
    /// A word of a goroutine's frame that is a pointer into the heap, though the runtime does not say that it is in use.
    ConservativeFrame,
    /// A deferred call of a goroutine.
    Defer,
    /// A panic of a goroutine.
    Panic,
    /// What an object with a finalizer refers to, and the finalizer.
    Finalizer,
    /// A finalizer that waits to run, and its object.
    QueuedFinalizer,
    /// An operating system thread of the Go scheduler.
    Machine,
}

impl RootKind {
    const ALL: [RootKind; 26] = [
        RootKind::Unknown,
        RootKind::JniGlobal,
        RootKind::JniLocal,
        RootKind::JavaFrame,
        RootKind::NativeStack,
        RootKind::StickyClass,
        RootKind::ThreadBlock,
        RootKind::Monitor,
        RootKind::Thread,
        RootKind::InternedString,
        RootKind::Finalizing,
        RootKind::Debugger,
        RootKind::ReferenceCleanup,
        RootKind::VmInternal,
        RootKind::JniMonitor,
        RootKind::Unreachable,
        RootKind::Inferred,
        RootKind::Global,
        RootKind::Goroutine,
        RootKind::GoFrame,
        RootKind::ConservativeFrame,
        RootKind::Defer,
        RootKind::Panic,
        RootKind::Finalizer,
        RootKind::QueuedFinalizer,
        RootKind::Machine,
    ];

    /// The spelling in tables and outputs.
    pub fn name(self) -> &'static str {
        match self {
            RootKind::Unknown => "unknown",
            RootKind::JniGlobal => "jni global",
            RootKind::JniLocal => "jni local",
            RootKind::JavaFrame => "java frame",
            RootKind::NativeStack => "native stack",
            RootKind::StickyClass => "system class",
            RootKind::ThreadBlock => "thread block",
            RootKind::Monitor => "monitor",
            RootKind::Thread => "thread",
            RootKind::InternedString => "interned string",
            RootKind::Finalizing => "finalizing",
            RootKind::Debugger => "debugger",
            RootKind::ReferenceCleanup => "reference cleanup",
            RootKind::VmInternal => "vm internal",
            RootKind::JniMonitor => "jni monitor",
            RootKind::Unreachable => "unreachable",
            RootKind::Inferred => "inferred",
            RootKind::Global => "global",
            RootKind::Goroutine => "goroutine",
            RootKind::GoFrame => "goroutine frame",
            RootKind::ConservativeFrame => "conservative frame",
            RootKind::Defer => "defer",
            RootKind::Panic => "panic",
            RootKind::Finalizer => "finalizer",
            RootKind::QueuedFinalizer => "queued finalizer",
            RootKind::Machine => "os thread",
        }
    }

    /// Whether such a root belongs to a thread's stack: its thread holds the object.
    pub fn is_local(self) -> bool {
        matches!(
            self,
            RootKind::JniLocal
                | RootKind::JavaFrame
                | RootKind::NativeStack
                | RootKind::ThreadBlock
                | RootKind::GoFrame
                | RootKind::ConservativeFrame
                | RootKind::Defer
                | RootKind::Panic
        )
    }

    fn from_number(number: u8) -> RootKind {
        RootKind::ALL.get(usize::from(number)).copied().unwrap_or(RootKind::Unknown)
    }
}

/// A root. Rows are sorted by object, then kind, thread and frame; equal rows are kept once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// What is held.
    pub object: ObjectId,
    /// Why.
    pub kind: RootKind,
    /// The row of the thread whose stack holds it.
    pub thread: Option<u32>,
    /// The row of the stack frame that holds it.
    pub frame: Option<u32>,
    /// The row of its name, where it has one: a global variable, a local …
    pub name: Option<u32>,
}

/// A thread that the dump has a stack or a root for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The thread object, if the dump has it.
    pub object: Option<ObjectId>,
    /// The dump's number of the thread.
    pub serial: u32,
    /// The thread's frames are the rows `frames.0..frames.1` of the frame table, the innermost first.
    pub frames: (u32, u32),
    /// The function that a goroutine was started with; empty for threads of other runtimes.
    pub started: String,
}

/// A frame of a thread's stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The row of the thread.
    pub thread: u32,
    /// 0 for the innermost frame.
    pub depth: u32,
    /// Class of the method, in Java spelling; empty where the dump does not tell.
    pub class: String,
    /// Method name.
    pub method: String,
    /// Source file; empty where the dump does not tell.
    pub source: String,
    /// Line number; `None` for native methods and where unknown.
    pub line: Option<u32>,
}

impl Frame {
    /// The method with its class, the function with its package: `com.acme.Pool.take`, `net/http.(*conn).serve`.
    pub fn name(&self) -> String {
        let dot = if self.class.is_empty() { "" } else { "." };
        format!("{}{dot}{}", self.class, self.method)
    }
}

impl Root {
    /// A root that belongs to no stack and has no name.
    pub fn new(object: ObjectId, kind: RootKind) -> Root {
        Root { object, kind, thread: None, frame: None, name: None }
    }
}

/// Roots, threads and frames of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Stacks {
    /// Sorted by object.
    pub roots: Vec<Root>,
    /// The names of roots.
    pub names: Vec<String>,
    /// Sorted by serial.
    pub threads: Vec<Thread>,
    /// By thread, the innermost first.
    pub frames: Vec<Frame>,
}

impl Stacks {
    /// The roots that hold `object`.
    pub fn roots_of(&self, object: ObjectId) -> &[Root] {
        let start = self.roots.partition_point(|root| root.object < object);
        let end = self.roots.partition_point(|root| root.object <= object);
        &self.roots[start..end]
    }

    /// The name of a root, if it has one.
    pub fn name(&self, root: &Root) -> Option<&str> {
        self.names.get(root.name? as usize).map(String::as_str)
    }

    /// Writes the tables `roots`, `root_names`, `threads` and `frames` into an index.
    pub(crate) fn write(&self, folder: &Folder) -> Result<u64> {
        let none = |value: Option<u32>| value.unwrap_or(NO_OBJECT);
        let roots = &self.roots;
        let roots = vec![
            ("object", u32s(roots.iter().map(|root| root.object.0))),
            ("kind", u8s(roots.iter().map(|root| root.kind as u8))),
            ("thread", u32s(roots.iter().map(|root| none(root.thread)))),
            ("frame", u32s(roots.iter().map(|root| none(root.frame)))),
            ("name", u32s(roots.iter().map(|root| none(root.name)))),
        ];
        let threads = &self.threads;
        let threads = vec![
            ("object", u32s(threads.iter().map(|thread| none(thread.object.map(|id| id.0))))),
            ("serial", u32s(threads.iter().map(|thread| thread.serial))),
            ("frames_start", u32s(threads.iter().map(|thread| thread.frames.0))),
            ("frames_end", u32s(threads.iter().map(|thread| thread.frames.1))),
            ("started", texts(threads.iter().map(|thread| thread.started.as_str()))),
        ];
        let frames = &self.frames;
        let frames = vec![
            ("thread", u32s(frames.iter().map(|frame| frame.thread))),
            ("depth", u32s(frames.iter().map(|frame| frame.depth))),
            ("class", texts(frames.iter().map(|frame| frame.class.as_str()))),
            ("method", texts(frames.iter().map(|frame| frame.method.as_str()))),
            ("source", texts(frames.iter().map(|frame| frame.source.as_str()))),
            ("line", u64s(frames.iter().map(|frame| frame.line.map_or(u64::MAX, u64::from)))),
        ];
        let bytes = folder.write("roots", roots)? + folder.write("threads", threads)?;
        let names = vec![("name", texts(self.names.iter().map(String::as_str)))];
        Ok(bytes + folder.write("root_names", names)? + folder.write("frames", frames)?)
    }

    /// The tables that [`Stacks::write`] wrote.
    pub(crate) fn read(
        roots: &RecordBatch,
        names: &RecordBatch,
        threads: &RecordBatch,
        frames: &RecordBatch,
    ) -> Result<Stacks> {
        Ok(Stacks {
            roots: read_roots(roots)?,
            names: ipc::text(names, "name")?,
            threads: read_threads(threads)?,
            frames: read_frames(frames)?,
        })
    }
}

fn some(value: u32) -> Option<u32> {
    (value != NO_OBJECT).then_some(value)
}

fn read_roots(batch: &RecordBatch) -> Result<Vec<Root>> {
    let u32s = |name| ipc::column::<UInt32Type>(batch, name);
    let (object, thread, frame, name) = (u32s("object")?, u32s("thread")?, u32s("frame")?, u32s("name")?);
    let kind = ipc::column::<UInt8Type>(batch, "kind")?;
    let root = |i: usize| Root {
        object: ObjectId(object[i]),
        kind: RootKind::from_number(kind[i]),
        thread: some(thread[i]),
        frame: some(frame[i]),
        name: some(name[i]),
    };
    Ok((0..batch.num_rows()).map(root).collect())
}

fn read_threads(batch: &RecordBatch) -> Result<Vec<Thread>> {
    let u32s = |name| ipc::column::<UInt32Type>(batch, name);
    let (object, serial) = (u32s("object")?, u32s("serial")?);
    let (start, end) = (u32s("frames_start")?, u32s("frames_end")?);
    let started = ipc::text(batch, "started")?;
    let thread = |i: usize| Thread {
        object: some(object[i]).map(ObjectId),
        serial: serial[i],
        frames: (start[i], end[i]),
        started: started[i].clone(),
    };
    Ok((0..batch.num_rows()).map(thread).collect())
}

fn read_frames(batch: &RecordBatch) -> Result<Vec<Frame>> {
    let u32s = |name| ipc::column::<UInt32Type>(batch, name);
    let (thread, depth) = (u32s("thread")?, u32s("depth")?);
    let text = |name| ipc::text(batch, name);
    let (class, method, source) = (text("class")?, text("method")?, text("source")?);
    let line = ipc::column::<UInt64Type>(batch, "line")?;
    let frame = |i: usize| Frame {
        thread: thread[i],
        depth: depth[i],
        class: class[i].clone(),
        method: method[i].clone(),
        source: source[i].clone(),
        line: u32::try_from(line[i]).ok(),
    };
    Ok((0..batch.num_rows()).map(frame).collect())
}
