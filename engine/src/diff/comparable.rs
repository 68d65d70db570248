//! Whether two dumps can be compared, and what keeps them from it.

use super::confidence::ratio;
use crate::graph::Strength;
use crate::language::java::same_process;
use crate::store::{Info, Snapshot};

/// What is to be said before two dumps are compared, and how much less a finding is worth because of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparable {
    /// A sentence each; empty where nothing is to be said.
    pub(super) caveats: Vec<String>,
    /// From 0 to 1.
    pub(super) factor: f64,
}

pub(super) fn comparable(before: &Snapshot, after: &Snapshot) -> Comparable {
    let mut comparable = Comparable { caveats: Vec::new(), factor: 1.0 };
    let (a, b) = (before.info(), after.info());
    let mut say = |differs: bool, factor: f64, text: String| {
        if differs {
            comparable.factor *= factor;
            comparable.caveats.push(text);
        }
    };
    say(
        a.runtime != b.runtime,
        0.85,
        format!(
            "the runtimes differ: {:?} and {:?}; classes of the platform cannot be compared",
            a.runtime, b.runtime
        ),
    );
    say(a.id_size != b.id_size, 0.9, format!("identifiers have {} and {} bytes", a.id_size, b.id_size));
    say(
        a.layout != b.layout,
        0.95,
        format!(
            "the layouts of objects differ ({} and {}): sizes in bytes differ for the same objects",
            a.layout, b.layout
        ),
    );
    say(
        same_process(before, after) == Some(false),
        0.85,
        "the dumps are of two processes: what differs may be another load, and not growth".into(),
    );
    say(
        a.created_ms > b.created_ms && b.created_ms > 0,
        0.7,
        "the second dump is older than the first: growth is shown in the wrong direction".into(),
    );
    let (dead_before, dead_after) = (garbage(before), garbage(after));
    let percents = format!("{:.1} % and {:.1} %", dead_before * 100.0, dead_after * 100.0);
    say(
        (dead_before < 0.005) != (dead_after < 0.005) && (dead_before - dead_after).abs() > 0.02,
        0.8,
        format!("one dump is of live objects, the other with garbage: nothing reaches {percents} of them"),
    );
    let (old, new) = (a.classes, b.classes);
    say(
        new > old + old / 20 && same_process(before, after) != Some(false),
        if new > old + old / 4 { 0.65 } else { 0.9 },
        format!(
            "{} classes were loaded between the dumps: the process was still warming up",
            new.saturating_sub(old)
        ),
    );
    for (text, is_cut) in warnings(a, b) {
        say(true, if is_cut { 0.7 } else { 1.0 }, text);
    }
    comparable
}

/// The warnings of both dumps, each once, and whether it says that a part is missing.
fn warnings(a: &Info, b: &Info) -> Vec<(String, bool)> {
    let which = |warning: &String| if b.warnings.contains(warning) { "both dumps" } else { "the first dump" };
    let first = a.warnings.iter().map(|warning| (which(warning), warning));
    let second = b.warnings.iter().filter(|warning| !a.warnings.contains(warning));
    let all = first.chain(second.map(|warning| ("the second dump", warning)));
    all.map(|(which, warning)| (format!("{which}: {warning}"), is_cut(warning))).collect()
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
