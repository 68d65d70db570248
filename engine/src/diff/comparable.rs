//! Whether two dumps can be compared, and what keeps them from it.

use super::confidence::ratio;
use crate::graph::Strength;
use crate::language::{go, java};
use crate::store::{Info, Snapshot};

/// What is to be said before two dumps are compared, and how much less a finding is worth because of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparable {
    /// A sentence each; empty where nothing is to be said.
    pub(super) caveats: Vec<String>,
    /// From 0 to 1.
    pub(super) factor: f64,
}

/// Whether two dumps are of one process; `None` where they do not tell.
pub(super) fn same_process(before: &Snapshot, after: &Snapshot) -> Option<bool> {
    match before.go() {
        Some(_) => go::same_process(before, after),
        None => java::same_process(before, after),
    }
}

pub(super) fn comparable(before: &Snapshot, after: &Snapshot) -> Comparable {
    let mut comparable = Comparable { caveats: Vec::new(), factor: 1.0 };
    comparable.runtimes(before.info(), after.info());
    comparable.processes(before, after);
    comparable.garbage(garbage(before), garbage(after));
    comparable.warnings(&before.info().warnings, &after.info().warnings);
    comparable
}

impl Comparable {
    fn say(&mut self, differs: bool, factor: f64, text: impl FnOnce() -> String) {
        if differs {
            self.factor *= factor;
            self.caveats.push(text());
        }
    }

    fn runtimes(&mut self, a: &Info, b: &Info) {
        self.say(a.runtime != b.runtime, 0.85, || {
            format!(
                "the runtimes differ: {:?} and {:?}; classes of the platform cannot be compared",
                a.runtime, b.runtime
            )
        });
        self.say(a.id_size != b.id_size, 0.9, || {
            format!("identifiers have {} and {} bytes", a.id_size, b.id_size)
        });
        self.say(a.layout != b.layout, 0.95, || {
            format!(
                "the layouts of objects differ ({} and {}): sizes in bytes differ for the same objects",
                a.layout, b.layout
            )
        });
    }

    fn processes(&mut self, before: &Snapshot, after: &Snapshot) {
        let (a, b) = (before.info(), after.info());
        let same = same_process(before, after) != Some(false);
        self.say(!same, 0.85, || {
            "the dumps are of two processes: what differs may be another load, and not growth".into()
        });
        self.say(a.created_ms > b.created_ms && b.created_ms > 0, 0.7, || {
            "the second dump is older than the first: growth is shown in the wrong direction".into()
        });
        let (old, new) = (a.classes, b.classes);
        let factor = if new > old + old / 4 { 0.65 } else { 0.9 };
        // Classes of Go come with their first object, not by loading.
        let loads = same && before.go().is_none();
        self.say(loads && new > old + old / 20, factor, || {
            let loaded = new.saturating_sub(old);
            format!("{loaded} classes were loaded between the dumps: the process was still warming up")
        });
    }

    fn warnings(&mut self, before: &[String], after: &[String]) {
        let new = after
            .iter()
            .filter(|warning| !before.contains(warning))
            .map(|warning| ("the second dump", warning));
        let old = before.iter().map(|warning| match after.contains(warning) {
            true => ("both dumps", warning),
            false => ("the first dump", warning),
        });
        for (which, warning) in old.chain(new) {
            let factor = if is_cut(warning) { 0.7 } else { 1.0 };
            self.say(true, factor, || format!("{which}: {warning}"));
        }
    }

    fn garbage(&mut self, before: f64, after: f64) {
        let differs = (before < 0.005) != (after < 0.005) && (before - after).abs() > 0.02;
        self.say(differs, 0.8, || {
            let (before, after) = (before * 100.0, after * 100.0);
            format!(
                "one dump is of live objects, the other with garbage: nothing reaches {before:.1} % and {after:.1} % of them"
            )
        });
    }
}

/// Whether a warning says that a part of the dump is missing.
fn is_cut(warning: &str) -> bool {
    ["truncated", "breaks off", "ends within", "missing", "damaged", "incomplete"]
        .iter()
        .any(|word| warning.contains(word))
}

/// The part of a dump's bytes that nothing reaches.
fn garbage(snapshot: &Snapshot) -> f64 {
    ratio(snapshot.amount(Strength::Unreachable).bytes, snapshot.info().shallow_total)
}
