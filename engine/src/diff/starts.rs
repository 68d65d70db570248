//! Where the paths of a dump begin: threads, classes that stay, and what else the runtime keeps.

use super::layout::Layouts;
use super::symbols::{Symbol, Symbols};
use crate::graph::Strength;
use crate::id::ObjectId;
use crate::language::java::{thread_facts, thread_name};
use crate::store::{Root, RootKind, Snapshot};

/// An object that a path begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) object: u32,
    /// Why it is kept.
    pub(super) why: Symbol,
    /// Its class; of a class object, the class that it stands for.
    pub(super) class: Symbol,
    /// Whether other paths to it say more: an executor keeps its virtual threads, Go's runtime all goroutines.
    pub(super) waits: bool,
}

/// What the name of a class's root is.
pub(super) const CLASS_ROOT: &str = "class";

/// How the names of threads' roots begin.
pub(super) const THREAD_ROOT: &str = "thread ";

/// How the names of roots begin that are variables of a Go program, or goroutines by the function that they began with.
pub(super) const GLOBAL_ROOT: &str = "global ";
pub(super) const GOROUTINE_ROOT: &str = "goroutine ";

/// How the names of variables of Go's runtime begin.
pub(super) const RUNTIME_GLOBAL: &str = "global runtime.";

/// What the name of a variable has that is known by its place alone: `bss+0x7c8`.
const BARE: &str = "+0x";

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
        let is_bare = |root: &Root| snapshot.stacks().name(root).is_none_or(|name| name.contains(BARE));
        let own = roots.min_by_key(|&root| (root.kind == RootKind::Monitor, root.kind, is_bare(root)));
        let why = why(snapshot, own.or(snapshot.stacks().roots_of(ObjectId(object)).first()));
        // The list of all goroutines and the like: what is in it has roots of its own.
        // So does a leaf that a finalizer needs, if what has the finalizer is kept too.
        let is_leaf = || snapshot.outbound().of(object as usize).is_empty();
        let waits = why.starts_with(RUNTIME_GLOBAL) || (why == RootKind::Finalizer.name() && is_leaf());
        let why = symbols.intern(&why);
        starts.push(Start { object, why, class: layouts.name_of(snapshot, object), waits });
    }
    starts
}

/// Why a root keeps its object, with the name of a Go variable or of a goroutine's first function.
fn why(snapshot: &Snapshot, root: Option<&Root>) -> String {
    let Some(root) = root else { return RootKind::Unknown.name().to_owned() };
    let stacks = snapshot.stacks();
    let started = |row: u32| {
        let thread = stacks.threads.get(row as usize)?;
        Some(thread.started.clone()).filter(|started| !started.is_empty())
    };
    let name = match root.kind {
        RootKind::Goroutine => root.thread.and_then(started),
        RootKind::Global => stacks.name(root).map(str::to_owned),
        _ => None,
    };
    name.map_or(root.kind.name().to_owned(), |name| format!("{} {name}", root.kind.name()))
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
