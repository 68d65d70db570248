//! What a place says of itself: holder, path, implicit reference, contents.

use super::finding::{Content, Finding, ImplicitEdge};
use super::growth::Growth;
use super::holder::{holder, others};
use super::place::Place;
use super::tree::PathTree;
use crate::graph::Strength;
use crate::store::Snapshot;

/// Classes that are told of one finding.
const CONTENTS: usize = 12;

/// By what a root holds.
pub(super) const ROOT: &str = "<root>";

impl Place<'_> {
    /// A finding with all that the place itself tells, in dump `dump` of the tree, which is `snapshot`.
    pub(super) fn told(&self, tree: &PathTree, snapshot: &Snapshot, dump: usize) -> Finding {
        let rule = self.found.as_ref().map(|found| found.rule);
        Finding {
            rule: rule.map(|rule| rule.name.clone()),
            holder: holder(tree, snapshot, dump, self),
            also_held_by: others(tree, snapshot, dump, self),
            path: tree.steps(self.path()),
            implicit_edge: self.implicit_edge(tree),
            contains: contains(tree, &self.growth),
            mend: rule.map(|rule| rule.mend.clone()).unwrap_or_default(),
            link: rule.map(|rule| rule.link.clone()).unwrap_or_default(),
            ..Finding::default()
        }
    }

    fn implicit_edge(&self, tree: &PathTree) -> Option<ImplicitEdge> {
        let edge = self.found.as_ref()?.edge;
        let row = *self.spine.rows.get(edge)?;
        if tree.rows.strength[row as usize] == Strength::Unreachable {
            return None;
        }
        let Some(before) = edge.checked_sub(1) else {
            return Some(ImplicitEdge { class: tree.root_kind(row).to_owned(), via: ROOT.to_owned() });
        };
        let class = tree.class(*self.spine.rows.get(before)?).to_owned();
        Some(ImplicitEdge { class, via: tree.via(row).to_owned() })
    }
}

impl Finding {
    /// Without what a rule told.
    pub(super) fn without_rule(self) -> Finding {
        Finding { rule: None, implicit_edge: None, mend: String::new(), link: String::new(), ..self }
    }
}

fn contains(tree: &PathTree, growth: &Growth) -> Vec<Content> {
    let classes = growth.by_class(&tree.rows).into_iter().take(CONTENTS);
    let content = |(class, instances_delta, shallow_delta)| Content {
        class: tree.symbols.text(class).to_owned(),
        instances_delta,
        shallow_delta,
    };
    classes.map(content).collect()
}
