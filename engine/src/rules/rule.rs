//! A rule: how an implicit strong reference is recognised, why it holds, and what to do.

use super::condition::Condition;
use super::names::Names;
use super::path::Runtime;
use super::pattern::Pattern;
use serde::Deserialize;

/// What growth behind such a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// Nobody will use it again, and nothing lets it go.
    Leak,
    /// Kept to be used again; a leak where nothing bounds it.
    Cache,
    /// Waits for work that is slower than what comes in.
    Backlog,
    /// The same content many times.
    Waste,
    /// The runtime lets it go when it needs the memory.
    NotALeak,
}

impl Nature {
    /// The spelling in rules and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Nature::Leak => "leak",
            Nature::Cache => "cache",
            Nature::Backlog => "backlog",
            Nature::Waste => "waste",
            Nature::NotALeak => "not-a-leak",
        }
    }
}

/// A rule, as its file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name in outputs: `thread-local`.
    pub name: String,
    /// One line for the head of a finding.
    pub title: String,
    /// Why the reference holds, in one or two sentences.
    pub why: String,
    /// What to change, in one or two sentences.
    pub mend: String,
    /// Public documentation of the code that holds.
    pub link: String,
    /// What growth behind it is.
    pub nature: Nature,
    /// From 0 to 1: how likely a path that matches is what the title says; a finding's confidence is multiplied by it.
    pub confidence: f64,
    /// Whose heaps it is for.
    pub runtime: Runtime,
    /// The kinds of roots that it is for, as written; empty for any.
    pub roots: Vec<String>,
    /// Its patterns, as written.
    pub paths: Vec<String>,
    /// All of them have to hold.
    pub conditions: Vec<Condition>,
    /// The `roots`.
    pub(super) root: Option<Names>,
    /// The `paths`: one of them has to match.
    pub(super) patterns: Vec<Pattern>,
}

impl Rule {
    /// Whether it looks at the objects of a path, so that it matches no path without its heap.
    pub fn looks_at_heap(&self) -> bool {
        self.conditions.iter().any(|condition| condition.looks_at_heap())
    }
}
