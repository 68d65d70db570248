//! The table `goroutines`.

use super::rows::{Cell, Spec, object, text};
use crate::format::go::Goroutine;
use crate::store::{Frame, Snapshot, Thread};
use crate::table::Kind;
use crate::table::batch::column;

pub(super) const GOROUTINES: Spec = Spec {
    name: "goroutines",
    doc: "the goroutines of the process: what they do, since when, and what their stacks hold",
    columns: &[
        column("object", Kind::Object, "its runtime.g, which retains what the stack holds"),
        column("id", Kind::Count, "the goroutine's number"),
        column("state", Kind::Text, "runnable, running, syscall or waiting"),
        column("reason", Kind::Text, "why it waits; else null"),
        column(
            "waiting_since",
            Kind::Count,
            "when it began to wait, in nanoseconds of the process's clock; null where unknown",
        ),
        column("function", Kind::Text, "the innermost function that is not the runtime's"),
        column("started", Kind::Text, "the function that it was started with: what the go statement calls"),
        column("system", Kind::Bool, "whether the runtime started it"),
        column("frames", Kind::Count, "frames of its stack, inlined calls too"),
        column("locals", Kind::Count, "objects that its stack holds"),
        column("retained", Kind::Bytes, "bytes that it retains, by its stack too"),
        column(
            "stack",
            Kind::Text,
            "the functions of its frames, the innermost first: the same for goroutines that do the same",
        ),
    ],
    rows,
};

fn rows(snapshot: &Snapshot) -> Vec<Vec<Cell>> {
    let Some(go) = snapshot.go() else { return Vec::new() };
    let goroutines = &go.records(snapshot.dump().bytes()).goroutines;
    goroutines
        .iter()
        .zip(&snapshot.stacks().threads)
        .map(|(row, thread)| cells(snapshot, row, thread))
        .collect()
}

fn cells(snapshot: &Snapshot, goroutine: &Goroutine, thread: &Thread) -> Vec<Cell> {
    let (start, end) = thread.frames;
    let frames = snapshot.stacks().frames.get(start as usize..end as usize).unwrap_or_default();
    let it = object(snapshot, goroutine.address);
    let (locals, retained) = match it {
        Cell::Object(id) => {
            (Cell::Number(snapshot.locals_of(id).len() as u64), Cell::Number(snapshot.retained(id)))
        }
        _ => (Cell::Null, Cell::Null),
    };
    let since = match goroutine.waiting_since {
        0 => Cell::Null,
        since => Cell::Number(since),
    };
    vec![
        it,
        Cell::Number(goroutine.id),
        text(goroutine.status_name()),
        text(goroutine.reason()),
        since,
        text(&function(frames, &thread.started)),
        text(&thread.started),
        Cell::Bool(goroutine.is_system),
        Cell::Number(frames.len() as u64),
        locals,
        retained,
        text(&stack(frames)),
    ]
}

/// The innermost function that is not the runtime's; of a goroutine of the runtime its innermost.
pub(super) fn function(frames: &[Frame], started: &str) -> String {
    let own = frames.iter().position(|frame| !is_of_runtime(frame));
    let Some(frame) = frames.get(own.unwrap_or(0)) else { return String::new() };
    // Only the end of every stack is around it: it is what was started, or a wrapper of that.
    let outer = &frames[own.unwrap_or(0) + 1..];
    let is_outermost = own.is_some() && outer.iter().all(is_of_runtime) && outer.len() <= 1;
    if is_outermost && !started.is_empty() { started.to_owned() } else { frame.name() }
}

/// All functions of a stack, the innermost first.
pub(super) fn stack(frames: &[Frame]) -> String {
    frames.iter().map(Frame::name).collect::<Vec<_>>().join(" < ")
}

fn is_of_runtime(frame: &Frame) -> bool {
    frame.class == "runtime"
        || ["internal/runtime/", "runtime/internal/"].iter().any(|prefix| frame.class.starts_with(prefix))
}
