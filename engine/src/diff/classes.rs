//! Classes of two dumps side by side, under names that both share.

use super::loaders::LoaderRows;
use crate::error::Result;
use crate::holders::Removals;
use crate::id::ClassId;
use crate::language::java::class_name;
use crate::progress::Progress;
use crate::store::Snapshot;
use roaring::RoaringBitmap;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A class in two dumps; what one lacks is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassChange {
    /// Its name; of dumps of two processes, without what only one of them gives it.
    pub class: String,
    /// The class of its loader; `None` for the boot loader.
    pub loader: Option<String>,
    /// What tells its loader from others of that class: its name, or the package of most of its classes; empty of the boot loader.
    pub loader_label: String,
    /// Instances in the first dump.
    pub instances_before: u64,
    /// Instances in the second.
    pub instances_after: u64,
    /// Shallow size of the instances in the first dump, in bytes.
    pub shallow_before: u64,
    /// The same in the second.
    pub shallow_after: u64,
    /// What the instances retain as a set in the first dump, in bytes.
    pub retained_before: u64,
    /// The same in the second.
    pub retained_after: u64,
}

impl ClassChange {
    /// Instances more.
    pub fn instances_delta(&self) -> i64 {
        difference(self.instances_before, self.instances_after)
    }

    /// Bytes more that the instances retain.
    pub fn retained_delta(&self) -> i64 {
        difference(self.retained_before, self.retained_after)
    }
}

/// One dump as the class table of a comparison needs it.
pub(super) struct Side<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) removals: &'a Removals,
}

/// Whether names of classes are those of one process, or must lose what only one process gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    OneProcess,
    TwoProcesses,
}

/// The classes of both dumps with an instance or a class object, the largest growth of the retained size first, then by name.
///
/// Classes of one name are one row for each row of `loaders`: those of an application that was deployed again are one, those of
/// two applications two. Generated ones that only their numbers tell apart are one where the dumps are of two processes. What
/// several classes retain is that of all their instances as one set.
///
/// # Errors
/// The columns of an index do not fit together, or `progress` was cancelled.
pub(super) fn classes(
    sides: [&Side; 2],
    loaders: &LoaderRows,
    naming: Naming,
    progress: &Progress,
) -> Result<Vec<ClassChange>> {
    let mut rows: BTreeMap<(String, usize), ClassChange> = BTreeMap::new();
    for (dump, side) in sides.into_iter().enumerate() {
        for ((name, loader), classes) in by_name(side.snapshot, &loaders.of_class[dump], naming) {
            let table = side.snapshot.classes();
            let sum = |of: fn(&crate::store::Class) -> u64| {
                classes.iter().map(|&class| of(table.get(class))).sum::<u64>()
            };
            let (instances, shallow) = (sum(|class| class.instances), sum(|class| class.shallow));
            let retained = retained(side, &classes, progress)?;
            let row = rows.entry((name.clone(), loader)).or_insert_with(|| ClassChange {
                class: name,
                loader: loaders.rows[loader].class.clone(),
                loader_label: loaders.rows[loader].label(),
                ..ClassChange::default()
            });
            if dump == 0 {
                (row.instances_before, row.shallow_before, row.retained_before) =
                    (instances, shallow, retained);
            } else {
                (row.instances_after, row.shallow_after, row.retained_after) = (instances, shallow, retained);
            }
        }
    }
    let mut rows: Vec<ClassChange> = rows.into_values().collect();
    rows.sort_by_key(|row| Reverse(row.retained_delta()));
    Ok(rows)
}

/// The classes of a name, without what only one process gives it.
pub(super) fn of_name(snapshot: &Snapshot, name: &str) -> Vec<ClassId> {
    let is_named = |class: &ClassId| class_name(snapshot.class_name(*class)) == name;
    snapshot.classes().ids().filter(is_named).collect()
}

/// The classes by name and row of the loader.
fn by_name(
    snapshot: &Snapshot,
    loader_of: &[usize],
    naming: Naming,
) -> BTreeMap<(String, usize), Vec<ClassId>> {
    let mut names: BTreeMap<(String, usize), Vec<ClassId>> = BTreeMap::new();
    for class in snapshot.classes().ids() {
        let name = snapshot.class_name(class);
        let name = match naming {
            Naming::OneProcess => name.into(),
            Naming::TwoProcesses => class_name(name),
        };
        names.entry((name.into_owned(), loader_of[class.index()])).or_default().push(class);
    }
    names
}

/// What the instances of some classes retain as a set, in bytes.
pub(super) fn retained(side: &Side, classes: &[ClassId], progress: &Progress) -> Result<u64> {
    let snapshot = side.snapshot;
    let has_instances = |class: &&ClassId| snapshot.classes().get(**class).instances > 0;
    let used: Vec<ClassId> = classes.iter().filter(has_instances).copied().collect();
    match used[..] {
        [] => Ok(0),
        [one] => Ok(snapshot.held().class_retained[one.index()]),
        _ => {
            let set: RoaringBitmap = snapshot.instances(&used, snapshot.ids()).into_iter().collect();
            side.removals.retained_size(snapshot, &set, progress)
        }
    }
}

fn difference(before: u64, after: u64) -> i64 {
    let signed = |number| i64::try_from(number).unwrap_or(i64::MAX);
    signed(after) - signed(before)
}
