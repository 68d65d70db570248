//! Goroutines and their frames as the threads of a snapshot.

use super::slots::Slots;
use super::typed::Typed;
use crate::format::go::{self, Memory};
use crate::id::ObjectId;
use crate::store::{Frame, Thread};

/// The goroutines of a dump, in its order, and their frames, the innermost first.
pub(super) fn stacks(slots: &Slots, typed: Option<&Typed>) -> (Vec<Thread>, Vec<Frame>) {
    let row = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
    let thread = |(serial, goroutine): (u32, &go::Goroutine)| Thread {
        object: slots.slot_of(goroutine.address).map(ObjectId),
        serial,
        frames: (row(goroutine.frames.start), row(goroutine.frames.end)),
    };
    let lines = typed.map(|typed| typed.lines(&slots.records)).unwrap_or_default();
    let lines = lines.into_iter().chain(std::iter::repeat(None));
    let frame = |(frame, line): (&go::Frame, Option<(String, u32)>)| {
        let (package, function) = split(&frame.function);
        Frame {
            thread: row(frame.goroutine),
            depth: u32::try_from(frame.depth).unwrap_or(u32::MAX),
            class: package.to_owned(),
            method: function.to_owned(),
            line: line.as_ref().map(|line| line.1),
            source: line.map_or_else(|| format!("pc 0x{:x}", frame.pc), |line| line.0),
        }
    };
    let records = &slots.records;
    let threads = (0..).zip(&records.goroutines).map(thread).collect();
    (threads, records.frames.iter().zip(lines).map(frame).collect())
}

/// Package and function of `net/http.(*conn).serve`.
fn split(name: &str) -> (&str, &str) {
    // Dots of a path stand before its last slash; `%2e` stands for those after it.
    let path = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[path..].find('.') {
        Some(dot) => (&name[..path + dot], &name[path + dot + 1..]),
        None => ("", name),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_package_ends_at_the_first_dot_after_its_path() {
        assert_eq!(split("main.main"), ("main", "main"));
        assert_eq!(split("net/http.(*conn).serve"), ("net/http", "(*conn).serve"));
        assert_eq!(split("github.com/a/b.F.func1"), ("github.com/a/b", "F.func1"));
        assert_eq!(split("gogo"), ("", "gogo"));
        assert_eq!(split(""), ("", ""));
    }
}
