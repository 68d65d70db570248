//! Which type each slot of the heap has, from what an executable says and what points to the slot.
//!
//! Seeds are words whose type is certain: global variables, variables in frames, type words that the allocator left, the
//! runtime's own records. From each typed value its pointers lead on: to the element of a pointer, the elements of a
//! slice up to its capacity, the bytes of a string, the value of an interface by its type word, groups and buckets of
//! maps, buffers of channels, captured variables of closures. Statically initialised values in the data segment and
//! variables on stacks are walked through like slots. What certain words do not reach is tried with weaker evidence.

mod claims;
mod windows;
mod program;
mod special;
mod walk;
mod pointed;
mod scan;
mod seeds;
mod late;
mod fallback;
mod typing;

pub use claims::{Claim, Claims, Confidence, Shape, Source};
pub use typing::{StackPointer, Typing, infer};
pub use windows::Unseen;
