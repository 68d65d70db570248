//! Second pass: what each object refers to.

use super::Numbering;
use super::class_rows::ClassRows;
use super::columns::{Filling, ObjectColumns, Rows, SharedColumns};
use super::reference_fields::{ReferenceFields, reference_fields};
use super::scan::ClassKey;
use super::steps::{KeptSteps, Steps};
use super::warnings::Oddities;
use crate::error::{Error, Result};
use crate::format::hprof::{ClassDump, FieldType, Instance, Outline, SubRecord, Unit};
use crate::graph::SpecialReference;
use crate::input::Warnings;
use crate::memory::{Room, Scratch, shared_u16, shared_u32};
use crate::progress::Progress;
use crate::wide::{Wide, WideRef, running_sums};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};

/// The references of all objects, those of each unit together: not yet in the order of ids.
pub(super) struct ReferenceColumns {
    /// Where each object's record stands in the dump, in bytes.
    pub(super) offset: Wide,
    /// The strong references of object i are the targets `starts[i]..starts[i + 1]`, in the order of its fields.
    pub(super) starts: Wide,
    /// Referents, sorted by (from, to).
    pub(super) specials: Vec<SpecialReference>,
    parts: Vec<KeptPart>,
}

/// What the pass reads from.
pub(super) struct Source<'a> {
    /// The dump.
    pub(super) bytes: &'a [u8],
    /// Where its heap is.
    pub(super) outline: &'a Outline,
    /// What tells the rows of its objects.
    pub(super) rows: Rows<'a>,
}

/// Reads the class, length and references of every object.
pub(super) fn read_references(
    source: &Source,
    columns: &mut ObjectColumns,
    room: &Room,
    oddities: &Oddities,
    progress: &Progress,
) -> Result<ReferenceColumns> {
    let Source { bytes, outline, rows } = source;
    let objects = columns.class.len();
    let mut offset = Offsets::new(objects, bytes.len(), room)?;
    let mut degree = room.sequential(objects + 1)?;
    let pass = Pass {
        bytes,
        outline,
        id_size: outline.header.id_size,
        fields: reference_fields(&rows.classes.classes, outline.header.id_size),
        numbering: rows.numbering,
        columns: columns.shared(rows),
        offset: offset.shared(),
        degree: shared_u32(&mut degree),
        oddities,
    };
    let read = |(number, unit): (usize, &Unit)| {
        let part = pass.unit(number, unit)?.keep(room)?;
        progress.add(unit.len())?;
        Ok(part)
    };
    // Class objects lie anywhere, on pages that nobody has touched yet: one thread is busy with them while others read.
    let (class_objects, parts) = rayon::join(
        || pass.class_objects(rows.classes),
        || outline.units.par_iter().enumerate().map(read).collect::<Result<Vec<_>>>(),
    );
    let (mut parts, specials): (Vec<_>, Vec<_>) = parts?.into_iter().unzip();
    let mut specials: Vec<SpecialReference> = specials.into_iter().flatten().collect();
    specials.par_sort_unstable();
    specials.dedup();
    parts.push(class_objects.keep(room)?.0);
    Ok(ReferenceColumns { offset: offset.finish(), starts: running_sums(degree), specials, parts })
}

impl ReferenceColumns {
    /// The number of references.
    pub(super) fn count(&self) -> u64 {
        self.starts.get(self.starts.len() - 1)
    }

    /// Puts the targets in the order of their sources' ids.
    pub(super) fn place(&mut self, room: &Room) -> Result<Scratch<u32>> {
        let total = self.count();
        let mut targets = room.sequential(usize::try_from(total).map_err(|_| too_many(total))?)?;
        let (starts, shared) = (self.starts.view(), shared_u32(&mut targets));
        std::mem::take(&mut self.parts).into_par_iter().for_each(|part| part.place(starts, shared));
        Ok(targets)
    }
}

/// What every unit's reader needs, and where it writes.
struct Pass<'a> {
    bytes: &'a [u8],
    outline: &'a Outline,
    id_size: u8,
    fields: Vec<ReferenceFields>,
    numbering: &'a Numbering,
    columns: SharedColumns<'a>,
    offset: SharedOffsets<'a>,
    /// The number of references of each object.
    degree: &'a [AtomicU32],
    oddities: &'a Oddities,
}

/// The references of one unit's objects, one object after the other.
#[derive(Default)]
struct Part {
    /// The objects that have any.
    ids: Steps,
    targets: Vec<u32>,
    specials: Vec<SpecialReference>,
    dangling: u64,
    short_bodies: u64,
}

impl Pass<'_> {
    fn unit(&self, number: usize, unit: &Unit) -> Result<Part> {
        let mut part = Part::default();
        let mut filling = self.columns.unit(number);
        // The first pass has told what is damaged.
        let mut told = Warnings::default();
        self.outline.for_each_record(self.bytes, unit, &mut told, |record| {
            self.record(&mut part, &mut filling, &record);
            Ok(())
        })?;
        self.oddities.add_dangling(part.dangling);
        self.oddities.add_short_bodies(part.short_bodies);
        Ok(part)
    }

    #[inline]
    fn record(&self, part: &mut Part, filling: &mut Filling, record: &SubRecord) {
        let before = part.targets.len();
        let id = match record {
            SubRecord::Instance(instance) => {
                let key = ClassKey::Instance(instance.class.0);
                let Some((id, class)) = filling.object(instance.address.0, key, 0) else { return };
                self.offset.set(id, instance.offset.0);
                self.instance(part, (id, class), instance);
                id
            }
            SubRecord::ObjectArray(array) => {
                let key = ClassKey::ObjectArray(array.class.0);
                let length = u32::try_from(array.elements.len()).unwrap_or(u32::MAX);
                let Some((id, _)) = filling.object(array.address.0, key, length) else { return };
                self.offset.set(id, array.offset.0);
                array.elements.iter().for_each(|to| self.push(part, to.0));
                id
            }
            SubRecord::PrimitiveArray(array) => {
                let key = ClassKey::PrimitiveArray(array.element as u8);
                let Some((id, _)) = filling.object(array.address.0, key, array.length) else { return };
                self.offset.set(id, array.offset.0);
                return;
            }
            _ => return,
        };
        self.end_object(part, id, before);
    }

    /// Notes that the targets from `before` on are those of `id`.
    #[inline]
    fn end_object(&self, part: &mut Part, id: u32, before: usize) {
        let degree = part.targets.len() - before;
        if degree > 0 {
            part.ids.push(id.into());
            // An object's references are counted by a 32-bit length in the dump.
            self.degree[id as usize].store(u32::try_from(degree).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
    }

    #[inline]
    fn instance(&self, part: &mut Part, (id, class): (u32, u32), instance: &Instance) {
        let fields = &self.fields[class as usize];
        let body = instance.body;
        part.short_bodies += u64::from(body.len() < fields.bytes as usize);
        for &place in &fields.strong {
            if let Some(to) = reference_at(body, place, self.id_size) {
                self.push(part, to);
            }
        }
        if let Some((place, strength)) = fields.referent {
            let to = reference_at(body, place, self.id_size).filter(|&to| to != 0);
            match to.map(|to| self.numbering.find(to)) {
                Some(Some(to)) => part.specials.push(SpecialReference { from: id, to, strength }),
                Some(None) => part.dangling += 1,
                None => {}
            }
        }
        let words = fields.stack_words.and_then(|place| u4_at(body, place));
        if let Some(words) = words.filter(|&words| words <= i32::MAX.unsigned_abs()) {
            self.columns.set_length(id, words);
        }
    }

    #[inline]
    fn push(&self, part: &mut Part, to: u64) {
        match self.numbering.find(to) {
            _ if to == 0 => {}
            Some(to) => part.targets.push(to),
            None => part.dangling += 1,
        }
    }

    /// The references of all class objects, by id.
    fn class_objects(&self, classes: &ClassRows) -> Part {
        self.columns.class_objects();
        let mut part = Part::default();
        for (object, class) in classes.classes.objects() {
            let Some(dump) = &classes.dumps[class.index()] else { continue };
            let before = part.targets.len();
            class_references(dump).for_each(|to| self.push(&mut part, to));
            self.offset.set(object.0, dump.offset.0);
            self.end_object(&mut part, object.0, before);
        }
        self.oddities.add_dangling(part.dangling);
        part
    }
}

impl Part {
    /// What is needed of it later.
    fn keep(self, room: &Room) -> Result<(KeptPart, Vec<SpecialReference>)> {
        Ok((KeptPart { ids: self.ids.keep(room)?, targets: room.keep(&self.targets)? }, self.specials))
    }
}

/// The references of a finished [`Part`].
struct KeptPart {
    ids: KeptSteps,
    targets: Scratch<u32>,
}

impl KeptPart {
    /// Copies each object's references to their place.
    fn place(&self, starts: WideRef, targets: &[AtomicU32]) {
        let mut rest = &self.targets[..];
        for id in self.ids.iter() {
            let (start, end) = starts.pair(usize::try_from(id).unwrap_or(usize::MAX));
            let count = usize::try_from(end - start).unwrap_or(0);
            let (mine, later) = rest.split_at(count);
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            for (place, &to) in targets[start..start + count].iter().zip(mine) {
                place.store(to, Ordering::Relaxed);
            }
            rest = later;
        }
    }
}

/// Where objects stand in the dump, while it is filled.
struct Offsets {
    low: Scratch<u32>,
    /// The upper parts; empty for dumps below 4 GiB.
    high: Scratch<u16>,
}

struct SharedOffsets<'a> {
    low: &'a [AtomicU32],
    high: &'a [AtomicU16],
}

impl Offsets {
    fn new(objects: usize, dump: usize, room: &Room) -> Result<Offsets> {
        let is_large = dump as u64 >> 32 > 0;
        Ok(Offsets {
            low: room.sequential(objects)?,
            high: room.sequential(if is_large { objects } else { 0 })?,
        })
    }

    fn shared(&mut self) -> SharedOffsets<'_> {
        SharedOffsets { low: shared_u32(&mut self.low), high: shared_u16(&mut self.high) }
    }

    fn finish(self) -> Wide {
        let highs = self.high.iter().map(|&high| u32::from(high));
        Wide::new(self.low.freeze(), highs)
    }
}

impl SharedOffsets<'_> {
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the parts of an offset, which is below 2^48 on every system"
    )]
    fn set(&self, id: u32, offset: u64) {
        self.low[id as usize].store(offset as u32, Ordering::Relaxed);
        if let Some(high) = self.high.get(id as usize) {
            high.store((offset >> 32) as u16, Ordering::Relaxed);
        }
    }
}

/// What a class object refers to: superclass, loader, signers, protection domain, constants, statics.
fn class_references<'a>(dump: &ClassDump<'a>) -> impl Iterator<Item = u64> + use<'a> {
    let fixed = [dump.super_class.0, dump.loader.0, dump.signers.0, dump.protection_domain.0];
    let constants = dump.constants().map(|constant| (constant.value_type, constant.value));
    let statics = dump.statics().map(|field| (field.value_type, field.value));
    let values = constants.chain(statics).filter(|(kind, _)| *kind == FieldType::Object);
    fixed.into_iter().chain(values.map(|(_, value)| reference(value)))
}

#[inline]
fn reference_at(body: &[u8], place: u32, id_size: u8) -> Option<u64> {
    let rest = body.get(place as usize..)?;
    if id_size == 8 {
        return rest.first_chunk().map(|bytes| u64::from_be_bytes(*bytes));
    }
    rest.first_chunk().map(|bytes| u64::from(u32::from_be_bytes(*bytes)))
}

fn reference(value: &[u8]) -> u64 {
    let id_size = u8::try_from(value.len()).unwrap_or(8);
    reference_at(value, 0, id_size).unwrap_or(0)
}

fn u4_at(body: &[u8], place: u32) -> Option<u32> {
    body.get(place as usize..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn too_many(references: u64) -> Error {
    Error::Input(format!("{references} references are more than this machine can address"))
}
