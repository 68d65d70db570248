//! References by who refers by what to what: totals, which need no object of one dump to be found in the other.

use super::gather::{Gather, Ties};
use super::layout::{Layouts, Shape};
use super::symbols::{Symbol, Symbols};
use crate::error::Result;
use crate::id::{ClassId, ObjectId};
use crate::progress::{Progress, Unit};
use crate::store::Snapshot;
use rayon::prelude::*;
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// Objects whose references one thread counts at a time.
const CHUNK: u32 = 1 << 18;

/// Owners of one class beyond which references of one kind are not counted alone.
const MOST_OWNERS: u64 = 8_000_000;

/// All references of one kind, in two dumps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeChange {
    /// The class that refers; of static fields, `class` and the class.
    pub owner: String,
    /// By what: a field, `[]`, `<local>`, `referent`.
    pub via: String,
    /// The class that is referred to.
    pub target: String,
    /// The first dump's total.
    pub before: EdgeTotal,
    /// The second's.
    pub after: EdgeTotal,
}

/// References of one kind in one dump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EdgeTotal {
    /// References.
    pub references: u64,
    /// Objects that have some.
    pub owners: u64,
    /// Objects that they lead to.
    pub targets: u64,
    /// Shallow size of those in bytes.
    pub bytes: u64,
}

impl EdgeChange {
    /// `new`, `gone`, `grown`, `shrunk` or `same`, by the number of references.
    pub fn category(&self) -> &'static str {
        match (self.before.references, self.after.references) {
            (0, _) => "new",
            (_, 0) => "gone",
            (before, after) if after > before => "grown",
            (before, after) if after < before => "shrunk",
            _ => "same",
        }
    }
}

/// The references of both dumps by class that refers, name and class referred to; that of an object to its class is left
/// out. The largest growth in references first, then by names. One pass over each dump.
///
/// # Errors
/// The columns of an index do not fit together, or `progress` was cancelled.
pub fn edges(before: &Snapshot, after: &Snapshot, progress: &Progress) -> Result<Vec<EdgeChange>> {
    let mut symbols = Symbols::default();
    let old = totals(before, &mut symbols, progress)?;
    let new = totals(after, &mut symbols, progress)?;
    let mut changes: BTreeMap<Key, (EdgeTotal, EdgeTotal)> = BTreeMap::new();
    old.into_iter().for_each(|(key, total)| changes.entry(key).or_default().0 = total);
    new.into_iter().for_each(|(key, total)| changes.entry(key).or_default().1 = total);
    let text = |symbol: Symbol| symbols.text(symbol).to_owned();
    let change = |((owner, via, target), (before, after))| EdgeChange {
        owner: text(owner),
        via: text(via),
        target: text(target),
        before,
        after,
    };
    let mut changes: Vec<EdgeChange> = changes.into_iter().map(change).collect();
    changes.sort_by(|a, b| {
        let more = |change: &EdgeChange| {
            Reverse(i128::from(change.after.references) - i128::from(change.before.references))
        };
        let name = |change: &EdgeChange| (change.owner.clone(), change.via.clone(), change.target.clone());
        more(a).cmp(&more(b)).then_with(|| name(a).cmp(&name(b)))
    });
    Ok(changes)
}

type Key = (Symbol, Symbol, Symbol);

#[derive(Default)]
struct Sum {
    references: u64,
    owners: u64,
    targets: RoaringBitmap,
}

fn totals(snapshot: &Snapshot, symbols: &mut Symbols, progress: &Progress) -> Result<Vec<(Key, EdgeTotal)>> {
    progress.begin("edges", Unit::Objects, snapshot.object_count() as u64);
    let layouts = Layouts::new(snapshot, symbols);
    let ties = Ties::new(symbols);
    let heap = snapshot.heap()?;
    let gather = Gather { snapshot, heap: &heap, layouts: &layouts, ties };
    let end = snapshot.ids().end;
    let chunks: Vec<u32> = (0..end).step_by(CHUNK as usize).collect();
    let counted: Vec<HashMap<Key, Sum>> = chunks
        .par_iter()
        .map(|&start| {
            progress.add(CHUNK.min(end - start).into())?;
            Ok(count(&gather, start..end.min(start.saturating_add(CHUNK))))
        })
        .collect::<Result<_>>()?;
    let mut sums = of_classes(&gather, symbols);
    for (key, sum) in counted.into_iter().flatten() {
        let all = sums.entry(key).or_default();
        all.references += sum.references;
        all.owners += sum.owners;
        all.targets |= sum.targets;
    }
    let sizes = snapshot.sizes();
    let total = |(key, sum): (Key, Sum)| {
        let bytes = sum.targets.iter().map(|target| sizes.shallow(ObjectId(target))).sum();
        let (references, owners, targets) = (sum.references, sum.owners, sum.targets.len());
        (key, EdgeTotal { references, owners, targets, bytes })
    };
    progress.end();
    Ok(sums.into_par_iter().map(total).collect())
}

/// The references of some objects that are no class objects.
fn count(gather: &Gather, ids: std::ops::Range<u32>) -> HashMap<Key, Sum> {
    let mut sums: HashMap<Key, Sum> = HashMap::new();
    let mut mine: Vec<(Symbol, u32)> = Vec::new();
    for object in ids {
        mine.clear();
        gather.each(object, |edge| mine.push((edge.via, edge.to)));
        let owner = gather.layouts.name_of(gather.snapshot, object);
        add(&mut sums, gather, owner, &mine);
    }
    sums
}

/// Counts references of one kind in two dumps, where all of them are not wanted.
pub(super) struct Edges<'a> {
    symbols: Symbols,
    ties: Ties,
    dumps: [(&'a Snapshot, Layouts); 2],
}

impl<'a> Edges<'a> {
    pub(super) fn new(before: &'a Snapshot, after: &'a Snapshot) -> Edges<'a> {
        let mut symbols = Symbols::default();
        let ties = Ties::new(&mut symbols);
        let dumps = [before, after].map(|snapshot| (snapshot, Layouts::new(snapshot, &mut symbols)));
        Edges { symbols, ties, dumps }
    }

    /// How many more references lead to instances of `target` from those of `owner` by `via`, or from others of their class, as in a
    /// list; the names as in the path tree. `None` of class objects, and where there are too many owners to be worth the time.
    pub(super) fn more(&self, owner: &str, via: &str, target: &str) -> Result<Option<i64>> {
        let names = [owner, via, target].map(|name| self.symbols.find(name));
        let [Some(owner), Some(via), Some(target)] = names else { return Ok(None) };
        let [Some(before), Some(after)] =
            [self.count(0, (owner, via, target))?, self.count(1, (owner, via, target))?]
        else {
            return Ok(None);
        };
        Ok(Some(after - before))
    }

    fn count(&self, dump: usize, (owner, via, target): Key) -> Result<Option<i64>> {
        let (snapshot, layouts) = &self.dumps[dump];
        let named = |class: &ClassId| [owner, target].contains(&layouts.names[class.index()]);
        let classes: Vec<ClassId> = snapshot.classes().ids().filter(named).collect();
        let owners: u64 = classes.iter().map(|&class| snapshot.classes().get(class).instances).sum();
        let is_class = classes.iter().any(|class| layouts.shapes[class.index()] == Shape::Class);
        if owners > MOST_OWNERS || is_class {
            return Ok(None);
        }
        let heap = snapshot.heap()?;
        let gather = Gather { snapshot, heap: &heap, layouts, ties: self.ties };
        let mut count = 0;
        for object in snapshot.instances(&classes, snapshot.ids()) {
            let own = layouts.name_of(snapshot, object) == target;
            gather.each(object, |edge| {
                let is_one = (own || edge.via == via) && layouts.name_of(snapshot, edge.to) == target;
                count += i64::from(is_one);
            });
        }
        Ok(Some(count))
    }
}

/// The references of class objects, which are few, with names that only they have.
fn of_classes(gather: &Gather, symbols: &mut Symbols) -> HashMap<Key, Sum> {
    let mut sums = HashMap::new();
    for (object, _) in gather.snapshot.classes().objects() {
        let class = gather.snapshot.class_of(*object);
        if gather.layouts.shapes[class.index()] != Shape::Class {
            continue;
        }
        let edges = gather.of_class(object.0, symbols);
        let mine: Vec<(Symbol, u32)> = edges.into_iter().map(|edge| (edge.via, edge.to)).collect();
        let owner = gather.layouts.name_of(gather.snapshot, object.0);
        add(&mut sums, gather, owner, &mine);
    }
    sums
}

fn add(sums: &mut HashMap<Key, Sum>, gather: &Gather, owner: Symbol, mine: &[(Symbol, u32)]) {
    let mut seen: Vec<Key> = Vec::new();
    for &(via, to) in mine {
        let key = (owner, via, gather.layouts.name_of(gather.snapshot, to));
        let sum = sums.entry(key).or_default();
        sum.references += 1;
        sum.targets.insert(to);
        // An array has elements of few classes in a row, an instance few fields.
        if seen.last() != Some(&key) && !seen.contains(&key) {
            seen.push(key);
            sum.owners += 1;
        }
    }
}
