//! Class loaders of two dumps side by side, matched by name and by what they loaded.

use super::classes::{Naming, Side};
use super::confidence::ratio;
use super::symbols::{Symbol, Symbols};
use crate::error::Result;
use crate::holders::Removals;
use crate::id::{ClassId, ObjectId};
use crate::ingest::Loaders;
use crate::language::java::{class_name, is_generated, thread_name};
use crate::progress::Progress;
use crate::store::Snapshot;
use crate::value::{field_object, text};
use roaring::RoaringBitmap;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Fields that have a loader's name: of JDK 9 and later, of Tomcat.
const NAMES: [&str; 2] = ["name", "contextName"];

/// The part of the classes that two loaders of one application may each have in packages of their own: what only one has come to use.
const OWN: f64 = 0.01;

/// Class loaders of one class and name that loaded the same, in two dumps: an application that was deployed four times has
/// four. What one dump lacks is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoaderChange {
    /// The class of the loaders; `None` of the boot loader.
    pub class: Option<String>,
    /// Their name, without its numbers; `None` where they have none.
    pub name: Option<String>,
    /// The package of which they loaded most classes, of those that others of their class lack; `None` where they loaded none.
    pub package: Option<String>,
    /// Loaders in the first dump.
    pub loaders_before: u64,
    /// Loaders in the second.
    pub loaders_after: u64,
    /// Classes that they loaded in the first dump.
    pub classes_before: u64,
    /// The same in the second.
    pub classes_after: u64,
    /// Instances of those in the first dump.
    pub instances_before: u64,
    /// The same in the second.
    pub instances_after: u64,
    /// Their shallow size in the first dump, in bytes.
    pub shallow_before: u64,
    /// The same in the second.
    pub shallow_after: u64,
    /// What the loaders, their classes and the instances of those retain as one set in the first dump, in bytes.
    pub retained_before: u64,
    /// The same in the second.
    pub retained_after: u64,
}

impl LoaderChange {
    /// What tells these loaders from others of their class: the name, or else the package; empty of the boot loader.
    pub fn label(&self) -> String {
        let known = self.class.as_ref().map(|_| self.name.as_ref().or(self.package.as_ref()));
        known.map_or_else(String::new, |known| known.map_or("no classes", String::as_str).to_owned())
    }
}

/// The loaders of two dumps, with the row of each class's.
pub(super) struct LoaderRows {
    pub(super) rows: Vec<LoaderChange>,
    /// By dump and class: the row of its loader.
    pub(super) of_class: [Vec<usize>; 2],
}

/// A loader of one of two dumps.
struct Loader {
    dump: usize,
    class: Option<String>,
    name: Option<String>,
    /// The names of the classes that it loaded, each with its package.
    content: Vec<(Symbol, Symbol)>,
    classes: Vec<ClassId>,
    object: Option<ObjectId>,
    /// Its row among the loaders of its dump.
    row: usize,
}

/// Puts the loaders of both dumps together that have one class and name, and loaded the same: most classes of the one with
/// fewer, and not each a package that the other lacks, as two applications with the same libraries do. Where each dump has one
/// of a class and name they are the same, whatever they loaded.
///
/// # Errors
/// The columns of an index do not fit together, or `progress` was cancelled.
pub(super) fn loaders(sides: [&Side; 2], naming: Naming, progress: &Progress) -> Result<LoaderRows> {
    let mut symbols = Symbols::default();
    let mut kinds: BTreeMap<(Option<String>, Option<String>), Vec<Loader>> = BTreeMap::new();
    for (dump, side) in sides.into_iter().enumerate() {
        for loader in of_dump(side.snapshot, dump, naming, &mut symbols) {
            kinds.entry((loader.class.clone(), loader.name.clone())).or_default().push(loader);
        }
    }
    let mut found =
        LoaderRows { rows: Vec::new(), of_class: sides.map(|side| vec![0; side.snapshot.class_count()]) };
    for loaders in kinds.into_values() {
        progress.check()?;
        let groups = alike(loaders, &symbols);
        for group in &groups {
            let package = package(group, &groups).map(|package| symbols.text(package).to_owned());
            found.add(group, package, sides, progress)?;
        }
    }
    Ok(found)
}

fn of_dump(snapshot: &Snapshot, dump: usize, naming: Naming, symbols: &mut Symbols) -> Vec<Loader> {
    let table = snapshot.classes();
    let all = Loaders::new(table, &snapshot.objects().class);
    let mut loaders: Vec<Loader> = all
        .objects
        .iter()
        .enumerate()
        .map(|(row, &object)| Loader {
            dump,
            row,
            class: object.map(|object| snapshot.class_name(snapshot.class_of(object)).to_owned()),
            name: object.and_then(|object| name(snapshot, object)),
            content: Vec::new(),
            classes: Vec::new(),
            object,
        })
        .collect();
    for (class, &loader) in table.ids().zip(&all.of_class) {
        let (loader, name) = (&mut loaders[loader as usize], snapshot.class_name(class));
        loader.classes.push(class);
        if !is_generated(name) {
            let name = if naming == Naming::OneProcess { name.into() } else { class_name(name) };
            let package = symbols.intern(package_of(&name));
            loader.content.push((symbols.intern(&name), package));
        }
    }
    loaders
}

fn name(snapshot: &Snapshot, loader: ObjectId) -> Option<String> {
    let named = |field: &str| text(snapshot, field_object(snapshot, loader, field)?);
    let name = NAMES.iter().find_map(|field| named(field)).filter(|name| !name.is_empty())?;
    Some(thread_name(&name))
}

/// Loaders of one class and name by what they loaded, those with most classes first.
fn alike(mut loaders: Vec<Loader>, symbols: &Symbols) -> Vec<Vec<Loader>> {
    let single = |dump: usize| loaders.iter().filter(|loader| loader.dump == dump).count() < 2;
    if single(0) && single(1) {
        return vec![loaders];
    }
    let first = |loader: &Loader| loader.content.first().map(|name| symbols.text(name.0).to_owned());
    loaders.sort_by_cached_key(|loader| (Reverse(loader.content.len()), first(loader), loader.dump));
    let mut groups: Vec<Vec<Loader>> = Vec::new();
    // By name of a class: the groups whose first loader has it.
    let mut having: HashMap<Symbol, Vec<usize>> = HashMap::new();
    for loader in loaders {
        if let Some(group) = group_of(&loader, &groups, &having) {
            groups[group].push(loader);
            continue;
        }
        for name in &loader.content {
            having.entry(name.0).or_default().push(groups.len());
        }
        groups.push(vec![loader]);
    }
    groups
}

/// The group that loaded the same, with most classes in common.
fn group_of(loader: &Loader, groups: &[Vec<Loader>], having: &HashMap<Symbol, Vec<usize>>) -> Option<usize> {
    if loader.content.is_empty() {
        return groups.iter().position(|group| group[0].content.is_empty());
    }
    let mut common: BTreeMap<usize, usize> = BTreeMap::new();
    for group in loader.content.iter().filter_map(|name| having.get(&name.0)).flatten() {
        *common.entry(*group).or_default() += 1;
    }
    common.retain(|_, count| 2 * *count >= loader.content.len());
    let mut likely: Vec<(usize, usize)> = common.into_iter().collect();
    likely.sort_by_key(|&(group, count)| (Reverse(count), group));
    let same = |group: &usize| own(loader, &groups[*group][0]).min(own(&groups[*group][0], loader)) <= OWN;
    likely.into_iter().map(|(group, _)| group).find(same)
}

/// The part of a loader's classes that are in packages of which the other has none.
fn own(loader: &Loader, other: &Loader) -> f64 {
    let packages: HashSet<Symbol> = other.content.iter().map(|name| name.1).collect();
    let own = loader.content.iter().filter(|name| !packages.contains(&name.1)).count();
    ratio(own as u64, loader.content.len() as u64)
}

fn package_of(class: &str) -> &str {
    class.rsplit_once('.').map_or("", |(package, _)| package)
}

impl LoaderRows {
    /// The largest growth of the retained size first, then by class and name.
    pub(super) fn sorted(self) -> Vec<LoaderChange> {
        let mut rows = self.rows;
        rows.sort_by_key(|row| Reverse(i128::from(row.retained_after) - i128::from(row.retained_before)));
        rows
    }

    fn add(
        &mut self,
        group: &[Loader],
        package: Option<String>,
        sides: [&Side; 2],
        progress: &Progress,
    ) -> Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        let (class, name) = (first.class.clone(), first.name.clone());
        let mut row = LoaderChange { class, name, package, ..LoaderChange::default() };
        for (dump, side) in sides.into_iter().enumerate() {
            let loaders: Vec<&Loader> = group.iter().filter(|loader| loader.dump == dump).collect();
            let ids = || loaders.iter().flat_map(|loader| &loader.classes).copied();
            ids().for_each(|class| self.of_class[dump][class.index()] = self.rows.len());
            let table = side.snapshot.classes();
            let sum = |of: fn(&crate::store::Class) -> u64| ids().map(|class| of(table.get(class))).sum();
            let (count, classes) = (loaders.len() as u64, ids().count() as u64);
            let (instances, shallow) = (sum(|class| class.instances), sum(|class| class.shallow));
            let retained = retained(side.snapshot, &loaders, side.removals, progress)?;
            let of_dump = match dump {
                0 => [
                    &mut row.loaders_before,
                    &mut row.classes_before,
                    &mut row.instances_before,
                    &mut row.shallow_before,
                    &mut row.retained_before,
                ],
                _ => [
                    &mut row.loaders_after,
                    &mut row.classes_after,
                    &mut row.instances_after,
                    &mut row.shallow_after,
                    &mut row.retained_after,
                ],
            };
            let numbers = [count, classes, instances, shallow, retained];
            of_dump.into_iter().zip(numbers).for_each(|(field, number)| *field = number);
        }
        self.rows.push(row);
        Ok(())
    }
}

/// The package of which the first loader has most classes; if there is one, one that the other groups lack.
fn package(group: &[Loader], groups: &[Vec<Loader>]) -> Option<Symbol> {
    let first = group.first()?;
    let others = groups.iter().filter_map(|other| other.first()).filter(|other| !std::ptr::eq(*other, first));
    let shared: HashSet<Symbol> = others.flat_map(|other| &other.content).map(|name| name.1).collect();
    let mut counts: BTreeMap<Symbol, usize> = BTreeMap::new();
    first.content.iter().for_each(|name| *counts.entry(name.1).or_default() += 1);
    let best = |&(package, count): &(Symbol, usize)| (!shared.contains(&package), count, Reverse(package));
    counts.into_iter().max_by_key(best).map(|(package, _)| package)
}

/// What some loaders of a dump retain with their classes and the instances of those, as one set.
fn retained(
    snapshot: &Snapshot,
    loaders: &[&Loader],
    removals: &Removals,
    progress: &Progress,
) -> Result<u64> {
    let [one] = loaders else {
        let classes: Vec<ClassId> = loaders.iter().flat_map(|loader| &loader.classes).copied().collect();
        let table = snapshot.classes();
        let mut set: RoaringBitmap = snapshot.instances(&classes, snapshot.ids()).into_iter().collect();
        set.extend(classes.iter().filter_map(|&class| table.get(class).object).map(|object| object.0));
        set.extend(loaders.iter().filter_map(|loader| loader.object).map(|object| object.0));
        return removals.retained_size(snapshot, &set, progress);
    };
    Ok(snapshot.held().loader_retained.get(one.row).copied().unwrap_or_default())
}
