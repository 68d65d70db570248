//! Where a growth lies: its path with objects, the leaked class on it, the rule that knows it, and who holds it.

use super::growth::Growth;
use super::layout::CLASS;
use super::rows::NO_ROW;
use super::spine::{Spine, spine, spine_rows};
use super::symbols::Symbol;
use super::tree::PathTree;
use crate::graph::Strength;
use crate::holders::outbound;
use crate::id::ObjectId;
use crate::language::java::{is_generated, thread_facts};
use crate::rules::{Match, Path, Rules, Runtime, Step, Types};
use crate::store::Snapshot;

/// How rules call the root of what nothing reaches.
const NONE: &str = "none";
/// Places of a path to which rules are tried.
const MOST_ENDS: usize = 6;

/// A growth with its path in the dump `dump` of the tree.
pub(super) struct Place<'r> {
    pub(super) growth: Growth,
    /// The rows where growths began that were put to this one.
    pub(super) joined: Vec<u32>,
    pub(super) spine: Spine,
    /// The place in the path where the growth began.
    pub(super) began: usize,
    /// The place in the path of what is leaked.
    pub(super) leaked: usize,
    /// The class that is leaked, where it is not that of the place.
    pub(super) other_class: Option<Symbol>,
    pub(super) found: Option<Match<'r>>,
    /// Whether a class of an application is above the growth, and in it.
    pub(super) application: (bool, bool),
    /// Whether what is leaked is of an application, and not only what one made of it.
    pub(super) is_meant: bool,
}

/// What placing takes.
pub(super) struct Placer<'a> {
    pub(super) tree: &'a PathTree,
    pub(super) snapshot: &'a Snapshot,
    pub(super) dump: usize,
    pub(super) rules: &'a Rules,
}

impl<'a> Placer<'a> {
    pub(super) fn place(&self, growth: Growth) -> Place<'a> {
        let rows = &self.tree.rows;
        let loader = self.loader_row(&growth);
        let path = spine_rows(&growth, rows, loader);
        let began = path.iter().position(|&row| row == growth.row).unwrap_or_default();
        let sampled = path.len() - 1;
        let census = &self.tree.dumps[self.dump];
        let mut spine = spine(self.snapshot, census, path.clone(), sampled);
        if spine.objects.is_empty() {
            spine = super::spine::spine(self.snapshot, census, path, began);
        }
        let steps = self.steps(&spine, &growth);
        let path = self.rule_path(&spine, steps);
        let found = match loader {
            Some(_) => self.rules.find(&path, Some(self.snapshot)),
            None => self.find(&path, began),
        };
        let first = found.as_ref().map_or(began, |found| found.edge.max(began));
        let leaked = match loader {
            Some(_) => spine.rows.len() - 1,
            None => self.ends(&path, first).first().copied().unwrap_or(first),
        };
        let (above, within) = path.steps.split_at(began.min(path.steps.len()));
        let is_any = |steps: &[Step]| steps.iter().any(|step| step.kind.application);
        let application = (is_any(above), is_any(within));
        let other_class = found.as_ref().and_then(|found| self.kept_key(&spine, &growth, found.edge));
        let is_meant =
            other_class.is_some() || path.steps.get(leaked).is_some_and(|step| self.is_meant(step));
        Place { growth, joined: Vec::new(), spine, began, leaked, other_class, found, application, is_meant }
    }

    /// The first rule in their order that matches a path to what may be leaked, the nearest to where the growth began first.
    fn find(&self, path: &Path, began: usize) -> Option<Match<'a>> {
        let order = |found: &Match| self.rules.all().iter().position(|rule| rule.name == found.rule.name);
        let mut ends = self.ends(path, began);
        if ends.is_empty() {
            ends.extend(path.steps.len().checked_sub(1));
        }
        let matches = ends.into_iter().filter_map(|end| {
            let shorter = Path { steps: path.steps[..=end].to_vec(), ..path.clone() };
            self.rules.find(&shorter, Some(self.snapshot))
        });
        matches.min_by_key(order)
    }

    /// The places of a path, from `first` on, of what people call leaked; else of what is no part of a collection.
    fn ends(&self, path: &Path, first: usize) -> Vec<usize> {
        let after = || first..path.steps.len();
        let meant: Vec<usize> =
            after().filter(|&at| self.is_meant(&path.steps[at])).take(MOST_ENDS).collect();
        if !meant.is_empty() {
            return meant;
        }
        after().filter(|&at| !self.is_container(&path.steps[at])).take(MOST_ENDS).collect()
    }

    /// The row of class loaders in a growth that has classes too: who leaks a loader leaks all of its classes.
    fn loader_row(&self, growth: &Growth) -> Option<u32> {
        let classes = self.snapshot.classes();
        let is_loader = |row: u32| {
            let mut named = classes.named(self.tree.class(row));
            named.any(|class| {
                classes.chain(class).any(|above| classes.get(above).name == "java.lang.ClassLoader")
            })
        };
        let is_class =
            |row: u32| self.tree.symbols.text(self.tree.rows.class[row as usize]).starts_with(CLASS);
        let grown = || growth.parts.iter().filter(|part| part.objects > 0);
        if !grown().any(|part| is_class(part.row)) {
            return None;
        }
        grown()
            .filter(|part| !is_class(part.row) && is_loader(part.row))
            .max_by_key(|part| part.objects)
            .map(|part| part.row)
    }

    /// A step for each row of the path that has an object.
    fn steps(&self, spine: &Spine, growth: &Growth) -> Vec<Step> {
        let mut types = Types::new(self.snapshot);
        let mut steps = Vec::with_capacity(spine.objects.len());
        let mut before: Option<ObjectId> = None;
        for (&object, &row) in spine.objects.iter().zip(&spine.rows) {
            let object = ObjectId(object);
            let via = before.and_then(|before| {
                let all = outbound(self.snapshot, before).unwrap_or_default();
                all.into_iter().find(|reference| reference.object == object).map(|reference| reference.via)
            });
            let grown: i64 =
                growth.parts.iter().filter(|part| part.row == row).map(|part| part.objects).sum();
            let mut step = types.step(object, via.or_else(|| before.map(|_| self.tree.via(row).to_owned())));
            step.count = u64::try_from(grown).unwrap_or(0).max(1);
            steps.push(step);
            before = Some(object);
        }
        steps
    }

    fn rule_path(&self, spine: &Spine, steps: Vec<Step>) -> Path {
        let root = spine.rows.first().copied().unwrap_or_default();
        let thread = spine.objects.first().filter(|_| self.tree.root_kind(root) == "thread");
        let strength =
            spine.rows.last().map_or(Strength::Strong, |&row| self.tree.rows.strength[row as usize]);
        Path {
            runtime: Runtime::of(self.snapshot),
            root: if strength == Strength::Unreachable { NONE } else { self.tree.root_kind(root) }.to_owned(),
            thread: thread.and_then(|&thread| thread_facts(self.snapshot, ObjectId(thread)).name),
            strength,
            steps,
        }
    }

    /// Whether a step is what people call leaked: of an application, written by somebody, and no array.
    fn is_meant(&self, step: &Step) -> bool {
        step.kind.application
            && step.kind.stands_for.is_none()
            && !is_generated(&step.kind.name)
            && !step.kind.name.ends_with("[]")
            && !self.rules.is_container(&step.kind)
    }

    fn is_container(&self, step: &Step) -> bool {
        self.rules.is_container(&step.kind) || step.kind.stands_for.is_some() || is_generated(&step.kind.name)
    }

    /// The class of the keys that a reference's own value keeps, where the reference at `edge` is one of a weak entry.
    fn kept_key(&self, spine: &Spine, growth: &Growth, edge: usize) -> Option<Symbol> {
        let owner = *spine.objects.get(edge.checked_sub(1)?)?;
        let specials = self.snapshot.specials();
        let place = specials.partition_point(|special| special.from < owner);
        let special = specials.get(place).filter(|special| special.from == owner)?;
        let row = self.tree.dumps[self.dump].row_of[special.to as usize];
        let own = |row: u32| growth.parts.iter().any(|part| part.row == row && part.objects > 0);
        (row != NO_ROW && own(row) && spine.rows.get(edge.checked_sub(1)?) != Some(&row))
            .then(|| self.tree.rows.class[row as usize])
    }
}

impl Place<'_> {
    /// The class that is leaked.
    pub(super) fn leaked_class<'t>(&self, tree: &'t PathTree) -> &'t str {
        match self.other_class {
            Some(class) => tree.symbols.text(class),
            None => self.spine.rows.get(self.leaked).map_or("", |&row| tree.class(row)),
        }
    }

    /// How many objects of a class the growth has.
    pub(super) fn grown(&self, tree: &PathTree, class: &str) -> i64 {
        self.growth.parts.iter().filter(|part| tree.class(part.row) == class).map(|part| part.objects).sum()
    }

    /// The rows down to what is leaked; where that is elsewhere, down to the implicit reference's target.
    pub(super) fn path(&self) -> &[u32] {
        &self.spine.rows[..=self.leaked.min(self.spine.rows.len() - 1)]
    }
}
