//! What an executable adds: the types of slots, the names of variables.

use super::slots::Slots;
use crate::error::Result;
use crate::format::go::exe::{Exe, Local};
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

    /// The source file, without its directory, and the line of each frame, where the executable tells.
    pub(super) fn lines(&self, records: &Records) -> Vec<Option<(String, u32)>> {
        let mut known: HashMap<(u64, u64), Option<(String, u32)>> = HashMap::new();
        let line = |frame: &Frame| {
            let (entry, pc) = self.linked(frame);
            let find = || {
                let (file, line) = self.exe.line(entry, pc)?;
                let name = file.rsplit('/').next().unwrap_or(&file).to_owned();
                Some((name, line))
            };
            known.entry((entry, pc)).or_insert_with(find).clone()
        };
        records.frames.iter().map(line).collect()
    }

    /// The function of a frame and its instruction, as linked. Frames below the innermost stand behind their call.
    fn linked(&self, frame: &Frame) -> (u64, u64) {
        let pc = frame.pc.wrapping_sub(u64::from(frame.depth > 0));
        (frame.entry.wrapping_sub(self.slide), pc.wrapping_sub(self.slide))
    }

    /// What the executable lacks.
    pub(super) fn warnings(&self) -> &[String] {
        &self.exe.warnings
    }
}

impl<'a> WordNames<'a> {
    pub(super) fn new(typed: &'a Typed, records: &'a Records) -> WordNames<'a> {
        WordNames { typed, records, known: Known::default() }
    }

    /// The global variable at `address`, and which part of it: `main.sessions`, `net/http.DefaultTransport.idle`.
    pub(super) fn global(&self, address: u64) -> Option<String> {
        let linked = address.wrapping_sub(self.typed.slide);
        let globals = &self.typed.exe.globals;
        let after = globals.partition_point(|global| global.address <= linked);
        let global = &globals[after.checked_sub(1)?];
        let inside = linked - global.address;
        let types = &self.typed.typing.types;
        let holds = inside < types.get(global.ty).size;
        holds.then(|| format!("{}{}", global.name, types.path(global.ty, inside)))
    }

    /// The variable at byte `offset` of a frame, and which part of it.
    pub(super) fn local(&self, frame: usize, offset: u64) -> Option<String> {
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
            Some(format!("{}{}", local.name, self.typed.typing.types.path(local.ty, inside)))
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
