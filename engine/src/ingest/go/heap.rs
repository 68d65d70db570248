//! The finished columns of a Go dump's heap.

use super::finding::Finding;
use super::slots::Slots;
use super::told::{self, NO_TYPES, Told};
use super::typed::Typed;
use super::{known, names, references, roots, stacks};
use crate::error::Result;
use crate::format::go::infer::Typing;
use crate::format::go::types::TypeId;
use crate::format::go::{Memory, Params, Reserve, scan};
use crate::ingest::raw_heap::RawHeap;
use crate::memory::{Room, need};
use crate::progress::{Progress, Unit};
use crate::store::columns::{Objects, Specials};
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

/// Reads the heap of the Go dump `dump`, with columns in `room`.
///
/// # Errors
/// No dump of Go 1.7 or later, an executable at `exe` that is not the dump's, more objects than ids, no room, or the user
/// stopped it. Damage is a warning.
pub(in crate::ingest) fn read(
    dump: &[u8],
    exe: Option<&Path>,
    room: &Room,
    progress: &Progress,
) -> Result<GoHeap> {
    let mut told = Told::default();
    let (slots, mut go) = number(dump, room, &mut told, progress)?;
    let opened = exe.map(|exe| Typed::open(exe, &slots)).transpose()?;
    let phase = if opened.is_some() { "types" } else { "references" };
    progress.begin(phase, Unit::Objects, slots.slots().into());
    // Types are found by one thread.
    let (typed, references) = rayon::join(
        || opened.map(|opened| Typed::find(opened, &slots, room, progress)).transpose(),
        || references::read(&slots, room, progress),
    );
    let (typed, (outbound, mut class, keys)) = (typed?, references?.columns());
    match &typed {
        Some(typed) => told.warnings.extend(typed.warnings().iter().cloned()),
        None => told.notes.push(NO_TYPES.to_owned()),
    }
    let typing = typed.as_ref().map(|typed| &typed.typing);
    let keys = known::know(&slots, typing, &mut class, &keys);
    let (classes, of_key, types) = names::classes(&keys, &slots.records, typing);
    class.par_iter_mut().for_each(|class| *class = of_key[*class as usize].0);
    go.class_types = types;
    go.exe = exe.zip(typed.as_ref()).map(|(exe, typed)| (absolute(exe), typed.slide));
    let goroutines = stacks::goroutines(&slots, typed.as_ref());
    let roots = roots::roots(&slots, typed.as_ref(), &goroutines);
    let typing = typed.map(|typed| keep(typed.typing, &slots, room, &mut go)).transpose()?;
    let params = go.params.clone();
    let heap = RawHeap {
        objects: Objects {
            address: slots.addresses,
            offset: slots.offsets,
            class: class.freeze(),
            length: slots.sizes,
        },
        outbound,
        specials: Specials { from: vec![].into(), to: vec![].into(), strength: vec![].into() },
        classes,
        stacks: Stacks {
            roots: roots.rows,
            names: roots.names,
            threads: goroutines.threads,
            frames: goroutines.frames,
        },
        layout: None,
        warnings: told.warnings,
        notes: told.notes,
    };
    Ok(GoHeap { heap, go, typing, params })
}

/// Reads all records and numbers the slots that are objects.
fn number<'a>(
    dump: &'a [u8],
    room: &Room,
    told: &mut Told,
    progress: &Progress,
) -> Result<(Slots<'a>, GoIndex)> {
    progress.begin("objects", Unit::Bytes, dump.len() as u64);
    let mut found = Finding::new(room);
    let scan = scan(dump, progress, |object| found.push(object))?;
    told.warnings.extend(scan.warnings.list().iter().map(ToString::to_string));
    progress.begin("number", Unit::Objects, found.count());
    need(room, found.count());
    let mut go = GoIndex::default();
    go.objects = std::mem::take(&mut found.parts);
    let found = found.finish(room)?;
    let order = found.order(Reserve::of(&scan.records.params));
    need(room, order.objects() as u64);
    go.phantoms = order.phantoms;
    go.params = scan.records.params.clone();
    let slots = Slots::new(dump, scan.records, found, &order, room)?;
    told::odd(told, &order, slots.overlapping());
    let bytes = slots.sizes.par_iter().map(|&bytes| u64::from(bytes)).sum();
    told.notes.extend(told::reconciled(&slots.records, bytes));
    Ok((slots, go))
}

/// Keeps what was found of types in the index; what is known of each slot.
fn keep(typing: Typing, slots: &Slots, room: &Room, go: &mut GoIndex) -> Result<Counts> {
    let Typing { types, claims, unseen, .. } = typing;
    let kept = go.class_types.iter().flatten().map(|class| TypeId(class.0));
    let (types, rows) = types.pruned(kept);
    go.types = types;
    for class in &mut go.class_types {
        *class = class.and_then(|(ty, shape)| Some((rows.get(ty as usize).copied()??.0, shape)));
    }
    go.unseen = Some(Unseen {
        object: unseen.iter().map(|unseen| unseen.slot).collect(),
        outside: unseen.iter().map(|unseen| unseen.outside).collect(),
        spare: unseen.iter().map(|unseen| unseen.spare).collect(),
    });
    let mut columns = (
        room.column::<u32>(slots.sizes.len())?,
        room.column::<u8>(slots.sizes.len())?,
        room.column::<u8>(slots.sizes.len())?,
    );
    let rows = columns.0.par_iter_mut().zip(columns.1.par_iter_mut()).zip(columns.2.par_iter_mut());
    rows.zip(0..slots.slots()).for_each(|(((count, source), confidence), slot)| {
        if let Some(claim) = claims.get(slot) {
            (*count, *source, *confidence) = (claim.count, claim.source as u8, claim.confidence as u8);
        }
    });
    let (count, source, confidence) = columns;
    Ok(Counts { count: count.freeze(), source: source.freeze(), confidence: confidence.freeze() })
}

/// The path from the root, so that it is found from another directory too.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
