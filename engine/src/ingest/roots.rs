//! The roots of a dump; where it names too few, those that the runtime must have had.

use super::Numbering;
use super::loaders::permanent_classes;
use super::stacks::Threads;
use super::warnings::Oddities;
use crate::format::hprof::{self, Outline};
use crate::id::{ClassId, ObjectId};
use crate::store::{Classes, Root, RootKind};

/// Root rows, sorted and distinct, and lines that say which were inferred.
pub(super) struct Roots {
    /// The rows.
    pub(super) rows: Vec<Root>,
    /// What had to be inferred.
    pub(super) warnings: Vec<String>,
}

/// The rows of `found`; `class` is the class column.
pub(super) fn roots(
    found: &[hprof::Root],
    outline: &Outline,
    threads: &Threads,
    classes: &Classes,
    class: &[u32],
    numbering: &Numbering,
    oddities: &Oddities,
) -> Roots {
    let mut rows: Vec<Root> = found.iter().filter_map(|root| row(root, threads, numbering)).collect();
    let lost =
        found.iter().filter(|root| root.object.0 != 0 && numbering.find(root.object.0).is_none()).count();
    oddities.add_lost_roots(lost as u64);
    let mut warnings = Vec::new();
    // Android lists what is loaded as "sticky class" too; a dump without one was cut, or its writer had no list.
    if !rows.iter().any(|root| root.kind == RootKind::StickyClass) {
        let count = infer(&mut rows, permanent_classes(classes, class));
        warnings.push(format!("the dump names no class as a root: {count} class objects are taken as roots"));
    }
    if !rows.iter().any(|root| root.kind == RootKind::Thread) && !outline.units.is_empty() {
        let count = infer(&mut rows, thread_objects(classes, class));
        warnings
            .push(format!("the dump names no thread as a root: {count} thread objects are taken as roots"));
    }
    rows.sort_unstable();
    rows.dedup();
    Roots { rows, warnings }
}

fn row(root: &hprof::Root, threads: &Threads, numbering: &Numbering) -> Option<Root> {
    let thread = root.thread_serial.and_then(|serial| threads.row(serial));
    let frames = thread.map(|thread| threads.threads[thread as usize].frames);
    let frame = root
        .frame
        .zip(frames)
        .and_then(|(frame, (start, end))| start.checked_add(frame).filter(|&row| row < end));
    Some(Root {
        object: numbering.find(root.object.0).map(ObjectId)?,
        kind: kind(root.kind),
        thread,
        frame,
        name: None,
    })
}

fn infer(rows: &mut Vec<Root>, objects: Vec<ObjectId>) -> usize {
    let inferred = objects.iter().map(|&object| Root::new(object, RootKind::Inferred));
    rows.extend(inferred);
    objects.len()
}

/// Instances of `java.lang.Thread` and its subclasses.
fn thread_objects(classes: &Classes, class: &[u32]) -> Vec<ObjectId> {
    let named = |class: ClassId| classes.get(class).name == "java.lang.Thread";
    let thread: Vec<bool> = classes.ids().map(|class| classes.chain(class).any(named)).collect();
    let ids = (0..).zip(class).filter(|&(_, &class)| thread[class as usize]);
    ids.map(|(id, _)| ObjectId(id)).collect()
}

fn kind(kind: hprof::RootKind) -> RootKind {
    match kind {
        hprof::RootKind::Unknown => RootKind::Unknown,
        hprof::RootKind::JniGlobal => RootKind::JniGlobal,
        hprof::RootKind::JniLocal => RootKind::JniLocal,
        hprof::RootKind::JavaFrame => RootKind::JavaFrame,
        hprof::RootKind::NativeStack => RootKind::NativeStack,
        hprof::RootKind::StickyClass => RootKind::StickyClass,
        hprof::RootKind::ThreadBlock => RootKind::ThreadBlock,
        hprof::RootKind::MonitorUsed => RootKind::Monitor,
        hprof::RootKind::Thread => RootKind::Thread,
        hprof::RootKind::InternedString => RootKind::InternedString,
        hprof::RootKind::Finalizing => RootKind::Finalizing,
        hprof::RootKind::Debugger => RootKind::Debugger,
        hprof::RootKind::ReferenceCleanup => RootKind::ReferenceCleanup,
        hprof::RootKind::VmInternal => RootKind::VmInternal,
        hprof::RootKind::JniMonitor => RootKind::JniMonitor,
        hprof::RootKind::Unreachable => RootKind::Unreachable,
    }
}
