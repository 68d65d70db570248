//! How siblings in the dominator tree are put together.

use crate::error::Result;
use crate::id::{ClassId, NO_OBJECT, ObjectId};
use crate::progress::Progress;
use crate::store::Snapshot;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

/// How the rows of a dominator tree are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A row for each object.
    Object,
    /// Siblings whose classes have one name share a row.
    Class,
    /// What the virtual root dominates by the parts of package names, then by class.
    Package,
    /// Siblings whose classes have one loader share a row; of a class object, the class that it stands for.
    Loader,
}

/// Siblings in an order in which groups stand together, and the groups.
pub(super) struct Siblings {
    pub(super) objects: Vec<u32>,
    /// The largest retained size first, then by the key of the group, then by id.
    pub(super) groups: Vec<Range<u32>>,
}

impl Siblings {
    /// Groups `objects`; not for [`By::Package`].
    pub(super) fn new(
        snapshot: &Snapshot,
        objects: Vec<u32>,
        by: By,
        progress: &Progress,
    ) -> Result<Siblings> {
        progress.check()?;
        let count = u32::try_from(objects.len()).unwrap_or(u32::MAX);
        if by == By::Object {
            let objects = largest_first(snapshot, objects.into_iter());
            return Ok(Siblings { objects, groups: (0..count).map(|place| place..place + 1).collect() });
        }
        let key = |object: u32| match by {
            By::Loader => loader(snapshot, ObjectId(object)).map_or(NO_OBJECT, |loader| loader.0),
            _ => snapshot.name_rank(snapshot.class_of(ObjectId(object))),
        };
        let mut keyed: Vec<(u32, u32)> = objects.into_iter().map(|object| (key(object), object)).collect();
        progress.check()?;
        keyed.par_sort_unstable();
        progress.check()?;
        let mut groups: Vec<(Reverse<u64>, Range<u32>)> = Vec::new();
        let mut end = 0;
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            let start = end;
            end += u32::try_from(group.len()).unwrap_or(u32::MAX);
            let retained = group.iter().map(|row| snapshot.retained(ObjectId(row.1))).sum::<u64>();
            groups.push((Reverse(retained), start..end));
        }
        groups.sort_by_key(|group| group.0);
        let objects = keyed.into_iter().map(|row| row.1).collect();
        Ok(Siblings { objects, groups: groups.into_iter().map(|group| group.1).collect() })
    }

    /// The objects of a group.
    pub(super) fn of(&self, group: &Range<u32>) -> &[u32] {
        &self.objects[group.start as usize..group.end as usize]
    }
}

/// The objects by retained size, the largest first, then by id.
pub(super) fn largest_first(snapshot: &Snapshot, objects: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut keyed: Vec<(Reverse<u64>, u32)> =
        objects.map(|object| (Reverse(snapshot.retained(ObjectId(object))), object)).collect();
    keyed.par_sort_unstable();
    keyed.into_iter().map(|row| row.1).collect()
}

/// What a group is called after one of its objects; `None` for a group that is an object.
pub(super) fn name(snapshot: &Snapshot, object: ObjectId, by: By) -> Option<Cow<'_, str>> {
    match by {
        By::Object => None,
        By::Class | By::Package => Some(snapshot.class_name(snapshot.class_of(object)).into()),
        By::Loader => Some(match loader(snapshot, object) {
            None => "boot loader".into(),
            Some(loader) => {
                let class = snapshot.class_name(snapshot.class_of(loader));
                format!("{class} @ {}", snapshot.address(loader)).into()
            }
        }),
    }
}

fn loader(snapshot: &Snapshot, object: ObjectId) -> Option<ObjectId> {
    let class: ClassId = snapshot.class_of_object(object).unwrap_or_else(|| snapshot.class_of(object));
    snapshot.classes().get(class).loader_object
}
