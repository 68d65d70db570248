//! Where a pattern matches a path: cost O(steps · words), without recursion, since lists are long.

use super::fan::Fan;
use super::names::Names;
use super::path::{Path, Type};
use super::pattern::{Pattern, Selector, Token, is_container, via};
use std::collections::HashMap;

/// A path whose equal references are numbered, so that names are compared once for each kind of reference.
pub(super) struct Shape<'p> {
    path: &'p Path,
    containers: &'p Names,
    /// The kind of the reference into each step; that of the first step is none that a pattern can match.
    kind_of: Vec<usize>,
    /// A step of each kind.
    kinds: Vec<usize>,
    fan: Fan,
}

impl<'p> Shape<'p> {
    pub(super) fn new(path: &'p Path, containers: &'p Names) -> Shape<'p> {
        let mut known: HashMap<(*const Type, *const Type, &str), usize> = HashMap::new();
        let mut kinds = Vec::new();
        let mut kind = |at: usize| {
            let owner = at.checked_sub(1).map_or(std::ptr::null(), |before| pointer(path, before));
            *known.entry((owner, pointer(path, at), via(&path.steps[at]))).or_insert_with(|| {
                kinds.push(at);
                kinds.len() - 1
            })
        };
        let kind_of = (0..path.steps.len()).map(&mut kind).collect();
        let mut shape = Shape { path, containers, kind_of, kinds, fan: Fan::None };
        let is_inside = shape.each_kind(|at| is_container(&path.steps[at].kind, containers));
        let inside = shape.kind_of.iter().map(|&kind| is_inside[kind]).collect();
        shape.fan = Fan::of(&path.steps, inside);
        shape
    }

    /// Where the path fans out most.
    pub(super) fn fan(&self) -> &Fan {
        &self.fan
    }

    /// The steps whose incoming reference may be the implicit one, the nearest to the end first.
    ///
    /// Where the root itself holds implicitly, that is the first step.
    pub(super) fn edges(&self, pattern: &Pattern) -> Vec<usize> {
        let Some((owner, via)) = &pattern.implicit else {
            return if self.backward(&pattern.after).first() == Some(&true) { vec![0] } else { Vec::new() };
        };
        let is_edge = self.each_kind(|at| self.is_hop(at, owner, via));
        if !is_edge.contains(&true) {
            return Vec::new();
        }
        let (before, after) = (self.forward(&pattern.before), self.backward(&pattern.after));
        let candidates = (1..self.path.steps.len()).rev();
        candidates.filter(|&at| is_edge[self.kind_of[at]] && before[at - 1] && after[at]).collect()
    }

    /// At which steps the words `tokens` may end, from the first step on.
    fn forward(&self, tokens: &[Token]) -> Vec<bool> {
        let mut at: Vec<bool> = (0..self.path.steps.len()).map(|step| step == 0).collect();
        for token in tokens {
            let may = self.each_kind(|step| self.fits(token, step));
            let fits = |step: usize| may[self.kind_of[step]];
            match token {
                Token::Any => (1..at.len()).for_each(|step| at[step] |= at[step - 1]),
                Token::Containers => (1..at.len()).for_each(|step| at[step] |= at[step - 1] && fits(step)),
                Token::Object(_) => (0..at.len()).for_each(|step| at[step] &= fits(step)),
                Token::Hop(..) => {
                    (1..at.len()).rev().for_each(|step| at[step] = at[step - 1] && fits(step));
                    at[0] = false;
                }
            }
        }
        at
    }

    /// At which steps the words `tokens` may begin, so that they end at the last step.
    fn backward(&self, tokens: &[Token]) -> Vec<bool> {
        let last = self.path.steps.len().saturating_sub(1);
        let mut at: Vec<bool> = (0..=last).map(|step| step == last).collect();
        for token in tokens.iter().rev() {
            let may = self.each_kind(|step| self.fits(token, step));
            let fits = |step: usize| may[self.kind_of[step]];
            match token {
                Token::Any => (0..last).rev().for_each(|step| at[step] |= at[step + 1]),
                Token::Containers => {
                    (0..last).rev().for_each(|step| at[step] |= at[step + 1] && fits(step + 1));
                }
                Token::Object(_) => (0..=last).for_each(|step| at[step] &= fits(step)),
                Token::Hop(..) => {
                    (0..last).for_each(|step| at[step] = at[step + 1] && fits(step + 1));
                    at[last] = false;
                }
            }
        }
        at
    }

    /// Whether the reference into step `at`, or for [`Token::Object`] the step itself, is one that `token` means.
    fn fits(&self, token: &Token, at: usize) -> bool {
        match token {
            Token::Any => true,
            Token::Containers => self.is_inside(at),
            Token::Hop(owner, via) => self.is_hop(at, owner, via),
            Token::Object(selector) => selector.matches(&self.path.steps[at].kind, self.containers),
        }
    }

    fn is_hop(&self, at: usize, owner: &Selector, names: &Names) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        names.matches_via(via(&self.path.steps[at]))
            && owner.matches(&self.path.steps[before].kind, self.containers)
    }

    fn is_inside(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        !via(&self.path.steps[at]).starts_with('<')
            && is_container(&self.path.steps[before].kind, self.containers)
    }

    fn each_kind(&self, holds: impl Fn(usize) -> bool) -> Vec<bool> {
        self.kinds.iter().map(|&at| holds(at)).collect()
    }
}

fn pointer(path: &Path, at: usize) -> *const Type {
    std::sync::Arc::as_ptr(&path.steps[at].kind)
}
