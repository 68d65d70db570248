//! First pass: which objects, classes and roots there are, without a look into the objects.

use crate::error::Result;
use crate::format::hprof::{ClassDump, Hop, Outline, Root, SubRecord, tags};
use crate::input::Warnings;
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

/// The objects and roots of one unit, in the order of the dump.
#[derive(Debug, Default)]
pub(super) struct UnitScan<'a> {
    /// Addresses of instances and arrays.
    pub(super) addresses: Vec<u64>,
    /// Their classes, as positions in `keys`.
    pub(super) keys_of: Vec<u32>,
    /// Elements of arrays; 0 for instances.
    pub(super) lengths: Vec<u32>,
    /// The distinct class keys of the unit.
    pub(super) keys: Vec<ClassKey>,
    /// Class dumps.
    pub(super) classes: Vec<ClassDump<'a>>,
    /// Roots.
    pub(super) roots: Vec<Root>,
    /// What could not be read.
    pub(super) warnings: Warnings,
}

/// Scans all units in parallel; the result has one element per unit, in their order.
pub(super) fn scan<'a>(bytes: &'a [u8], outline: &Outline, progress: &Progress) -> Result<Vec<UnitScan<'a>>> {
    outline.map_units(progress, |unit| {
        let mut scan = UnitScan::default();
        let mut interner = Interner::default();
        let mut warnings = Warnings::default();
        outline.for_each_hop(bytes, unit, &mut warnings, |hop| {
            scan.take(bytes, outline.header.id_size, &hop, &mut interner);
            Ok(())
        })?;
        (scan.keys, scan.warnings) = (interner.keys, warnings);
        Ok(scan)
    })
}

impl<'a> UnitScan<'a> {
    #[inline]
    fn take(&mut self, bytes: &'a [u8], id_size: u8, hop: &Hop, interner: &mut Interner) {
        match hop.tag {
            tags::INSTANCE => self.push(hop, 0, interner.intern(ClassKey::Instance(hop.class))),
            tags::OBJECT_ARRAY => {
                self.push(hop, hop.length, interner.intern(ClassKey::ObjectArray(hop.class)))
            }
            tags::PRIMITIVE_ARRAY | tags::PRIMITIVE_ARRAY_NO_DATA => {
                let code = u8::try_from(hop.class).unwrap_or(0);
                self.push(hop, hop.length, interner.intern(ClassKey::PrimitiveArray(code)));
            }
            _ => match SubRecord::at(bytes, hop.offset, id_size) {
                Ok(SubRecord::Class(class)) => self.classes.push(*class),
                Ok(SubRecord::Root(root)) => self.roots.push(root),
                _ => {}
            },
        }
    }

    #[inline]
    fn push(&mut self, hop: &Hop, length: u32, key: u32) {
        self.addresses.push(hop.address.0);
        self.lengths.push(length);
        self.keys_of.push(key);
    }
}

/// Class keys to small numbers; neighbours in a heap mostly share a few classes, so that a small cache answers.
#[derive(Default)]
struct Interner {
    cache: Vec<Option<(ClassKey, u32)>>,
    numbers: HashMap<ClassKey, u32>,
    keys: Vec<ClassKey>,
}

impl Interner {
    const CACHE: usize = 1024;

    #[inline]
    fn intern(&mut self, key: ClassKey) -> u32 {
        let slot = Interner::slot(key);
        match self.cache.get(slot) {
            Some(&Some((cached, number))) if cached == key => number,
            _ => self.intern_slowly(key, slot),
        }
    }

    fn intern_slowly(&mut self, key: ClassKey, slot: usize) -> u32 {
        let keys = &mut self.keys;
        let number = *self.numbers.entry(key).or_insert_with(|| {
            keys.push(key);
            u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
        });
        self.cache.resize(Interner::CACHE, None);
        self.cache[slot] = Some((key, number));
        number
    }

    #[inline]
    fn slot(key: ClassKey) -> usize {
        let number = match key {
            ClassKey::Instance(class) | ClassKey::ObjectArray(class) => class,
            ClassKey::PrimitiveArray(code) => u64::from(code) << 3,
        };
        // Class objects lie at multiples of 8; the product spreads their higher bits.
        usize::try_from((number >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54).unwrap_or(0)
    }
}
