//! Threads and their frames, from roots, stack traces and thread records.

use crate::format::hprof::{Outline, Root, RootKind, StackFrame, StackTrace, java_name};
use crate::id::ObjectId;
use crate::store::{Frame, Thread};
use std::collections::{BTreeMap, HashMap};

use super::Numbering;

/// The threads of a dump, by serial, with their frames.
#[derive(Debug, Default)]
pub(super) struct Threads {
    /// Sorted by serial.
    pub(super) threads: Vec<Thread>,
    /// By thread, the innermost first.
    pub(super) frames: Vec<Frame>,
}

impl Threads {
    /// The row of the thread with this serial.
    pub(super) fn row(&self, serial: u32) -> Option<u32> {
        let row = self.threads.binary_search_by_key(&serial, |thread| thread.serial).ok()?;
        u32::try_from(row).ok()
    }
}

/// The threads that `roots` and the outline's tables name.
pub(super) fn threads(bytes: &[u8], outline: &Outline, roots: &[Root], numbering: &Numbering) -> Threads {
    let mut known: BTreeMap<u32, (Option<ObjectId>, Option<u32>)> = BTreeMap::new();
    for thread in &outline.tables.threads {
        known.insert(
            thread.serial,
            (numbering.find(thread.object.0).map(ObjectId), Some(thread.stack_serial)),
        );
    }
    for root in roots.iter().filter(|root| root.kind == RootKind::Thread) {
        let Some(serial) = root.thread_serial else { continue };
        known.insert(serial, (numbering.find(root.object.0).map(ObjectId), root.stack_serial));
    }
    for serial in roots.iter().filter_map(|root| root.thread_serial) {
        known.entry(serial).or_default();
    }
    let stacks = Stacks::new(bytes, outline);
    let mut all = Threads::default();
    for (serial, (object, stack)) in known {
        let row = u32::try_from(all.threads.len()).unwrap_or(u32::MAX);
        let start = u32::try_from(all.frames.len()).unwrap_or(u32::MAX);
        all.frames.extend(stacks.frames(row, serial, stack));
        let end = u32::try_from(all.frames.len()).unwrap_or(u32::MAX);
        all.threads.push(Thread { object, serial, frames: (start, end), started: String::new() });
    }
    all
}

/// Stack traces and frames by their numbers.
struct Stacks<'a> {
    bytes: &'a [u8],
    outline: &'a Outline,
    traces: HashMap<u32, &'a StackTrace>,
    trace_of_thread: HashMap<u32, &'a StackTrace>,
    frames: HashMap<u64, &'a StackFrame>,
    class_names: HashMap<u32, u64>,
}

impl<'a> Stacks<'a> {
    fn new(bytes: &'a [u8], outline: &'a Outline) -> Stacks<'a> {
        let tables = &outline.tables;
        Stacks {
            bytes,
            outline,
            traces: tables.traces.iter().map(|trace| (trace.serial, trace)).collect(),
            trace_of_thread: tables.traces.iter().map(|trace| (trace.thread_serial, trace)).collect(),
            frames: tables.frames.iter().map(|frame| (frame.id, frame)).collect(),
            class_names: tables.classes.iter().map(|class| (class.serial, class.name)).collect(),
        }
    }

    fn frames(&self, thread: u32, serial: u32, stack: Option<u32>) -> Vec<Frame> {
        let by_stack = stack.and_then(|stack| self.traces.get(&stack));
        // Some writers (jhsdb) number traces and threads independently: the thread's own trace decides.
        let trace =
            by_stack.filter(|trace| trace.thread_serial == serial).or(self.trace_of_thread.get(&serial));
        let ids = trace.and_then(|trace| self.outline.tables.trace_frames.get(trace.frames.clone()));
        let frame = |(depth, id): (u32, &u64)| self.frame(thread, depth, self.frames.get(id).copied());
        (0..).zip(ids.unwrap_or_default()).map(frame).collect()
    }

    fn frame(&self, thread: u32, depth: u32, frame: Option<&StackFrame>) -> Frame {
        let Some(frame) = frame else {
            let (class, method, source) = (String::new(), "unknown frame".to_owned(), String::new());
            return Frame { thread, depth, class, method, source, line: None };
        };
        let class = self.class_names.get(&frame.class_serial).map(|&name| java_name(&self.text(name)));
        Frame {
            thread,
            depth,
            class: class.unwrap_or_default(),
            method: self.text(frame.method),
            source: self.text(frame.source),
            line: u32::try_from(frame.line).ok().filter(|&line| line > 0),
        }
    }

    fn text(&self, id: u64) -> String {
        self.outline.tables.strings.get(self.bytes, id).map(|text| text.into_owned()).unwrap_or_default()
    }
}
