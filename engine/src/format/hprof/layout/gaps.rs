//! The smallest distances between neighbours in memory: the evidence of a layout.

use crate::format::hprof::field_type::FieldType;

/// Arrays of this length and above say nothing that shorter ones do not.
const LENGTHS: usize = 1024;

/// For each class, and for arrays of each type and small length, the smallest distance to the next object.
///
/// The next object is the one with the next higher address in the dump. As objects do not overlap, every distance
/// is at least the size of the object; where the heap is compact, the smallest is the size.
#[derive(Clone, Debug, Default)]
pub struct Gaps {
    classes: Vec<Smallest>,
    /// `arrays[type * LENGTHS + length]`, empty until the first array.
    arrays: Vec<Smallest>,
}

/// The smallest of many distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Smallest {
    /// Bytes; `u32::MAX` while none was seen.
    pub(super) bytes: u32,
    /// How many distances were seen.
    pub(super) seen: u32,
    /// How many of them were the smallest one.
    pub(super) equal: u32,
}

/// What was seen of arrays of one type and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ArrayGap {
    pub(super) element: FieldType,
    pub(super) length: u32,
    pub(super) bytes: u32,
}

impl Gaps {
    /// Nothing seen yet, of `classes` classes.
    pub fn new(classes: usize) -> Gaps {
        Gaps {
            classes: vec![Smallest::NONE; classes],
            arrays: vec![Smallest::NONE; FieldType::CODES * LENGTHS],
        }
    }

    /// An instance of the class at position `class` was seen `gap` bytes before its neighbour.
    ///
    /// Class objects are not instances in this sense, since each has a size of its own; the mirrors of primitive
    /// types, which the file has as instances of `java.lang.Class`, are.
    pub fn observe_instance(&mut self, class: u32, gap: u64) {
        if let Some(smallest) = self.classes.get_mut(class as usize) {
            smallest.observe(gap);
        }
    }

    /// An array of `length` elements was seen `gap` bytes before its neighbour.
    pub fn observe_array(&mut self, element: FieldType, length: u32, gap: u64) {
        let length = length as usize;
        if length < LENGTHS && !self.arrays.is_empty() {
            self.arrays[element as usize * LENGTHS + length].observe(gap);
        }
    }

    /// Adds what another thread has seen.
    pub fn merge(&mut self, other: &Gaps) {
        merge_all(&mut self.classes, &other.classes);
        merge_all(&mut self.arrays, &other.arrays);
    }

    /// What was seen of a class, if anything.
    pub(super) fn class(&self, class: u32) -> Option<Smallest> {
        self.classes.get(class as usize).copied().filter(|smallest| smallest.seen > 0)
    }

    /// What was seen of arrays.
    pub(super) fn arrays(&self) -> impl Iterator<Item = ArrayGap> + '_ {
        let seen = self.arrays.iter().enumerate().filter(|(_, smallest)| smallest.seen > 0);
        seen.filter_map(|(at, smallest)| {
            let element = FieldType::from_code(u8::try_from(at / LENGTHS).ok()?)?;
            Some(ArrayGap { element, length: u32::try_from(at % LENGTHS).ok()?, bytes: smallest.bytes })
        })
    }

    /// The largest power of two, up to 256, that divides every smallest distance; 1 if nothing was seen.
    pub(super) fn alignment(&self) -> u16 {
        let seen = self.classes.iter().chain(&self.arrays).filter(|smallest| smallest.seen > 0);
        match seen.fold(0, |bits, smallest| bits | smallest.bytes) {
            0 => 1,
            bits => 1 << bits.trailing_zeros().min(8),
        }
    }
}

impl Smallest {
    const NONE: Smallest = Smallest { bytes: u32::MAX, seen: 0, equal: 0 };

    fn observe(&mut self, gap: u64) {
        let Ok(bytes) = u32::try_from(gap) else { return };
        self.add(Smallest { bytes, seen: 1, equal: 1 });
    }

    fn add(&mut self, other: Smallest) {
        self.seen = self.seen.saturating_add(other.seen);
        if other.bytes < self.bytes {
            (self.bytes, self.equal) = (other.bytes, other.equal);
        } else if other.bytes == self.bytes {
            self.equal = self.equal.saturating_add(other.equal);
        }
    }
}

fn merge_all(into: &mut Vec<Smallest>, from: &[Smallest]) {
    if into.len() < from.len() {
        into.resize(from.len(), Smallest::NONE);
    }
    for (into, &from) in into.iter_mut().zip(from) {
        into.add(from);
    }
}
