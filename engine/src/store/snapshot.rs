//! A dump with its index: every object addressed by its id.

use super::classes::{Classes, SizeRule};
use super::columns::{Held, Objects, Reached, References, Specials, expect_rows};
use super::manifest::{Amount, Build, Info, Manifest};
use super::stacks::Stacks;
use super::{columns, ipc};
use crate::error::{Error, Result};
use crate::format::hprof::layout::Layout;
use crate::graph::{Columns, Csr, SpecialReference, Strength};
use crate::id::{Address, ClassId, NO_OBJECT, ObjectId};
use crate::input::Dump;
use std::ops::Range;
use std::path::Path;

/// An indexed dump: cheap to open, read-only, shared between threads.
#[derive(Debug)]
pub struct Snapshot {
    dump: Dump,
    layout: Layout,
    objects: Objects,
    reached: Reached,
    held: Held,
    outbound: References,
    inbound: References,
    specials: Vec<SpecialReference>,
    /// (thread object, local), sorted.
    locals: Vec<(u32, u32)>,
    classes: Classes,
    stacks: Stacks,
    info: Info,
    build: Build,
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
    /// Opens the index in `directory` over `dump`; `held` is the directory of the dominator tree to use.
    ///
    /// # Errors
    /// [`Error::Index`] or [`Error::File`] when a file is missing, changed or inconsistent.
    pub(crate) fn read(dump: Dump, directory: &Path, held: &Path, verify: bool) -> Result<Snapshot> {
        let manifest = Manifest::read(directory)?;
        let tree = Manifest::read(held)?;
        let batch = |name| ipc::read(directory, manifest.file(directory, name)?, verify);
        let classes = Classes::read(&batch("classes")?, &batch("fields")?)?;
        let stacks = Stacks::read(&batch("roots")?, &batch("threads")?, &batch("frames")?)?;
        let snapshot = Snapshot {
            objects: Objects::read(&batch("objects")?)?,
            reached: Reached::read(&batch("reached")?)?,
            held: Held::read(held, &tree, verify)?,
            outbound: References::read(directory, &manifest, "outbound", verify)?,
            inbound: References::read(directory, &manifest, "inbound", verify)?,
            specials: special_references(&Specials::read(&batch("special_references")?)?),
            locals: locals(&stacks),
            layout: manifest.layout,
            info: Info { retained_total: tree.info.retained_total, ..manifest.info },
            build: Build { reused: true, ..manifest.build },
            dump,
            classes,
            stacks,
        };
        snapshot.check_rows(directory)?;
        Ok(snapshot)
    }

    /// Says how the index was come by in this run.
    pub(crate) fn set_build(&mut self, build: Build) {
        self.build = build;
    }

    /// What the dump holds.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// How the index was made.
    pub fn build(&self) -> &Build {
        &self.build
    }

    /// The dump's file.
    pub fn dump(&self) -> &Dump {
        &self.dump
    }

    /// The layout of objects in the dumped process.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The columns of objects.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// The columns of reachability.
    pub fn reached(&self) -> &Reached {
        &self.reached
    }

    /// The dominator tree.
    pub fn held(&self) -> &Held {
        &self.held
    }

    /// Stored references by source: strong ones, without those from an object to its class.
    pub fn outbound(&self) -> &References {
        &self.outbound
    }

    /// The same references by target.
    pub fn inbound(&self) -> &References {
        &self.inbound
    }

    /// Referents of reference objects, by source.
    pub fn specials(&self) -> &[SpecialReference] {
        &self.specials
    }

    /// Stack locals as (thread object, local), sorted.
    pub fn locals(&self) -> &[(u32, u32)] {
        &self.locals
    }

    /// The class table.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// Roots, threads and frames.
    pub fn stacks(&self) -> &Stacks {
        &self.stacks
    }

    /// The number of objects; ids are below it.
    pub fn object_count(&self) -> usize {
        self.objects.address.len()
    }

    /// All ids.
    pub fn ids(&self) -> Range<u32> {
        0..u32::try_from(self.object_count()).unwrap_or(u32::MAX)
    }

    /// The number of classes; class ids are below it.
    pub fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// Where the object was in the process.
    pub fn address(&self, id: ObjectId) -> Address {
        Address(self.objects.address[id.index()])
    }

    /// The object that starts at `address`.
    pub fn find(&self, address: Address) -> Option<ObjectId> {
        let position = self.objects.address.binary_search(&address.0).ok()?;
        u32::try_from(position).ok().map(ObjectId)
    }

    /// The object at `address`, which is probably near `near`: as [`Snapshot::find`], with fewer cache misses.
    pub fn find_near(&self, near: ObjectId, address: Address) -> Option<ObjectId> {
        let addresses = &self.objects.address;
        let here = near.index();
        let ahead = addresses[here] < address.0;
        let mut reach = 8;
        loop {
            let range = if ahead {
                here..(here + reach).min(addresses.len())
            } else {
                here.saturating_sub(reach)..here + 1
            };
            let at_end = if ahead { range.end == addresses.len() } else { range.start == 0 };
            let slice = &addresses[range.clone()];
            let inside = if ahead { slice.last() >= Some(&address.0) } else { slice.first() <= Some(&address.0) };
            if inside || at_end {
                let position = slice.binary_search(&address.0).ok()?;
                return u32::try_from(range.start + position).ok().map(ObjectId);
            }
            reach *= 8;
        }
    }

    /// The class of an object; of a class object, `java.lang.Class`.
    pub fn class_of(&self, id: ObjectId) -> ClassId {
        ClassId(self.objects.class[id.index()])
    }

    /// A class's name in Java spelling.
    pub fn class_name(&self, class: ClassId) -> &str {
        &self.classes.get(class).name
    }

    /// The rank of a class's name among the sorted, distinct names.
    pub fn name_rank(&self, class: ClassId) -> u32 {
        self.classes.rank(class)
    }

    /// The name of this rank.
    pub fn name_at(&self, rank: u32) -> Option<&str> {
        self.classes.names().get(rank as usize).map(String::as_str)
    }

    /// The number of distinct class names.
    pub fn name_count(&self) -> usize {
        self.classes.names().len()
    }

    /// The classes of exactly this name: one for each loader that has one.
    pub fn classes_named(&self, name: &str) -> Vec<ClassId> {
        self.classes.named(name).collect()
    }

    /// A class and all below it; arrays of subclasses are not below arrays of a class.
    pub fn subclasses(&self, class: ClassId) -> Vec<ClassId> {
        self.classes.subclasses(class)
    }

    /// The class object of a class.
    pub fn class_object(&self, class: ClassId) -> Option<ObjectId> {
        self.classes.get(class).object
    }

    /// The class that a class object stands for; `None` for other objects.
    pub fn class_of_object(&self, id: ObjectId) -> Option<ClassId> {
        self.classes.of_object(id)
    }

    /// What the object is.
    pub fn kind(&self, id: ObjectId) -> ObjectKind {
        use crate::format::hprof::FieldType;
        match self.classes.get(self.class_of(id)).element {
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

    /// The function from objects to shallow sizes.
    pub fn sizes(&self) -> Sizes<'_> {
        Sizes { layout: &self.layout, classes: &self.classes, objects: &self.objects }
    }

    /// Retained size in bytes; 0 for what the references that count do not hold.
    pub fn retained(&self, id: ObjectId) -> u64 {
        self.held.retained[id.index()]
    }

    /// The immediate dominator; `None` under the virtual root and for what is not held.
    pub fn dominator(&self, id: ObjectId) -> Option<ObjectId> {
        let dominator = self.held.dominator[id.index()];
        (dominator != NO_OBJECT && self.ids().contains(&dominator)).then_some(ObjectId(dominator))
    }

    /// The strongest kind of path by which the roots reach the object.
    pub fn strength(&self, id: ObjectId) -> Strength {
        Strength::from_u8(self.reached.strength[id.index()]).unwrap_or(Strength::Unreachable)
    }

    /// The ids in `ids` of objects of one of `classes`, ascending.
    pub fn instances(&self, classes: &[ClassId], ids: Range<u32>) -> Vec<u32> {
        let range = ids.start.min(self.ids().end)..ids.end.min(self.ids().end);
        let column = &self.objects.class[range.start as usize..range.end.max(range.start) as usize];
        let rows = column.iter().zip(range);
        match classes {
            [] => Vec::new(),
            [one] => rows.filter(|&(&class, _)| class == one.0).map(|(_, id)| id).collect(),
            many => {
                let mut wanted = vec![false; self.class_count()];
                many.iter().for_each(|class| wanted[class.index()] = true);
                rows.filter(|&(&class, _)| wanted[class as usize]).map(|(_, id)| id).collect()
            }
        }
    }

    /// Shallow size and number of objects of each strength.
    pub fn amount(&self, strength: Strength) -> Amount {
        self.info.by_strength.get(strength.name()).copied().unwrap_or_default()
    }

    /// The class object of each class, [`NO_OBJECT`] where there is none: a column for the graph.
    pub fn class_objects(&self) -> Vec<u32> {
        self.classes.rows().iter().map(|row| row.object.map_or(NO_OBJECT, |id| id.0)).collect()
    }

    /// The distinct objects that are roots by themselves, ascending; locals are held by their threads.
    pub fn root_objects(&self) -> Vec<u32> {
        root_objects(&self.stacks)
    }

    /// The graph that the columns describe.
    pub fn graph<'a>(&'a self, class_objects: &'a [u32], roots: &'a [u32]) -> Columns<'a> {
        Columns {
            strong: Csr { starts: &self.outbound.starts, targets: &self.outbound.ids },
            class_of: &self.objects.class,
            class_objects,
            special: &self.specials,
            locals: &self.locals,
            roots,
        }
    }

    fn check_rows(&self, directory: &Path) -> Result<()> {
        let objects = self.object_count();
        for (what, rows) in [
            ("offset", self.objects.offset.len()),
            ("class", self.objects.class.len()),
            ("strength", self.reached.strength.len()),
            ("dominator", self.held.dominator.len()),
            ("retained", self.held.retained.len()),
            ("outbound_starts", self.outbound.starts.len().wrapping_sub(1)),
            ("inbound_starts", self.inbound.starts.len().wrapping_sub(1)),
        ] {
            columns::expect_rows(directory, what, rows, objects)?;
        }
        expect_rows(directory, "class_retained", self.held.class_retained.len(), self.classes.len())?;
        if objects >= NO_OBJECT as usize {
            return Err(Error::index(directory, "it has more objects than ids"));
        }
        Ok(())
    }
}

/// Shallow sizes of objects, from class, length and layout.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    /// The layout of the dumped process.
    pub layout: &'a Layout,
    /// Its classes.
    pub classes: &'a Classes,
    /// Its objects.
    pub objects: &'a Objects,
}

impl Sizes<'_> {
    /// Shallow size in bytes of an object.
    pub fn shallow(&self, id: ObjectId) -> u64 {
        let length = self.objects.length[id.index()];
        match self.classes.size_rule(ClassId(self.objects.class[id.index()])) {
            SizeRule::Fixed(bytes) => u64::from(bytes),
            SizeRule::Array(element) => self.layout.array_bytes(element, length),
            SizeRule::StackChunk(bytes) => self.layout.stack_chunk_bytes(bytes, length),
            SizeRule::ClassObject(bytes) => {
                let class = self.classes.of_object(id);
                u64::from(class.map_or(bytes, |class| self.classes.get(class).object_bytes))
            }
        }
    }
}

/// The distinct objects that are roots by themselves, ascending: not the locals of known threads.
pub(crate) fn root_objects(stacks: &Stacks) -> Vec<u32> {
    let roots = stacks.roots.iter().filter(|root| !held_by_thread(stacks, root));
    let mut ids: Vec<u32> = roots.map(|root| root.object.0).collect();
    ids.dedup();
    ids
}

/// Stack locals as (thread object, local), sorted and distinct.
pub(crate) fn locals(stacks: &Stacks) -> Vec<(u32, u32)> {
    let locals = stacks.roots.iter().filter(|root| held_by_thread(stacks, root)).filter_map(|root| {
        let thread = stacks.threads.get(root.thread? as usize)?.object?;
        Some((thread.0, root.object.0))
    });
    let mut locals: Vec<_> = locals.collect();
    locals.sort_unstable();
    locals.dedup();
    locals
}

pub(crate) fn special_references(columns: &Specials) -> Vec<SpecialReference> {
    let rows = columns.from.iter().zip(columns.to.iter()).zip(columns.strength.iter());
    let row = |((&from, &to), &strength)| {
        let strength = Strength::from_u8(strength).filter(|&strength| strength != Strength::Unreachable)?;
        Some(SpecialReference { from, to, strength })
    };
    rows.filter_map(row).collect()
}

fn held_by_thread(stacks: &Stacks, root: &super::stacks::Root) -> bool {
    let thread = root.thread.and_then(|thread| stacks.threads.get(thread as usize));
    root.kind.is_local() && thread.is_some_and(|thread| thread.object.is_some())
}
