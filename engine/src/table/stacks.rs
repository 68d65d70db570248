//! The tables `roots`, `threads` and `frames`.

use super::batch::{batch, bools, clamp, column, counts, no_such, objects, optional_counts, texts};
use super::{Column, Kind, Table};
use crate::error::Result;
use crate::id::ObjectId;
use crate::language::go::goroutine_facts;
use crate::language::java::{ThreadFacts, thread_facts};
use crate::store::{Frame, Snapshot};
use arrow_array::RecordBatch;
use std::ops::Range;
use std::sync::Arc;

const ROOTS: &[Column] = &[
    column("object", Kind::Object, "what is kept"),
    column("kind", Kind::Text, "why the runtime keeps it"),
    column("thread", Kind::Object, "the thread whose stack holds it; else null"),
    column("frame", Kind::Text, "the stack frame that holds it; else null"),
    column("name", Kind::Text, "the variable that holds it; null where the dump does not tell"),
];

/// The table `roots`.
pub(super) struct Roots(pub Arc<Snapshot>);

impl Table for Roots {
    fn name(&self) -> &'static str {
        "roots"
    }

    fn doc(&self) -> &'static str {
        "what the runtime keeps from outside the heap, and why"
    }

    fn columns(&self) -> &'static [Column] {
        ROOTS
    }

    fn rows(&self) -> u64 {
        self.0.stacks().roots.len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let stacks = self.0.stacks();
        batch(ROOTS, columns, clamp(rows, stacks.roots.len()), |name, rows| {
            let rows = stacks.roots[rows].iter();
            match name {
                "object" => objects(rows.map(|root| Some(root.object))),
                "kind" => texts(rows.map(|root| Some(root.kind.name()))),
                "thread" => objects(rows.map(|root| thread_object(&self.0, root.thread?))),
                "frame" => texts(rows.map(|root| stacks.frames.get(root.frame? as usize).map(frame_text))),
                "name" => texts(rows.map(|root| stacks.name(root))),
                name => no_such(name),
            }
        })
    }
}

const THREADS: &[Column] = &[
    column("object", Kind::Object, "the thread object; null where the dump lacks it"),
    column("name", Kind::Text, "its name"),
    column("daemon", Kind::Bool, "whether it is a daemon"),
    column("state", Kind::Text, "its java.lang.Thread.State"),
    column("frames", Kind::Count, "frames of its stack"),
    column("locals", Kind::Count, "objects that its stack holds"),
    column("retained", Kind::Bytes, "bytes that the thread retains, by its stack too"),
];

/// The table `threads`.
pub(super) struct Threads {
    snapshot: Arc<Snapshot>,
    facts: Vec<ThreadFacts>,
}

impl Threads {
    /// The threads of a snapshot.
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Threads {
        let threads = snapshot.stacks().threads.iter();
        let facts = match snapshot.go() {
            Some(go) => goroutine_facts(go.records(snapshot.dump().bytes())),
            None => threads
                .map(|thread| thread.object.map(|object| thread_facts(&snapshot, object)).unwrap_or_default())
                .collect(),
        };
        Threads { snapshot, facts }
    }

    fn locals(&self, object: Option<ObjectId>) -> u64 {
        object.map_or(0, |object| self.snapshot.locals_of(object).len() as u64)
    }
}

impl Table for Threads {
    fn name(&self) -> &'static str {
        "threads"
    }

    fn doc(&self) -> &'static str {
        "the threads that the dump has a root or a stack for"
    }

    fn columns(&self) -> &'static [Column] {
        THREADS
    }

    fn rows(&self) -> u64 {
        self.facts.len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let stacks = self.snapshot.stacks();
        batch(THREADS, columns, clamp(rows, self.facts.len()), |name, rows| {
            let threads = stacks.threads[rows.clone()].iter();
            let facts = self.facts[rows].iter();
            match name {
                "object" => objects(threads.map(|thread| thread.object)),
                "name" => texts(facts.map(|facts| facts.name.as_deref())),
                "daemon" => bools(facts.map(|facts| facts.daemon)),
                "state" => texts(facts.map(|facts| facts.state)),
                "frames" => counts(threads.map(|thread| u64::from(thread.frames.1 - thread.frames.0))),
                "locals" => counts(threads.map(|thread| self.locals(thread.object))),
                "retained" => counts(
                    threads.map(|thread| thread.object.map_or(0, |object| self.snapshot.retained(object))),
                ),
                name => no_such(name),
            }
        })
    }
}

const FRAMES: &[Column] = &[
    column("thread", Kind::Object, "the thread; null where the dump lacks its object"),
    column("depth", Kind::Count, "0 for the innermost frame"),
    column("class", Kind::Text, "class of the method"),
    column("method", Kind::Text, "the method's name"),
    column("source", Kind::Text, "source file; null where unknown"),
    column("line", Kind::Count, "line number; null for native methods and where unknown"),
];

/// The table `frames`.
pub(super) struct Frames(pub Arc<Snapshot>);

impl Table for Frames {
    fn name(&self) -> &'static str {
        "frames"
    }

    fn doc(&self) -> &'static str {
        "the stack frames of the threads"
    }

    fn columns(&self) -> &'static [Column] {
        FRAMES
    }

    fn rows(&self) -> u64 {
        self.0.stacks().frames.len() as u64
    }

    fn scan(&self, columns: &[usize], rows: Range<u64>) -> Result<RecordBatch> {
        let stacks = self.0.stacks();
        batch(FRAMES, columns, clamp(rows, stacks.frames.len()), |name, rows| {
            let frames = stacks.frames[rows].iter();
            match name {
                "thread" => objects(frames.map(|frame| thread_object(&self.0, frame.thread))),
                "depth" => counts(frames.map(|frame| frame.depth.into())),
                "class" => texts(frames.map(|frame| known(&frame.class))),
                "method" => texts(frames.map(|frame| Some(&frame.method))),
                "source" => texts(frames.map(|frame| known(&frame.source))),
                "line" => optional_counts(frames.map(|frame| frame.line.map(u64::from))),
                name => no_such(name),
            }
        })
    }
}

/// A frame as stack traces show it: `com.acme.Pool.take(Pool.java:17)`.
pub fn frame_text(frame: &Frame) -> String {
    let place = match (known(&frame.source), frame.line) {
        (Some(source), Some(line)) => format!("{source}:{line}"),
        (Some(source), None) => source.to_owned(),
        (None, _) => "unknown source".to_owned(),
    };
    format!("{}({place})", frame.name())
}

fn known(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn thread_object(snapshot: &Snapshot, row: u32) -> Option<ObjectId> {
    snapshot.stacks().threads.get(row as usize)?.object
}
