//! Which part of a growth that the path tree has found the other views bear out.

use super::confidence::{Evidence, ratio};
use super::edges::Edges;
use super::finding::{Leaked, Survival, View};
use super::growth::Growth;
use super::place::Place;
use super::rows::NO_ROW;
use super::tree::PathTree;
use crate::error::Result;

impl Edges<'_> {
    /// The part of the new objects where a growth began to which as many more references of their kind lead.
    pub(super) fn support(&self, tree: &PathTree, place: &Place) -> Result<Option<f64>> {
        let row = place.growth.row;
        let parent = tree.rows.parent[row as usize];
        if parent == NO_ROW || place.growth.objects == 0 {
            return Ok(None);
        }
        let name = |row: u32| tree.symbols.text(tree.rows.class[row as usize]);
        let more = self.more(name(parent), tree.via(row), name(row))?;
        Ok(more.map(|more| ratio(u64::try_from(more).unwrap_or(0), place.growth.objects).min(1.0)))
    }
}

/// The part of a growth by which the leaked class retains more.
pub(super) fn retained_support(leaked: &Leaked, bytes: i64) -> Option<f64> {
    let more = leaked.retained_after.saturating_sub(leaked.retained_before);
    let bytes = u64::try_from(bytes).ok().filter(|&bytes| bytes > 0)?;
    Some(ratio(more, bytes).min(1.0))
}

/// The part of a growth's objects of the leaked class that have come to be.
pub(super) fn born(survival: &Survival, growth: &Growth) -> Option<f64> {
    (growth.objects > 0 && survival.survived + survival.new > 0)
        .then(|| ratio(survival.new, growth.objects.min(survival.survived + survival.new)).min(1.0))
}

/// What the views say, as numbers.
pub(super) fn views(evidence: &Evidence) -> Vec<View> {
    let all = [
        ("classes", evidence.supported),
        ("edges", evidence.edges),
        ("dominators", evidence.retained),
        ("identity", evidence.born),
    ];
    let view = |(name, support): (&'static str, Option<f64>)| {
        Some(View { name, support: (support? * 100.0).round() / 100.0 })
    };
    all.into_iter().filter_map(view).collect()
}
