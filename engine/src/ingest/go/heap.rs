//! The finished columns of a Go dump's heap.

use super::found::{FoundSlots, Order};
use super::known::Known;
use super::slots::Slots;
use super::typed::Typed;
use super::{names, references, roots, stacks};
use crate::error::Result;
use crate::format::go::infer::Typing;
use crate::format::go::{Params, Records, Reserve, scan};
use crate::ingest::raw_heap::RawHeap;
use crate::progress::{Progress, Unit};
use crate::store::columns::{Objects, References, Specials};
use crate::store::go::{Counts, Unseen};
use crate::store::{GoIndex, Stacks};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// A Go dump that was read.
pub(in crate::ingest) struct GoHeap {
    /// The columns.
    pub(in crate::ingest) heap: RawHeap,
    /// What the index keeps besides.
    pub(in crate::ingest) go: GoIndex,
    /// What was found of each slot's type; `None` without an executable.
    pub(in crate::ingest) typing: Option<Counts>,
    /// The machine and the runtime.
    pub(in crate::ingest) params: Params,
}

/// Reads the heap of the Go dump `dump`; columns that grow with it lie in `directory`.
///
/// # Errors
/// No dump of Go 1.7 or later, an executable at `exe` that is not the dump's, more objects than ids, no room, or the user stopped it. Damage is a warning.
pub(in crate::ingest) fn read(
    dump: &[u8],
    exe: Option<&Path>,
    directory: &Path,
    progress: &Progress,
) -> Result<GoHeap> {
    progress.begin("objects", Unit::Bytes, dump.len() as u64);
    let mut found = FoundSlots::default();
    let scan = scan(dump, progress, |object| found.push(object))?;
    progress.begin("number", Unit::Objects, found.addresses.len() as u64);
    let order = found.order(Reserve::of(&scan.records.params))?;
    let mut warnings: Vec<String> = scan.warnings.list().iter().map(ToString::to_string).collect();
    let mut notes = Vec::new();
    odd(&order, &mut warnings, &mut notes);
    let params = scan.records.params.clone();
    let slots = Slots::new(dump, scan.records, &found, &order, directory)?;
    let mut go = GoIndex::default();
    (go.objects, go.phantoms, go.params) = (std::mem::take(&mut found.parts), order.phantoms, params.clone());
    drop((found, order));
    notes.extend(reconciled(&slots.records, slots.bytes.par_iter().map(|&bytes| u64::from(bytes)).sum()));
    progress.begin("types", Unit::Objects, slots.addresses.len() as u64);
    let mut typed = exe.map(|exe| Typed::read(exe, &slots)).transpose()?;
    match &typed {
        Some(typed) => warnings.extend(typed.warnings().iter().cloned()),
        None => notes.push(NO_TYPES.to_owned()),
    }
    progress.begin("references", Unit::Objects, slots.addresses.len() as u64);
    let typing = typed.as_ref().map(|typed| &typed.typing);
    let references = references::read(&slots, &Known::new(&slots, typing), directory, progress)?;
    let (classes, of_key, types) = names::classes(&references.keys, &slots.records, typing);
    go.class_types = types;
    go.exe = exe.zip(typed.as_ref()).map(|(exe, typed)| (absolute(exe), typed.slide));
    let mut class = references.key_of;
    class.par_iter_mut().for_each(|class| *class = of_key[*class as usize].0);
    let roots = roots::roots(&slots, typed.as_ref());
    let (threads, frames) = stacks::stacks(&slots);
    let typing = typed.take().map(|typed| typed.typing);
    let typing = typing.map(|Typing { types, count, source, confidence, unseen, .. }| {
        go.types = types;
        go.unseen = Some(Unseen {
            object: unseen.iter().map(|unseen| unseen.slot).collect(),
            outside: unseen.iter().map(|unseen| unseen.outside).collect(),
            spare: unseen.iter().map(|unseen| unseen.spare).collect(),
        });
        Counts {
            count: count.into(),
            source: source.iter().map(|&source| source as u8).collect(),
            confidence: confidence.iter().map(|&confidence| confidence as u8).collect(),
        }
    });
    let heap = RawHeap {
        objects: Objects {
            address: slots.addresses.freeze()?,
            offset: slots.offsets.freeze()?,
            class: class.freeze()?,
            length: slots.bytes.freeze()?,
        },
        outbound: References { starts: references.starts.freeze()?, ids: references.targets.freeze()? },
        specials: Specials { from: vec![].into(), to: vec![].into(), strength: vec![].into() },
        classes,
        stacks: Stacks { roots: roots.rows, names: roots.names, threads, frames },
        layout: None,
        warnings,
        notes,
    };
    Ok(GoHeap { heap, go, typing, params })
}

/// What `info` says where no executable was named.
const NO_TYPES: &str = "a Go dump has no types: objects are told apart by size and pointers; --exe PATH takes types from the executable";

/// The path from the root, so that it is found from another directory too.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Says which slots were left out or overlap.
fn odd(order: &Order, warnings: &mut Vec<String>, notes: &mut Vec<String>) {
    if order.phantoms > 0 {
        notes.push(format!(
            "{} records ({} bytes) are no objects but bitmaps at the end of spans, which Go 1.22 and later write by \
             mistake: they are left out",
            order.phantoms, order.phantom_bytes
        ));
    }
    if order.duplicates > 0 {
        warnings.push(format!(
            "{} objects stand at an address that another one has: the first one counts",
            order.duplicates
        ));
    }
    if order.overlapping > 0 {
        warnings.push(format!("{} objects overlap the next one", order.overlapping));
    }
}

/// Compares the bytes of all objects with the runtime's own count.
fn reconciled(records: &Records, bytes: u64) -> Option<String> {
    let statistics = records.statistics.as_ref()?;
    let alloc = statistics.get("Alloc")?;
    Some(match i128::from(bytes) - i128::from(alloc) {
        0 => format!("the objects have {bytes} bytes, exactly what the runtime counts (MemStats.Alloc)"),
        difference => format!(
            "the objects have {bytes} bytes, {} {} than the runtime counts (MemStats.Alloc {alloc}): it counts before \
             the spans of an unfinished collection are swept",
            difference.unsigned_abs(),
            if difference > 0 { "more" } else { "fewer" },
        ),
    })
}
