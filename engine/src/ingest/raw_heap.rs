//! The finished columns of a dump's heap, from both passes over it.

use super::Numbering;
use super::columns::ObjectColumns;
use super::numbered::{Numbered, heap_bytes};
use super::references::{ReferenceColumns, Source, read_references};
use super::sizes::{self, find_sizes};
use super::{roots, stacks};
use crate::error::Result;
use crate::format::hprof::Outline;
use crate::format::hprof::layout::ArraySizes;
use crate::graph::SpecialReference;
use crate::memory::Room;
use crate::progress::{Progress, Unit};
use crate::store::base::Sizes;
use crate::store::columns::{Objects, References, Specials, write_addresses, write_records};
use crate::store::folder::Folder;
use crate::store::{Classes, ReadNext, Stacks};
use arrow_buffer::ScalarBuffer;

/// What the passes over the dump leave: finished columns.
pub(super) struct RawHeap {
    pub(super) objects: Objects,
    pub(super) outbound: References,
    pub(super) specials: Specials,
    pub(super) classes: Classes,
    pub(super) stacks: Stacks,
    pub(super) layout: Option<ArraySizes>,
    pub(super) warnings: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl RawHeap {
    /// Reads the heap of `outline`, of which the first pass left `numbered`; the columns of objects are written to `folder`,
    /// and from there on mapped.
    pub(super) fn read(
        bytes: &[u8],
        outline: &Outline,
        numbered: Numbered,
        layout: Option<&str>,
        (folder, room): (&Folder, &Room),
        progress: &Progress,
    ) -> Result<RawHeap> {
        progress.begin("references", Unit::Bytes, heap_bytes(outline));
        let source = Source { bytes, outline, rows: numbered.rows() };
        let mut columns = ObjectColumns::new(&source.rows, room)?;
        let mut references = read_references(&source, &mut columns, room, &numbered.oddities, progress)?;
        let Numbered { mut classes, numbering, roots: found, warnings, oddities, .. } = numbered;
        let (objects, ids) = write((columns, &mut references), &numbering, (folder, room), progress)?;
        let gaps = sizes::Columns {
            address: objects.address.view(),
            class: &objects.class,
            length: &objects.length,
        };
        let layout = find_sizes(&mut classes.classes, &gaps, &outline.header, layout)?;
        let threads = stacks::threads(bytes, outline, &found, &numbering);
        let roots =
            roots::roots(&found, outline, &threads, &classes.classes, &objects.class, &numbering, &oddities);
        drop(numbering);
        let mut warnings: Vec<String> = warnings.list().iter().map(ToString::to_string).collect();
        let (odd, notes) = oddities.lines(references.count());
        warnings.extend(odd.into_iter().chain(roots.warnings));
        let specials = specials(&references.specials);
        let outbound = References { starts: references.starts, ids };
        let stacks =
            Stacks { roots: roots.rows, names: Vec::new(), threads: threads.threads, frames: threads.frames };
        let layout = Some(ArraySizes::of(layout));
        Ok(RawHeap { objects, outbound, specials, classes: classes.classes, stacks, layout, warnings, notes })
    }

    /// Writes the columns of objects; the same heap, with these columns mapped.
    pub(super) fn written(mut self, folder: &Folder, progress: &Progress) -> Result<RawHeap> {
        progress.begin("write columns", Unit::Bytes, 0);
        progress.beside("write objects", || self.objects.write(folder))?;
        progress.end();
        self.objects = folder.read(Objects::read)?;
        Ok(self)
    }

    /// Writes the references, which stay in memory.
    pub(super) fn write_references(
        &self,
        folder: &Folder,
        next: ReadNext,
        progress: &Progress,
    ) -> Result<()> {
        progress.beside("write references", || self.outbound.write(folder, next, "outbound"))
    }

    /// Maps the references that were written, in the place of those in memory.
    pub(super) fn map_references(&mut self, folder: &Folder) -> Result<()> {
        self.outbound = folder.read(|tables| References::read(tables, "outbound"))?;
        Ok(())
    }

    /// The function from objects to shallow sizes.
    pub(super) fn sizes(&self) -> Sizes<'_> {
        Sizes::new(self.layout.as_ref(), &self.classes, &self.objects)
    }
}

/// Writes the columns of objects and puts the references in order; the objects, mapped, and the targets, in memory.
///
/// Step by step, so that not all columns are in memory at the same time: what a record says is written and dropped, then
/// addresses are made.
fn write(
    (columns, references): (ObjectColumns, &mut ReferenceColumns),
    numbering: &Numbering,
    (folder, room): (&Folder, &Room),
    progress: &Progress,
) -> Result<(Objects, ScalarBuffer<u32>)> {
    progress.begin("write columns", Unit::Bytes, 0);
    progress.beside("write objects", || {
        let offset = std::mem::replace(&mut references.offset, Vec::new().into());
        write_records(folder, &offset, (&columns.class.freeze(), &columns.length.freeze()))
    })?;
    let (wrote, placed) = rayon::join(
        || progress.beside("write addresses", || write_addresses(folder, &numbering.addresses(room)?)),
        || references.place(room),
    );
    wrote?;
    progress.end();
    Ok((folder.read(Objects::read)?, placed?.freeze()))
}

fn specials(rows: &[SpecialReference]) -> Specials {
    Specials {
        from: rows.iter().map(|row| row.from).collect(),
        to: rows.iter().map(|row| row.to).collect(),
        strength: rows.iter().map(|row| row.strength as u8).collect(),
    }
}
