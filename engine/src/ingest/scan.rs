//! First pass: which objects, classes and roots there are, without a look into the objects.

use super::addresses::{Addresses, Growing};
use crate::error::Result;
use crate::format::hprof::{ClassDump, Hop, Outline, Root, SubRecord, Unit, tags};
use crate::input::Warnings;
use crate::memory::{Room, Scratch};
use crate::progress::Progress;
use std::collections::HashMap;

/// What decides the class of an object, as the dump writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ClassKey {
    /// An instance of the class with the class object at this address.
    Instance(u64),
    /// An array of references of that class.
    ObjectArray(u64),
    /// An array of primitive values with this type code.
    PrimitiveArray(u8),
}

/// The instances and arrays of one unit, in the order of the dump.
#[derive(Debug)]
pub(super) struct UnitObjects {
    /// Their addresses.
    pub(super) addresses: Addresses,
    /// The distinct class keys of the unit.
    pub(super) keys: Vec<ClassKey>,
    /// The place of each object's key and its elements, if these were asked for; else empty.
    pub(super) outsides: Scratch<[u32; 2]>,
}

/// What one unit has besides objects, in the order of the dump.
#[derive(Debug, Default)]
pub(super) struct UnitScan<'a> {
    /// Class dumps.
    pub(super) classes: Vec<ClassDump<'a>>,
    /// Roots.
    pub(super) roots: Vec<Root>,
    /// What could not be read.
    pub(super) warnings: Warnings,
}

/// Scans all units in parallel; both results have one element per unit, in their order. Objects are kept in `room`, with
/// their keys and elements if `outsides` says so.
pub(super) fn scan<'a>(
    bytes: &'a [u8],
    outline: &Outline,
    (room, outsides): (&Room, bool),
    progress: &Progress,
) -> Result<(Vec<UnitObjects>, Vec<UnitScan<'a>>)> {
    let scan = |unit: &Unit| {
        let (mut scan, mut objects) = (UnitScan::default(), Objects::default());
        let mut warnings = Warnings::default();
        outline.for_each_hop(bytes, unit, &mut warnings, |hop| {
            match ClassKey::of(&hop) {
                Some(key) => objects.push(&hop, key, outsides),
                None => scan.take(bytes, outline.header.id_size, &hop),
            }
            Ok(())
        })?;
        scan.warnings = warnings;
        Ok((objects.keep(room)?, scan))
    };
    Ok(outline.map_units(progress, scan)?.into_iter().unzip())
}

/// The objects of a unit while it is scanned.
#[derive(Default)]
struct Objects {
    addresses: Growing,
    keys: Vec<ClassKey>,
    place_of: HashMap<ClassKey, u32>,
    known: KeyCache,
    outsides: Vec<[u32; 2]>,
}

impl Objects {
    #[inline]
    fn push(&mut self, hop: &Hop, key: ClassKey, outsides: bool) {
        self.addresses.push(hop.address.0);
        let place = self.known.get_or(key, || {
            *self.place_of.entry(key).or_insert_with(|| {
                self.keys.push(key);
                u32::try_from(self.keys.len() - 1).unwrap_or(u32::MAX)
            })
        });
        if outsides {
            let elements = if matches!(key, ClassKey::Instance(_)) { 0 } else { hop.length };
            self.outsides.push([place, elements]);
        }
    }

    fn keep(self, room: &Room) -> Result<UnitObjects> {
        let Objects { addresses, keys, outsides, .. } = self;
        Ok(UnitObjects { addresses: addresses.keep(room)?, keys, outsides: room.keep(&outsides)? })
    }
}

impl<'a> UnitScan<'a> {
    fn take(&mut self, bytes: &'a [u8], id_size: u8, hop: &Hop) {
        match SubRecord::at(bytes, hop.offset, id_size) {
            Ok(SubRecord::Class(class)) => self.classes.push(*class),
            Ok(SubRecord::Root(root)) => self.roots.push(root),
            _ => {}
        }
    }
}

impl ClassKey {
    /// That of an object; `None` for other sub-records.
    #[inline]
    pub(super) fn of(hop: &Hop) -> Option<ClassKey> {
        match hop.tag {
            tags::INSTANCE => Some(ClassKey::Instance(hop.class)),
            tags::OBJECT_ARRAY => Some(ClassKey::ObjectArray(hop.class)),
            tags::PRIMITIVE_ARRAY | tags::PRIMITIVE_ARRAY_NO_DATA => {
                Some(ClassKey::PrimitiveArray(u8::try_from(hop.class).unwrap_or(0)))
            }
            _ => None,
        }
    }

    #[inline]
    fn slot(self) -> usize {
        let number = match self {
            ClassKey::Instance(class) | ClassKey::ObjectArray(class) => class,
            ClassKey::PrimitiveArray(code) => u64::from(code) << 3,
        };
        // Class objects lie at multiples of 8; the product spreads their higher bits.
        usize::try_from((number >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54).unwrap_or(0)
    }
}

/// Numbers of class keys that were asked for lately: neighbours in a heap mostly share a few classes.
pub(super) struct KeyCache {
    slots: Vec<Option<(ClassKey, u32)>>,
}

impl Default for KeyCache {
    fn default() -> KeyCache {
        // As many as there are values of [`ClassKey::slot`].
        KeyCache { slots: vec![None; 1024] }
    }
}

impl KeyCache {
    /// The number of `key`, from `number` where it is not known.
    #[inline]
    pub(super) fn get_or(&mut self, key: ClassKey, number: impl FnOnce() -> u32) -> u32 {
        let slot = &mut self.slots[key.slot()];
        match *slot {
            Some((known, number)) if known == key => number,
            _ => {
                let number = number();
                *slot = Some((key, number));
                number
            }
        }
    }
}
