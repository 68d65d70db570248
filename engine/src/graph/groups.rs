//! Retained size of every class, or of other groups of objects, each as a set.

use crate::error::{Error, Result};
use crate::graph::dominators::Dominators;
use crate::graph::heap::id;
use crate::graph::joints::{groups_on_all_paths, is_joint};
use crate::graph::sets::Sets;
use crate::graph::topmost::topmost;
use crate::progress::Progress;
use rayon::prelude::*;

/// Retained sizes of the groups of a partition; two columns by group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRetained {
    /// Bytes that become unreachable when all objects of the group go.
    pub bytes: Vec<u64>,
    /// Where false, `bytes` is a lower bound: the graph was too complex to intersect the paths of all groups.
    pub exact: Vec<bool>,
}

impl GroupRetained {
    /// Sizes that are all exact, in bytes.
    pub fn exact(bytes: Vec<u64>) -> GroupRetained {
        let exact = vec![true; bytes.len()];
        GroupRetained { bytes, exact }
    }
}

/// Groups of objects, which may overlap: each object has a label, which stands for a set of groups.
#[derive(Clone, Debug)]
pub struct Labels<F> {
    /// The label of an object, by its id.
    pub of: F,
    /// The groups of the objects that have a label, by label.
    pub groups: Vec<Vec<u32>>,
    /// How many groups there are.
    pub count: usize,
}

/// The retained size of each of `groups` groups as a set: the bytes of the objects to which every path from the roots
/// meets an object of the group, itself included. Only what is held counts.
///
/// `group_of` and `shallow` (bytes) take an object's id. Two objects of a group that hold a third together retain it,
/// though neither dominates it. Cost about O(objects + references), memory 8 bytes for each inner object.
///
/// # Errors
/// [`Error::Input`] when `group_of` names a group that is not below `groups`;
/// [`Error::Interrupted`] when `progress` was cancelled.
pub fn group_retained(
    dominators: &Dominators,
    group_of: impl Fn(u32) -> u32 + Sync,
    groups: usize,
    shallow: impl Fn(u32) -> u64 + Sync,
    progress: &Progress,
) -> Result<GroupRetained> {
    let one = (0..id(groups)).map(|group| vec![group]).collect();
    let labels = Labels { of: &group_of, groups: one, count: groups };
    match exactly_retained(dominators, &labels, &shallow, progress)? {
        Some(bytes) => Ok(GroupRetained::exact(bytes)),
        None => topmost(dominators, group_of, groups, shallow, progress),
    }
}

/// As [`group_retained`], in bytes, of groups that may overlap: all in one go. `None` when the graph is too complex to
/// intersect the paths of all groups.
///
/// # Errors
/// [`Error::Input`] when a label or a group is out of range; [`Error::Interrupted`] when `progress` was cancelled.
pub fn exactly_retained<F: Fn(u32) -> u32 + Sync>(
    dominators: &Dominators,
    labels: &Labels<F>,
    shallow: impl Fn(u32) -> u64 + Sync,
    progress: &Progress,
) -> Result<Option<Vec<u64>>> {
    check(dominators, labels)?;
    let mut sets = Sets::new(dominators.order.len());
    let own: Vec<u32> = labels.groups.iter().map(|groups| sets.of(groups)).collect();
    let own = |object| own[(labels.of)(object) as usize];
    let Some(on_paths) = groups_on_all_paths(dominators, &own, &mut sets, progress)? else { return Ok(None) };
    let mut weights = Weights { bytes: vec![0; sets.len()] };
    for (&object, &set) in dominators.order.iter().zip(&on_paths[..]).skip(1) {
        weights.add(set, shallow(object));
    }
    add_leaves(dominators, (&own, &on_paths, &shallow), (&mut sets, &mut weights), progress)?;
    Ok((!sets.exhausted()).then(|| weights.by_group(&sets, labels.count)))
}

fn check<F: Fn(u32) -> u32 + Sync>(dominators: &Dominators, labels: &Labels<F>) -> Result<()> {
    let is_label = |&object: &u32| ((labels.of)(object) as usize) < labels.groups.len();
    let is_group = |&group: &u32| (group as usize) < labels.count;
    if labels.groups.iter().flatten().all(is_group) && dominators.order().par_iter().all(is_label) {
        return Ok(());
    }
    Err(Error::Input("the group of an object is out of range".into()))
}

/// Adds the leaves, which nobody's set depends on.
fn add_leaves(
    dominators: &Dominators,
    (own, on_paths, shallow): (&impl Fn(u32) -> u32, &[u32], &impl Fn(u32) -> u64),
    (sets, weights): (&mut Sets, &mut Weights),
    progress: &Progress,
) -> Result<()> {
    let merges = &dominators.merges;
    let leaves = merges.inner(dominators.inner)..merges.len();
    let mut joints = leaves.filter(|&merge| is_joint(dominators, merge)).peekable();
    for (number, &object) in (0u32..).zip(&dominators.order[..]).skip(on_paths.len()) {
        let above = match joints.next_if(|&merge| merges.numbers[merge] == number) {
            None => on_paths[dominators.dominator[number as usize] as usize],
            Some(merge) => {
                let holders = merges.holders(merge).iter().map(|&holder| on_paths[holder as usize]);
                holders.reduce(|a, b| sets.intersection(a, b)).unwrap_or_default()
            }
        };
        weights.add(sets.union(above, own(object)), shallow(object));
        if number.is_multiple_of(65_536) {
            progress.check()?;
        }
    }
    Ok(())
}

/// Bytes of the objects that have a set, by set.
struct Weights {
    bytes: Vec<u64>,
}

impl Weights {
    fn add(&mut self, set: u32, bytes: u64) {
        if self.bytes.len() <= set as usize {
            self.bytes.resize(set as usize + 1, 0);
        }
        let sum = &mut self.bytes[set as usize];
        *sum = sum.saturating_add(bytes);
    }

    fn by_group(&self, sets: &Sets, groups: usize) -> Vec<u64> {
        let mut by_group = vec![0u64; groups];
        for (set, &bytes) in (0u32..).zip(&self.bytes).filter(|(_, bytes)| **bytes > 0) {
            for &group in sets.get(set) {
                let sum = &mut by_group[group as usize];
                *sum = sum.saturating_add(bytes);
            }
        }
        by_group
    }
}
