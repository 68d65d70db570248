//! One leak is one finding: growths of one leak are put together.

use super::place::Place;
use super::rows::NO_ROW;
use super::tree::PathTree;
use crate::holders::each_reference;
use crate::id::ObjectId;
use crate::store::Snapshot;
use std::collections::HashMap;

/// Objects of a growth whose references are looked at.
const SAMPLES: usize = 64;
/// A growth that refers to another one and is smaller than this part of it is a second way to it.
const SECOND: i64 = 3;

/// Puts growths together, the largest first, where
/// - both are of one class behind one owner (two maps of one pool), or
/// - most objects of the smaller one refer to the larger one, which is behind the same root or much larger (an index
///   beside a list, or objects that are in one array with their own contents: then they are what is leaked), or
/// - the smaller one is in size alone, of something that an owner of the larger one has beside it.
pub(super) fn join<'r>(
    tree: &PathTree,
    snapshot: &Snapshot,
    dump: usize,
    places: Vec<Place<'r>>,
) -> Vec<Place<'r>> {
    let mut joined: Vec<Place> = Vec::with_capacity(places.len());
    let mut growth_of: HashMap<u32, usize> = HashMap::new();
    for place in places {
        let owner = tree.owner(&place.spine.rows);
        let class = place.leaked_class(tree);
        let same = joined.iter().position(|other| {
            place.growth.objects > 0
                && other.growth.objects > 0
                && other.leaked_class(tree) == class
                && tree.owner(&other.spine.rows) == owner
        });
        let target = same.or_else(|| beside(tree, &place, &joined)).or_else(|| {
            let target = referred(tree, snapshot, dump, &place, &growth_of)?;
            let other = &joined[target];
            let same_root = other.spine.rows.first() == place.spine.rows.first();
            (same_root || place.growth.bytes < other.growth.bytes / SECOND).then_some(target)
        });
        let at = target.unwrap_or(joined.len());
        for part in place.growth.parts.iter().filter(|part| part.objects > 0) {
            growth_of.entry(part.row).or_insert(at);
        }
        match target {
            Some(target) => joined[target].take(tree, place),
            None => joined.push(place),
        }
    }
    joined
}

impl<'r> Place<'r> {
    /// Takes another growth in, as a second way to the same.
    fn take(&mut self, tree: &PathTree, mut other: Place<'r>) {
        let siblings =
            tree.rows.parent[self.growth.row as usize] == tree.rows.parent[other.growth.row as usize];
        if other.is_meant && !self.is_meant && siblings {
            std::mem::swap(self, &mut other);
        }
        self.joined.push(other.growth.row);
        self.joined.extend(other.joined);
        self.growth.merge(other.growth);
    }
}

/// The growth whose path has the owner of what grew in size alone.
fn beside(tree: &PathTree, place: &Place, joined: &[Place]) -> Option<usize> {
    let parent = tree.rows.parent[place.growth.row as usize];
    let is_owned =
        place.growth.objects == 0 && parent != NO_ROW && tree.rows.parent[parent as usize] != NO_ROW;
    joined.iter().position(|other| is_owned && other.growth.objects > 0 && other.spine.rows.contains(&parent))
}

/// The growth to which most objects of another refer.
fn referred(
    tree: &PathTree,
    snapshot: &Snapshot,
    dump: usize,
    place: &Place,
    growth_of: &HashMap<u32, usize>,
) -> Option<usize> {
    let census = &tree.dumps[dump];
    let objects = census.objects(place.growth.row);
    let step = objects.len().div_ceil(SAMPLES).max(1);
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut sampled = 0;
    for &object in objects.iter().step_by(step) {
        sampled += 1;
        let mut seen = Vec::new();
        each_reference(snapshot, ObjectId(object), |_, to| {
            let row = census.row_of.get(to.index()).copied().unwrap_or(NO_ROW);
            if let Some(&growth) = growth_of.get(&row)
                && !seen.contains(&growth)
            {
                seen.push(growth);
            }
        });
        seen.into_iter().for_each(|growth| *counts.entry(growth).or_default() += 1);
    }
    let best = counts.into_iter().max_by_key(|&(growth, count)| (count, std::cmp::Reverse(growth)))?;
    (best.1 * 2 >= sampled).then_some(best.0)
}
