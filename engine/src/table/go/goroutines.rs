//! The table `goroutines`.

use super::rows::{Cell, Spec, object, text};
use crate::format::go::Frame;
use crate::store::Snapshot;
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
        column("started", Kind::Text, "the outermost function"),
        column("system", Kind::Bool, "whether the runtime started it"),
        column("frames", Kind::Count, "frames of its stack"),
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
    let records = go.records(snapshot.dump().bytes());
    let row = |goroutine: &crate::format::go::Goroutine| {
        let frames = records.frames.get(goroutine.frames.clone()).unwrap_or_default();
        let own = frames.iter().find(|frame| !is_of_runtime(frame)).or(frames.first());
        // `runtime.goexit` ends every stack.
        let started = frames.iter().rev().find(|frame| frame.function != "runtime.goexit");
        let name = |frame: Option<&Frame>| frame.map_or(Cell::Null, |frame| text(&frame.function));
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
        let stack: Vec<&str> = frames.iter().map(|frame| frame.function.as_str()).collect();
        vec![
            it,
            Cell::Number(goroutine.id),
            text(goroutine.status_name()),
            text(&goroutine.wait_reason),
            since,
            name(own),
            name(started),
            Cell::Bool(goroutine.is_system),
            Cell::Number(frames.len() as u64),
            locals,
            retained,
            text(&stack.join(" < ")),
        ]
    };
    records.goroutines.iter().map(row).collect()
}

fn is_of_runtime(frame: &Frame) -> bool {
    ["runtime.", "internal/runtime/", "runtime/internal/"]
        .iter()
        .any(|prefix| frame.function.starts_with(prefix))
}
