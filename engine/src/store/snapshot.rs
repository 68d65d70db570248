//! A dump with its index: every object addressed by its id.

use super::base::{Base, Sizes};
use super::classes::Classes;
use super::columns::{Held, Objects, Reached, References, expect_rows};
use super::derived::Derived;
use super::go::GoIndex;
use super::inbound::{Inbound, Keep};
use super::manifest::{Amount, Build, Info};
use super::stacks::Stacks;
use crate::error::Result;
use crate::format::hprof::layout::Layout;
use crate::graph::{SpecialReference, Strength};
use crate::id::{Address, ClassId, NO_OBJECT, ObjectId};
use crate::input::Dump;
use crate::progress::Progress;
use std::ops::Range;

/// An indexed dump: cheap to open, read-only, shared between threads.
#[derive(Debug)]
pub struct Snapshot {
    dump: Dump,
    base: Base,
    held: Held,
    weakest: Strength,
    info: Info,
    build: Build,
    derived: Derived,
    inbound: Inbound,
    go: Option<GoIndex>,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// An instance with fields.
    Instance,
    /// An array of references.
    ObjectArray,
    /// An array of primitive values.
    PrimitiveArray,
    /// A class object.
    Class,
}

impl ObjectKind {
    /// The spelling in tables.
    pub fn name(self) -> &'static str {
        match self {
            ObjectKind::Instance => "instance",
            ObjectKind::ObjectArray => "object array",
            ObjectKind::PrimitiveArray => "primitive array",
            ObjectKind::Class => "class",
        }
    }
}

impl Snapshot {
    /// The snapshot of `dump` with its index and the dominator tree of the references that hold, of which `weakest` is the
    /// weakest strength. References by target are kept as `keep` says.
    ///
    /// # Errors
    /// [`crate::error::Error::Index`] when the tree is not one of these objects.
    pub(crate) fn new(
        dump: Dump,
        base: Base,
        (held, weakest): (Held, Strength),
        (info, build): (Info, Build),
        keep: Keep,
    ) -> Result<Snapshot> {
        let objects = base.objects.address.len();
        let at = &dump.path;
        expect_rows(at, "dominator", held.dominator.len(), objects)?;
        expect_rows(at, "retained", held.retained.len(), objects)?;
        expect_rows(at, "class_retained", held.class_retained.len(), base.classes.len())?;
        let (derived, inbound) = (Derived::default(), Inbound::new(keep));
        Ok(Snapshot { dump, base, held, weakest, info, build, derived, inbound, go: None })
    }

    /// Says how the index was come by in this run.
    pub(crate) fn set_build(&mut self, build: Build) {
        self.build = build;
    }

    /// Says which runtime wrote the dump, which only its objects tell.
    pub(crate) fn set_runtime(&mut self, runtime: String) {
        self.info.runtime = runtime;
    }

    /// Says what the index knows of a Go dump.
    pub(crate) fn set_go(&mut self, go: Option<GoIndex>) {
        self.go = go;
    }

    /// What the index knows of a Go dump besides its tables; `None` for other dumps.
    pub fn go(&self) -> Option<&GoIndex> {
        self.go.as_ref()
    }

    /// What the dump holds.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// How the index was made.
    pub fn build(&self) -> &Build {
        &self.build
    }

    /// Size of the index in bytes, with what has been made since it was built.
    pub fn index_bytes(&self) -> u64 {
        self.build.index_bytes + self.inbound.bytes()
    }

    /// The dump's file.
    pub fn dump(&self) -> &Dump {
        &self.dump
    }

    /// The layout of objects in the dumped process; `None` where the dump itself has their sizes.
    pub fn layout(&self) -> Option<&Layout> {
        self.base.layout.as_ref().map(|sizes| &sizes.layout)
    }

    /// The columns of objects.
    pub fn objects(&self) -> &Objects {
        &self.base.objects
    }

    /// The columns of reachability.
    pub fn reached(&self) -> &Reached {
        &self.base.reached
    }

    /// The dominator tree.
    pub fn held(&self) -> &Held {
        &self.held
    }

    /// The weakest strength of references that hold, but for finalizer references, which always do.
    pub fn weakest(&self) -> Strength {
        self.weakest
    }

    pub(super) fn derived(&self) -> &Derived {
        &self.derived
    }

    /// Stored references by source: strong ones, without those from an object to its class.
    pub fn outbound(&self) -> &References {
        &self.base.outbound
    }

    /// The same references by target. The first call for a dump makes them, in O(objects + references), and keeps them in
    /// the index; it uses the threads of the engine's pool, so that none of these may be the caller.
    ///
    /// # Errors
    /// There is neither memory nor a file for them, or `progress` was cancelled.
    pub fn inbound(&self, progress: &Progress) -> Result<&References> {
        self.inbound.get(self, progress)
    }

    /// Referents of reference objects, by source.
    pub fn specials(&self) -> &[SpecialReference] {
        &self.base.ties.specials
    }

    /// Stack locals as (thread object, local), sorted.
    pub fn locals(&self) -> &[(u32, u32)] {
        &self.base.ties.locals
    }

    /// The stack locals of `thread`, as (thread object, local).
    pub fn locals_of(&self, thread: ObjectId) -> &[(u32, u32)] {
        let locals = self.locals();
        let start = locals.partition_point(|local| local.0 < thread.0);
        let length = locals[start..].partition_point(|local| local.0 == thread.0);
        &locals[start..start + length]
    }

    /// The class table.
    pub fn classes(&self) -> &Classes {
        &self.base.classes
    }

    /// Roots, threads and frames.
    pub fn stacks(&self) -> &Stacks {
        &self.base.stacks
    }

    /// The number of objects; ids are below it.
    pub fn object_count(&self) -> usize {
        self.base.objects.address.len()
    }

    /// All ids.
    pub fn ids(&self) -> Range<u32> {
        0..u32::try_from(self.object_count()).unwrap_or(u32::MAX)
    }

    /// The number of classes; class ids are below it.
    pub fn class_count(&self) -> usize {
        self.base.classes.len()
    }

    /// Where the object was in the process.
    pub fn address(&self, id: ObjectId) -> Address {
        Address(self.base.objects.address.get(id.index()))
    }

    /// The object that starts at `address`; in a Go dump also one that it leads into.
    pub fn find(&self, address: Address) -> Option<ObjectId> {
        self.find_within(0..self.object_count(), address)
    }

    /// The object at `address`, which is probably near `near`: as [`Snapshot::find`], with fewer cache misses.
    pub fn find_near(&self, near: ObjectId, address: Address) -> Option<ObjectId> {
        let addresses = self.base.objects.address.view();
        let here = near.index();
        let ahead = addresses.get(here) < address.0;
        let mut reach = 8;
        loop {
            let range = if ahead {
                here..(here + reach).min(addresses.len())
            } else {
                here.saturating_sub(reach)..here + 1
            };
            let at_end = if ahead { range.end == addresses.len() } else { range.start == 0 };
            let inside = if ahead {
                addresses.get(range.end - 1) >= address.0
            } else {
                addresses.get(range.start) <= address.0
            };
            if inside || at_end {
                return self.find_within(range, address);
            }
            reach *= 8;
        }
    }

    fn find_within(&self, ids: Range<usize>, address: Address) -> Option<ObjectId> {
        let addresses = self.base.objects.address.view();
        let row = addresses.search(ids.clone(), |other| other < address.0);
        let is_start = row < ids.end && addresses.get(row) == address.0;
        if !is_start && self.go.is_some() {
            return self.around(address, row);
        }
        is_start.then(|| ObjectId(u32::try_from(row).unwrap_or(NO_OBJECT)))
    }

    /// The object before row `after`, if `address` lies in it.
    fn around(&self, address: Address, after: usize) -> Option<ObjectId> {
        let row = after.checked_sub(1)?;
        let id = ObjectId(u32::try_from(row).ok()?);
        (address.0 - self.base.objects.address.get(row) < self.shallow(id)).then_some(id)
    }

    /// The class of an object; of a class object, `java.lang.Class`.
    pub fn class_of(&self, id: ObjectId) -> ClassId {
        ClassId(self.base.objects.class[id.index()])
    }

    /// A class's name in Java spelling.
    pub fn class_name(&self, class: ClassId) -> &str {
        &self.base.classes.get(class).name
    }

    /// The rank of a class's name among the sorted, distinct names.
    pub fn name_rank(&self, class: ClassId) -> u32 {
        self.base.classes.rank(class)
    }

    /// The name of this rank.
    pub fn name_at(&self, rank: u32) -> Option<&str> {
        self.base.classes.names().get(rank as usize).map(String::as_str)
    }

    /// The number of distinct class names.
    pub fn name_count(&self) -> usize {
        self.base.classes.names().len()
    }

    /// The classes of exactly this name: one for each loader that has one.
    pub fn classes_named(&self, name: &str) -> Vec<ClassId> {
        self.base.classes.named(name).collect()
    }

    /// A class and all below it; arrays of subclasses are not below arrays of a class.
    pub fn subclasses(&self, class: ClassId) -> Vec<ClassId> {
        self.base.classes.subclasses(class)
    }

    /// The class object of a class.
    pub fn class_object(&self, class: ClassId) -> Option<ObjectId> {
        self.base.classes.get(class).object
    }

    /// The class that a class object stands for; `None` for other objects.
    pub fn class_of_object(&self, id: ObjectId) -> Option<ClassId> {
        self.base.classes.of_object(id)
    }

    /// What the object is.
    pub fn kind(&self, id: ObjectId) -> ObjectKind {
        use crate::format::hprof::FieldType;
        if let Some(go) = &self.go {
            return go.kind(self.class_of(id));
        }
        match self.base.classes.get(self.class_of(id)).element {
            Some(FieldType::Object) => ObjectKind::ObjectArray,
            Some(_) => ObjectKind::PrimitiveArray,
            None if self.class_of_object(id).is_some() => ObjectKind::Class,
            None => ObjectKind::Instance,
        }
    }

    /// Shallow size in bytes.
    pub fn shallow(&self, id: ObjectId) -> u64 {
        self.sizes().shallow(id)
    }

    /// The columns of the index that do not depend on which references hold.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The function from objects to shallow sizes.
    pub fn sizes(&self) -> Sizes<'_> {
        self.base.sizes()
    }

    /// Retained size in bytes; 0 for what the references that count do not hold.
    pub fn retained(&self, id: ObjectId) -> u64 {
        self.held.retained.get(id.index())
    }

    /// The immediate dominator; `None` under the virtual root and for what is not held.
    pub fn dominator(&self, id: ObjectId) -> Option<ObjectId> {
        let dominator = self.held.dominator[id.index()];
        (dominator != NO_OBJECT && self.ids().contains(&dominator)).then_some(ObjectId(dominator))
    }

    /// The strongest kind of path by which the roots reach the object.
    pub fn strength(&self, id: ObjectId) -> Strength {
        Strength::from_u8(self.base.reached.strength[id.index()]).unwrap_or(Strength::Unreachable)
    }

    /// Shallow size and number of objects of each strength.
    pub fn amount(&self, strength: Strength) -> Amount {
        self.info.by_strength.get(strength.name()).copied().unwrap_or_default()
    }
}
