//! A path from a root to an object, with all that rules look at.

use super::platform::{is_go_package_of_others, is_platform};
use crate::graph::Strength;
use crate::holders;
use crate::id::{ClassId, ObjectId};
use crate::language::java::thread_facts;
use crate::store::Snapshot;
use std::collections::HashMap;
use std::sync::Arc;

/// Whose runtime wrote the dump: a rule is for one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Runtime {
    /// HotSpot, Android and others that write HPROF.
    #[default]
    Java,
    /// Go's `runtime/debug.WriteHeapDump`.
    Go,
}

/// What all objects of a class have in common, for rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Type {
    /// The class's name: `java.util.HashMap$Node[]`, `map[string]*main.Session`.
    pub name: String,
    /// Of a class object, the name of the class that it stands for: static fields hang on it.
    pub stands_for: Option<String>,
    /// The names of the superclasses, the nearest first, without the class itself. Interfaces are in no dump.
    pub ancestors: Vec<String>,
    /// Whether the class (of a class object: the one that it stands for) is the application's or a library's, not the
    /// platform's own.
    pub application: bool,
}

/// An object on a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub kind: Arc<Type>,
    /// By what the object before holds it, as [`holders::Via`] spells it; `None` for the first one.
    pub via: Option<String>,
    /// How many objects stand in this place: the instances of its class, or those that a merged path has here.
    pub count: u64,
    /// The object; `None` where the path is none of a snapshot, so that no rule that looks at the heap applies.
    pub object: Option<ObjectId>,
}

/// A path from a root to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Who wrote the dump.
    pub runtime: Runtime,
    /// Why the first object is kept: a kind of root as [`holders::Path::root`] spells it, `class`; of Go
    /// `global main.sessions`, `goroutine 17 main.handle local req`, `finalizer`.
    pub root: String,
    /// The name of the thread whose stack holds the first object, or which the first object is.
    pub thread: Option<String>,
    /// The weakest reference on it.
    pub strength: Strength,
    /// From the first object to the one that is held; at least one.
    pub steps: Vec<Step>,
}

impl Path {
    /// The path `found` of `snapshot`.
    pub fn of(snapshot: &Snapshot, found: &holders::Path) -> Path {
        let mut types = Types::new(snapshot);
        let thread = found.thread.and_then(|thread| thread_facts(snapshot, thread).name);
        Path {
            runtime: Runtime::of(snapshot),
            root: found.root.clone(),
            thread,
            strength: found.strength,
            steps: found.steps.iter().map(|step| types.step(step.object, step.via.clone())).collect(),
        }
    }

    /// Step `at`, if there is one.
    pub(super) fn object(&self, at: usize) -> Option<ObjectId> {
        self.steps.get(at)?.object
    }
}

impl Runtime {
    /// Who wrote the dump of `snapshot`.
    pub fn of(snapshot: &Snapshot) -> Runtime {
        if snapshot.info().format.starts_with("go") { Runtime::Go } else { Runtime::Java }
    }
}

/// Makes steps of objects of one snapshot; each class is described once.
pub struct Types<'a> {
    snapshot: &'a Snapshot,
    runtime: Runtime,
    known: HashMap<(ClassId, Option<ClassId>), Arc<Type>>,
}

impl<'a> Types<'a> {
    /// Describes no class yet.
    pub fn new(snapshot: &'a Snapshot) -> Types<'a> {
        Types { snapshot, runtime: Runtime::of(snapshot), known: HashMap::new() }
    }

    /// The step to `object`, which the one before holds by `via`; its count is the number of instances of the class.
    pub fn step(&mut self, object: ObjectId, via: Option<String>) -> Step {
        let (class, stands_for) = (self.snapshot.class_of(object), self.snapshot.class_of_object(object));
        let known = self.known.entry((class, stands_for));
        let kind =
            known.or_insert_with(|| Arc::new(describe(self.snapshot, self.runtime, class, stands_for)));
        let count = if stands_for.is_some() { 1 } else { self.snapshot.classes().get(class).instances };
        Step { kind: kind.clone(), via, count, object: Some(object) }
    }
}

fn describe(snapshot: &Snapshot, runtime: Runtime, class: ClassId, stands_for: Option<ClassId>) -> Type {
    let classes = snapshot.classes();
    let name = |class: ClassId| snapshot.class_name(class).to_owned();
    let shown = stands_for.unwrap_or(class);
    let application = match runtime {
        Runtime::Go => is_go_package_of_others(snapshot.class_name(shown)),
        Runtime::Java => {
            let loader = classes.get(shown).loader_object.map(|loader| snapshot.class_of(loader));
            !is_platform(snapshot.class_name(shown), loader.map(|class| snapshot.class_name(class)))
        }
    };
    Type {
        name: name(class),
        stands_for: stands_for.map(name),
        ancestors: classes.chain(class).skip(1).map(name).collect(),
        application,
    }
}
