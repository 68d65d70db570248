//! The types of slots so far, and which of two claims on a slot holds.

use crate::error::Result;
use crate::format::go::types::{TypeId, Types};
use crate::memory::{Room, Scratch};
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
pub struct Claim {
    /// The type.
    pub ty: TypeId,
    /// Values one after another, at least 1; bytes where the shape is [`Shape::Text`].
    pub count: u32,
    /// Those of them that are in use, by the length of a slice; not kept.
    pub(super) filled: u32,
    /// What the slot holds of the type.
    pub shape: Shape,
    /// What told the type.
    pub source: Source,
    /// How sure the type is.
    pub confidence: Confidence,
}

impl Shape {
    const ALL: [Shape; 3] = [Shape::Value, Shape::Array, Shape::Text];
}

impl Source {
    const ALL: [Source; 9] = [
        Source::None,
        Source::Header,
        Source::Record,
        Source::Global,
        Source::Frame,
        Source::Propagated,
        Source::Interior,
        Source::Pair,
        Source::Layout,
    ];
}

impl Confidence {
    const ALL: [Confidence; 5] =
        [Confidence::None, Confidence::Guess, Confidence::Likely, Confidence::Sure, Confidence::Exact];
}

/// Times that a slot may change its type; each time it says more, so that few suffice.
const MOST_CHANGES: u8 = 6;

/// The claims that hold, one of 8 bytes for each slot.
#[derive(Debug)]
pub struct Claims {
    rows: Scratch<u64>,
}

/// A claim as it is kept, and how often the slot changed its type; all zeros where there is none.
///
/// From the lowest bit: changes, confidence (3 bits each), source (4), shape (2), count (31: a slot has less than 2 GiB),
/// type and 1 (21: executables have fewer types, see `exe/abi.rs`).
#[derive(Clone, Copy)]
struct Row(u64);

impl Row {
    fn new(claim: Claim, changes: u8) -> Option<Row> {
        let (ty, count) = (u64::from(claim.ty.0) + 1, u64::from(claim.count));
        (ty < 1 << 21 && count < 1 << 31).then(|| {
            let (shape, source) = (claim.shape as u64, claim.source as u64);
            let low = u64::from(changes) | (claim.confidence as u64) << 3 | source << 6 | shape << 10;
            Row(low | count << 12 | ty << 43)
        })
    }

    fn claim(self) -> Option<Claim> {
        let part = |from: u32, bits: u32| usize::try_from(self.0 >> from & ((1 << bits) - 1)).unwrap_or(0);
        let number = |from, bits| u32::try_from(part(from, bits)).unwrap_or(0);
        let count = number(12, 31);
        Some(Claim {
            ty: TypeId(number(43, 21).checked_sub(1)?),
            count,
            filled: count,
            shape: Shape::ALL.get(part(10, 2)).copied().unwrap_or_default(),
            source: Source::ALL.get(part(6, 4)).copied().unwrap_or_default(),
            confidence: Confidence::ALL.get(part(3, 3)).copied().unwrap_or_default(),
        })
    }

    fn changes(self) -> u8 {
        (self.0 & 7) as u8
    }
}

impl Claims {
    /// None for each of so many slots; they lie in `room`.
    pub(super) fn new(slots: u32, room: &Room) -> Result<Claims> {
        Ok(Claims { rows: room.column(slots as usize)? })
    }

    /// The claim that holds for a slot.
    #[inline]
    pub fn get(&self, slot: u32) -> Option<Claim> {
        self.rows.get(slot as usize).and_then(|row| Row(*row).claim())
    }

    /// Whether no claim holds for a slot.
    #[inline]
    pub(super) fn is_free(&self, slot: u32) -> bool {
        self.rows[slot as usize] == 0
    }

    /// Takes over `claim` where it is the better one; whether the slot is to be walked (again) then.
    ///
    /// The surer one is better; of two as sure the one that says more about the slot; of two that say as much the one
    /// whose type holds the other's at its beginning; else the first. The allocator's word tells one value or many only by
    /// the room, so that who points to it may say so.
    pub(super) fn take(&mut self, types: &Types, slot: u32, claim: Claim) -> bool {
        let row = &mut self.rows[slot as usize];
        let Some(old) = Row(*row).claim() else {
            return set(row, claim, 0);
        };
        let changes = Row(*row).changes();
        if old.ty == claim.ty && old.count == claim.count {
            if old.source == Source::Header && claim.shape == Shape::Array {
                set(row, Claim { shape: Shape::Array, ..old }, changes);
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
        better && changes < MOST_CHANGES && set(row, claim, changes + 1)
    }
}

/// Keeps a claim; whether it can be kept.
fn set(row: &mut u64, claim: Claim, changes: u8) -> bool {
    let new = Row::new(claim, changes);
    new.inspect(|new| *row = new.0).is_some()
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
        let (types, mut held) = (types(), Claims::new(1, &Room::unbounded()).unwrap());
        let taken = claims.iter().filter(|claim| held.take(&types, 0, **claim)).count();
        assert_eq!((held.get(0), taken), (Some(expected), walks), "{claims:?}");
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
    fn a_claim_is_kept_whole() {
        for (row, shape) in (0..).zip(Shape::ALL) {
            assert_eq!(shape as usize, row);
            for (row, source) in (0..).zip(Source::ALL) {
                assert_eq!(source as usize, row);
                for (row, confidence) in (0..).zip(Confidence::ALL) {
                    assert_eq!(confidence as usize, row);
                    let count = u32::MAX >> 1;
                    let claim =
                        Claim { ty: TypeId(2_097_150), count, filled: count, shape, source, confidence };
                    let row = Row::new(claim, 6).unwrap();
                    assert_eq!((row.claim(), row.changes()), (Some(claim), 6));
                }
            }
        }
        assert!(Row::new(claim(TypeId(2_097_151), 1, Confidence::Sure), 0).is_none());
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
