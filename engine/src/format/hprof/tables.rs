//! The small top-level records: classes, stack traces, threads.

use super::record::{self, Record};
use super::strings::Strings;
use crate::error::Result;
use crate::id::{Address, Offset};
use crate::input::Cursor;

/// All small records of a dump, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Names, by identifier.
    pub strings: Strings,
    /// Loaded classes; some have no class dump (JDK 11 and 17).
    pub classes: Vec<LoadClass>,
    /// Class serials that were unloaded.
    pub unloaded: Vec<u32>,
    /// Stack frames.
    pub frames: Vec<StackFrame>,
    /// Stack traces.
    pub traces: Vec<StackTrace>,
    /// The identifiers of the frames of all traces, see [`StackTrace::frames`].
    pub trace_frames: Vec<u64>,
    /// Started threads (agents and old JDKs write them).
    pub threads: Vec<StartThread>,
    /// Thread serials that ended.
    pub ended_threads: Vec<u32>,
    /// The last heap summary.
    pub summary: Option<HeapSummary>,
}

/// LOAD_CLASS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadClass {
    /// Number of the class in stack frames; greater than 0.
    pub serial: u32,
    /// The class object.
    pub object: Address,
    /// Stack trace of the loading.
    pub stack_serial: u32,
    /// The class's name, in [`Tables::strings`].
    pub name: u64,
}

/// STACK_FRAME.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackFrame {
    /// The frame's identifier.
    pub id: u64,
    /// Name of the method.
    pub method: u64,
    /// Its descriptor, `(I)V`.
    pub signature: u64,
    /// Name of the source file; 0 where unknown.
    pub source: u64,
    /// [`LoadClass::serial`] of its class.
    pub class_serial: u32,
    /// Line; 0 none, -1 unknown, -2 compiled, -3 native.
    pub line: i32,
}

/// STACK_TRACE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackTrace {
    /// Number of the trace.
    pub serial: u32,
    /// Number of its thread, as in the thread roots.
    pub thread_serial: u32,
    /// Its frames, the innermost first: a range of [`Tables::trace_frames`].
    pub frames: std::ops::Range<usize>,
}

/// START_THREAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartThread {
    /// Number of the thread.
    pub serial: u32,
    /// The thread object.
    pub object: Address,
    /// Number of its stack trace.
    pub stack_serial: u32,
    /// Its name.
    pub name: u64,
    /// Its group's name.
    pub group: u64,
    /// Its group's parent's name.
    pub parent: u64,
}

/// HEAP_SUMMARY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapSummary {
    /// Bytes of the live objects.
    pub live_bytes: u32,
    /// Live objects.
    pub live_objects: u32,
    /// Bytes ever allocated.
    pub allocated_bytes: u64,
    /// Objects ever allocated.
    pub allocated_objects: u64,
}

impl Tables {
    /// Takes in `record`, the body of which is `cursor`; names go to `strings`.
    ///
    /// `false` where the record is none of those that are kept (allocation sites, CPU samples, settings, unknown).
    pub(super) fn read(
        &mut self,
        record: &Record,
        id_size: u8,
        mut cursor: Cursor<'_>,
        strings: &mut Vec<(u64, Offset, u32)>,
    ) -> Result<bool> {
        let cursor = &mut cursor;
        match record.tag {
            record::STRING => {
                let id = cursor.id(id_size)?;
                strings.push((id, cursor.offset(), record.length.saturating_sub(u32::from(id_size))));
            }
            record::LOAD_CLASS => self.classes.push(LoadClass::read(cursor, id_size)?),
            record::UNLOAD_CLASS => self.unloaded.push(cursor.u4()?),
            record::STACK_FRAME => self.frames.push(StackFrame::read(cursor, id_size)?),
            record::STACK_TRACE => self.read_trace(cursor, id_size)?,
            record::START_THREAD => self.threads.push(StartThread::read(cursor, id_size)?),
            record::END_THREAD => self.ended_threads.push(cursor.u4()?),
            record::HEAP_SUMMARY => self.summary = Some(HeapSummary::read(cursor)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_trace(&mut self, cursor: &mut Cursor<'_>, id_size: u8) -> Result<()> {
        let (serial, thread_serial, count) = (cursor.u4()?, cursor.u4()?, cursor.u4()?);
        let start = self.trace_frames.len();
        for _ in 0..count {
            // A count that is too high ends with the record; the frames before it are good.
            let Ok(frame) = cursor.id(id_size) else { break };
            self.trace_frames.push(frame);
        }
        self.traces.push(StackTrace { serial, thread_serial, frames: start..self.trace_frames.len() });
        Ok(())
    }
}

impl LoadClass {
    fn read(cursor: &mut Cursor<'_>, id_size: u8) -> Result<LoadClass> {
        Ok(LoadClass {
            serial: cursor.u4()?,
            object: Address(cursor.id(id_size)?),
            stack_serial: cursor.u4()?,
            name: cursor.id(id_size)?,
        })
    }
}

impl StackFrame {
    fn read(cursor: &mut Cursor<'_>, id_size: u8) -> Result<StackFrame> {
        Ok(StackFrame {
            id: cursor.id(id_size)?,
            method: cursor.id(id_size)?,
            signature: cursor.id(id_size)?,
            source: cursor.id(id_size)?,
            class_serial: cursor.u4()?,
            line: cursor.u4()?.cast_signed(),
        })
    }
}

impl StartThread {
    fn read(cursor: &mut Cursor<'_>, id_size: u8) -> Result<StartThread> {
        Ok(StartThread {
            serial: cursor.u4()?,
            object: Address(cursor.id(id_size)?),
            stack_serial: cursor.u4()?,
            name: cursor.id(id_size)?,
            group: cursor.id(id_size)?,
            parent: cursor.id(id_size)?,
        })
    }
}

impl HeapSummary {
    fn read(cursor: &mut Cursor<'_>) -> Result<HeapSummary> {
        Ok(HeapSummary {
            live_bytes: cursor.u4()?,
            live_objects: cursor.u4()?,
            allocated_bytes: cursor.u8()?,
            allocated_objects: cursor.u8()?,
        })
    }
}
