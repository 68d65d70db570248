//! The objects' columns: each object's class and length put at its id.

use super::Numbering;
use super::class_rows::ClassRows;
use super::repeats::Repeats;
use super::scan::{ClassKey, KeyCache, UnitObjects};
use crate::error::Result;
use crate::memory::{Room, Scratch, shared_u32};
use crate::progress::Progress;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Columns by id that are still being filled.
pub(super) struct ObjectColumns {
    /// Classes.
    pub(super) class: Scratch<u32>,
    /// Elements of arrays, else 0.
    pub(super) length: Scratch<u32>,
}

/// What tells the rows of objects.
pub(super) struct Rows<'a> {
    /// The ids of objects.
    pub(super) numbering: &'a Numbering,
    /// Their classes.
    pub(super) classes: &'a ClassRows<'a>,
    /// Which objects do not count.
    pub(super) repeats: &'a Repeats,
}

impl ObjectColumns {
    /// Columns of zeros.
    pub(super) fn new(rows: &Rows, room: &Room) -> Result<ObjectColumns> {
        let objects = usize::try_from(rows.numbering.objects()).unwrap_or(usize::MAX);
        Ok(ObjectColumns { class: room.sequential(objects)?, length: room.sequential(objects)? })
    }

    /// The columns as units fill them, from many threads.
    pub(super) fn shared<'s>(&'s mut self, rows: &'s Rows<'s>) -> SharedColumns<'s> {
        SharedColumns { rows, class: shared_u32(&mut self.class), length: shared_u32(&mut self.length) }
    }

    /// Fills the columns from the outsides of the objects, which the scan of the units kept.
    pub(super) fn fill(&mut self, units: Vec<UnitObjects>, rows: &Rows, progress: &Progress) -> Result<()> {
        let shared = self.shared(rows);
        shared.class_objects();
        units.into_par_iter().enumerate().try_for_each(|(number, unit)| {
            let mut filling = shared.unit(number);
            for (address, &[place, elements]) in unit.addresses.iter().zip(&unit.outsides[..]) {
                filling.object(address, unit.keys[place as usize], elements);
            }
            progress.add(unit.addresses.len() as u64)
        })
    }
}

/// Columns that many threads fill, each object's rows by one of them.
pub(super) struct SharedColumns<'s> {
    rows: &'s Rows<'s>,
    class: &'s [AtomicU32],
    length: &'s [AtomicU32],
}

impl SharedColumns<'_> {
    /// Begins with the objects of the unit of this number.
    pub(super) fn unit(&self, unit: usize) -> Filling<'_> {
        let repeated = self.rows.repeats.of(unit);
        Filling { columns: self, known: KeyCache::default(), next: 0, repeated }
    }

    /// Puts all class objects in their rows: units have none of them.
    pub(super) fn class_objects(&self) {
        let classes = self.rows.classes;
        for (object, _) in classes.classes.objects() {
            self.class[object.index()].store(classes.class_class.0, Ordering::Relaxed);
        }
    }

    /// Sets the length of an object.
    #[inline]
    pub(super) fn set_length(&self, id: u32, length: u32) {
        self.length[id as usize].store(length, Ordering::Relaxed);
    }
}

/// The columns while the objects of one unit are put into them, one after the other.
pub(super) struct Filling<'c> {
    columns: &'c SharedColumns<'c>,
    known: KeyCache,
    /// The place of the next object in the unit.
    next: u32,
    /// The places in the unit that are left out, ascending.
    repeated: &'c [u32],
}

impl Filling<'_> {
    /// Puts the unit's next object in its row and returns id and class; `None` where another has its address.
    #[inline]
    pub(super) fn object(&mut self, address: u64, key: ClassKey, length: u32) -> Option<(u32, u32)> {
        let place = self.next;
        self.next += 1;
        if self.repeated.first() == Some(&place) {
            self.repeated = &self.repeated[1..];
            return None;
        }
        let Rows { numbering, classes, .. } = *self.columns.rows;
        let id = numbering.find(address)?;
        let class = self.known.get_or(key, || classes.of_key.get(&key).map_or(0, |class| class.0));
        self.columns.class[id as usize].store(class, Ordering::Relaxed);
        self.columns.set_length(id, length);
        Some((id, class))
    }
}
