//! The whole way from a dump's bytes to the files of its index.

use super::graph::{held_columns, inbound, reached};
use super::warnings::Oddities;
use super::{
    Loaders, Numbering, class_rows, columns, info, permanent_classes, references, roots, scan, sizes, stacks,
};
use crate::error::{Error, Result};
use crate::format::hprof::{self, ClassDump, Outline, Root};
use crate::graph::{Columns, Csr, Heap, MAX_OBJECTS, SpecialReference, Strength};
use crate::id::ObjectId;
use crate::input::{Dump, Warnings};
use crate::progress::{Progress, Unit};
use crate::store::base::{self, Base, Sizes};
use crate::store::columns::{Objects, References, Specials};
use crate::store::ipc::FileEntry;
use crate::store::manifest::{Identity, Info, Manifest};
use crate::store::{Build, Classes, Stacks};
use std::path::Path;

/// Indexes `dump` into the files of `directory`, everything but the dominator tree (see [`build_held`]).
///
/// # Errors
/// No dump of a known format, no room on the disk, or the user stopped it. What is damaged in the dump is a warning.
pub fn build(dump: &Dump, identity: Identity, directory: &Path, progress: &Progress) -> Result<Manifest> {
    let bytes = dump.bytes();
    progress.begin("outline", Unit::Bytes, bytes.len() as u64);
    let outline = hprof::outline(bytes, progress)?;
    let mut heap = RawHeap::read(bytes, &outline, identity.layout.as_deref(), directory, progress)?;
    let mut files = vec![heap.objects.write(directory)?, heap.specials.write(directory)?];
    files.extend(heap.outbound.write(directory, "outbound")?);
    files.extend(heap.stacks.write(directory)?);
    let (reached_files, mut info) = heap.reached(directory, progress)?;
    files.extend(reached_files);
    files.extend(heap.classes.write(directory)?);
    info.warnings = warnings(dump, &outline, heap.warnings);
    describe(&mut info, dump, &outline);
    info.layout = heap.layout.to_string();
    let build = Build::default();
    let manifest = Manifest { identity, info, build, layout: heap.layout, inflated: None, files };
    Ok(manifest)
}

/// What the passes over the dump leave: finished columns.
struct RawHeap {
    objects: Objects,
    outbound: References,
    specials: Specials,
    classes: Classes,
    stacks: Stacks,
    layout: hprof::layout::Layout,
    warnings: Vec<String>,
}

impl RawHeap {
    fn read(
        bytes: &[u8],
        outline: &Outline,
        layout: Option<&str>,
        directory: &Path,
        progress: &Progress,
    ) -> Result<RawHeap> {
        let heap_bytes = outline.units.iter().map(hprof::Unit::len).sum();
        progress.begin("objects", Unit::Bytes, heap_bytes);
        let mut units = scan::scan(bytes, outline, progress)?;
        let found = Found::take(&mut units);
        let oddities = Oddities::default();

        progress.begin("number", Unit::Objects, 0);
        let numbering = number(&units, &found.classes)?;
        let mut classes = class_rows::class_rows(bytes, outline, found.classes, &found.keys, &numbering);
        let mut columns = columns::fill(units, &classes, &numbering, directory, &oddities, progress)?;
        let layout = sizes::find_sizes(&mut classes.classes, &columns, &outline.header, layout)?;

        progress.begin("references", Unit::Bytes, heap_bytes);
        let source = references::Source { bytes, outline, classes: &classes, numbering: &numbering };
        let references = references::read_references(&source, &mut columns, directory, &oddities, progress)?;

        let threads = stacks::threads(bytes, outline, &found.roots, &numbering);
        let roots = roots::roots(
            &found.roots,
            outline,
            &threads,
            &classes.classes,
            &columns.class,
            &numbering,
            &oddities,
        );
        let mut warnings: Vec<String> = found.warnings.list().iter().map(ToString::to_string).collect();
        warnings.extend(oddities.lines().into_iter().chain(roots.warnings));
        Ok(RawHeap {
            objects: Objects {
                address: columns.address.freeze()?,
                offset: references.offset.freeze()?,
                class: columns.class.freeze()?,
                length: columns.length.freeze()?,
            },
            outbound: References { starts: references.starts.freeze()?, ids: references.targets.freeze()? },
            specials: specials(&references.specials),
            classes: classes.classes,
            stacks: Stacks { roots: roots.rows, threads: threads.threads, frames: threads.frames },
            layout,
            warnings,
        })
    }

    /// Writes reachability and the references by target; the totals go into the info and the class table.
    fn reached(&mut self, directory: &Path, progress: &Progress) -> Result<(Vec<FileEntry>, Info)> {
        let sizes = Sizes { layout: &self.layout, classes: &self.classes, objects: &self.objects };
        let amounts = info::by_class(&sizes);
        self.classes.set_instances(&amounts);
        let class_objects = base::class_objects(&self.classes);
        let roots = base::root_objects(&self.stacks);
        let locals = base::locals(&self.stacks);
        let special = base::special_references(&self.specials);
        let columns = Columns {
            strong: Csr { starts: &self.outbound.starts, targets: &self.outbound.ids },
            class_of: &self.objects.class,
            class_objects: &class_objects,
            special: &special,
            locals: &locals,
            roots: &roots,
        };
        let heap = Heap::new(columns)?;
        let permanent = permanent_classes(&self.classes, &self.objects.class);
        let reached = reached(&heap, &permanent, progress)?;
        let mut files = vec![reached.write(directory)?];
        files.extend(inbound(&heap, progress)?.write(directory, "inbound")?);
        let sizes = Sizes { layout: &self.layout, classes: &self.classes, objects: &self.objects };
        let info = Info {
            objects: self.objects.address.len() as u64,
            classes: self.classes.len() as u64,
            roots: self.stacks.roots.len() as u64,
            threads: self.stacks.threads.len() as u64,
            loaders: Loaders::new(&self.classes, &self.objects.class).objects.len() as u64 - 1,
            references: self.outbound.ids.len() as u64 + special.len() as u64,
            shallow_total: amounts.iter().map(|amount| amount.bytes).sum(),
            by_strength: info::by_strength(&reached.strength, &sizes),
            ..Info::default()
        };
        Ok((files, info))
    }
}

/// Builds the dominator tree of the references that hold, into `directory`.
pub fn build_held(base: &Base, held: Strength, directory: &Path, progress: &Progress) -> Result<HeldFiles> {
    let heap = Heap::new(base.graph())?;
    let loaders = Loaders::new(&base.classes, &base.objects.class);
    let sizes = base.sizes();
    let columns =
        held_columns(&heap, held, |id| sizes.shallow(ObjectId(id)), &base.classes, &loaders, progress)?;
    progress.begin("write", Unit::Objects, 0);
    let files = columns.held.write(directory)?;
    Ok(HeldFiles { files, total: columns.total, warnings: columns.warnings })
}

/// What [`build_held`] wrote.
pub struct HeldFiles {
    /// The files.
    pub files: Vec<FileEntry>,
    /// Shallow size of all that is held, in bytes.
    pub total: u64,
    /// What is not exact.
    pub warnings: Vec<String>,
}

/// What the first pass found besides objects.
struct Found<'a> {
    classes: Vec<ClassDump<'a>>,
    keys: Vec<scan::ClassKey>,
    roots: Vec<Root>,
    warnings: Warnings,
}

impl<'a> Found<'a> {
    /// Takes classes, roots and warnings out of `units`; of repeated class dumps the first one counts.
    fn take(units: &mut [scan::UnitScan<'a>]) -> Found<'a> {
        let mut found =
            Found { classes: Vec::new(), keys: Vec::new(), roots: Vec::new(), warnings: Warnings::default() };
        for unit in units.iter_mut() {
            found.classes.append(&mut unit.classes);
            found.roots.append(&mut unit.roots);
            found.keys.extend(&unit.keys);
            found.warnings.merge(std::mem::take(&mut unit.warnings));
        }
        found.keys.sort_unstable();
        found.keys.dedup();
        found.classes.sort_by_key(|class| (class.address, class.offset));
        found.classes.dedup_by_key(|class| class.address);
        found
    }
}

fn number(units: &[scan::UnitScan], classes: &[ClassDump]) -> Result<Numbering> {
    let class_objects: Vec<u64> = classes.iter().map(|class| class.address.0).collect();
    let mut parts: Vec<&[u64]> = units.iter().map(|unit| unit.addresses.as_slice()).collect();
    parts.push(&class_objects);
    let numbering = Numbering::new(&parts);
    if numbering.objects() > MAX_OBJECTS as u64 {
        let text = format!("the dump has {} objects; an index holds {}", numbering.objects(), MAX_OBJECTS);
        return Err(Error::Input(text));
    }
    Ok(numbering)
}

fn specials(rows: &[SpecialReference]) -> Specials {
    Specials {
        from: rows.iter().map(|row| row.from).collect(),
        to: rows.iter().map(|row| row.to).collect(),
        strength: rows.iter().map(|row| row.strength as u8).collect(),
    }
}

fn warnings(dump: &Dump, outline: &Outline, passes: Vec<String>) -> Vec<String> {
    let input = dump.warnings.list().iter().chain(outline.warnings.list()).map(ToString::to_string);
    input.chain(passes).collect()
}

fn describe(info: &mut Info, dump: &Dump, outline: &Outline) {
    info.dump = dump.path.display().to_string();
    info.file_bytes = dump.len;
    info.format = format!("hprof {}", outline.header.version);
    info.created_ms = outline.header.time_ms;
    info.id_size = outline.header.id_size;
}
