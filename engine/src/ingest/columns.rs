//! The objects' columns: each object's address, class and length put at its id.

use super::Numbering;
use super::class_rows::ClassRows;
use super::scan::UnitScan;
use super::warnings::Oddities;
use crate::error::Result;
use crate::id::NO_OBJECT;
use crate::progress::Progress;
use crate::store::scratch::{Scratch, shared_u32, shared_u64};
use rayon::prelude::*;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Columns by id that are still being filled.
pub(super) struct ObjectColumns {
    /// Addresses, ascending.
    pub(super) address: Scratch<u64>,
    /// Classes.
    pub(super) class: Scratch<u32>,
    /// Elements of arrays, else 0.
    pub(super) length: Scratch<u32>,
    /// The ids of each unit's objects in the order of the dump; `NO_OBJECT` for a repeated address.
    pub(super) unit_ids: Vec<Vec<u32>>,
}

/// Fills the columns from `units`, whose vectors are given back, and from the class objects of `classes`.
pub(super) fn fill(
    units: Vec<UnitScan>,
    classes: &ClassRows,
    numbering: &Numbering,
    directory: &Path,
    oddities: &Oddities,
    progress: &Progress,
) -> Result<ObjectColumns> {
    let objects = usize::try_from(numbering.objects()).unwrap_or(usize::MAX);
    let mut address = Scratch::zeroed(directory, objects)?;
    let mut class = Scratch::zeroed(directory, objects)?;
    let mut length = Scratch::zeroed(directory, objects)?;
    let columns = Shared {
        address: shared_u64(&mut address),
        class: shared_u32(&mut class),
        length: shared_u32(&mut length),
    };
    let mut seen = Repeats::new(&units, classes, numbering);
    for &(object, class) in classes.classes.objects() {
        seen.first(object.0);
        columns.set(object.0, classes.classes.get(class).address.0, classes.class_class.0, 0);
    }
    let unit_ids = if seen.any() {
        let ids = units.into_iter().map(|unit| columns.place(unit, classes, numbering, |id| seen.first(id)));
        ids.collect()
    } else {
        let place = |unit: UnitScan| {
            progress.add(unit.addresses.len() as u64)?;
            Ok(columns.place(unit, classes, numbering, |_| true))
        };
        units.into_par_iter().map(place).collect::<Result<Vec<_>>>()?
    };
    oddities.add_duplicates(seen.repeated);
    Ok(ObjectColumns { address, class, length, unit_ids })
}

struct Shared<'a> {
    address: &'a [AtomicU64],
    class: &'a [AtomicU32],
    length: &'a [AtomicU32],
}

impl Shared<'_> {
    #[inline]
    fn set(&self, id: u32, address: u64, class: u32, length: u32) {
        self.address[id as usize].store(address, Ordering::Relaxed);
        self.class[id as usize].store(class, Ordering::Relaxed);
        self.length[id as usize].store(length, Ordering::Relaxed);
    }

    fn place(
        &self,
        unit: UnitScan,
        classes: &ClassRows,
        numbering: &Numbering,
        mut first: impl FnMut(u32) -> bool,
    ) -> Vec<u32> {
        let class_of: Vec<u32> =
            unit.keys.iter().map(|key| classes.of_key.get(key).map_or(0, |class| class.0)).collect();
        let rows = unit.addresses.iter().zip(unit.keys_of.iter().zip(&unit.lengths));
        let place = |(&address, (&key, &length)): (&u64, (&u32, &u32))| {
            let Some(id) = numbering.find(address).filter(|&id| first(id)) else { return NO_OBJECT };
            self.set(id, address, class_of[key as usize], length);
            id
        };
        rows.map(place).collect()
    }
}

/// Tells the first object at an address from repeated ones, where there are any.
struct Repeats {
    seen: Vec<u64>,
    repeated: u64,
}

impl Repeats {
    fn new(units: &[UnitScan], classes: &ClassRows, numbering: &Numbering) -> Repeats {
        let dumped = classes.dumps.iter().flatten().count();
        let objects = units.iter().map(|unit| unit.addresses.len() as u64).sum::<u64>() + dumped as u64;
        let words = if objects == numbering.objects() { 0 } else { numbering.objects().div_ceil(64) };
        Repeats { seen: vec![0; usize::try_from(words).unwrap_or(usize::MAX)], repeated: 0 }
    }

    fn any(&self) -> bool {
        !self.seen.is_empty()
    }

    fn first(&mut self, id: u32) -> bool {
        let Some(word) = self.seen.get_mut(id as usize / 64) else { return true };
        let mask = 1 << (id % 64);
        let first = *word & mask == 0;
        *word |= mask;
        self.repeated += u64::from(!first);
        first
    }
}
