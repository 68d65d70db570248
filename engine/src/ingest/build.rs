//! The whole way from a dump's bytes to the files of its index.

use super::columns::ObjectColumns;
use super::numbered::Numbered;
use super::raw_heap::RawHeap;
use super::{Loaders, graph, info, permanent_classes, sizes};
use crate::error::{Error, Result};
use crate::format::hprof::{self, Outline};
use crate::graph::{Heap, Strength, strongly_reached};
use crate::id::ObjectId;
use crate::input::Dump;
use crate::memory::{self, Room};
use crate::progress::{Progress, Unit};
use crate::store::base::{Base, Sizes, Ties};
use crate::store::classes::STACK_CHUNK;
use crate::store::columns::Objects;
use crate::store::folder::Folder;
use crate::store::manifest::{Identity, Info, Manifest};
use crate::store::{Build, Classes};
use std::collections::BTreeMap;
use std::path::Path;

/// Where an index is built, and of which dump.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The directory of everything but the dominator tree.
    pub base: &'a Path,
    /// That of the dominator tree; both are there.
    pub tree: &'a Path,
    /// The weakest reference that counts as holding in the tree.
    pub held: Strength,
    /// The most anonymous memory that building may take, in bytes; `None`: as much as the number of objects asks for.
    pub memory_limit: Option<u64>,
}

/// Indexes `dump` into the directories of `target`; the manifests of the index and of its dominator tree, unwritten.
///
/// What needs only one core is done beside what needs only one core: references by target beside the walk, strength and
/// depth beside the dominators, and every table goes to the disk when it is finished.
///
/// # Errors
/// No dump of a known format, no room on the disk, or the user stopped it. What is damaged in the dump is a warning.
pub fn build(
    dump: &Dump,
    identity: Identity,
    target: &Target,
    progress: &Progress,
) -> Result<(Manifest, Manifest)> {
    let bytes = dump.bytes();
    let outline = outline(dump, progress)?;
    let numbered = Numbered::read(bytes, &outline, progress)?;
    let room = room(target, numbered.numbering.objects());
    let folder = Folder::new(target.base);
    let layout = identity.layout.as_deref();
    let mut raw = RawHeap::read(bytes, &outline, numbered, layout, (&folder, &room), progress)?;
    let (mut info, tree) = graph(&mut raw, (target, &folder, &room), progress)?;
    info.warnings = warnings(dump, &outline, std::mem::take(&mut raw.warnings));
    info.notes = std::mem::take(&mut raw.notes);
    describe(&mut info, dump, &outline);
    info.layout = raw.layout.to_string();
    progress.begin("sync", Unit::Objects, 0);
    let files = folder.finish()?;
    let base =
        Manifest { identity, info, build: Build::default(), layout: raw.layout, inflated: None, files };
    let tree = tree.manifest(&base)?;
    Ok((base, tree))
}

/// Everything that follows from the columns of `raw`.
fn graph(
    raw: &mut RawHeap,
    (target, folder, room): (&Target, &Folder, &Room),
    progress: &Progress,
) -> Result<(Info, HeldFiles)> {
    let amounts = info::by_class(&raw.sizes());
    raw.classes.set_instances(&amounts);
    let raw = &*raw;
    let ties = Ties::new(&raw.classes, &raw.stacks, &raw.specials);
    let heap = Heap::new(ties.graph(&raw.objects, &raw.outbound))?;
    let loaders = Loaders::new(&raw.classes, &raw.objects.class);
    let permanent = graph::ids(&permanent_classes(&raw.classes, &raw.objects.class));
    let (walk, wrote) = rayon::join(
        || graph::walk(room, &heap, target.held, progress),
        || write_beside(raw, &heap, (folder, room), progress),
    );
    wrote?;
    let walk = walk?;
    let proved = strongly_reached(&walk, &heap, &permanent);
    let sizes = raw.sizes();
    let held = graph::Held {
        heap: &heap,
        classes: &raw.classes,
        loaders: &loaders,
        shallow: |id| sizes.shallow(ObjectId(id)),
    };
    let tree_folder = Folder::new(target.tree);
    let (totals, reached) = rayon::join(
        || held.write(walk, &tree_folder, progress),
        || -> Result<_> {
            let mut by_strength = BTreeMap::new();
            progress.beside("reach", || {
                let reached = graph::reached(room, &heap, &permanent, proved, progress)?;
                by_strength = info::by_strength(&reached.strength, &sizes);
                reached.write(folder)
            })?;
            Ok(by_strength)
        },
    );
    let info = Info {
        objects: raw.objects.class.len() as u64,
        classes: raw.classes.len() as u64,
        roots: raw.stacks.roots.len() as u64,
        threads: raw.stacks.threads.len() as u64,
        loaders: loaders.objects.len() as u64 - 1,
        references: raw.outbound.ids.len() as u64 + ties.specials.len() as u64,
        shallow_total: amounts.iter().map(|amount| amount.bytes).sum(),
        by_strength: reached?,
        ..Info::default()
    };
    Ok((info, HeldFiles { folder: tree_folder, totals: totals? }))
}

/// Writes what needs neither the walk nor what follows from it.
fn write_beside(
    raw: &RawHeap,
    heap: &Heap,
    (folder, room): (&Folder, &Room),
    progress: &Progress,
) -> Result<()> {
    progress.beside("write tables", || {
        let bytes = raw.specials.write(folder)? + raw.stacks.write(folder)?;
        Ok(bytes + raw.classes.write(folder)?)
    })?;
    progress.beside("referrers", || graph::inbound(room, heap, progress)?.write(folder, "inbound"))
}

/// How much anonymous memory the columns of so many objects may take.
fn room(target: &Target, objects: u64) -> Room {
    let usual = FREE_BYTES + BYTES_PER_OBJECT * objects;
    let most = target.memory_limit.unwrap_or_else(|| memory::available_bytes() / 4 * 3);
    Room::new(target.base, most.min(usual).saturating_sub(OTHER_BYTES))
}

/// Anonymous memory of a builder: so much for each object, and for all that does not grow with them.
const BYTES_PER_OBJECT: u64 = 24;
const FREE_BYTES: u64 = 256 << 20;
/// What is neither a column nor reserved: the pairs that are sorted at a time, tables of classes and sets.
const OTHER_BYTES: u64 = 144 << 20;

/// The class table of `dump` with the number and size of instances, without references.
///
/// Columns that grow with the dump lie in `room` meanwhile. The second value says what could not be read.
///
/// # Errors
/// As [`build`].
pub fn count_classes(
    dump: &Dump,
    layout: Option<&str>,
    room: &Room,
    progress: &Progress,
) -> Result<(Classes, Vec<String>)> {
    let bytes = dump.bytes();
    let outline = outline(dump, progress)?;
    let numbered = Numbered::read(bytes, &outline, progress)?;
    let mut columns = ObjectColumns::new(&numbered.rows(), room)?;
    columns.fill(bytes, &outline, &numbered.rows(), progress)?;
    let Numbered { classes, numbering, warnings: passes, oddities, .. } = numbered;
    let mut classes = classes.classes;
    let address = numbering.addresses(room)?;
    let gaps = sizes::Columns { address: address.view(), class: &columns.class, length: &columns.length };
    let found = sizes::find_sizes(&mut classes, &gaps, &outline.header, layout)?;
    let (class, length) = (columns.class.freeze()?, columns.length.freeze()?);
    let objects = Objects { address, offset: Vec::new().into(), class, length };
    let amounts = info::by_class(&Sizes { layout: &found, classes: &classes, objects: &objects });
    progress.end();
    classes.set_instances(&amounts);
    let chunks = classes.named(STACK_CHUNK).any(|class| classes.get(class).instances > 0);
    let (odd, _) = oddities.lines(0);
    let passes = passes.list().iter().map(ToString::to_string).chain(odd).collect();
    let mut warnings = warnings(dump, &outline, passes);
    if chunks {
        warnings
            .push(format!("the shallow size of {STACK_CHUNK} leaves out its stacks: the whole index has it"));
    }
    Ok((classes, warnings))
}

/// Builds the dominator tree of the references that hold, for the index `base` with the manifest `manifest`; that of the
/// tree, unwritten.
///
/// # Errors
/// No room on the disk, or the user stopped it.
pub fn build_held(
    base: &Base,
    manifest: &Manifest,
    target: &Target,
    progress: &Progress,
) -> Result<Manifest> {
    let heap = Heap::new(base.graph())?;
    let loaders = Loaders::new(&base.classes, &base.objects.class);
    let (sizes, room) = (base.sizes(), room(target, heap.objects() as u64));
    let shallow = |id| sizes.shallow(ObjectId(id));
    let held = graph::Held { heap: &heap, classes: &base.classes, loaders: &loaders, shallow };
    let folder = Folder::new(target.tree);
    let walk = graph::walk(&room, &heap, target.held, progress)?;
    let totals = held.write(walk, &folder, progress)?;
    HeldFiles { folder, totals }.manifest(manifest)
}

/// What was written of a dominator tree.
struct HeldFiles {
    folder: Folder,
    totals: graph::Totals,
}

impl HeldFiles {
    /// The tree's own manifest, for an index with the manifest `base`.
    fn manifest(self, base: &Manifest) -> Result<Manifest> {
        let mut tree = Manifest { files: self.folder.finish()?, ..base.clone() };
        tree.info.retained_total = self.totals.bytes;
        tree.info.warnings = self.totals.warnings;
        Ok(tree)
    }
}

/// The outline of `dump`, if it is of a format that is read.
fn outline(dump: &Dump, progress: &Progress) -> Result<Outline> {
    let bytes = dump.bytes();
    if !hprof::Header::matches(bytes) {
        let path = dump.path.display();
        let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(16)]).into_owned();
        let text = format!(
            "{path} is no heap dump that heapwise reads (HPROF of the JVM or Android): it begins with {begins:?}"
        );
        return Err(Error::Input(text));
    }
    progress.begin("outline", Unit::Bytes, bytes.len() as u64);
    hprof::outline(bytes, progress)
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
