//! Where the paths of a dump begin: threads, classes that stay, and what else the runtime keeps.

use super::layout::Layouts;
use super::symbols::{Symbol, Symbols};
use crate::graph::Strength;
use crate::id::ObjectId;
use crate::language::java::{thread_facts, thread_name};
use crate::store::{RootKind, Snapshot};

/// An object that a path begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) object: u32,
    /// Why it is kept.
    pub(super) why: Symbol,
    /// Its class; of a class object, the class that it stands for.
    pub(super) class: Symbol,
    /// Whether other paths to it say more: an executor keeps its virtual threads.
    pub(super) waits: bool,
}

/// What the name of a class's root is.
pub(super) const CLASS_ROOT: &str = "class";

/// How the names of threads' roots begin.
pub(super) const THREAD_ROOT: &str = "thread ";

const VIRTUAL_THREAD: &str = "java.lang.VirtualThread";

/// The starts of a dump; threads come first, then classes that stay, then others, each kind by id.
pub(super) fn starts(snapshot: &Snapshot, layouts: &Layouts, symbols: &mut Symbols) -> Vec<Start> {
    let mut starts = threads(snapshot, layouts, symbols);
    let class_root = symbols.intern(CLASS_ROOT);
    for (object, class) in snapshot.classes().objects() {
        // A class that nothing reaches, like that of a lambda that is gone, keeps nothing.
        if layouts.permanent[class.index()] && snapshot.strength(*object) == Strength::Strong {
            starts.push(Start {
                object: object.0,
                why: class_root,
                class: layouts.name_of(snapshot, object.0),
                waits: false,
            });
        }
    }
    for &object in &snapshot.base().ties.root_objects {
        let roots = snapshot.stacks().roots_of(ObjectId(object)).iter().filter(|root| !root.kind.is_local());
        if roots.clone().any(|root| root.kind == RootKind::Thread) {
            continue;
        }
        let kind = roots.map(|root| root.kind).min_by_key(|&kind| (kind == RootKind::Monitor, kind));
        let local = snapshot.stacks().roots_of(ObjectId(object)).first().map(|root| root.kind);
        let why = symbols.intern(kind.or(local).unwrap_or(RootKind::Unknown).name());
        starts.push(Start { object, why, class: layouts.name_of(snapshot, object), waits: false });
    }
    starts
}

fn threads(snapshot: &Snapshot, layouts: &Layouts, symbols: &mut Symbols) -> Vec<Start> {
    let roots = snapshot.stacks().roots.iter().filter(|root| root.kind == RootKind::Thread);
    let mut objects: Vec<ObjectId> = roots.map(|root| root.object).collect();
    objects.dedup();
    let start = |object: ObjectId| {
        let name = thread_facts(snapshot, object).name.unwrap_or_default();
        let why = symbols.intern(&format!("{THREAD_ROOT}{}", thread_name(&name)));
        let class = snapshot.class_name(snapshot.class_of(object));
        let waits = class == VIRTUAL_THREAD;
        Start { object: object.0, why, class: layouts.name_of(snapshot, object.0), waits }
    };
    objects.into_iter().map(start).collect()
}

/// Whether a root of this name is a thread.
pub(super) fn is_thread(why: &str) -> bool {
    why.starts_with(THREAD_ROOT)
}
