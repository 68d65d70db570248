//! Objects and references that paths are to avoid, as patterns of class and field names.

use super::references::{REFERENT, strength};
use super::via::{Via, each_reference};
use crate::error::{Error, Result};
use crate::graph::Strength;
use crate::id::{ClassId, ObjectId};
use crate::store::{Field, Snapshot};
use roaring::RoaringBitmap;
use std::sync::Arc;

/// Which paths are wanted.
#[derive(Clone, Debug, Default)]
pub struct PathOptions {
    /// What may not be on a path. `package.Class` stands for the objects of that class and its subclasses, which may be the
    /// ends of a path alone. `package.Class.field` stands for references by that field, declared or inherited, of
    /// instances of that class and its subclasses, and for its static field. `*` may stand for the whole class or the
    /// whole field: `*.referent`. So `java.lang.ref.WeakReference.referent` leaves out what is held weakly only.
    pub avoiding: Vec<String>,
    /// One of these objects must be on the path; an end will do.
    pub through: Option<RoaringBitmap>,
}

/// Fields of one class that may not be on a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Fields {
    /// All of them.
    all: bool,
    /// Those of these names.
    names: Vec<Arc<str>>,
}

impl Fields {
    fn is_empty(&self) -> bool {
        !self.all && self.names.is_empty()
    }

    fn has(&self, name: &str) -> bool {
        self.all || self.names.iter().any(|known| **known == *name)
    }

    fn add(&mut self, field: &Arc<str>) {
        match &**field {
            "*" => self.all = true,
            _ => self.names.push(Arc::clone(field)),
        }
    }
}

/// Patterns looked up in one snapshot.
#[derive(Debug)]
pub(super) struct Avoided<'a> {
    snapshot: &'a Snapshot,
    /// By class: whether its objects may not be passed.
    classes: Vec<bool>,
    /// By class: the fields of its instances.
    fields: Vec<Fields>,
    /// By class: its static fields.
    statics: Vec<Fields>,
}

impl<'a> Avoided<'a> {
    /// # Errors
    /// [`Error::Input`] where a pattern is neither a class of the dump nor a field of one.
    pub(super) fn new(snapshot: &'a Snapshot, patterns: &[String]) -> Result<Avoided<'a>> {
        let fields = vec![Fields::default(); snapshot.class_count()];
        let classes = vec![false; snapshot.class_count()];
        let mut avoided = Avoided { snapshot, classes, statics: fields.clone(), fields };
        for pattern in patterns {
            if !avoided.add_class(pattern) && !avoided.add_field(pattern) {
                let text = format!("{pattern:?} is neither a class of this dump nor a field of one");
                return Err(Error::Input(text));
            }
        }
        Ok(avoided)
    }

    fn add_class(&mut self, name: &str) -> bool {
        let (classes, _) = named(self.snapshot, name);
        classes.iter().for_each(|class| self.classes[class.index()] = true);
        !classes.is_empty()
    }

    fn add_field(&mut self, pattern: &str) -> bool {
        let Some((class, field)) = pattern.rsplit_once('.') else { return false };
        let (below, exactly) = named(self.snapshot, class);
        let name: Arc<str> = field.into();
        let table = self.snapshot.classes();
        let is = |known: &Field| field == "*" || known.name == field;
        let mut found = false;
        for class in below {
            if table
                .chain(class)
                .flat_map(|class| table.fields(class))
                .any(|known| !known.is_static && is(known))
            {
                self.fields[class.index()].add(&name);
                found = true;
            }
        }
        for class in exactly {
            if table.fields(class).iter().any(|known| known.is_static && is(known)) {
                self.statics[class.index()].add(&name);
                found = true;
            }
        }
        found
    }

    /// Whether an object may be on a path between its ends.
    pub(super) fn may_pass(&self, object: u32) -> bool {
        !self.classes[self.snapshot.class_of(ObjectId(object)).index()]
    }

    /// Whether a stored reference (strong) or referent (other strengths) from `holder` to `held` is left.
    pub(super) fn may_follow(&self, holder: u32, held: u32, strength: Strength) -> bool {
        let fields = self.fields_of(ObjectId(holder));
        if fields.is_empty() {
            return true;
        }
        if strength != Strength::Strong {
            return !fields.has(REFERENT);
        }
        let tie = |via: Via| matches!(via, Via::Class | Via::Local);
        self.any(ObjectId(holder), ObjectId(held), |via, strength| !tie(via) && strength == Strength::Strong)
            .is_some()
    }

    /// By what `holder` refers to `held` on a path: the strongest reference that is left, the first of several.
    pub(super) fn via(&self, holder: ObjectId, held: ObjectId) -> Option<String> {
        let strong = self.any(holder, held, |_, strength| strength == Strength::Strong);
        strong.or_else(|| self.any(holder, held, |_, _| true))
    }

    /// The first reference from `holder` to `held` that is left and is `wanted`.
    fn any(
        &self,
        holder: ObjectId,
        held: ObjectId,
        wanted: impl Fn(Via, Strength) -> bool,
    ) -> Option<String> {
        let fields = self.fields_of(holder);
        let mut found = None;
        each_reference(self.snapshot, holder, |via, object| {
            let left = !matches!(via, Via::Field(name) if fields.has(name));
            if object == held
                && found.is_none()
                && left
                && wanted(via, strength(self.snapshot, holder, via, held))
            {
                found = Some(via.to_string());
            }
        });
        found
    }

    fn fields_of(&self, holder: ObjectId) -> &Fields {
        match self.snapshot.class_of_object(holder) {
            Some(class) => &self.statics[class.index()],
            None => &self.fields[self.snapshot.class_of(holder).index()],
        }
    }
}

/// The classes of this name (`*`: all) with those below them, and without.
fn named(snapshot: &Snapshot, name: &str) -> (Vec<ClassId>, Vec<ClassId>) {
    if name == "*" {
        let all: Vec<ClassId> = snapshot.classes().ids().collect();
        return (all.clone(), all);
    }
    let exactly = snapshot.classes_named(name);
    let mut below: Vec<ClassId> = exactly.iter().flat_map(|&class| snapshot.subclasses(class)).collect();
    below.sort_unstable();
    below.dedup();
    (below, exactly)
}
