//! The order of inference, and its result.

use super::claims::{Claims, Shape};
use super::scan::Words;
pub use super::walk::StackPointer;
use super::walk::Walk;
use super::windows::Unseen;
use crate::error::Result;
use crate::format::go::Memory;
use crate::format::go::exe::Exe;
use crate::format::go::types::{TypeId, Types};
use crate::memory::Room;
use crate::progress::Progress;

/// The types of all slots.
#[derive(Debug)]
pub struct Typing {
    /// The types; those that the executable's table has, in the same rows, and more behind them.
    pub types: Types,
    /// What each slot holds of which type, a row of `types`.
    pub claims: Claims,
    /// Words on stacks that hold objects though their frames' lists do not have them: they belong to variables that
    /// something alive points to. Ascending, each once.
    pub stack_pointers: Vec<StackPointer>,
    /// Objects that are seen in part only, by slot.
    pub unseen: Vec<Unseen>,
}

/// Finds the type of every slot that the evidence reaches.
///
/// `slide` is what [`Exe::check`] returned for this dump. One thread, 8 bytes of memory in `room` for each slot; the
/// result does not depend on anything but the first three arguments.
///
/// # Errors
/// No room, or `progress` was cancelled.
pub fn infer<M: Memory>(
    memory: &M,
    exe: &Exe,
    slide: u64,
    (room, progress): (&Room, &Progress),
) -> Result<Typing> {
    let mut walk = Walk::new(memory, exe, slide, room)?;
    walk.seed_headers();
    walk.seed_records();
    walk.seed_globals();
    walk.run(progress)?;
    walk.seed_frames(Words::Listed);
    walk.run(progress)?;
    walk.follow_inside(progress)?;
    walk.seed_frames(Words::Unlisted);
    walk.run(progress)?;
    walk.follow_pairs();
    walk.run(progress)?;
    walk.follow_inside(progress)?;
    walk.guess();
    walk.run(progress)?;
    walk.follow_inside(progress)?;
    walk.stack_pointers.sort_unstable();
    walk.stack_pointers.dedup();
    walk.see_by_untyped();
    let unseen = walk.windows.finish(&walk.types, &walk.claims);
    Ok(Typing { types: walk.types, claims: walk.claims, stack_pointers: walk.stack_pointers, unseen })
}

impl Typing {
    /// The type of a slot.
    pub fn type_of(&self, slot: u32) -> Option<TypeId> {
        self.claims.get(slot).map(|claim| claim.ty)
    }

    /// What a slot is, as Go spells it: `main.Session`, `[]uint8`, `string` for the bytes of strings,
    /// `map[string]*main.Session` for a map's header, `func main.register.func1` for a closure.
    pub fn class(&self, slot: u32) -> Option<String> {
        let claim = self.claims.get(slot)?;
        let ty = &self.types.get(claim.ty).name;
        Some(match claim.shape {
            Shape::Value => ty.clone(),
            Shape::Array => format!("[]{ty}"),
            Shape::Text => "string".to_owned(),
        })
    }
}
