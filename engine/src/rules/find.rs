//! Rules in their order, and which of them tells of a path.

use super::file::{self, File};
use super::matching::Shape;
use super::names::Names;
use super::path::{Path, Type};
use super::pattern::is_container;
use super::rule::Rule;
use crate::error::{Error, Result};
use crate::store::Snapshot;

/// The rules that ship in the binary.
const BUILT_IN: &str = include_str!("rules.toml");

/// Rules, the first that matches first.
#[derive(Clone, Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Names of classes that are collections or parts of them.
    containers: Names,
}

/// A rule that matches a path.
#[derive(Clone, Copy, Debug)]
pub struct Match<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The step whose incoming reference is the one that nobody wrote on purpose. 0 where the root itself is: then there
    /// is no step before, and the path's `root` is what holds.
    pub edge: usize,
}

impl Rules {
    /// The rules that ship in the binary.
    ///
    /// # Errors
    /// None in a binary that passed its tests.
    pub fn built_in() -> Result<Rules> {
        let File { rules, containers } = file::read(BUILT_IN, std::path::Path::new("rules.toml"))?;
        Ok(Rules { rules, containers: Names::all(containers) })
    }

    /// Puts the rules of the file at `path` before these; one that has the name of one of these replaces it.
    ///
    /// # Errors
    /// [`Error::File`] where the file cannot be read, [`Error::Rules`] where a rule is wrong.
    pub fn with_file(self, path: &std::path::Path) -> Result<Rules> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::file(path, source))?;
        self.with_text(&text, path)
    }

    /// As [`Rules::with_file`], of `text`, which errors call `path`.
    ///
    /// # Errors
    /// [`Error::Rules`] where a rule is wrong.
    pub fn with_text(self, text: &str, path: &std::path::Path) -> Result<Rules> {
        let File { mut rules, containers } = file::read(text, path)?;
        let is_kept = |old: &Rule| rules.iter().all(|new| new.name != old.name);
        let kept: Vec<Rule> = self.rules.into_iter().filter(is_kept).collect();
        rules.extend(kept);
        Ok(Rules { rules, containers: self.containers.and(containers) })
    }

    /// All rules, in the order in which they are tried.
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// The first rule that matches the path, with the implicit reference nearest to the path's end; `None` where no rule
    /// does. Without the `heap`, rules that look at it do not match.
    pub fn find(&self, path: &Path, heap: Option<&Snapshot>) -> Option<Match<'_>> {
        self.matches(path, heap).next()
    }

    /// All rules that match the path, in their order, each with the implicit reference nearest to the path's end.
    pub fn matches<'r: 'p, 'p>(
        &'r self,
        path: &'p Path,
        heap: Option<&'p Snapshot>,
    ) -> impl Iterator<Item = Match<'r>> + 'p {
        let shape = Shape::new(path, &self.containers);
        self.rules.iter().filter_map(move |rule| Some(Match { rule, edge: edge(rule, path, heap, &shape)? }))
    }

    /// Whether objects of this type are collections or parts of one.
    pub fn is_container(&self, kind: &Type) -> bool {
        is_container(kind, &self.containers)
    }
}

fn edge(rule: &Rule, path: &Path, heap: Option<&Snapshot>, shape: &Shape) -> Option<usize> {
    let fits = rule.runtime == path.runtime && rule.root.as_ref().is_none_or(|root| root.matches(&path.root));
    if !fits || path.steps.is_empty() {
        return None;
    }
    let mut edges: Vec<usize> = rule.patterns.iter().flat_map(|pattern| shape.edges(pattern)).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
        .into_iter()
        .rev()
        .find(|&edge| rule.conditions.iter().all(|condition| condition.holds(path, edge, shape.fan(), heap)))
}

#[cfg(test)]
pub(super) mod tests;
