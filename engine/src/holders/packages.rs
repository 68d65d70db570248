//! What the virtual root dominates, by the parts of package names.

use super::dominator_tree::TreeRow;
use crate::error::Result;
use crate::id::ObjectId;
use crate::progress::Progress;
use crate::store::Snapshot;
use std::cmp::Reverse;
use std::ops::Range;

/// The objects immediately under the virtual root whose classes have one name.
struct Named<'a> {
    name: &'a str,
    amount: Amount,
}

#[derive(Clone, Copy, Default)]
struct Amount {
    objects: u64,
    shallow: u64,
    retained: u64,
}

impl Amount {
    fn add(&mut self, other: Amount) {
        self.objects += other.objects;
        self.shallow = self.shallow.saturating_add(other.shallow);
        self.retained = self.retained.saturating_add(other.retained);
    }
}

/// A package or a class that is to become a row.
struct Pending {
    /// The classes in it, which stand together in the list sorted by name.
    classes: Range<usize>,
    /// Bytes of the package's name; `None` for a class.
    package: Option<usize>,
    amount: Amount,
    parent: Option<u32>,
    depth: u32,
}

/// The rows of the tree of packages of `objects`, down to `depth` levels, depth first, the largest first.
pub(super) fn packages<'a>(
    snapshot: &'a Snapshot,
    objects: &[u32],
    depth: u32,
    progress: &Progress,
) -> Result<Vec<TreeRow<'a>>> {
    let classes = by_name(snapshot, objects, progress)?;
    let mut rows: Vec<TreeRow> = Vec::new();
    let mut open = parts(&classes, 0..classes.len(), 0, (None, 1));
    while let Some(pending) = open.pop().filter(|_| depth > 0) {
        let Pending { classes: inside, package, amount, parent, depth: level } = pending;
        let node = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
        let class = classes[inside.start].name;
        rows.push(TreeRow {
            node,
            parent,
            depth: level,
            name: Some(package.map_or(class, |length| &class[..length]).into()),
            object: None,
            objects: amount.objects,
            shallow: amount.shallow,
            retained: amount.retained,
        });
        if let Some(length) = package.filter(|_| level < depth) {
            open.extend(parts(&classes, inside, length + 1, (Some(node), level + 1)));
        }
        if node.is_multiple_of(1024) {
            progress.check()?;
        }
    }
    Ok(rows)
}

fn by_name<'a>(snapshot: &'a Snapshot, objects: &[u32], progress: &Progress) -> Result<Vec<Named<'a>>> {
    let mut amounts = vec![Amount::default(); snapshot.name_count()];
    for (count, &object) in objects.iter().enumerate() {
        let id = ObjectId(object);
        let (shallow, retained) = (snapshot.shallow(id), snapshot.retained(id));
        let rank = snapshot.name_rank(snapshot.class_of(id));
        amounts[rank as usize].add(Amount { objects: 1, shallow, retained });
        if count.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    let named = snapshot.classes().names().iter().zip(amounts).filter(|(_, amount)| amount.objects > 0);
    Ok(named.map(|(name, amount)| Named { name, amount }).collect())
}

/// The packages and classes inside a package whose name with its dot has `length` bytes, the smallest first.
fn parts(
    classes: &[Named],
    inside: Range<usize>,
    length: usize,
    (parent, depth): (Option<u32>, u32),
) -> Vec<Pending> {
    let mut parts: Vec<Pending> = Vec::new();
    for place in inside {
        let Named { name, amount } = classes[place];
        let package = name.get(length..).and_then(|rest| rest.find('.')).map(|dot| length + dot);
        // Inside a package, names differ only behind its own name.
        let same = |last: &&mut Pending| {
            let before = classes[last.classes.start].name.as_bytes();
            let both = package.filter(|_| last.package == package);
            both.is_some_and(|end| before[length..=end] == name.as_bytes()[length..=end])
        };
        match parts.last_mut().filter(same) {
            Some(last) => {
                last.classes.end = place + 1;
                last.amount.add(amount);
            }
            None => parts.push(Pending { classes: place..place + 1, package, amount, parent, depth }),
        }
    }
    parts.sort_by_key(|part| (part.amount.retained, Reverse(part.classes.start)));
    parts
}
