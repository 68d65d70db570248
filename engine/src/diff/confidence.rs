//! How sure a finding is: independent views of the same growth, and what speaks against it.

use super::trend::Trend;
use crate::graph::Strength;
use crate::rules::{Nature, Rule};

/// What the totals of classes bear out less of has moved, and not grown.
pub(super) const MOVED: f64 = 0.5;

/// What the views say.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence<'r> {
    /// Bytes of the growth, and of all that was held before.
    pub(super) bytes: u64,
    pub(super) heap: u64,
    /// Objects where the growth began, in both dumps; bytes where it is in size alone.
    pub(super) old: u64,
    pub(super) new: u64,
    pub(super) in_size: bool,
    /// The part of the growth that the totals of its classes bear out; `None` without a dump before.
    pub(super) supported: Option<f64>,
    /// The part of the new references to where the growth began that the totals of references bear out.
    pub(super) edges: Option<f64>,
    /// The part of the growth that the retained size of the leaked class bears out.
    pub(super) retained: Option<f64>,
    /// The part of the growth that has come to be, by the addresses of its objects.
    pub(super) born: Option<f64>,
    /// Whether a class of an application is above the growth, and in it.
    pub(super) application: (bool, bool),
    /// What bounds the owner, if anything was seen to.
    pub(super) bound: Option<Bound>,
    pub(super) strength: Option<Strength>,
    /// Whether what nothing reaches is this rather than garbage.
    pub(super) unseen: bool,
    pub(super) trend: Option<Trend>,
    pub(super) rule: Option<&'r Rule>,
    /// Factors of all findings: what keeps the two dumps from being compared.
    pub(super) comparable: f64,
}

/// That an owner bounds its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// A number in a field of the owner, with the field's name.
    Field(String, u64),
    /// It throws entries away by itself, as a `LinkedHashMap` in the order of access.
    Evicts(String),
}

/// How suspect it is that a part of a heap, of `bytes`, is behind one place; as [`confidence`], without a dump before.
pub(super) fn suspicion(evidence: &Evidence) -> (f64, Vec<String>) {
    const SHARES: [(f64, f64); 5] = [(0.0, 0.1), (0.05, 0.4), (0.15, 0.6), (0.4, 0.8), (0.9, 0.95)];
    let mut sum = Sum { value: 1.0, reasons: Vec::new() };
    let share = ratio(evidence.bytes, evidence.heap);
    sum.times(between(&SHARES, share), format!("{:.1} % of what is held is behind it", share * 100.0));
    sum.doubts(evidence);
    sum.end(evidence)
}

/// From 0 to 1 in hundredths, with a sentence for each view.
pub(super) fn confidence(evidence: &Evidence) -> (f64, Vec<String>) {
    let mut sum = Sum { value: 1.0, reasons: Vec::new() };
    sum.magnitude(evidence);
    sum.ratio(evidence);
    sum.agreement(evidence);
    sum.doubts(evidence);
    sum.end(evidence)
}

struct Sum {
    value: f64,
    reasons: Vec<String>,
}

impl Sum {
    fn times(&mut self, factor: f64, reason: impl Into<String>) {
        self.value *= factor;
        self.reasons.push(reason.into());
    }

    fn magnitude(&mut self, evidence: &Evidence) {
        const SHARES: [(f64, f64); 6] =
            [(0.0, 0.1), (0.001, 0.2), (0.01, 0.55), (0.03, 0.75), (0.1, 0.95), (0.5, 1.0)];
        const MEGABYTE: u64 = 1 << 20;
        let share = ratio(evidence.bytes, evidence.heap);
        // What alone fills a screen of a monitoring tool is no noise, however large the heap.
        let least = match evidence.bytes / MEGABYTE {
            0..10 => 0.0,
            10..100 => 0.65,
            _ => 0.85,
        };
        let factor = between(&SHARES, share).max(least);
        self.times(factor, format!("it is {:.1} % of what was held before", share * 100.0));
    }

    fn ratio(&mut self, evidence: &Evidence) {
        const RATIOS: [(f64, f64); 7] =
            [(1.0, 0.2), (1.1, 0.3), (1.25, 0.45), (1.5, 0.6), (2.0, 0.75), (3.0, 0.9), (8.0, 1.0)];
        /// So many objects are no pile.
        const FEW: u64 = 3;
        /// Arrays and tables that are full get others of at most twice the size.
        const ROOM: f64 = 2.5;
        match evidence.old {
            0 if evidence.new <= FEW => {
                self.times(0.6, "there was none of it before, and there are few: it may be made once");
            }
            0 => self.times(0.9, "there was none of it before"),
            old => {
                let grown = ratio(evidence.new, old);
                self.times(between(&RATIOS, grown), format!("there are {grown:.1} times as many as before"));
                if evidence.in_size && grown < ROOM {
                    self.times(0.6, "it grew in size alone, as an array does that makes room for one more");
                }
            }
        }
    }

    /// What the other views say of a growth that the path tree has found. A view that does not see it is a doubt; the totals of
    /// classes and identity are proofs that it has moved. Retained sizes are not: what is shared is retained by nobody.
    fn agreement(&mut self, evidence: &Evidence) {
        let supported = evidence.supported.unwrap_or(1.0);
        let reason = match supported {
            0.9.. => "the totals of the classes in it grew by as much",
            MOVED.. => "the totals of the classes in it grew by less: some of it moved here",
            _ => "the totals of the classes in it did not grow: it moved here",
        };
        self.times(0.25 + 0.75 * supported, reason);
        match evidence.edges {
            Some(MOVED..) => self.reasons.push("there are as many more references of that kind".into()),
            Some(_) => {
                self.times(0.7, "there are not as many more references of that kind: others of them went")
            }
            None => {}
        }
        match evidence.born {
            Some(MOVED..) => self.reasons.push("by their addresses its objects have come to be".into()),
            Some(_) => self.times(0.5, "by their addresses most of its objects were there before"),
            None => {}
        }
        match evidence.retained {
            Some(MOVED..) => {
                self.reasons.push("the dominator tree says the same: the class retains as much more".into());
            }
            Some(_) => {
                self.reasons.push(
                    "the dominator tree charges it elsewhere: others hold it too, or part of it".into(),
                );
            }
            None => {}
        }
    }

    fn doubts(&mut self, evidence: &Evidence) {
        match evidence.application {
            (false, false) => self.times(0.45, "only classes of the platform are in it and above it"),
            (true, false) => self.times(0.85, "only classes of the platform are in it"),
            _ => {}
        }
        match evidence.strength {
            Some(Strength::Soft | Strength::Weak | Strength::Phantom) => {
                self.times(0.35, "it is not held strongly: the collector may take it");
            }
            Some(Strength::Unreachable) if evidence.unseen => {
                self.times(0.8, "no root in the file reaches it, though the dump has hardly any garbage");
            }
            Some(Strength::Unreachable) => {
                self.times(0.4, "no root in the file reaches it: it may be garbage")
            }
            _ => {}
        }
        if let Some(trend) = evidence.trend {
            self.times(trend.factor(), format!("over all dumps its number is {}", trend.name()));
        }
        if evidence.comparable < 1.0 {
            self.times(evidence.comparable, "the two dumps are not quite comparable");
        }
    }

    fn end(mut self, evidence: &Evidence) -> (f64, Vec<String>) {
        match &evidence.bound {
            Some(bound) => self.bound(bound),
            // What may be garbage, or has moved, is not made surer by a rule.
            None if evidence.strength == Some(Strength::Unreachable) && !evidence.unseen => {}
            None if evidence.supported.is_some_and(|part| part < MOVED) => {}
            None => self.rule(evidence.rule),
        }
        ((self.value.clamp(0.01, 0.99) * 100.0).round() / 100.0, self.reasons)
    }

    /// What is bounded stays below one half, whatever else is said: it grows until it is full.
    fn bound(&mut self, bound: &Bound) {
        let reason = match bound {
            Bound::Field(name, most) => format!("its owner is bounded: {name} = {most}"),
            Bound::Evicts(class) => format!("{class} throws entries away by itself"),
        };
        self.times(0.45, reason);
    }

    fn rule(&mut self, rule: Option<&Rule>) {
        let Some(rule) = rule else { return };
        if rule.confidence < 0.5 && rule.nature != Nature::NotALeak {
            self.times(rule.confidence + 0.1, format!("{}: mostly that is no leak", rule.title));
            return;
        }
        let bonus = match rule.nature {
            Nature::Leak => 0.35,
            Nature::Backlog => 0.25,
            Nature::Cache | Nature::Waste => 0.15,
            Nature::NotALeak => {
                self.times(rule.confidence.min(0.35), format!("{}: the runtime lets it go", rule.title));
                return;
            }
        };
        self.value = 1.0 - (1.0 - self.value) * (1.0 - bonus * rule.confidence);
        self.reasons.push(format!("a rule knows it: {}", rule.title));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The value at `at` on the straight lines between `points`.
fn between(points: &[(f64, f64)], at: f64) -> f64 {
    let place = points.partition_point(|point| point.0 <= at);
    match (place.checked_sub(1).and_then(|before| points.get(before)), points.get(place)) {
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (at - a.0) / (b.0 - a.0),
        (Some(last), None) => last.1,
        (None, Some(first)) => first.1,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(bytes: u64, old: u64, new: u64) -> Evidence<'static> {
        Evidence {
            bytes,
            heap: 100 << 20,
            old,
            new,
            supported: Some(1.0),
            comparable: 1.0,
            application: (true, true),
            ..Evidence::default()
        }
    }

    #[test]
    fn ordinary_growth_is_below_one_half_and_a_leak_above() {
        let of = |evidence: &Evidence| confidence(evidence).0;
        assert!(of(&evidence(1 << 20, 6300, 6900)) < 0.3);
        assert!(of(&evidence(9 << 20, 50, 15_050)) > 0.85);
        assert!(of(&evidence(9 << 20, 0, 15_000)) > 0.7);
        let moved = Evidence { supported: Some(0.0), ..evidence(9 << 20, 50, 15_050) };
        assert!(of(&moved) < 0.3);
        let bounded =
            Evidence { bound: Some(Bound::Field("max".into(), 20_000)), ..evidence(9 << 20, 50, 15_050) };
        assert!(of(&bounded) < 0.5);
        let table = |new| Evidence { in_size: true, ..evidence(9 << 20, 9 << 20, new) };
        assert!(of(&table(18 << 20)) < 0.5, "a table that doubled");
        assert!(of(&table(90 << 20)) > 0.7, "a buffer that only grows");
        let elsewhere = Evidence { edges: Some(0.1), born: Some(0.1), ..evidence(9 << 20, 50, 15_050) };
        assert!(of(&elsewhere) < 0.5, "views that do not see it are doubts");
        let soft = Evidence { strength: Some(Strength::Soft), ..evidence(9 << 20, 50, 15_050) };
        assert!(of(&soft) < 0.5);
    }

    #[test]
    fn lines_lead_from_point_to_point() {
        let points = [(1.0, 0.0), (2.0, 1.0)];
        for (at, expected) in [(0.0, 0.0), (1.5, 0.5), (3.0, 1.0)] {
            assert!((between(&points, at) - expected).abs() < 1e-9);
        }
    }
}
