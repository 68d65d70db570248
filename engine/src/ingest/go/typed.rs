//! What an executable adds: the types of slots, the names of variables.

use super::slots::Slots;
use super::statics::Statics;
use crate::error::Result;
use crate::format::go::exe::{Call, Exe, Local};
use crate::format::go::infer::{Typing, infer};
use crate::format::go::{Frame, Memory, Records};
use crate::memory::Room;
use crate::progress::Progress;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// An executable that fits a dump, and the types found with it.
pub(super) struct Typed {
    exe: Exe,
    /// How much higher the process had it in memory than it was linked for.
    pub(super) slide: u64,
    pub(super) typing: Typing,
}

/// The variables of functions at instructions that were asked for.
type Known = RefCell<HashMap<(u64, u64), Rc<Vec<Local>>>>;

/// Names of words, for many questions.
pub(super) struct WordNames<'a> {
    typed: &'a Typed,
    records: &'a Records,
    known: Known,
    statics: Statics<'a>,
}

impl Typed {
    /// Opens the executable at `path`; with it, how much higher the process had it in memory than it was linked for.
    ///
    /// # Errors
    /// No Go executable, or not the one that wrote the dump.
    pub(super) fn open(path: &Path, slots: &Slots) -> Result<(Exe, u64)> {
        let exe = Exe::open(path)?;
        let slide = exe.check(slots.records())?;
        Ok((exe, slide))
    }

    /// Finds the types of all slots by what [`Typed::open`] returned.
    ///
    /// # Errors
    /// As [`infer`].
    pub(super) fn find(
        (exe, slide): (Exe, u64),
        slots: &Slots,
        room: &Room,
        progress: &Progress,
    ) -> Result<Typed> {
        let typing = infer(slots, &exe, slide, (room, progress))?;
        Ok(Typed { exe, slide, typing })
    }

    /// The calls that a frame stands for, the innermost first.
    pub(super) fn calls(&self, frame: &Frame) -> Vec<Call> {
        let (entry, pc) = self.linked(frame);
        self.exe.calls(entry, pc)
    }

    /// Whether the calls of frames have functions that were inlined.
    pub(super) fn tells_inlined(&self) -> bool {
        self.exe.tells_inlined()
    }

    /// What the function of a frame, which the compiler wrapped around a call, calls.
    pub(super) fn wrapped(&self, frame: &Frame) -> Option<String> {
        self.exe.wrapped(self.linked(frame).0)
    }

    /// The function of a frame and its instruction, as linked. A frame stands behind its call, unless it has not begun.
    fn linked(&self, frame: &Frame) -> (u64, u64) {
        let pc = frame.pc.wrapping_sub(u64::from(frame.pc > frame.entry));
        (frame.entry.wrapping_sub(self.slide), pc.wrapping_sub(self.slide))
    }

    /// What the executable lacks.
    pub(super) fn warnings(&self) -> &[String] {
        &self.exe.warnings
    }
}

impl<'a> WordNames<'a> {
    pub(super) fn new(typed: &'a Typed, slots: &'a Slots) -> WordNames<'a> {
        let globals = typed.exe.globals.iter();
        let globals =
            globals.map(|global| (global.address.wrapping_add(typed.slide), global.ty, global.name.as_str()));
        let statics = Statics::new(slots.dump, &slots.records, &typed.typing.types, typed.slide, globals);
        WordNames { typed, records: &slots.records, known: Known::default(), statics }
    }

    /// The global variable at `address`, and which part of it: `main.sessions`, `net/http.DefaultTransport.idle`; of a
    /// value that variables were initialised with, how they lead to it: `main.ledger.orders`.
    pub(super) fn global(&self, address: u64) -> Option<String> {
        self.statics.name(address)
    }

    /// The variable at byte `offset` of a frame, which part of it, and how many inlined calls are around it.
    pub(super) fn local(&self, frame: usize, offset: u64) -> Option<(String, u32)> {
        let frame = self.records.frames.get(frame)?;
        let (entry, pc) = self.typed.linked(frame);
        let locals = Rc::clone(
            self.known
                .borrow_mut()
                .entry((entry, pc))
                .or_insert_with(|| Rc::new(self.typed.exe.locals(entry, pc))),
        );
        let from_cfa = i64::try_from(offset).ok()? - i64::try_from(frame.memory.bytes.len()).ok()?;
        locals.iter().find_map(|local| {
            let inside = self.inside(local, from_cfa)?;
            let part = self.typed.typing.types.path(local.ty, inside);
            Some((format!("{}{part}", local.name), local.level))
        })
    }

    /// The byte of a variable that lies at a distance from the frame's end.
    fn inside(&self, local: &Local, from_cfa: i64) -> Option<u64> {
        let whole = self.typed.typing.types.get(local.ty).size;
        local.pieces.iter().find_map(|piece| {
            let size = if piece.size == 0 { whole.saturating_sub(piece.start) } else { piece.size };
            let into = u64::try_from(from_cfa.checked_sub(piece.from_cfa)?).ok()?;
            (into < size).then(|| piece.start + into)
        })
    }
}
