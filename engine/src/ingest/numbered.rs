//! The objects of a dump with their ids, classes and sizes: all that needs no look into the objects.

use super::Numbering;
use super::addresses::Addresses;
use super::class_rows::{ClassRows, class_rows};
use super::columns::Rows;
use super::repeats::Repeats;
use super::scan::{ClassKey, UnitObjects, UnitScan, scan};
use super::warnings::Oddities;
use crate::error::{Error, Result};
use crate::format::hprof::{ClassDump, Outline, Root, Unit as HeapUnit};
use crate::graph::MAX_OBJECTS;
use crate::input::Warnings;
use crate::memory::{Room, need};
use crate::progress::{Progress, Unit};

/// What the first pass over a dump leaves.
pub(super) struct Numbered<'a> {
    /// The class table and what the dump says of classes.
    pub(super) classes: ClassRows<'a>,
    /// Addresses to ids.
    pub(super) numbering: Numbering,
    /// Objects that do not count.
    pub(super) repeats: Repeats,
    /// Roots in the order of the dump.
    pub(super) roots: Vec<Root>,
    /// What could not be read.
    pub(super) warnings: Warnings,
    /// What was odd in the heap so far.
    pub(super) oddities: Oddities,
}

impl<'a> Numbered<'a> {
    /// Scans the units of `outline` and numbers the objects, with columns in `room`.
    ///
    /// # Errors
    /// More objects than there are ids, no room, or the user stopped it.
    pub(super) fn read(
        bytes: &'a [u8],
        outline: &Outline,
        room: &Room,
        progress: &Progress,
    ) -> Result<Numbered<'a>> {
        Ok(Numbered::with_objects(bytes, outline, (room, false), progress)?.0)
    }

    /// As [`Numbered::read`], with what the scan kept of objects: their outsides too, if that is asked for.
    pub(super) fn with_objects(
        bytes: &'a [u8],
        outline: &Outline,
        (room, outsides): (&Room, bool),
        progress: &Progress,
    ) -> Result<(Numbered<'a>, Vec<UnitObjects>)> {
        progress.begin("objects", Unit::Bytes, heap_bytes(outline));
        let (units, scans) = scan(bytes, outline, (room, outsides), progress)?;
        let found = Found::of(scans, &units);
        let objects = units.iter().map(|unit| unit.addresses.len() as u64).sum();
        need(room, objects);
        progress.begin("number", Unit::Objects, objects);
        let numbering = number(&units, &found.classes, room)?;
        let classes = class_rows(bytes, outline, found.classes, &found.keys, &numbering);
        let repeats = Repeats::find(&units, &classes, &numbering);
        let oddities = Oddities::default();
        oddities.add_duplicates(repeats.count());
        let Found { roots, warnings, .. } = found;
        Ok((Numbered { classes, numbering, repeats, roots, warnings, oddities }, units))
    }

    /// What tells the rows of the objects.
    pub(super) fn rows(&self) -> Rows<'_> {
        Rows { numbering: &self.numbering, classes: &self.classes, repeats: &self.repeats }
    }
}

/// Bytes of heap data.
pub(super) fn heap_bytes(outline: &Outline) -> u64 {
    outline.units.iter().map(HeapUnit::len).sum()
}

/// What the first pass found besides objects.
struct Found<'a> {
    classes: Vec<ClassDump<'a>>,
    keys: Vec<ClassKey>,
    roots: Vec<Root>,
    warnings: Warnings,
}

impl<'a> Found<'a> {
    /// What all units have together; of repeated class dumps the first one counts.
    fn of(scans: Vec<UnitScan<'a>>, units: &[UnitObjects]) -> Found<'a> {
        let mut found =
            Found { classes: Vec::new(), keys: Vec::new(), roots: Vec::new(), warnings: Warnings::default() };
        for mut scan in scans {
            found.classes.append(&mut scan.classes);
            found.roots.append(&mut scan.roots);
            found.warnings.merge(scan.warnings);
        }
        found.keys = units.iter().flat_map(|unit| &unit.keys).copied().collect();
        found.keys.sort_unstable();
        found.keys.dedup();
        found.classes.sort_by_key(|class| (class.address, class.offset));
        found.classes.dedup_by_key(|class| class.address);
        found
    }
}

fn number(units: &[UnitObjects], classes: &[ClassDump], room: &Room) -> Result<Numbering> {
    let class_objects = Addresses::of(classes.iter().map(|class| class.address.0), room)?;
    let mut parts: Vec<&Addresses> = units.iter().map(|unit| &unit.addresses).collect();
    parts.push(&class_objects);
    let numbering = Numbering::new(&parts, room)?;
    if numbering.objects() > MAX_OBJECTS as u64 {
        let text = format!("the dump has {} objects; an index holds {}", numbering.objects(), MAX_OBJECTS);
        return Err(Error::Input(text));
    }
    Ok(numbering)
}
