//! The whole way from a dump's bytes to the files of its index.

use super::graph::held_columns;
use super::numbered::Numbered;
use super::raw_heap::RawHeap;
use super::{Loaders, go, info};
use crate::error::{Error, Result};
use crate::format;
use crate::format::go::Params;
use crate::format::hprof::{self, Outline};
use crate::graph::{Heap, Strength};
use crate::id::ObjectId;
use crate::input::Dump;
use crate::progress::{Progress, Unit};
use crate::store::base::{Base, Sizes};
use crate::store::classes::STACK_CHUNK;
use crate::store::columns::Objects;
use crate::store::go::Counts;
use crate::store::ipc::FileEntry;
use crate::store::manifest::{Identity, Info, Manifest};
use crate::store::{Build, Classes, GoIndex};
use std::path::Path;

/// Indexes `dump` into the files of `directory`, everything but the dominator tree (see [`build_held`]).
///
/// # Errors
/// No dump of a known format, no room on the disk, or the user stopped it. What is damaged in the dump is a warning.
///
/// The types of a Go dump come from the executable `exe`.
pub fn build(
    dump: &Dump,
    identity: Identity,
    exe: Option<&Path>,
    directory: &Path,
    progress: &Progress,
) -> Result<Manifest> {
    let Read { mut heap, facts, go, typing } =
        read(dump, identity.layout.as_deref(), exe, directory, progress)?;
    progress.begin("write columns", Unit::Objects, 0);
    let mut files = vec![heap.objects.write(directory)?, heap.specials.write(directory)?];
    files.extend(heap.outbound.write(directory, "outbound")?);
    files.extend(heap.stacks.write(directory)?);
    files.extend(typing.map(|typing| typing.write(directory)).transpose()?);
    let unseen = go.as_ref().and_then(|go| go.unseen.as_ref());
    files.extend(unseen.map(|unseen| unseen.write(directory)).transpose()?);
    let (reached_files, mut info) = heap.reached(directory, progress)?;
    files.extend(reached_files);
    files.extend(heap.classes.write(directory)?);
    let input = dump.warnings.list().iter().map(ToString::to_string);
    info.warnings = input.chain(heap.warnings).collect();
    info.notes = heap.notes;
    if go.is_some() {
        info.notes.extend(invisible(&info));
    }
    describe(&mut info, dump, facts);
    let go = go.map(|go| go.write(directory)).transpose()?;
    Ok(Manifest { identity, info, build: Build::default(), layout: heap.layout, go, inflated: None, files })
}

/// A dump of any format that was read.
struct Read {
    heap: RawHeap,
    facts: Facts,
    go: Option<GoIndex>,
    typing: Option<Counts>,
}

/// What a dump says of itself.
struct Facts {
    format: String,
    runtime: String,
    layout: String,
    created_ms: u64,
    id_size: u8,
}

/// Reads a dump of the format that its first bytes tell.
fn read(
    dump: &Dump,
    layout: Option<&str>,
    exe: Option<&Path>,
    directory: &Path,
    progress: &Progress,
) -> Result<Read> {
    let bytes = dump.bytes();
    if format::go::matches(bytes) {
        let go::GoHeap { heap, go, typing, params } = go::read(bytes, exe, directory, progress)?;
        return Ok(Read { heap, facts: go_facts(&params), go: Some(go), typing });
    }
    let outline = outline(dump, progress)?;
    let mut heap = RawHeap::read(bytes, &outline, layout, directory, progress)?;
    let told = outline.warnings.list().iter().map(ToString::to_string);
    let unused = exe.map(|_| "the executable tells nothing: only Go dumps take types from one".to_owned());
    heap.warnings = told.chain(heap.warnings).chain(unused).collect();
    let facts = Facts {
        format: format!("hprof {}", outline.header.version),
        runtime: String::new(),
        layout: heap.layout.as_ref().map(ToString::to_string).unwrap_or_default(),
        created_ms: outline.header.time_ms,
        id_size: outline.header.id_size,
    };
    Ok(Read { heap, facts, go: None, typing: None })
}

fn go_facts(params: &Params) -> Facts {
    let version = if params.version.is_empty() { "before go1.19" } else { &params.version };
    let order = if params.big_endian { "big" } else { "little" };
    let headers = if params.has_headers() { ", malloc headers" } else { "" };
    Facts {
        format: "go1.7 heap dump".to_owned(),
        runtime: format!("{version} {}", params.architecture),
        layout: format!(
            "{} bit, {order} endian, slots of size classes{headers}",
            u32::from(params.pointer_bytes) * 8
        ),
        created_ms: 0,
        id_size: params.pointer_bytes,
    }
}

/// The class table of `dump` with the number and size of instances, without references: one pass.
///
/// The pair has the layout that the user gave and the executable of a Go dump. Columns that grow with the dump lie in `directory` meanwhile. The second value says what could not be read.
///
/// # Errors
/// As [`build`].
pub fn count_classes(
    dump: &Dump,
    (layout, exe): (Option<&str>, Option<&Path>),
    directory: &Path,
    progress: &Progress,
) -> Result<(Classes, Vec<String>)> {
    let bytes = dump.bytes();
    if format::go::matches(bytes) {
        return count_go_classes(dump, exe, directory, progress);
    }
    let outline = outline(dump, progress)?;
    let Numbered { classes, columns, layout: found, warnings: passes, oddities, .. } =
        Numbered::read(bytes, &outline, layout, directory, progress)?;
    let mut classes = classes.classes;
    let objects = Objects {
        address: columns.address.freeze()?,
        offset: Vec::new().into(),
        class: columns.class.freeze()?,
        length: columns.length.freeze()?,
    };
    let amounts = info::by_class(&Sizes { layout: Some(&found), classes: &classes, objects: &objects });
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
    directory: &Path,
    progress: &Progress,
) -> Result<(Classes, Vec<String>)> {
    let RawHeap { mut classes, objects, warnings, .. } =
        go::read(dump.bytes(), exe, directory, progress)?.heap;
    let amounts = info::by_class(&Sizes { layout: None, classes: &classes, objects: &objects });
    progress.end();
    classes.set_instances(&amounts);
    let input = dump.warnings.list().iter().map(ToString::to_string);
    Ok((classes, input.chain(warnings).collect()))
}

/// Builds the dominator tree of the references that hold, into `directory`.
pub fn build_held(base: &Base, held: Strength, directory: &Path, progress: &Progress) -> Result<HeldFiles> {
    let heap = Heap::new(base.graph())?;
    let loaders = Loaders::new(&base.classes, &base.objects.class);
    let sizes = base.sizes();
    let columns =
        held_columns(&heap, held, |id| sizes.shallow(ObjectId(id)), &base.classes, &loaders, progress)?;
    progress.begin("write dominators", Unit::Objects, 0);
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
