//! A grammar of pest read backwards: random sentences instead of parses.

use super::words;
use crate::campaign::Rng;
use pest_meta::ast::{Expr, RuleType};
use pest_meta::parser::{self, Rule};
use std::collections::HashMap;

/// How deep rules may nest before only the shortest way out is taken, at least and at most: one level of the language's
/// expressions is ten, a sub-query twenty.
const DEPTH: (usize, usize) = (20, 60);

/// Bytes of a sentence after which only the shortest way out is taken, at least and at most.
const LENGTH: (usize, usize) = (20, 250);

/// The rules of a grammar by name.
pub(super) struct Grammar {
    rules: HashMap<String, (RuleType, Expr)>,
    /// The least depth of rules below each rule.
    least: HashMap<String, usize>,
}

impl Grammar {
    /// The grammar that the language is parsed by.
    pub(super) fn of_the_language() -> Grammar {
        let text = include_str!("../../../src/syntax/grammar.pest");
        let pairs = parser::parse(Rule::grammar_rules, text).expect("a grammar");
        let rules = parser::consume_rules(pairs).expect("a grammar");
        let rules = rules.into_iter().map(|rule| (rule.name, (rule.ty, rule.expr))).collect();
        let mut grammar = Grammar { rules, least: HashMap::new() };
        while grammar.settle() {}
        grammar
    }

    /// One round of finding least depths; false when nothing changed.
    fn settle(&mut self) -> bool {
        let found = self.rules.iter().map(|(name, (_, expr))| (name.clone(), self.least(expr) + 1));
        let found: HashMap<String, usize> = found.filter(|(_, depth)| *depth < usize::MAX / 2).collect();
        let changed = found != self.least;
        self.least = found;
        changed
    }

    fn least(&self, expr: &Expr) -> usize {
        match expr {
            Expr::Ident(name) if words::are_for(name) || !self.rules.contains_key(name) => 0,
            Expr::Ident(name) => self.least.get(name).copied().unwrap_or(usize::MAX / 2),
            Expr::Seq(left, right) => self.least(left).max(self.least(right)),
            Expr::Choice(left, right) => self.least(left).min(self.least(right)),
            Expr::RepOnce(inner) => self.least(inner),
            _ => 0,
        }
    }

    /// A random sentence of `rule`.
    pub(super) fn sentence(&self, rule: &str, rng: &mut Rng) -> String {
        let (depth, length) = (rng.between(DEPTH), rng.between(LENGTH));
        let mut sentence =
            Sentence { grammar: self, rng, depth, length, text: String::new(), within: Vec::new() };
        sentence.rule(rule, false);
        sentence.text.trim().to_owned()
    }
}

/// A sentence on its way.
struct Sentence<'g, 'r> {
    grammar: &'g Grammar,
    rng: &'r mut Rng,
    depth: usize,
    length: usize,
    text: String,
    /// The rules that the next word is within.
    within: Vec<&'g str>,
}

impl<'g> Sentence<'g, '_> {
    fn rule(&mut self, name: &str, atomic: bool) {
        let Some((name, (kind, expr))) = self.grammar.rules.get_key_value(name) else { return };
        if let Some(word) = words::word(name, &self.within, self.rng) {
            return self.push(&word, atomic);
        }
        self.within.push(name);
        self.expr(expr, atomic);
        self.within.pop();
        if !atomic && matches!(kind, RuleType::Atomic | RuleType::CompoundAtomic) {
            self.text.push(' ');
        }
    }

    fn expr(&mut self, expr: &'g Expr, atomic: bool) {
        match expr {
            Expr::Str(text) => self.push(text, atomic),
            Expr::Insens(text) => self.push(text, true),
            Expr::Ident(name) => {
                let within = self.within.last().and_then(|rule| self.grammar.rules.get(*rule));
                let atomic = atomic || within.is_some_and(|(kind, _)| is_atomic(*kind));
                self.rule(name, atomic);
            }
            Expr::Seq(left, right) => {
                self.expr(left, atomic);
                self.expr(right, atomic);
            }
            Expr::Choice(..) => {
                let taken = self.choice(expr);
                self.expr(taken, atomic);
            }
            Expr::Opt(inner) if self.fits(inner) && self.likes(inner) => self.expr(inner, atomic),
            Expr::Rep(inner) => self.repeated(inner, atomic),
            Expr::RepOnce(inner) => {
                self.expr(inner, atomic);
                self.repeated(inner, atomic);
            }
            _ => {}
        }
    }

    fn repeated(&mut self, inner: &'g Expr, atomic: bool) {
        while self.fits(inner) && self.rng.percent(15) {
            self.expr(inner, atomic);
        }
    }

    /// Whether what may be there is taken.
    fn likes(&mut self, inner: &Expr) -> bool {
        let around = self.within.last().copied().unwrap_or_default();
        self.rng.percent(words::likelihood(around, first(inner)))
    }

    /// Whether there is room for `expr`, which need not be there.
    fn fits(&self, expr: &Expr) -> bool {
        self.text.len() < self.length && self.within.len() + self.grammar.least(expr) < self.depth
    }

    /// One of the alternatives that fit, or the shortest.
    fn choice(&mut self, mut expr: &'g Expr) -> &'g Expr {
        let mut all = Vec::new();
        while let Expr::Choice(left, right) = expr {
            // Choices lean to the left.
            all.push(&**right);
            expr = left;
        }
        all.push(expr);
        let fitting: Vec<&Expr> = all.iter().copied().filter(|one| self.fits(one)).collect();
        if fitting.is_empty() {
            return all.into_iter().min_by_key(|one| self.grammar.least(one)).expect("an alternative");
        }
        let weighed = fitting.iter().flat_map(|one| std::iter::repeat_n(*one, words::weight(first(one))));
        let weighed: Vec<&Expr> = weighed.collect();
        weighed[self.rng.below(weighed.len())]
    }

    fn push(&mut self, word: &str, atomic: bool) {
        self.text.push_str(word);
        if !atomic {
            self.text.push(' ');
        }
    }
}

/// The first rule that an expression names; of choices none.
fn first(expr: &Expr) -> &str {
    match expr {
        Expr::Ident(name) => name,
        Expr::Seq(left, right) => match first(left) {
            "" => first(right),
            name => name,
        },
        _ => "",
    }
}

fn is_atomic(kind: RuleType) -> bool {
    matches!(kind, RuleType::Atomic | RuleType::CompoundAtomic)
}
