//! The whole way from a dump's bytes to the files of its index.

use super::columns::ObjectColumns;
use super::numbered::Numbered;
use super::raw_heap::RawHeap;
use super::{Loaders, go, graph, info, permanent_classes, sizes};
use crate::error::{Error, Result};
use crate::format;
use crate::format::go::Params;
use crate::format::hprof::{self, Outline};
use crate::graph::{Flood, Heap, Strength, strongly_reached};
use crate::id::{ClassId, ObjectId};
use crate::input::Dump;
use crate::memory::{Pages, Room, both, need, room};
use crate::progress::{Progress, Unit};
use crate::store::base::{Base, Sizes, Ties};
use crate::store::classes::STACK_CHUNK;
use crate::store::columns::Objects;
use crate::store::folder::Folder;
use crate::store::manifest::{Identity, Info, Manifest};
use crate::store::{Build, Classes, GoIndex, ReadNext};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

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
/// What needs only one core is done beside what needs only one core: strength and depth are found beside the walk and
/// written beside the dominators, and every table goes to the disk when it is finished.
///
/// # Errors
/// No dump of a known format, no room on the disk, or the user stopped it. What is damaged in the dump is a warning.
///
/// The types of a Go dump come from the executable `exe`.
pub fn build(
    dump: &Dump,
    identity: Identity,
    exe: Option<&Path>,
    target: &Target,
    progress: &Progress,
) -> Result<(Manifest, Manifest)> {
    let folder = Folder::new(target.base);
    let Read { mut raw, facts, go, room } =
        read(dump, (identity.layout.as_deref(), exe), (target, &folder), progress)?;
    let (mut info, tree) = graph(dump, &mut raw, (target, &folder, &room), progress)?;
    let input = dump.warnings.list().iter().map(ToString::to_string);
    info.warnings = input.chain(std::mem::take(&mut raw.warnings)).collect();
    info.notes = std::mem::take(&mut raw.notes);
    info.notes.extend(go.as_ref().and_then(|_| invisible(&info)));
    describe(&mut info, dump, facts);
    progress.begin("sync", Unit::Objects, 0);
    let files = folder.finish()?;
    let go = go.map(|go| go.write(target.base)).transpose()?;
    let (build, layout) = (Build::default(), raw.layout.map(|sizes| sizes.layout));
    let base = Manifest { identity, info, build, layout, go, inflated: None, files };
    let tree = tree.manifest(&base)?;
    Ok((base, tree))
}

/// A dump of any format that was read.
struct Read {
    raw: RawHeap,
    facts: Facts,
    go: Option<GoIndex>,
    room: Room,
}

/// What a dump says of itself.
struct Facts {
    format: String,
    runtime: String,
    layout: String,
    created_ms: u64,
    id_size: u8,
}

/// Reads a dump of the format that its first bytes tell; the columns of objects and references go to `folder`.
fn read(
    dump: &Dump,
    (layout, exe): (Option<&str>, Option<&Path>),
    (target, folder): (&Target, &Folder),
    progress: &Progress,
) -> Result<Read> {
    let bytes = dump.bytes();
    let room = room(target.base, target.memory_limit);
    if format::go::matches(bytes) {
        let go::GoHeap { heap, go, typing, params } = go::read(bytes, exe, &room, progress)?;
        typing.map(|typing| typing.write(folder)).transpose()?;
        go.unseen.as_ref().map(|unseen| unseen.write(folder)).transpose()?;
        let raw = heap.written(folder, progress)?;
        return Ok(Read { raw, facts: go_facts(&params), go: Some(go), room });
    }
    let outline = outline(dump, progress)?;
    let numbered = Numbered::read(bytes, &outline, &room, progress)?;
    let mut raw = RawHeap::read(bytes, &outline, numbered, layout, (folder, &room), progress)?;
    let told = outline.warnings.list().iter().map(ToString::to_string);
    let unused = exe.map(|_| "the executable tells nothing: only Go dumps take types from one".to_owned());
    raw.warnings = told.chain(raw.warnings).chain(unused).collect();
    let facts = Facts {
        format: format!("hprof {}", outline.header.version),
        runtime: String::new(),
        layout: raw.layout.map(|sizes| sizes.layout.to_string()).unwrap_or_default(),
        created_ms: outline.header.time_ms,
        id_size: outline.header.id_size,
    };
    Ok(Read { raw, facts, go: None, room })
}

fn go_facts(params: &Params) -> Facts {
    let version = if params.version.is_empty() { "before go1.19" } else { &params.version };
    let order = if params.big_endian { "big" } else { "little" };
    let headers = if params.has_headers() { ", malloc headers" } else { "" };
    let bits = u32::from(params.pointer_bytes) * 8;
    Facts {
        format: "go1.7 heap dump".to_owned(),
        runtime: format!("{version} {}", params.architecture),
        layout: format!("{bits} bit, {order} endian, slots of size classes{headers}"),
        created_ms: 0,
        id_size: params.pointer_bytes,
    }
}

/// Everything that follows from the columns of `raw`, for which `dump` need not be read again. The references stay in memory
/// for the walk, if there is room.
fn graph(
    dump: &Dump,
    raw: &mut RawHeap,
    (target, folder, room): (&Target, &Folder, &Room),
    progress: &Progress,
) -> Result<(Info, HeldFiles)> {
    if room.is_scarce() {
        raw.write_references(folder, ReadNext::Here, progress)?;
        raw.map_references(folder)?;
    }
    let ties = Ties::new(&raw.classes, &raw.stacks, &raw.specials);
    let heap = Heap::new(ties.graph(&raw.objects, &raw.outbound))?;
    let permanent = graph::ids(&permanent_classes(&raw.classes, &raw.objects.class));
    let descent = graph::begin_walk(room, &heap, target.held, progress)?;
    let (pages, is_walking) = (descent.pages(), AtomicBool::new(true));
    let walk = || {
        let preorder = descent.preorder(&permanent, progress);
        is_walking.store(false, Ordering::Relaxed);
        preorder
    };
    let (preorder, beside) = std::thread::scope(|scope| {
        // Zeros for a page can take longer than the walk needs to fill it.
        scope.spawn(|| Pages::make(&pages, || is_walking.load(Ordering::Relaxed)));
        both(room, walk, || beside_walk(raw, (&heap, &permanent), (folder, room), progress))
    });
    let (preorder, Beside { loaders, shallow_total, early }) = (preorder?, beside?);
    let checked = heap.checked();
    if !room.is_scarce() {
        raw.map_references(folder)?;
    }
    let heap = Heap::known(ties.graph(&raw.objects, &raw.outbound), &checked);
    let (known, doubtful) = strongly_reached(&preorder, &heap);
    let sizes = raw.sizes();
    let held = graph::Held {
        heap: &heap,
        classes: &raw.classes,
        loaders: &loaders,
        shallow: |id, class| sizes.shallow_of(ObjectId(id), ClassId(class)),
    };
    let tree_folder = Folder::new(target.tree);
    let (totals, reached) = both(
        room,
        || held.write(preorder, &tree_folder, progress),
        || -> Result<_> {
            let mut by_strength = BTreeMap::new();
            progress.beside("write reach", || {
                let reached = graph::reached(room, &heap, (&known, &doubtful), early, progress)?;
                by_strength = info::by_strength(&reached.strength, &sizes);
                reached.write(folder)
            })?;
            dump.unload();
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
        shallow_total,
        by_strength: reached?,
        ..Info::default()
    };
    Ok((info, HeldFiles { folder: tree_folder, totals: totals? }))
}

/// What is known without the walk.
struct Beside {
    loaders: Loaders,
    /// Shallow size of all objects, in bytes.
    shallow_total: u64,
    /// See [`graph::reached_early`].
    early: Option<Flood>,
}

/// What needs nothing of the walk: counts instances, writes the tables that do not grow with the objects, finds out what is reachable.
fn beside_walk(
    raw: &RawHeap,
    (heap, permanent): (&Heap, &[u32]),
    (folder, room): (&Folder, &Room),
    progress: &Progress,
) -> Result<Beside> {
    let loaders = Loaders::new(&raw.classes, &raw.objects.class);
    let amounts = info::by_class(&raw.sizes());
    progress.beside("write tables", || {
        let mut classes = raw.classes.clone();
        classes.set_instances(&amounts);
        let bytes = raw.specials.write(folder)? + raw.stacks.write(folder)?;
        Ok(bytes + classes.write(folder)?)
    })?;
    if !room.is_scarce() {
        raw.write_references(folder, ReadNext::Later, progress)?;
    }
    let mut early = None;
    progress.beside("reach", || {
        early = graph::reached_early(room, heap, permanent, progress)?;
        Ok(0)
    })?;
    Ok(Beside { loaders, shallow_total: amounts.iter().map(|amount| amount.bytes).sum(), early })
}

/// The class table of `dump` with the number and size of instances, without references.
///
/// The pair has the layout that the user gave and the executable of a Go dump. Columns that grow with the dump lie in `room`
/// meanwhile. The second value says what could not be read.
///
/// # Errors
/// As [`build`].
pub fn count_classes(
    dump: &Dump,
    (layout, exe): (Option<&str>, Option<&Path>),
    room: &Room,
    progress: &Progress,
) -> Result<(Classes, Vec<String>)> {
    let bytes = dump.bytes();
    if format::go::matches(bytes) {
        return count_go_classes(dump, exe, room, progress);
    }
    let outline = outline(dump, progress)?;
    let (numbered, units) = Numbered::with_objects(bytes, &outline, (room, true), progress)?;
    let mut columns = ObjectColumns::new(&numbered.rows(), room)?;
    columns.fill(units, &numbered.rows(), progress)?;
    let Numbered { classes, numbering, warnings: passes, oddities, .. } = numbered;
    let mut classes = classes.classes;
    let address = numbering.addresses(room)?;
    let gaps = sizes::Columns { address: address.view(), class: &columns.class, length: &columns.length };
    let found = sizes::find_sizes(&mut classes, &gaps, &outline.header, layout)?;
    let (class, length) = (columns.class.freeze(), columns.length.freeze());
    let objects = Objects { address, offset: Vec::new().into(), class, length };
    let amounts =
        info::by_class(&Sizes::new(Some(&hprof::layout::ArraySizes::of(found)), &classes, &objects));
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

/// What is said of the objects of a Go dump that no root of it reaches.
fn invisible(info: &Info) -> Option<String> {
    let amount = info.by_strength.get(Strength::Unreachable.name()).filter(|amount| amount.objects > 0)?;
    Some(format!(
        "{} objects ({} bytes) are held by nothing that the dump shows: garbage since the last collection, or held by a \
         cleanup, a weak handle or another special record of the runtime",
        amount.objects, amount.bytes
    ))
}

fn count_go_classes(
    dump: &Dump,
    exe: Option<&Path>,
    room: &Room,
    progress: &Progress,
) -> Result<(Classes, Vec<String>)> {
    let RawHeap { mut classes, objects, warnings, .. } = go::read(dump.bytes(), exe, room, progress)?.heap;
    let amounts = info::by_class(&Sizes::new(None, &classes, &objects));
    progress.end();
    classes.set_instances(&amounts);
    let input = dump.warnings.list().iter().map(ToString::to_string);
    Ok((classes, input.chain(warnings).collect()))
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
    let (sizes, room) = (base.sizes(), room(target.base, target.memory_limit));
    need(&room, heap.objects() as u64);
    let shallow = |id, class| sizes.shallow_of(ObjectId(id), ClassId(class));
    let held = graph::Held { heap: &heap, classes: &base.classes, loaders: &loaders, shallow };
    let folder = Folder::new(target.tree);
    let preorder = graph::begin_walk(&room, &heap, target.held, progress)?.preorder(&[], progress)?;
    let totals = held.write(preorder, &folder, progress)?;
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
            "{path} is no heap dump that heapwise reads (HPROF of the JVM or Android, Go 1.7 or later): it begins with {begins:?}"
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

fn describe(info: &mut Info, dump: &Dump, facts: Facts) {
    info.dump = dump.path.display().to_string();
    info.file_bytes = dump.len;
    info.format = facts.format;
    info.runtime = facts.runtime;
    info.layout = facts.layout;
    info.created_ms = facts.created_ms;
    info.id_size = facts.id_size;
}
