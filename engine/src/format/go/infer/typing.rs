//! The order of inference, and its result.

use super::columns::{Columns, Confidence, NO_TYPE, Shape, Source};
use super::scan::Words;
pub use super::walk::StackPointer;
use super::walk::Walk;
use super::windows::Unseen;
use crate::format::go::Memory;
use crate::format::go::exe::Exe;
use crate::format::go::types::{TypeId, Types};

/// The types of all slots, as columns with one entry for each.
#[derive(Debug)]
pub struct Typing {
    /// The types; those that the executable's table has, in the same rows, and more behind them.
    pub types: Types,
    /// The type of slot i, a row of `types`; [`Typing::NO_TYPE`] where none was found.
    pub ty: Vec<u32>,
    /// Values of the type in slot i, one after another; bytes where the shape is [`Shape::Text`]; 0 without a type.
    pub count: Vec<u32>,
    /// What slot i holds of its type.
    pub shape: Vec<Shape>,
    /// What told the type of slot i.
    pub source: Vec<Source>,
    /// How sure the type of slot i is.
    pub confidence: Vec<Confidence>,
    /// Words on stacks that hold objects though their frames' lists do not have them: they belong to variables that
    /// something alive points to. Ascending, each once.
    pub stack_pointers: Vec<StackPointer>,
    /// Objects that are seen in part only, by slot.
    pub unseen: Vec<Unseen>,
}

/// Finds the type of every slot that the evidence reaches.
///
/// `slide` is what [`Exe::check`] returned for this dump. One thread, a few words of memory for each slot; the result
/// does not depend on anything but the arguments.
pub fn infer<M: Memory>(memory: &M, exe: &Exe, slide: u64) -> Typing {
    let mut walk = Walk::new(memory, exe, slide);
    walk.seed_headers();
    walk.seed_records();
    walk.seed_globals();
    walk.run();
    walk.seed_frames(Words::Listed);
    walk.run();
    walk.follow_inside();
    walk.seed_frames(Words::Unlisted);
    walk.run();
    walk.follow_pairs();
    walk.follow_inside();
    walk.guess();
    walk.follow_inside();
    walk.stack_pointers.sort_unstable();
    walk.stack_pointers.dedup();
    walk.see_by_untyped();
    let unseen = walk.windows.finish(&walk.types, &walk.columns);
    let Columns { ty, count, shape, source, confidence, .. } = walk.columns;
    Typing {
        types: walk.types,
        ty,
        count,
        shape,
        source,
        confidence,
        stack_pointers: walk.stack_pointers,
        unseen,
    }
}

impl Typing {
    /// Stands in `ty` for "no type".
    pub const NO_TYPE: u32 = NO_TYPE;

    /// The type of a slot.
    pub fn type_of(&self, slot: u32) -> Option<TypeId> {
        self.ty.get(slot as usize).copied().filter(|ty| *ty != NO_TYPE).map(TypeId)
    }

    /// What a slot is, as Go spells it: `main.Session`, `[]uint8`, `string` for the bytes of strings,
    /// `map[string]*main.Session` for a map's header, `func main.register.func1` for a closure.
    pub fn class(&self, slot: u32) -> Option<String> {
        let ty = &self.types.get(self.type_of(slot)?).name;
        Some(match self.shape.get(slot as usize)? {
            Shape::Value => ty.clone(),
            Shape::Array => format!("[]{ty}"),
            Shape::Text => "string".to_owned(),
        })
    }
}
