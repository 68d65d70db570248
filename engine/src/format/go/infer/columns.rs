//! The types of slots so far, and which of two claims on a slot holds.

use crate::format::go::types::{TypeId, Types};
use serde::{Deserialize, Serialize};

/// What a slot holds of its type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Shape {
    /// One value.
    #[default]
    Value,
    /// The elements of a slice, or of a buffer of the runtime.
    Array,
    /// The bytes of strings.
    Text,
}

/// What told the type of a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Source {
    /// Nothing: the slot has no type.
    #[default]
    None,
    /// The allocator's type word in the slot.
    Header,
    /// A record of the dump: goroutine, thread, deferred call, finalizer.
    Record,
    /// A global variable.
    Global,
    /// A variable in a frame.
    Frame,
    /// A typed value in the heap, in static data or on a stack.
    Propagated,
    /// A pointer into the middle of the slot.
    Interior,
    /// An interface's type word beside the pointer, in memory that has no type itself.
    Pair,
    /// Only this one type of the program has the slot's size and pointers.
    Layout,
}

/// How sure a type is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Confidence {
    /// There is no type.
    #[default]
    None,
    /// By size and pointers alone.
    Guess,
    /// By a word that may be stale, or by a rule that may be wrong.
    Likely,
    /// By the program's own types all the way.
    Sure,
    /// By the runtime's own word.
    Exact,
}

/// What someone says that a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) ty: TypeId,
    /// Values one after another; at least 1.
    pub(super) count: u32,
    /// Those of them that are in use, by the length of a slice.
    pub(super) filled: u32,
    pub(super) shape: Shape,
    pub(super) source: Source,
    pub(super) confidence: Confidence,
}

/// No type in a column of types.
pub(super) const NO_TYPE: u32 = u32::MAX;

/// Times that a slot may change its type; each time it says more, so that few suffice.
const MOST_CHANGES: u8 = 6;

/// The claims that hold, as columns with one entry for each slot.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) ty: Vec<u32>,
    pub(super) count: Vec<u32>,
    pub(super) shape: Vec<Shape>,
    pub(super) source: Vec<Source>,
    pub(super) confidence: Vec<Confidence>,
    changes: Vec<u8>,
}

impl Columns {
    pub(super) fn new(slots: u32) -> Columns {
        let slots = slots as usize;
        Columns {
            ty: vec![NO_TYPE; slots],
            count: vec![0; slots],
            shape: vec![Shape::Value; slots],
            source: vec![Source::None; slots],
            confidence: vec![Confidence::None; slots],
            changes: vec![0; slots],
        }
    }

    /// The claim that holds for a slot.
    pub(super) fn get(&self, slot: u32) -> Option<Claim> {
        let row = slot as usize;
        (self.ty[row] != NO_TYPE).then(|| Claim {
            ty: TypeId(self.ty[row]),
            count: self.count[row],
            filled: self.count[row],
            shape: self.shape[row],
            source: self.source[row],
            confidence: self.confidence[row],
        })
    }

    /// Takes over `claim` where it is the better one; whether the slot is to be walked (again) then.
    ///
    /// The surer one is better; of two as sure the one that says more about the slot; of two that say as much the one
    /// whose type holds the other's at its beginning; else the first. The allocator's word tells one value or many only by
    /// the room, so that who points to it may say so.
    pub(super) fn take(&mut self, types: &Types, slot: u32, claim: Claim) -> bool {
        let row = slot as usize;
        let Some(old) = self.get(slot) else {
            self.set(row, claim);
            return true;
        };
        if old.ty == claim.ty && old.count == claim.count {
            if old.source == Source::Header && claim.shape == Shape::Array {
                self.shape[row] = Shape::Array;
            }
            return false;
        }
        let reach = |claim: Claim| types.get(claim.ty).size.saturating_mul(u64::from(claim.count));
        let better = match claim.confidence.cmp(&old.confidence) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal if reach(claim) == reach(old) => begins_with(types, claim.ty, old.ty),
            std::cmp::Ordering::Equal => reach(claim) > reach(old),
        };
        if !better || self.changes[row] >= MOST_CHANGES {
            return false;
        }
        self.changes[row] += 1;
        self.set(row, claim);
        true
    }

    fn set(&mut self, row: usize, claim: Claim) {
        self.ty[row] = claim.ty.0;
        self.count[row] = claim.count;
        self.shape[row] = claim.shape;
        self.source[row] = claim.source;
        self.confidence[row] = claim.confidence;
    }
}

/// Structs in structs that are looked into.
const DEEPEST: usize = 16;

/// Whether a value of `outer` begins with one of `inner`, not being one itself.
fn begins_with(types: &Types, outer: TypeId, inner: TypeId) -> bool {
    let first = |id: &TypeId| {
        let ty = types.get(*id);
        ty.fields.iter().find(|field| field.offset == 0 && types.get(field.ty).size > 0).map(|field| field.ty)
    };
    std::iter::successors(Some(outer), first).skip(1).take(DEEPEST).any(|id| id == inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::go::types::{Field, Kind, Type};

    const INT: TypeId = TypeId(0);
    const INNER: TypeId = TypeId(1);
    const OUTER: TypeId = TypeId(2);
    const OTHER: TypeId = TypeId(3);

    /// `int`; `inner` and `other` of two words; `outer`, which is an `inner` alone.
    fn types() -> Types {
        let mut types = Types::default();
        let fields = |ty| vec![Field { name: "f".into(), offset: 0, ty, embedded: false }];
        types.push(Type { size: 8, kind: Kind::Int, ..Type::default() });
        types.push(Type { size: 16, kind: Kind::Struct, fields: fields(INT), ..Type::default() });
        types.push(Type { size: 16, kind: Kind::Struct, fields: fields(INNER), ..Type::default() });
        types.push(Type { size: 16, kind: Kind::Struct, fields: fields(INT), ..Type::default() });
        types
    }

    fn claim(ty: TypeId, count: u32, confidence: Confidence) -> Claim {
        let shape = if count > 1 { Shape::Array } else { Shape::Value };
        Claim { ty, count, filled: count, shape, source: Source::Propagated, confidence }
    }

    /// What holds after the claims, and how often the slot is to be walked.
    fn check(claims: &[Claim], expected: Claim, walks: usize) {
        let (types, mut columns) = (types(), Columns::new(1));
        let taken = claims.iter().filter(|claim| columns.take(&types, 0, **claim)).count();
        assert_eq!((columns.get(0), taken), (Some(expected), walks), "{claims:?}");
    }

    #[test]
    fn the_surer_claim_holds_then_the_larger_then_the_outer_then_the_first() {
        use Confidence::{Exact, Guess, Likely, Sure};
        let one = |ty, confidence| claim(ty, 1, confidence);
        check(&[one(INT, Sure), one(INNER, Likely)], one(INT, Sure), 1);
        check(&[one(INNER, Guess), one(INT, Sure), one(OUTER, Exact)], one(OUTER, Exact), 3);
        check(&[one(INT, Sure), claim(INT, 4, Sure)], claim(INT, 4, Sure), 2);
        check(&[claim(INT, 4, Sure), one(INNER, Sure)], claim(INT, 4, Sure), 1);
        check(&[one(INNER, Sure), one(OUTER, Sure), one(INNER, Sure)], one(OUTER, Sure), 2);
        check(&[one(OTHER, Sure), one(OUTER, Sure)], one(OTHER, Sure), 1);
    }

    #[test]
    fn a_slot_changes_its_type_only_so_often() {
        let growing: Vec<Claim> = (1..100).map(|count| claim(INT, count, Confidence::Sure)).collect();
        let last = claim(INT, u32::from(MOST_CHANGES) + 1, Confidence::Sure);
        check(&growing, last, usize::from(MOST_CHANGES) + 1);
    }

    #[test]
    fn who_points_to_it_tells_one_element_from_one_value() {
        let header = Claim { source: Source::Header, ..claim(INNER, 1, Confidence::Exact) };
        let slice = Claim { shape: Shape::Array, ..claim(INNER, 1, Confidence::Sure) };
        check(&[header, slice], Claim { shape: Shape::Array, ..header }, 1);
    }
}
