//! Retained size of every class, or of other groups of objects, each as a set.

use crate::error::{Error, Result};
use crate::graph::dominators::Dominators;
use crate::graph::heap::id;
use crate::graph::on_paths::groups_on_all_paths;
use crate::graph::sets::{EMPTY, Sets};
use crate::graph::topmost::topmost;
use crate::progress::Progress;
use rayon::prelude::*;
use std::cell::Cell;

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
    /// The label of an object, by its id and its class.
    pub of: F,
    /// The groups of the objects that have a label, by label.
    pub groups: Vec<Vec<u32>>,
    /// How many groups there are.
    pub count: usize,
}

/// The retained size of each of `groups` groups as a set: the bytes of the objects to which every path from the roots
/// meets an object of the group, itself included. Only what is held counts.
///
/// `group_of` and `shallow` (bytes) take an object's id and its class. Two objects of a group that hold a third together retain it,
/// though neither dominates it. Cost about O(objects + references), memory 8 bytes for each inner object.
///
/// # Errors
/// [`Error::Input`] when `group_of` names a group that is not below `groups`;
/// [`Error::Interrupted`] when `progress` was cancelled.
pub fn group_retained(
    dominators: &Dominators,
    group_of: impl Fn(u32, u32) -> u32 + Sync,
    groups: usize,
    shallow: impl Fn(u32, u32) -> u64 + Sync,
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
pub fn exactly_retained<F: Fn(u32, u32) -> u32 + Sync>(
    dominators: &Dominators,
    labels: &Labels<F>,
    shallow: impl Fn(u32, u32) -> u64 + Sync,
    progress: &Progress,
) -> Result<Option<Vec<u64>>> {
    let is_group = |&group: &u32| (group as usize) < labels.count;
    let are_sound = Cell::new(labels.groups.iter().flatten().all(is_group));
    let mut sets = Sets::new(dominators.order.len());
    let own: Vec<u32> = labels.groups.iter().map(|groups| sets.of(groups)).collect();
    let (order, class) = (&dominators.order[..], dominators.class.view());
    let own = |number: u32| {
        let label = (labels.of)(order[number as usize], class.get(number as usize));
        own.get(label as usize).copied().unwrap_or_else(|| {
            are_sound.set(false);
            EMPTY
        })
    };
    let on_paths = groups_on_all_paths(dominators, &own, &mut sets, progress)?;
    if on_paths.is_none() {
        // Not every object was asked yet.
        (1..id(order.len())).for_each(|number| _ = own(number));
    }
    if !are_sound.get() {
        return Err(Error::Input("the group of an object is out of range".into()));
    }
    Ok(on_paths.map(|on_paths| weights(dominators, &on_paths, &sets, shallow).by_group(&sets, labels.count)))
}

/// The bytes of the objects by the set of each of them.
fn weights(
    dominators: &Dominators,
    on_paths: &[u32],
    sets: &Sets,
    shallow: impl Fn(u32, u32) -> u64 + Sync,
) -> Weights {
    let (order, class) = (&dominators.order[..], dominators.class.view());
    let numbers = (1..on_paths.len()).into_par_iter();
    let none = || Weights { bytes: vec![0; sets.len()] };
    // So many at least for each sum, of which every one takes a number for each set.
    let least = (on_paths.len() / rayon::current_num_threads()).max(sets.len());
    let add = |mut weights: Weights, number: usize| {
        weights.add(on_paths[number], shallow(order[number], class.get(number)));
        weights
    };
    numbers.with_min_len(least).fold(none, add).reduce(none, Weights::join)
}

/// Bytes of the objects that have a set, by set.
struct Weights {
    bytes: Vec<u64>,
}

impl Weights {
    fn add(&mut self, set: u32, bytes: u64) {
        let sum = &mut self.bytes[set as usize];
        *sum = sum.saturating_add(bytes);
    }

    fn join(mut self, other: Weights) -> Weights {
        self.bytes.iter_mut().zip(other.bytes).for_each(|(sum, bytes)| *sum = sum.saturating_add(bytes));
        self
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
