//! Goroutines and their frames as the threads of a snapshot.

use super::slots::Slots;
use super::typed::Typed;
use crate::format::go::exe::{Call, is_wrapper_name};
use crate::format::go::{self, Memory};
use crate::id::ObjectId;
use crate::store::{Frame, Thread};
use std::collections::HashMap;

/// Goroutines in the order of the dump, and their frames as a traceback shows them: with functions that were inlined, and
/// without what the compiler wrapped around others.
#[derive(Debug, Default)]
pub(super) struct Goroutines {
    pub(super) threads: Vec<Thread>,
    /// By goroutine, the innermost first.
    pub(super) frames: Vec<Frame>,
    /// For each frame of the dump the rows that stand for it.
    rows: Vec<(u32, u32)>,
}

/// The end of every stack.
const GOEXIT: &str = "runtime.goexit";
/// What starts `main.main` and functions `init`.
const RUNTIME_MAIN: &str = "runtime.main";

impl Goroutines {
    /// The row of the frame that the dump has as row `frame`; with `level` of the call as many inlined calls inside it.
    pub(super) fn row(&self, frame: usize, level: u32) -> Option<u32> {
        let (start, end) = *self.rows.get(frame)?;
        Some(end.saturating_sub(1).saturating_sub(level).max(start))
    }

    fn push(&mut self, goroutine: u32, first: u32, call: &Call, frame: &go::Frame) {
        let (package, function) = split(&call.name);
        let line = call.line.as_ref();
        // Without its directory.
        let source = line.map(|(file, _)| file.rsplit('/').next().unwrap_or(file).to_owned());
        self.frames.push(Frame {
            thread: goroutine,
            depth: at(self.frames.len()).saturating_sub(first),
            class: package.to_owned(),
            method: function.to_owned(),
            line: line.map(|line| line.1),
            source: source.unwrap_or_else(|| format!("pc 0x{:x}", frame.pc)),
        });
    }
}

/// The goroutines of a dump.
pub(super) fn goroutines(slots: &Slots, typed: Option<&Typed>) -> Goroutines {
    let mut all = Goroutines::default();
    let mut known: HashMap<(u64, u64, &str), Vec<Call>> = HashMap::new();
    let tells_inlined = typed.is_some_and(Typed::tells_inlined);
    let mut wrapped: HashMap<u64, Option<String>> = HashMap::new();
    for (row, goroutine) in (0u32..).zip(&slots.records.goroutines) {
        let start = at(all.frames.len());
        let frames = slots.records.frames.get(goroutine.frames.clone()).unwrap_or_default();
        let mut wrapper = None;
        for frame in frames {
            let calls = known
                .entry((frame.entry, frame.pc, frame.function.as_str()))
                .or_insert_with(|| calls(typed, frame));
            let before = at(all.frames.len());
            for call in calls {
                let inner = all.frames.last().filter(|_| at(all.frames.len()) > start);
                // What calls the runtime may have been inlined.
                let is_whole = |inner: &Frame| tells_inlined || !is_of_runtime(inner);
                if !call.is_wrapper || !inner.is_some_and(is_whole) {
                    wrapper = call.is_wrapper.then_some(frame).or(wrapper);
                    all.push(row, start, call, frame);
                }
            }
            let after = at(all.frames.len());
            // What a wrapper holds, it holds for the function that it calls.
            all.rows.push((if before == after { before.saturating_sub(1) } else { before }, after));
        }
        let mut started = started(&all.frames[start as usize..]);
        if let Some((frame, typed)) = wrapper.zip(typed).filter(|(frame, _)| frame.function == started) {
            let wrapped = wrapped.entry(frame.entry).or_insert_with(|| typed.wrapped(frame));
            started = wrapped.clone().unwrap_or(started);
        }
        let object = slots.slot_of(goroutine.address).map(ObjectId);
        all.threads.push(Thread { object, serial: row, frames: (start, at(all.frames.len())), started });
    }
    all
}

/// The calls that a frame stands for; without an executable its own.
fn calls(typed: Option<&Typed>, frame: &go::Frame) -> Vec<Call> {
    let calls = typed.map(|typed| typed.calls(frame)).filter(|calls| !calls.is_empty());
    calls.unwrap_or_else(|| {
        let is_wrapper = is_wrapper_name(&frame.function);
        vec![Call { name: frame.function.clone(), line: None, is_wrapper }]
    })
}

/// The function that a goroutine with these frames was started with; of the first goroutine the program's own.
fn started(frames: &[Frame]) -> String {
    let outwards = || frames.iter().rev().filter(|frame| frame.name() != GOEXIT);
    let Some(outermost) = outwards().next() else { return String::new() };
    let own = outwards().find(|frame| !is_of_runtime(frame)).filter(|_| outermost.name() == RUNTIME_MAIN);
    own.unwrap_or(outermost).name()
}

fn is_of_runtime(frame: &Frame) -> bool {
    frame.class == "runtime" || frame.class.starts_with("internal/runtime/")
}

fn at(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Package and function of `net/http.(*conn).serve`.
fn split(name: &str) -> (&str, &str) {
    // Brackets of generic functions hold paths of their own; dots of a path stand before its last slash.
    let plain = name.find('[').map_or(name, |bracket| &name[..bracket]);
    let path = plain.rfind('/').map_or(0, |slash| slash + 1);
    match plain[path..].find('.') {
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
        assert_eq!(split("main.Map[go.shape.*a/b.T].Do"), ("main", "Map[go.shape.*a/b.T].Do"));
        assert_eq!(split("gogo"), ("", "gogo"));
        assert_eq!(split(""), ("", ""));
    }
}
