//! Names of what stands in the segments of global variables: the variables, and values that they were initialised with.
//!
//! The linker gives `&Ledger{…}` at the top of a file a place in a segment, but no name. It has one by the variable
//! that leads there: pointers are followed by their types, the nearest variable first.

use crate::format::go::types::{Kind, TypeId, Types};
use crate::format::go::{Records, Region};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Values of the segments by address; they do not overlap.
pub(super) struct Statics<'a> {
    types: &'a Types,
    values: BTreeMap<u64, Value>,
}

/// Values of one type, one after another.
#[derive(Clone, Debug)]
struct Value {
    ty: TypeId,
    /// Bytes of all.
    size: u64,
    /// Whether they are the elements of a slice.
    is_array: bool,
    name: Name,
}

/// A name whose last step may have been taken several times: lists would have long ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Name {
    before: String,
    step: String,
    times: u64,
}

/// Letters of a name before further steps are left out.
const LONGEST: usize = 200;

impl Name {
    fn text(&self) -> String {
        match self.times {
            0 | 1 => format!("{}{}", self.before, self.step),
            times => format!("{}{} × {times}", self.before, self.step),
        }
    }

    fn then(&self, step: String) -> Name {
        if self.step == step && !step.is_empty() {
            return Name { times: self.times + 1, ..self.clone() };
        }
        let before = self.text();
        if before.len() > LONGEST {
            let rest = if before.ends_with('…') { before } else { format!("{before} …") };
            return Name { before: rest, ..Name::default() };
        }
        Name { before, step, times: 1 }
    }
}

impl<'a> Statics<'a> {
    /// The values that `variables` (address, type, name), by their addresses, lead to; `slide` as of the executable.
    pub(super) fn new<'n>(
        dump: &[u8],
        records: &Records,
        types: &'a Types,
        slide: u64,
        variables: impl DoubleEndedIterator<Item = (u64, TypeId, &'n str)>,
    ) -> Statics<'a> {
        let mut statics = Statics { types, values: BTreeMap::new() };
        let mut open = VecDeque::new();
        // From the last one on, so that each ends where the next begins.
        for (address, ty, name) in variables.rev() {
            let size = types.get(ty).size;
            let name = Name { before: name.to_owned(), ..Name::default() };
            let value = Value { ty, size, is_array: false, name };
            if size > 0 && statics.add(address, value) {
                open.push_front(address);
            }
        }
        let itabs = records.itabs.iter().map(|itab| (itab.address, itab.type_address)).collect();
        let program = Program { dump, records, types, slide, itabs };
        while let Some(address) = open.pop_front() {
            let Some(value) = statics.values.get(&address).cloned() else { continue };
            for (place, target) in program.pointers(address, value.size) {
                let (step, ty, inside) = statics.step(&value, place);
                let Some((ty, count)) = program.pointee(ty, inside, address.wrapping_add(place)) else {
                    continue;
                };
                let size = types.get(ty).size.saturating_mul(count.unwrap_or(1)).min(program.room(target));
                let value = Value { ty, size, is_array: count.is_some(), name: value.name.then(step) };
                if size > 0 && statics.add(target, value) {
                    open.push_back(target);
                }
            }
        }
        statics
    }

    /// The name of the word at `address`.
    pub(super) fn name(&self, address: u64) -> Option<String> {
        let (start, value) = self.at(address)?;
        let (step, ..) = self.step(value, address - start);
        Some(format!("{}{step}", value.name.text()))
    }

    fn at(&self, address: u64) -> Option<(u64, &Value)> {
        let (&start, value) = self.values.range(..=address).next_back()?;
        (address - start < value.size).then_some((start, value))
    }

    /// Adds a value where none is; whether it was added.
    fn add(&mut self, address: u64, mut value: Value) -> bool {
        if self.at(address).is_some() {
            return false;
        }
        if let Some((&next, _)) = self.values.range(address..).next() {
            value.size = value.size.min(next - address);
        }
        self.values.insert(address, value);
        true
    }

    /// The part of a value that byte `place` belongs to: its name, its type, and the byte of that part.
    fn step(&self, value: &Value, place: u64) -> (String, TypeId, u64) {
        let index = place.checked_div(self.types.get(value.ty).size).filter(|_| value.is_array);
        let inside = place - index.map_or(0, |index| index * self.types.get(value.ty).size);
        let (ty, byte) = self.types.at(value.ty, inside);
        let name = self.types.path(value.ty, inside);
        (index.map_or_else(|| name.clone(), |index| format!("[{index}]{name}")), ty, byte)
    }
}

/// What leads from one word of the segments to another.
struct Program<'a> {
    dump: &'a [u8],
    records: &'a Records,
    types: &'a Types,
    slide: u64,
    /// The concrete type behind an interface table, both by address.
    itabs: HashMap<u64, u64>,
}

impl Program<'_> {
    fn region(&self, address: u64) -> Option<&Region> {
        let regions = self.records.segments.iter().map(|segment| &segment.memory);
        regions.into_iter().find(|region| {
            address.checked_sub(region.address).is_some_and(|inside| inside < region.bytes.len() as u64)
        })
    }

    /// Bytes from `address` to the end of its segment.
    fn room(&self, address: u64) -> u64 {
        let end = |region: &Region| region.address.saturating_add(region.bytes.len() as u64);
        self.region(address).map_or(0, |region| end(region) - address)
    }

    fn word(&self, address: u64) -> Option<u64> {
        let region = self.region(address)?;
        let bytes = self.dump.get(region.bytes.clone())?;
        self.records.params.word(bytes, usize::try_from(address - region.address).ok()?)
    }

    /// The pointers among `size` bytes at `address` that lead into a segment: place and target.
    fn pointers(&self, address: u64, size: u64) -> Vec<(u64, u64)> {
        let Some(region) = self.region(address) else { return Vec::new() };
        let first = address - region.address;
        let from = region.pointers.partition_point(|&place| u64::from(place) < first);
        let places = region.pointers[from..].iter().map(|&place| u64::from(place) - first);
        let lead = places.take_while(|&place| place < size).filter_map(|place| {
            let target = self.word(address.checked_add(place)?)?;
            self.region(target).map(|_| (place, target))
        });
        lead.collect()
    }

    /// What the pointer at `address`, which is byte `inside` of a value of type `ty`, leads to: a type, and how many where
    /// a slice does.
    fn pointee(&self, ty: TypeId, inside: u64, address: u64) -> Option<(TypeId, Option<u64>)> {
        let row = self.types.get(ty);
        let width = u64::from(self.records.params.pointer_bytes);
        match row.kind {
            Kind::Pointer if inside == 0 => Some((row.elem?, None)),
            Kind::Slice if inside == 0 => {
                // All that it has room for: what is beyond the length may still be used.
                let count = self.word(address.checked_add(2 * width)?)?;
                Some((row.elem?, Some(count)))
            }
            Kind::Map | Kind::Chan if inside == 0 => Some((row.inner?, None)),
            Kind::Eface if inside == width => self.boxed(self.word(address.checked_sub(width)?)?),
            Kind::Interface if inside == width => {
                let table = self.word(address.checked_sub(width)?)?;
                self.boxed(*self.itabs.get(&table)?)
            }
            _ => None,
        }
    }

    /// What the word of an interface value leads to whose type has this descriptor.
    fn boxed(&self, descriptor: u64) -> Option<(TypeId, Option<u64>)> {
        let ty = self.types.by_descriptor(descriptor.wrapping_sub(self.slide))?;
        let row = self.types.get(ty);
        match row.kind {
            Kind::Pointer => Some((row.elem?, None)),
            Kind::Map | Kind::Chan => Some((row.inner?, None)),
            _ => Some((ty, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::go::types::{Field, Type};
    use crate::format::go::{Params, Segment, SegmentKind};

    const LEDGER: TypeId = TypeId(0);
    const TO_LEDGER: TypeId = TypeId(1);
    const LEDGERS: TypeId = TypeId(3);

    /// `type Ledger struct { orders unsafe.Pointer; next *Ledger }`, `*Ledger`, `unsafe.Pointer`, `[]*Ledger`.
    fn types() -> Types {
        let mut types = Types::default();
        let field = |name: &str, offset, ty| Field { name: name.into(), offset, ty, embedded: false };
        let fields = vec![field("orders", 0, TypeId(2)), field("next", 8, TO_LEDGER)];
        types.push(Type { kind: Kind::Struct, size: 16, fields, ..Type::default() });
        types.push(Type { kind: Kind::Pointer, size: 8, elem: Some(LEDGER), ..Type::default() });
        types.push(Type { kind: Kind::UnsafePointer, size: 8, ..Type::default() });
        types.push(Type { kind: Kind::Slice, size: 24, elem: Some(TO_LEDGER), ..Type::default() });
        types
    }

    /// The names of all words of a segment at 0x1000 with these words, each of which may be a pointer.
    fn check(words: &[u64], variables: &[(u64, TypeId, &str)], expected: &[&str]) {
        let dump: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let pointers = (0..).step_by(8).take(words.len()).collect();
        let memory = Region { address: 0x1000, bytes: 0..dump.len(), pointers };
        let params = Params { pointer_bytes: 8, ..Params::default() };
        let segments = vec![Segment { kind: SegmentKind::Data, memory }];
        let records = Records { params, segments, ..Records::default() };
        let types = types();
        let statics = Statics::new(&dump, &records, &types, 0, variables.iter().copied());
        let names = (0..words.len() as u64).map(|word| statics.name(0x1000 + 8 * word).unwrap_or_default());
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn values_without_a_name_have_those_of_the_variables_that_lead_to_them() {
        // 0 first → (1 2) → (3 4) → (5 6) → (1 2); 7 to 9 all: a slice of 10, 11; 12 is nobody's.
        let words = [0x1008, 0, 0x1018, 0, 0x1028, 0, 0x1008, 0x1050, 1, 2, 0x1008, 0x1028, 0x1008];
        let variables = [(0x1000, TO_LEDGER, "main.first"), (0x1038, LEDGERS, "main.all")];
        let expected = [
            "main.first",
            "main.first.orders",
            "main.first.next",
            "main.first.next.orders",
            "main.first.next.next",
            "main.all[1].orders",
            "main.all[1].next",
            "main.all",
            "main.all",
            "main.all",
            "main.all[0]",
            "main.all[1]",
            "",
        ];
        check(&words, &variables, &expected);
    }

    #[test]
    fn hostile_words_name_nothing_twice() {
        let huge = [0x1000, u64::MAX, u64::MAX, 0x1001, 0];
        let variables =
            [(0x1000, LEDGERS, "main.a"), (0x1008, LEDGERS, "main.b"), (0x1018, LEDGER, "main.c")];
        check(&huge, &variables, &["main.a", "main.b", "main.b", "main.c.orders", "main.c.next"]);
        check(&[0x1018, 0, 0, 0], &[(0x1000, LEDGERS, "main.a")], &["main.a", "main.a", "main.a", ""]);
    }

    #[test]
    fn steps_that_repeat_are_counted() {
        let name = Name { before: "main.head".into(), ..Name::default() };
        let list = (0..3).fold(name.clone(), |name, _| name.then(".next".into()));
        assert_eq!(list.text(), "main.head.next × 3");
        assert_eq!(list.then(".data".into()).text(), "main.head.next × 3.data");
        let mut long = name;
        for round in 0..1000 {
            long = long.then(format!(".f{}", round % 7));
        }
        assert!(long.text().ends_with(" …") && long.text().len() < 220, "{}", long.text());
    }
}
