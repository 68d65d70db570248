//! Totals of a dump: what `info` shows.

use crate::graph::Strength;
use crate::id::ObjectId;
use crate::store::Amount;
use crate::store::Sizes;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Objects that one thread adds up in one go.
const CHUNK: u32 = 1 << 18;

/// Number and size of each class's instances.
pub(super) fn by_class(sizes: &Sizes) -> Vec<Amount> {
    let add = |mut sums: Vec<Amount>, id: u32| {
        let sum = &mut sums[sizes.objects.class[id as usize] as usize];
        sum.objects += 1;
        sum.bytes += sizes.shallow(ObjectId(id));
        sums
    };
    sum_by(sizes.objects.class.len(), sizes.classes.len(), add)
}

/// Number and size of the objects of each strength, by its name; every strength has an entry.
pub(super) fn by_strength(strength: &[u8], sizes: &Sizes) -> BTreeMap<String, Amount> {
    let add = |mut sums: Vec<Amount>, id: u32| {
        let number = usize::from(strength[id as usize]).min(Strength::ALL.len() - 1);
        sums[number].objects += 1;
        sums[number].bytes += sizes.shallow(ObjectId(id));
        sums
    };
    let sums = sum_by(strength.len(), Strength::ALL.len(), add);
    Strength::ALL.iter().zip(sums).map(|(strength, sum)| (strength.name().to_owned(), sum)).collect()
}

fn sum_by(
    objects: usize,
    groups: usize,
    add: impl Fn(Vec<Amount>, u32) -> Vec<Amount> + Sync,
) -> Vec<Amount> {
    let objects = u32::try_from(objects).unwrap_or(u32::MAX);
    let chunk = |chunk: u32| {
        let start = chunk * CHUNK;
        (start..objects.min(start.saturating_add(CHUNK))).fold(vec![Amount::default(); groups], &add)
    };
    let none = || vec![Amount::default(); groups];
    (0..objects.div_ceil(CHUNK)).into_par_iter().map(chunk).reduce(none, |mut all, part| {
        for (sum, part) in all.iter_mut().zip(part) {
            sum.objects += part.objects;
            sum.bytes += part.bytes;
        }
        all
    })
}
