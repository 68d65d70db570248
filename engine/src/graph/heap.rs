//! The columns of a heap's graph, checked once so that nothing behind them has to.

use crate::error::{Error, Result};
use crate::graph::bits::Bits;
use crate::graph::marks::MAX_OBJECTS;
use crate::graph::strength::Strength;
use crate::id::NO_OBJECT;
use crate::wide::WideRef;
use rayon::prelude::*;
use std::sync::Arc;

/// The most references of one object, and the most locals and referents of all: a cursor over both fits a u32.
const MAX_STORED: u64 = 3 << 30;
const MAX_MORE: usize = 1 << 29;

/// Rows that one thread checks in one go.
const CHUNK: usize = 1 << 16;

/// Lists of object ids, one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Csr<'a> {
    /// One more than there are lists; the targets of `i` are `targets[starts[i]..starts[i + 1]]`.
    pub starts: WideRef<'a>,
    /// Object ids.
    pub targets: &'a [u32],
}

impl<'a> Csr<'a> {
    /// The list of `id`.
    #[inline]
    pub fn of(&self, id: u32) -> &'a [u32] {
        let (start, end) = self.starts.pair(id as usize);
        &self.targets[at(start)..at(end)]
    }
}

/// A referent held by a soft, weak, finalizer or phantom reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpecialReference {
    /// The `java.lang.ref.Reference`.
    pub from: u32,
    /// Its referent.
    pub to: u32,
    /// How it holds it; never [`Strength::Unreachable`].
    pub strength: Strength,
}

/// The graph as the index stores it. Ids are dense: 0 to `class_of.len()`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns<'a> {
    /// Strong references by source, repeats included; references to class objects by instances are not stored.
    pub strong: Csr<'a>,
    /// The class of each object.
    pub class_of: &'a [u32],
    /// The class object of each class or [`NO_OBJECT`]: each instance holds it strongly.
    pub class_objects: &'a [u32],
    /// Referents, sorted by (from, to).
    pub special: &'a [SpecialReference],
    /// Stack locals as (thread object, local), sorted: the thread holds the local strongly.
    pub locals: &'a [(u32, u32)],
    /// Roots, ascending and distinct.
    pub roots: &'a [u32],
}

/// Columns that were found sound: every id is in range, every list sorted as documented.
#[derive(Clone, Debug)]
pub struct Heap<'a> {
    columns: Columns<'a>,
    has_more: Arc<Bits>,
}

/// That columns were found sound, with what was found on the way.
#[derive(Clone, Debug)]
pub struct Checked {
    has_more: Arc<Bits>,
}

impl<'a> Heap<'a> {
    /// Checks the columns, in parallel; cost O(objects + references).
    ///
    /// # Errors
    /// [`Error::Input`] names the first column that is not as documented.
    pub fn new(columns: Columns<'a>) -> Result<Heap<'a>> {
        check_sizes(&columns)?;
        check_references(&columns)?;
        check_lists(&columns)?;
        let mut has_more = Bits::new(columns.class_of.len());
        for from in more_sources(&columns) {
            has_more.insert(from);
        }
        Ok(Heap { columns, has_more: Arc::new(has_more) })
    }

    /// Proof that the columns are sound, with which the same columns need not be checked again.
    pub fn checked(&self) -> Checked {
        Checked { has_more: Arc::clone(&self.has_more) }
    }

    /// The heap of columns that were checked before, at no cost.
    pub(crate) fn known(columns: Columns<'a>, checked: &Checked) -> Heap<'a> {
        Heap { columns, has_more: Arc::clone(&checked.has_more) }
    }

    /// The number of objects.
    pub fn objects(&self) -> usize {
        self.columns.class_of.len()
    }

    /// The object ids, ascending.
    pub fn ids(&self) -> std::ops::Range<u32> {
        0..id(self.objects())
    }

    /// The checked columns.
    pub fn columns(&self) -> &Columns<'a> {
        &self.columns
    }

    /// The strong references of `from` that the index stores.
    pub fn stored(&self, from: u32) -> &'a [u32] {
        self.columns.strong.of(from)
    }

    /// The class object that `from` holds by being an instance, or [`NO_OBJECT`].
    pub fn class_object(&self, from: u32) -> u32 {
        self.columns.class_objects[self.columns.class_of[from as usize] as usize]
    }

    /// Whether `from` has a referent or stack locals.
    pub fn has_more(&self, from: u32) -> bool {
        self.has_more.has(from)
    }

    /// The referents of `from`; usually none, at most one in a sound dump.
    pub fn special(&self, from: u32) -> &'a [SpecialReference] {
        equal_range(self.columns.special, |reference| reference.from, from)
    }

    /// The stack locals of the thread `from`, as (thread, local).
    pub fn locals(&self, from: u32) -> &'a [(u32, u32)] {
        equal_range(self.columns.locals, |local| local.0, from)
    }
}

/// An offset of a column as an index into it; offsets come from checked columns, which are in memory.
#[expect(clippy::cast_possible_truncation, reason = "an offset into a slice in memory fits a usize")]
pub(super) fn at(offset: u64) -> usize {
    offset as usize
}

/// An index below [`MAX_OBJECTS`] as an object id or number.
#[expect(clippy::cast_possible_truncation, reason = "heaps have at most MAX_OBJECTS objects, which fits")]
pub(super) fn id(index: usize) -> u32 {
    index as u32
}

fn more_sources<'a>(columns: &Columns<'a>) -> impl Iterator<Item = u32> + 'a {
    columns.special.iter().map(|special| special.from).chain(columns.locals.iter().map(|local| local.0))
}

/// The rows of a sorted table whose key is `wanted`.
pub(super) fn equal_range<T>(sorted: &[T], key: impl Fn(&T) -> u32, wanted: u32) -> &[T] {
    let start = sorted.partition_point(|row| key(row) < wanted);
    let length = sorted[start..].partition_point(|row| key(row) == wanted);
    &sorted[start..start + length]
}

fn check_sizes(columns: &Columns) -> Result<()> {
    let objects = columns.class_of.len();
    require(objects <= MAX_OBJECTS, || format!("{objects} objects are more than {MAX_OBJECTS}"))?;
    check_starts(&columns.strong, objects)
}

/// Whether `lists` are as many as `objects`, and hold objects; the same checks as for stored references.
pub(crate) fn check_csr(lists: &Csr, objects: usize) -> Result<()> {
    check_starts(lists, objects)?;
    check_targets(lists, id(objects))
}

fn check_starts(lists: &Csr, objects: usize) -> Result<()> {
    let length = lists.targets.len() as u64;
    require(lists.starts.len() == objects + 1, || "starts are not one more than objects".into())?;
    require(lists.starts.get(0) == 0, || "starts do not begin at 0".into())?;
    require(lists.starts.get(objects) == length, || "starts do not end at the last target".into())
}

fn check_targets(lists: &Csr, objects: u32) -> Result<()> {
    let chunks = (0..objects).into_par_iter().step_by(CHUNK);
    let is_ascending = |first: u32| {
        let (first, end) = (first as usize, (first as usize + CHUNK).min(objects as usize));
        let mut starts = lists.starts.of_rows(first..end + 1);
        let mut last = starts.next().unwrap_or(0);
        starts.all(|start| {
            let length = start.checked_sub(std::mem::replace(&mut last, start));
            length.is_some_and(|length| length <= MAX_STORED)
        })
    };
    require(chunks.all(is_ascending), || "starts are not ascending, or a list is too long".into())?;
    require(all_below(lists.targets, objects), || "a target is no object".into())
}

/// Whether all `numbers` are below `end`.
fn all_below(numbers: &[u32], end: u32) -> bool {
    // No end in the middle of a chunk, so that many are compared at a time.
    numbers.par_chunks(CHUNK).all(|chunk| chunk.iter().fold(true, |all, &number| all & (number < end)))
}

fn check_references(columns: &Columns) -> Result<()> {
    let objects = id(columns.class_of.len());
    check_targets(&columns.strong, objects)?;
    require(all_below(columns.class_of, id(columns.class_objects.len())), || {
        "a class is out of range".into()
    })?;
    let class_object = |&object: &u32| object < objects || object == NO_OBJECT;
    require(columns.class_objects.iter().all(class_object), || "a class object is no object".into())
}

fn check_lists(columns: &Columns) -> Result<()> {
    let objects = id(columns.class_of.len());
    require(columns.special.len() <= MAX_MORE, || "too many special references".into())?;
    require(columns.locals.len() <= MAX_MORE, || "too many locals".into())?;
    let special = |row: &SpecialReference| {
        row.from < objects && row.to < objects && row.strength != Strength::Unreachable
    };
    let by_ends = |row: &SpecialReference| (row.from, row.to);
    require(columns.special.iter().all(special), || "a special reference is out of range".into())?;
    require(columns.special.is_sorted_by_key(by_ends), || "special references are not sorted".into())?;
    let local = |row: &(u32, u32)| row.0 < objects && row.1 < objects;
    require(columns.locals.iter().all(local), || "a local is no object".into())?;
    require(columns.locals.is_sorted(), || "locals are not sorted".into())?;
    require(columns.roots.iter().all(|&root| root < objects), || "a root is no object".into())?;
    require(columns.roots.is_sorted_by(|a, b| a < b), || "roots are not ascending and distinct".into())
}

fn require(sound: bool, reason: impl Fn() -> String) -> Result<()> {
    if sound { Ok(()) } else { Err(Error::Input(format!("graph columns: {}", reason()))) }
}
