//! Two dumps compared: classes, and findings.

use super::bound::bound;
use super::census::Census;
use super::classes::{ClassChange, Naming, Side, classes, of_name, retained};
use super::comparable::{Comparable, comparable, same_process};
use super::confidence::{Evidence, MOVED, confidence, ratio};
use super::edges::Edges;
use super::explain::explain;
use super::finding::{Finding, Leaked};
use super::freed::freed;
use super::growth::{Growth, growth, signed};
use super::identity::Identity;
use super::join::join;
use super::loaders::{LoaderChange, loaders};
use super::off_heap::OffHeap;
use super::place::{Place, Placer};
use super::rows::NO_ROW;
use super::tree::PathTree;
use super::trend::Trend;
use super::views::{born, retained_support, views};
use crate::error::{Error, Result};
use crate::graph::Strength;
use crate::holders::Removals;
use crate::language::java::class_name;
use crate::progress::{Progress, Unit};
use crate::rules::Rules;
use crate::store::{Info, Snapshot};
use serde::Serialize;
use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

/// Growths that are looked at, and findings that are told.
const PLACED: usize = 40;
const TOLD: usize = 20;
/// The least growth that is told, in bytes, and as a part of what was held.
const LEAST_BYTES: i64 = 1024;
const LEAST_PART: i64 = 10_000;
/// The part of a dump that nothing reaches even where the collector has just run.
const CLEAN: f64 = 0.02;
/// What is probably a leak.
const SURE: f64 = 0.5;
/// Less is noise.
const LEAST_CONFIDENCE: f64 = 0.05;
/// Findings for which it is computed what a cut would free; of a dump with more objects than that, only the first ones.
const FREED: usize = 10;
const FREED_LARGE: usize = 2;
const LARGE: usize = 5_000_000;

/// Two dumps compared.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// What the first dump is.
    pub before: Info,
    /// What the second dump is.
    pub after: Info,
    /// What keeps the two from being compared, a sentence each.
    pub comparable: Vec<String>,
    /// Bytes that are held in the second dump beyond the first.
    pub growth_bytes: i64,
    /// Every class of either dump.
    pub classes: Vec<ClassChange>,
    /// The class loaders of both, the largest growth of what they retain first; none of Go.
    pub loaders: Vec<LoaderChange>,
    /// What grew, the surest and largest first.
    pub findings: Vec<Finding>,
}

/// Compares the first and the last of some dumps, with their path tree.
///
/// # Errors
/// The columns of an index do not fit together, or `progress` was cancelled.
pub fn compare(snapshots: &[&Snapshot], tree: &PathTree, rules: &Rules, progress: &Progress) -> Result<Diff> {
    let [before, .., after] = snapshots else {
        return Err(Error::Input("two dumps are needed to compare them".into()));
    };
    let (before, after) = (*before, *after);
    progress.begin("classes", Unit::Objects, 0);
    let (old, new) = (Removals::default(), Removals::default());
    let sides = (Side { snapshot: before, removals: &old }, Side { snapshot: after, removals: &new });
    let naming = match same_process(before, after) {
        Some(false) => Naming::TwoProcesses,
        _ => Naming::OneProcess,
    };
    let loaders = loaders([&sides.0, &sides.1], naming, progress)?;
    let classes = classes([&sides.0, &sides.1], &loaders, naming, progress)?;
    let comparable = comparable(before, after);
    let off_heap = OffHeap::new(tree, (before, 0), (after, snapshots.len() - 1));
    progress.begin("findings", Unit::Objects, 0);
    let last = snapshots.len() - 1;
    let comparison = Comparison {
        last,
        before,
        after,
        tree,
        rules,
        classes: &classes,
        sides: &sides,
        off_heap: &off_heap,
        comparable: &comparable,
        edges: Edges::new(before, after),
        identity: Identity::new(before, after, progress)?,
    };
    let mut findings = comparison.findings(progress)?;
    comparison.free(&mut findings, &new, progress)?;
    progress.end();
    let findings = findings.into_iter().map(|(_, finding)| finding).collect();
    let growth_bytes = signed(after.info().retained_total) - signed(before.info().retained_total);
    Ok(Diff {
        before: before.info().clone(),
        after: after.info().clone(),
        comparable: comparable.caveats.clone(),
        growth_bytes,
        findings,
        classes,
        loaders: if after.go().is_some() { Vec::new() } else { loaders.sorted() },
    })
}

/// What is sure comes before what is not; of two that are, or are not, the one with more confidence and bytes.
fn weight(finding: &Finding) -> (bool, f64) {
    #[expect(clippy::cast_precision_loss, reason = "an order of magnitude is meant")]
    let bytes = (finding.growth_bytes + finding.off_heap_bytes) as f64;
    (finding.confidence >= SURE, finding.confidence * bytes)
}

struct Comparison<'a> {
    last: usize,
    before: &'a Snapshot,
    after: &'a Snapshot,
    tree: &'a PathTree,
    rules: &'a Rules,
    classes: &'a [ClassChange],
    sides: &'a (Side<'a>, Side<'a>),
    off_heap: &'a OffHeap,
    comparable: &'a Comparable,
    edges: Edges<'a>,
    identity: Option<Identity<'a>>,
}

impl<'a> Comparison<'a> {
    fn findings(&self, progress: &Progress) -> Result<Vec<(Place<'a>, Finding)>> {
        let mut growths = growth(self.tree, 0, self.last);
        let least = LEAST_BYTES.max(signed(self.before.info().retained_total) / LEAST_PART);
        growths.retain(|growth| self.all_bytes(growth) >= least);
        growths.sort_by_key(|growth| (Reverse(self.all_bytes(growth)), growth.row));
        let supports = self.supports(&growths);
        growths.truncate(PLACED);
        let placer = Placer { tree: self.tree, snapshot: self.after, dump: self.last, rules: self.rules };
        let mut places = Vec::with_capacity(growths.len());
        for growth in growths {
            progress.check()?;
            places.push(placer.place(growth));
        }
        let places = join(self.tree, self.after, self.last, places);
        let mut findings: Vec<(Place, Finding)> = Vec::with_capacity(places.len());
        for place in places.into_iter().take(TOLD) {
            progress.check()?;
            let finding = self.finding(&place, &supports, progress)?;
            findings.push((place, finding));
        }
        findings.retain(|(_, finding)| finding.confidence >= LEAST_CONFIDENCE);
        findings.sort_by(|a, b| weight(&b.1).partial_cmp(&weight(&a.1)).unwrap_or(Ordering::Equal));
        (1..).zip(&mut findings).for_each(|(rank, (_, finding))| finding.rank = rank);
        Ok(findings)
    }

    /// By class: the part of all growth charged to places that the class's total bears out.
    fn supports(&self, growths: &[Growth]) -> HashMap<String, f64> {
        let mut charged: HashMap<&str, u64> = HashMap::new();
        for part in growths.iter().flat_map(|growth| &growth.parts).filter(|part| part.objects > 0) {
            *charged.entry(self.tree.class(part.row)).or_default() += part.objects.unsigned_abs();
        }
        let mut totals: HashMap<String, i64> = HashMap::new();
        for class in self.classes {
            *totals.entry(class_name(&class.class).into_owned()).or_default() += class.instances_delta();
        }
        let support = |(class, charged): (&str, u64)| {
            let total = totals.get(class).copied().unwrap_or_default();
            (class.to_owned(), ratio(u64::try_from(total).unwrap_or(0), charged).min(1.0))
        };
        charged.into_iter().map(support).collect()
    }

    fn finding(
        &self,
        place: &Place,
        supports: &HashMap<String, f64>,
        progress: &Progress,
    ) -> Result<Finding> {
        let growth = &place.growth;
        let leaked = self.leaked(place, progress)?;
        let identity = self.identity.as_ref().map(|identity| identity.survival(self.tree, self.last, place));
        let series = self.series(growth);
        let evidence = Evidence {
            supported: Some(self.supported(growth, supports)),
            retained: retained_support(&leaked, self.all_bytes(growth)),
            born: identity.as_ref().and_then(|identity| born(identity, growth)),
            trend: Trend::of(&series),
            ..self.evidence(place)?
        };
        let (confidence, reasons) = confidence(&evidence);
        let category = match (evidence.supported < Some(MOVED), self.tree.dumps[0].count(growth.row)) {
            (true, _) => "moved",
            (false, 0) => "new",
            _ => "grown",
        };
        let told = place.told(self.tree, self.after, self.last);
        // A rule that says that nothing bounds it would be wrong.
        let rule = evidence.rule.filter(|rule| evidence.bound.is_none() || rule.confidence < 0.5);
        let mut finding = Finding {
            category,
            confidence,
            reasons,
            strength: evidence.strength.map_or("strong", |strength| strength.name()),
            growth_bytes: growth.bytes,
            off_heap_bytes: self.off_heap.growth(growth),
            growth_objects: growth.objects,
            views: views(&evidence),
            identity,
            series: if evidence.trend.is_some() { series } else { Vec::new() },
            trend: evidence.trend.map(Trend::name),
            leaked,
            ..if evidence.bound.is_some() && rule.is_none() { told.without_rule() } else { told }
        };
        let grown = place.grown(self.tree, &finding.leaked.class);
        explain(&mut finding, grown, rule, evidence.bound.as_ref());
        Ok(finding)
    }

    /// What place and growth themselves say.
    fn evidence<'r>(&self, place: &Place<'r>) -> Result<Evidence<'r>> {
        let growth = &place.growth;
        let (a, b) = (&self.tree.dumps[0], &self.tree.dumps[self.last]);
        let (old, new) = (a.count(growth.row), b.count(growth.row));
        let owners = match self.tree.rows.parent[growth.row as usize] {
            NO_ROW => 1,
            parent => b.count(parent).max(1),
        };
        Ok(Evidence {
            bytes: u64::try_from(self.all_bytes(growth)).unwrap_or(0),
            heap: self.before.info().retained_total,
            old: if growth.objects == 0 { a.bytes(growth.row) } else { old },
            new: match (growth.objects, old, place.spine.rows.get(place.leaked)) {
                (0, ..) => b.bytes(growth.row),
                (_, 0, Some(&leaked)) => new.max(b.count(leaked)),
                _ => new,
            },
            in_size: growth.objects == 0,
            edges: self.edges.support(self.tree, place)?,
            application: place.application,
            bound: bound(self.after, place, new / owners),
            strength: place.path().iter().map(|&row| self.tree.rows.strength[row as usize]).max(),
            unseen: self.is_unseen(growth),
            rule: place.found.as_ref().map(|found| found.rule),
            comparable: self.comparable.factor,
            ..Evidence::default()
        })
    }

    /// Bytes of a growth in the heap, and outside of it.
    fn all_bytes(&self, growth: &Growth) -> i64 {
        growth.bytes.saturating_add(self.off_heap.growth(growth))
    }

    /// Whether most of what nothing reaches in the last dump is this growth, and the first dump had no garbage: then the
    /// collector has run before both, and something that the file does not show holds it.
    fn is_unseen(&self, growth: &Growth) -> bool {
        let dead = |snapshot: &Snapshot| snapshot.amount(Strength::Unreachable).bytes;
        let clean = ratio(dead(self.before), self.before.info().shallow_total) < CLEAN;
        clean && growth.bytes > 0 && growth.bytes.unsigned_abs() >= dead(self.after) / 5 * 4
    }

    /// What each dump has where the growth began: objects, or bytes where only those grew.
    fn series(&self, growth: &Growth) -> Vec<u64> {
        let number = |dump: &Census| match growth.objects {
            0 => dump.bytes(growth.row),
            _ => dump.count(growth.row),
        };
        self.tree.dumps.iter().map(number).collect()
    }

    /// The part of a growth, by bytes, that the totals of its classes bear out.
    fn supported(&self, growth: &Growth, supports: &HashMap<String, f64>) -> f64 {
        let (mut all, mut borne) = (0.0, 0.0);
        for part in growth.parts.iter().filter(|part| part.objects > 0 && part.bytes > 0) {
            #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
            let bytes = part.bytes as f64;
            all += bytes;
            borne += bytes * supports.get(self.tree.class(part.row)).copied().unwrap_or(0.0);
        }
        if all > 0.0 { borne / all } else { 1.0 }
    }

    fn leaked(&self, place: &Place, progress: &Progress) -> Result<Leaked> {
        let class = place.leaked_class(self.tree).to_owned();
        let mut rows = self.classes.iter().filter(|row| row.class == class);
        if let (Some(found), None) = (rows.next(), rows.next()) {
            return Ok(Leaked {
                class,
                instances_before: found.instances_before,
                instances_after: found.instances_after,
                retained_before: found.retained_before,
                retained_after: found.retained_after,
            });
        }
        let of = |side: &Side| {
            let classes = of_name(side.snapshot, &class);
            let table = side.snapshot.classes();
            let instances = classes.iter().map(|&class| table.get(class).instances).sum();
            Ok::<(u64, u64), Error>((instances, retained(side, &classes, progress)?))
        };
        let (before, after) = (of(&self.sides.0)?, of(&self.sides.1)?);
        Ok(Leaked {
            class,
            instances_before: before.0,
            instances_after: after.0,
            retained_before: before.1,
            retained_after: after.1,
        })
    }

    /// Computes for the first findings what a cut would free.
    fn free(
        &self,
        findings: &mut [(Place, Finding)],
        removals: &Removals,
        progress: &Progress,
    ) -> Result<()> {
        let most = if self.after.object_count() > LARGE { FREED_LARGE } else { FREED };
        for (place, finding) in findings.iter_mut().take(most) {
            finding.freed = freed(self.tree, self.after, self.last, place, removals, progress)?;
        }
        Ok(())
    }
}
