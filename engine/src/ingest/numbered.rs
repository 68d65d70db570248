//! The objects of a dump with their ids, classes and sizes: all that needs no look into the objects.

use super::Numbering;
use super::bounds::need;
use super::class_rows::{ClassRows, class_rows};
use super::columns::Rows;
use super::repeats::Repeats;
use super::scan::{Addresses, ClassKey, UnitScan, scan};
use super::warnings::Oddities;
use crate::error::{Error, Result};
use crate::format::hprof::{ClassDump, Outline, Root, Unit as HeapUnit};
use crate::graph::MAX_OBJECTS;
use crate::input::Warnings;
use crate::memory::Room;
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
        progress.begin("objects", Unit::Bytes, heap_bytes(outline));
        let (addresses, units) = scan(bytes, outline, room, progress)?;
        let found = Found::of(units);
        let objects = addresses.iter().map(|unit| unit.len() as u64).sum();
        need(room, objects);
        progress.begin("number", Unit::Objects, objects);
        let numbering = number(&addresses, &found.classes, room)?;
        let classes = class_rows(bytes, outline, found.classes, &found.keys, &numbering);
        let repeats = Repeats::find(&addresses, &classes, &numbering);
        let oddities = Oddities::default();
        oddities.add_duplicates(repeats.count());
        Ok(Numbered { classes, numbering, repeats, roots: found.roots, warnings: found.warnings, oddities })
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
    fn of(units: Vec<UnitScan<'a>>) -> Found<'a> {
        let mut found =
            Found { classes: Vec::new(), keys: Vec::new(), roots: Vec::new(), warnings: Warnings::default() };
        for mut unit in units {
            found.classes.append(&mut unit.classes);
            found.roots.append(&mut unit.roots);
            found.keys.extend(&unit.keys);
            found.warnings.merge(unit.warnings);
        }
        found.keys.sort_unstable();
        found.keys.dedup();
        found.classes.sort_by_key(|class| (class.address, class.offset));
        found.classes.dedup_by_key(|class| class.address);
        found
    }
}

fn number(units: &Addresses, classes: &[ClassDump], room: &Room) -> Result<Numbering> {
    let class_objects: Vec<u64> = classes.iter().map(|class| class.address.0).collect();
    let mut parts: Vec<&[u64]> = units.iter().map(|unit| &unit[..]).collect();
    parts.push(&class_objects);
    let numbering = Numbering::new(&parts, room)?;
    if numbering.objects() > MAX_OBJECTS as u64 {
        let text = format!("the dump has {} objects; an index holds {}", numbering.objects(), MAX_OBJECTS);
        return Err(Error::Input(text));
    }
    Ok(numbering)
}
