//! The columns of a dump's index that do not depend on which references hold.

use super::classes::{Classes, SizeRule};
use super::columns::{Objects, Reached, References, Specials, expect_rows};
use super::manifest::Manifest;
use super::stacks::{Root, Stacks};
use crate::error::{Error, Result};
use crate::format::hprof::layout::ArraySizes;
use crate::graph::{Columns, SpecialReference, Strength};
use crate::id::{ClassId, NO_OBJECT, ObjectId};
use std::path::Path;

/// Objects, references, classes and roots of a dump.
#[derive(Debug)]
pub struct Base {
    /// The layout of objects in the dumped process; `None` where the dump itself has their sizes.
    pub layout: Option<ArraySizes>,
    /// The columns of objects.
    pub objects: Objects,
    /// The columns of reachability.
    pub reached: Reached,
    /// Stored references by source: strong ones, without those from an object to its class.
    pub outbound: References,
    /// What holds objects besides stored references.
    pub ties: Ties,
    /// The class table.
    pub classes: Classes,
    /// Roots, threads and frames.
    pub stacks: Stacks,
}

/// What holds objects besides stored references, as the graph takes it.
#[derive(Debug)]
pub struct Ties {
    /// Referents of reference objects, sorted by (from, to).
    pub specials: Vec<SpecialReference>,
    /// Stack locals as (thread object, local), sorted.
    pub locals: Vec<(u32, u32)>,
    /// The class object of each class, [`NO_OBJECT`] where there is none.
    pub class_objects: Vec<u32>,
    /// The distinct objects that are roots by themselves, ascending; locals are held by their threads.
    pub root_objects: Vec<u32>,
}

impl Base {
    /// Opens the files that `manifest` lists in `directory`; `verify` checks every byte of them.
    ///
    /// # Errors
    /// [`Error::Index`] or [`Error::File`] when a file is missing, changed or inconsistent.
    pub fn read(directory: &Path, manifest: &Manifest, verify: bool) -> Result<Base> {
        let tables = manifest.tables(directory, verify);
        let batch = |name| tables.read(name);
        let classes = Classes::read(&batch("classes")?, &batch("fields")?)?;
        let stacks =
            Stacks::read(&batch("roots")?, &batch("root_names")?, &batch("threads")?, &batch("frames")?)?;
        let base = Base {
            layout: manifest.layout.map(ArraySizes::of),
            objects: Objects::read(&tables)?,
            reached: Reached::read(&batch("reached")?)?,
            outbound: References::read(&tables, "outbound")?,
            ties: Ties::new(&classes, &stacks, &Specials::read(&batch("special_references")?)?),
            classes,
            stacks,
        };
        base.check_rows(directory)?;
        Ok(base)
    }

    /// The function from objects to shallow sizes.
    pub fn sizes(&self) -> Sizes<'_> {
        Sizes::new(self.layout.as_ref(), &self.classes, &self.objects)
    }

    /// The graph that the columns describe.
    pub fn graph(&self) -> Columns<'_> {
        self.ties.graph(&self.objects, &self.outbound)
    }

    fn check_rows(&self, directory: &Path) -> Result<()> {
        let objects = self.objects.address.len();
        for (what, rows) in [
            ("offset", self.objects.offset.len()),
            ("class", self.objects.class.len()),
            ("length", self.objects.length.len()),
            ("strength", self.reached.strength.len()),
            ("depth", self.reached.depth.len()),
            ("outbound_starts", self.outbound.starts.len().wrapping_sub(1)),
        ] {
            expect_rows(directory, what, rows, objects)?;
        }
        if objects >= NO_OBJECT as usize {
            return Err(Error::index(directory, "it has more objects than ids"));
        }
        Ok(())
    }
}

impl Ties {
    /// The ties of a heap with these tables.
    pub fn new(classes: &Classes, stacks: &Stacks, specials: &Specials) -> Ties {
        Ties {
            specials: special_references(specials),
            locals: locals(stacks),
            class_objects: class_objects(classes),
            root_objects: root_objects(stacks),
        }
    }

    /// The graph of `objects` with these ties and the references `outbound`.
    pub fn graph<'a>(&'a self, objects: &'a Objects, outbound: &'a References) -> Columns<'a> {
        Columns {
            strong: outbound.view(),
            class_of: &objects.class,
            class_objects: &self.class_objects,
            special: &self.specials,
            locals: &self.locals,
            roots: &self.root_objects,
        }
    }
}

/// Shallow sizes of objects, from class, length and layout.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    layout: Option<&'a ArraySizes>,
    /// The classes of the dumped process.
    pub classes: &'a Classes,
    /// Its objects.
    pub objects: &'a Objects,
}

impl<'a> Sizes<'a> {
    /// The sizes in a process with this layout; `None` where every class has sizes of its own.
    pub fn new(layout: Option<&'a ArraySizes>, classes: &'a Classes, objects: &'a Objects) -> Sizes<'a> {
        Sizes { layout, classes, objects }
    }

    /// Shallow size in bytes of an object.
    pub fn shallow(&self, id: ObjectId) -> u64 {
        self.shallow_of(id, ClassId(self.objects.class[id.index()]))
    }

    /// As [`Sizes::shallow`], of an object whose class is at hand: most often that is all that is asked for.
    #[inline]
    pub fn shallow_of(&self, id: ObjectId, class: ClassId) -> u64 {
        let length = || self.objects.length[id.index()];
        match self.classes.size_rule(class) {
            SizeRule::Fixed(bytes) => u64::from(bytes),
            SizeRule::Own => u64::from(length()),
            SizeRule::Array(element) => self.layout.map_or(0, |sizes| sizes.bytes(element, length())),
            SizeRule::StackChunk(bytes) => {
                self.layout.map_or(0, |sizes| sizes.layout.stack_chunk_bytes(bytes, length()))
            }
            SizeRule::ClassObject(bytes) => {
                let class = self.classes.of_object(id);
                u64::from(class.map_or(bytes, |class| self.classes.get(class).object_bytes))
            }
        }
    }
}

/// The distinct objects that are roots by themselves, ascending: not the locals of known threads.
fn root_objects(stacks: &Stacks) -> Vec<u32> {
    let roots = stacks.roots.iter().filter(|root| !held_by_thread(stacks, root));
    let mut ids: Vec<u32> = roots.map(|root| root.object.0).collect();
    ids.dedup();
    ids
}

/// Stack locals as (thread object, local), sorted and distinct.
fn locals(stacks: &Stacks) -> Vec<(u32, u32)> {
    let locals = stacks.roots.iter().filter(|root| held_by_thread(stacks, root)).filter_map(|root| {
        let thread = stacks.threads.get(root.thread? as usize)?.object?;
        Some((thread.0, root.object.0))
    });
    let mut locals: Vec<_> = locals.collect();
    locals.sort_unstable();
    locals.dedup();
    locals
}

fn special_references(columns: &Specials) -> Vec<SpecialReference> {
    let rows = columns.from.iter().zip(columns.to.iter()).zip(columns.strength.iter());
    let row = |((&from, &to), &strength)| {
        let strength = Strength::from_u8(strength).filter(|&strength| strength != Strength::Unreachable)?;
        Some(SpecialReference { from, to, strength })
    };
    rows.filter_map(row).collect()
}

fn held_by_thread(stacks: &Stacks, root: &Root) -> bool {
    let thread = root.thread.and_then(|thread| stacks.threads.get(thread as usize));
    root.kind.is_local() && thread.is_some_and(|thread| thread.object.is_some())
}

/// The class object of each class, [`NO_OBJECT`] where there is none.
fn class_objects(classes: &Classes) -> Vec<u32> {
    classes.rows().iter().map(|row| row.object.map_or(NO_OBJECT, |id| id.0)).collect()
}
