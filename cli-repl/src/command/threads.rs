//! `threads`: the threads of a dump, what their locals hold, and their stacks.

use crate::failure::Result;
use crate::output::{Cell, Columns, Object, Sink, View, escape, thousands};
use crate::session::{Answer, Dump};
use heapwise_engine::id::ObjectId;
use heapwise_engine::store::{Frame, Snapshot};
use std::io::{self, Write};

/// The rows: object, name, daemon, state, frames, locals, retained. Row i is thread i of the snapshot's stacks.
pub(crate) fn answer(dump: &Dump) -> Result<Answer<'static>> {
    Answer::table(
        &dump.snapshot,
        "threads",
        &["object", "name", "daemon", "state", "frames", "locals", "retained"],
    )
}

/// The rows: goroutines, retained, started, reason, function, stack; those that do the same are one row.
pub(crate) fn goroutine_groups(dump: &Dump) -> Result<Answer<'static>> {
    let columns = ["goroutines", "retained", "started", "state", "reason", "function", "object", "stack"];
    Answer::table(&dump.snapshot, "goroutine_groups", &columns)
}

/// Draws every thread with its frames, the innermost first, and the locals of each.
pub(crate) fn draw(dump: &Dump, view: View, sink: &mut Sink) -> Result<()> {
    let answer = answer(dump)?;
    let stacks = Stacks::new(&dump.snapshot);
    let most = view.limit.unwrap_or(u64::MAX);
    let mut thread = 0;
    for batch in answer.batches {
        let batch = batch?;
        let columns = Columns::new(&batch, true, |_| Some(&*dump.snapshot))?;
        let mut cells = Vec::new();
        for row in 0..batch.num_rows() {
            if u64::from(thread) == most {
                let more = answer.total.unwrap_or(most) - most;
                return Ok(writeln!(
                    sink,
                    "… {} more threads; {} shows all",
                    thousands(more),
                    view.show_all
                )?);
            }
            columns.read(row, &mut cells);
            writeln!(sink, "{}", head(&cells))?;
            stacks.draw(thread, sink)?;
            thread += 1;
        }
    }
    Ok(())
}

/// The line above a stack.
fn head(cells: &[Cell]) -> String {
    let [object, name, daemon, state, _, _, retained] = cells else { return String::new() };
    let name = if let Cell::Text(name) = name { escape(name) } else { "?".into() };
    let mut line = format!("\"{name}\"");
    if *daemon == Cell::Bool(true) {
        line.push_str(" daemon");
    }
    if let Cell::Text(state) = state {
        line.push_str(&format!(" {}", escape(state)));
    }
    if let Cell::Object(Object { class, address, .. }) = object {
        line.push_str(&format!(", {} @ 0x{address:x}", escape(class)));
    }
    if let Cell::Number(bytes) = retained {
        line.push_str(&format!(", retains {} bytes", thousands(*bytes)));
    }
    line
}

/// Frames and their locals.
struct Stacks<'a> {
    snapshot: &'a Snapshot,
    /// (thread, frame, local), sorted; a local that belongs to no frame has the highest number.
    locals: Vec<(u32, u32, ObjectId)>,
}

impl<'a> Stacks<'a> {
    fn new(snapshot: &'a Snapshot) -> Stacks<'a> {
        let roots = snapshot.stacks().roots.iter().filter(|root| root.kind.is_local());
        let rows = roots.filter_map(|root| Some((root.thread?, root.frame.unwrap_or(u32::MAX), root.object)));
        let mut locals: Vec<_> = rows.collect();
        locals.sort_unstable();
        Stacks { snapshot, locals }
    }

    fn draw(&self, thread: u32, out: &mut dyn Write) -> io::Result<()> {
        let stacks = self.snapshot.stacks();
        let (start, end) = stacks.threads.get(thread as usize).map_or((0, 0), |thread| thread.frames);
        for row in start..end {
            if let Some(frame) = stacks.frames.get(row as usize) {
                writeln!(out, "    at {}", describe(frame))?;
                self.draw_locals(thread, row, out)?;
            }
        }
        self.draw_locals(thread, u32::MAX, out)?;
        writeln!(out)
    }

    fn draw_locals(&self, thread: u32, frame: u32, out: &mut dyn Write) -> io::Result<()> {
        let start = self.locals.partition_point(|local| (local.0, local.1) < (thread, frame));
        let held = self.locals[start..].iter().take_while(|local| (local.0, local.1) == (thread, frame));
        for (.., object) in held {
            let line = Object::new(self.snapshot, *object, true).line.unwrap_or_default();
            writeln!(out, "       local {}", escape(&line))?;
        }
        Ok(())
    }
}

/// A frame as Java prints it.
fn describe(frame: &Frame) -> String {
    let method = escape(&frame.method).into_owned();
    let name = if frame.class.is_empty() { method } else { format!("{}.{method}", escape(&frame.class)) };
    match (frame.source.as_str(), frame.line) {
        ("", None) => name,
        ("", Some(line)) => format!("{name} (line {line})"),
        (source, None) => format!("{name} ({})", escape(source)),
        (source, Some(line)) => format!("{name} ({}:{line})", escape(source)),
    }
}
