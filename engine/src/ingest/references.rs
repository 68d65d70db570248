//! Second pass: what each object refers to.

use super::Numbering;
use super::class_rows::ClassRows;
use super::columns::ObjectColumns;
use super::reference_fields::{ReferenceFields, reference_fields};
use super::warnings::Oddities;
use crate::error::{Error, Result};
use crate::format::hprof::{ClassDump, FieldType, Instance, Outline, SubRecord, Unit};
use crate::graph::SpecialReference;
use crate::id::NO_OBJECT;
use crate::input::Warnings;
use crate::progress::Progress;
use crate::store::scratch::{Scratch, shared_u32, shared_u64};
use rayon::prelude::*;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The references of all objects.
pub(super) struct ReferenceColumns {
    /// Where each object's record stands in the dump, in bytes.
    pub(super) offset: Scratch<u64>,
    /// The strong references of object i are `targets[starts[i]..starts[i + 1]]`, in the order of its fields.
    pub(super) starts: Scratch<u64>,
    /// Ids of objects.
    pub(super) targets: Scratch<u32>,
    /// Referents, sorted by (from, to).
    pub(super) specials: Vec<SpecialReference>,
}

/// What the pass reads from.
pub(super) struct Source<'a> {
    /// The dump.
    pub(super) bytes: &'a [u8],
    /// Where its heap is.
    pub(super) outline: &'a Outline,
    /// Its classes.
    pub(super) classes: &'a ClassRows<'a>,
    /// The ids of its objects.
    pub(super) numbering: &'a Numbering,
}

/// Reads the references of every object in `columns`; fills in the lengths of stack chunks.
pub(super) fn read_references(
    source: &Source,
    columns: &mut ObjectColumns,
    directory: &Path,
    oddities: &Oddities,
    progress: &Progress,
) -> Result<ReferenceColumns> {
    let Source { bytes, outline, classes, numbering } = *source;
    let objects = columns.address.len();
    let mut offset = Scratch::zeroed(directory, objects)?;
    let mut starts = Scratch::zeroed(directory, objects + 1)?;
    let pass = Pass {
        bytes,
        outline,
        id_size: outline.header.id_size,
        class: &columns.class,
        fields: reference_fields(&classes.classes, outline.header.id_size),
        numbering,
        offset: shared_u64(&mut offset),
        degree: shared_u64(&mut starts),
        length: shared_u32(&mut columns.length),
        oddities,
    };
    let class_objects = pass.class_objects(classes);
    let work: Vec<(&Unit, &Vec<u32>)> = outline.units.iter().zip(&columns.unit_ids).collect();
    let read = |&(unit, ids): &(&Unit, &Vec<u32>)| {
        let part = pass.unit(unit, ids)?;
        progress.add(unit.len())?;
        Ok(part)
    };
    let mut parts: Vec<Part> = work.par_iter().map(read).collect::<Result<_>>()?;
    let mut specials: Vec<SpecialReference> =
        parts.iter_mut().flat_map(|part| std::mem::take(&mut part.specials)).collect();
    specials.par_sort_unstable();
    specials.dedup();
    let total = running_sums(&mut starts);
    let mut targets = Scratch::zeroed(directory, usize::try_from(total).map_err(|_| too_many(total))?)?;
    let shared = shared_u32(&mut targets);
    parts.par_iter().zip(&columns.unit_ids).for_each(|(part, ids)| place(part, ids, &starts, shared));
    let object_ids: Vec<u32> = classes.classes.objects().iter().map(|(object, _)| object.0).collect();
    place(&class_objects, &object_ids, &starts, shared);
    Ok(ReferenceColumns { offset, starts, targets, specials })
}

/// What every unit's reader needs, and where it writes.
struct Pass<'a> {
    bytes: &'a [u8],
    outline: &'a Outline,
    id_size: u8,
    class: &'a [u32],
    fields: Vec<ReferenceFields>,
    numbering: &'a Numbering,
    offset: &'a [AtomicU64],
    /// The number of references of each object.
    degree: &'a [AtomicU64],
    length: &'a [AtomicU32],
    oddities: &'a Oddities,
}

/// The references of one unit's objects, one object after the other.
#[derive(Default)]
struct Part {
    targets: Vec<u32>,
    specials: Vec<SpecialReference>,
    dangling: u64,
    short_bodies: u64,
}

impl Pass<'_> {
    fn unit(&self, unit: &Unit, ids: &[u32]) -> Result<Part> {
        let mut part = Part::default();
        let mut ids = ids.iter();
        // The first pass has told what is damaged.
        let mut told = Warnings::default();
        self.outline.for_each_record(self.bytes, unit, &mut told, |record| {
            let Some(offset) = record.object_offset() else { return Ok(()) };
            let Some(&id) = ids.next() else { return Ok(()) };
            self.object(&mut part, id, &record, offset.0);
            Ok(())
        })?;
        self.oddities.add_dangling(part.dangling);
        self.oddities.add_short_bodies(part.short_bodies);
        Ok(part)
    }

    #[inline]
    fn object(&self, part: &mut Part, id: u32, record: &SubRecord, offset: u64) {
        if id == NO_OBJECT {
            return;
        }
        self.offset[id as usize].store(offset, Ordering::Relaxed);
        let before = part.targets.len();
        match record {
            SubRecord::Instance(instance) => self.instance(part, id, instance),
            SubRecord::ObjectArray(array) => array.elements.iter().for_each(|to| self.push(part, to.0)),
            _ => return,
        }
        let degree = (part.targets.len() - before) as u64;
        self.degree[id as usize].store(degree, Ordering::Relaxed);
    }

    #[inline]
    fn instance(&self, part: &mut Part, id: u32, instance: &Instance) {
        let fields = &self.fields[self.class[id as usize] as usize];
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
            self.length[id as usize].store(words, Ordering::Relaxed);
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
        let mut part = Part::default();
        for (object, class) in classes.classes.objects() {
            let Some(dump) = &classes.dumps[class.index()] else { continue };
            let before = part.targets.len();
            class_references(dump).for_each(|to| self.push(&mut part, to));
            let degree = (part.targets.len() - before) as u64;
            self.offset[object.index()].store(dump.offset.0, Ordering::Relaxed);
            self.degree[object.index()].store(degree, Ordering::Relaxed);
        }
        self.oddities.add_dangling(part.dangling);
        part
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

/// Turns the degree of each object into the sum of those before it; returns the sum of all.
fn running_sums(degrees: &mut [u64]) -> u64 {
    let mut sum = 0u64;
    for degree in degrees.iter_mut() {
        sum += std::mem::replace(degree, sum);
    }
    sum
}

/// Copies each object's references to their place.
fn place(part: &Part, ids: &[u32], starts: &[u64], targets: &[AtomicU32]) {
    let mut rest = part.targets.as_slice();
    for &id in ids.iter().filter(|&&id| id != NO_OBJECT) {
        let (start, end) = (starts[id as usize], starts[id as usize + 1]);
        let count = usize::try_from(end - start).unwrap_or(0);
        let (mine, later) = rest.split_at(count);
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        for (place, &to) in targets[start..start + count].iter().zip(mine) {
            place.store(to, Ordering::Relaxed);
        }
        rest = later;
    }
}

fn too_many(references: u64) -> Error {
    Error::Input(format!("{references} references are more than this machine can address"))
}
