//! A finding: what grew, who holds it, by which reference, and how sure that is. The field names are a contract.

use serde::Serialize;

/// Something that grew between two dumps, or that one dump has too much of.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Finding {
    /// From 1.
    pub rank: u32,
    /// `grown`, `new` (the first dump has none of it), or `moved` (as much of it is gone elsewhere).
    pub category: &'static str,
    /// The name of the rule that matches; `None` where none does.
    pub rule: Option<String>,
    /// One line.
    pub title: String,
    /// From 0 to 1: how likely this is growth that does not end by itself.
    pub confidence: f64,
    /// What the confidence comes from.
    pub reasons: Vec<String>,
    /// The weakest reference on the path.
    pub strength: &'static str,
    /// What is leaked.
    pub leaked: Leaked,
    /// Which of it has come to be between the dumps; `None` where objects move, so that nothing tells.
    pub identity: Option<Survival>,
    /// What each view says of the growth.
    pub views: Vec<View>,
    /// Bytes more that are charged to this finding: findings partition the growth.
    pub growth_bytes: i64,
    /// Bytes more outside the heap that direct buffers in it own.
    pub off_heap_bytes: i64,
    /// Objects more at the place where the growth began.
    pub growth_objects: u64,
    /// The number of objects there in each dump, where there are more than two; bytes where it grew in size alone.
    pub series: Vec<u64>,
    /// How that went: `monotonic`, `step`, `saturating`, `saw-tooth`, `flat`, `falling`; `None` of two dumps.
    pub trend: Option<&'static str>,
    /// Bytes that cutting the implicit reference, or else the reference where the growth began, would free in the second
    /// dump, computed by reaching again without it; `None` where it was not computed.
    pub freed: Option<u64>,
    /// Who holds it.
    pub holder: Holder,
    /// Of a suspect of one dump: the object in which it piles up; `None` where no single one holds most of it.
    pub accumulation: Option<Accumulation>,
    /// Others that hold the same objects.
    pub also_held_by: Vec<OtherHolder>,
    /// From the root to the leaked object; lists are folded.
    pub path: Vec<PathStep>,
    /// The reference that nobody wrote on purpose; `None` where no rule tells.
    pub implicit_edge: Option<ImplicitEdge>,
    /// What the growth consists of, the most bytes first.
    pub contains: Vec<Content>,
    /// What happens and why, in a few sentences.
    pub explanation: String,
    /// What to do; empty where no rule tells.
    pub mend: String,
    /// Public documentation of the code that holds; empty where no rule tells.
    pub link: String,
}

/// A class in both dumps: all its instances.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Leaked {
    /// Its name.
    pub class: String,
    /// Instances in the first dump.
    pub instances_before: u64,
    /// Instances in the second.
    pub instances_after: u64,
    /// What they retain as a set in the first dump, in bytes.
    pub retained_before: u64,
    /// The same in the second.
    pub retained_after: u64,
}

/// Which objects of the leaked class in a growth have come to be between two dumps, by their addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Survival {
    /// Objects that were there before.
    pub survived: u64,
    /// Objects that have come to be.
    pub new: u64,
    /// Those of them that stand where another object was: inferred from size, type and content.
    pub reused: u64,
    /// By what an object that was there before leads to one that has come to be; `None` where none has.
    pub edge: Option<ImplicitEdge>,
}

/// What one way to compare two dumps says of a growth that another one has found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// `classes`, `edges`, `dominators` or `identity`.
    pub name: &'static str,
    /// From 0 to 1: the part of the growth that it bears out.
    pub support: f64,
}

/// Who holds the growth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Holder {
    /// The class of the first object, or whose static field it is.
    pub class: String,
    /// The name of the thread, `static Class.field`; `None` where it has none.
    pub name: Option<String>,
    /// The kind of the root.
    pub root: String,
    /// The method whose local holds it.
    pub frame: Option<String>,
    /// What it does: a thread's state, why a goroutine waits; `None` where unknown.
    pub state: Option<String>,
    /// How many of its kind there are in the first dump: threads of one name but for numbers, goroutines of one function.
    pub count_before: u64,
    /// The same in the second.
    pub count_after: u64,
    /// The part of the objects that are behind this very holder, where several of its kind hold some (sampled).
    pub share: f64,
    /// The others of its kind, those with most first.
    pub others: Vec<String>,
}

/// An object of the dominator tree that retains much through many children, none of which retains half of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Accumulation {
    /// Its class.
    pub class: String,
    /// Its address.
    pub address: String,
    /// Its retained size in bytes.
    pub retained: u64,
    /// Objects that it immediately dominates.
    pub children: u64,
    /// What the largest of those retains, in bytes.
    pub largest_child_retained: u64,
}

/// Another holder of the same objects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherHolder {
    /// Its name.
    pub name: String,
    /// The part of the objects that it holds too (sampled).
    pub share: f64,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathStep {
    /// The class of the objects; of a class object, the class that it stands for.
    pub class: String,
    /// By what the step before holds them: a field, `[]`, `<local>`; `None` for the first one.
    pub via: Option<String>,
}

/// A reference: who holds, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImplicitEdge {
    /// The class of the object that holds; the kind of the root where that itself holds.
    pub class: String,
    /// The field, `[]`, `<local>` …; `<root>` where the root itself holds.
    pub via: String,
}

impl std::fmt::Display for ImplicitEdge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.via.as_str() {
            "<root>" => write!(f, "the {}", self.class),
            via if via.starts_with(['[', '<']) => write!(f, "{}{via}", self.class),
            via => write!(f, "{}.{via}", self.class),
        }
    }
}

/// A class in a growth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Content {
    /// Its name.
    pub class: String,
    /// Instances more.
    pub instances_delta: i64,
    /// Bytes more.
    pub shallow_delta: i64,
}
