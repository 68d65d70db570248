//! Which objects of a Go dump an earlier one has too: the collector does not move them, so that an address tells, unless the
//! slot has been freed and used again.

use super::finding::{ImplicitEdge, Survival};
use super::place::Place;
use super::tree::PathTree;
use crate::error::Result;
use crate::format::go::{Object, Pointers};
use crate::id::{ClassId, ObjectId};
use crate::language::go::{collections_between, same_process};
use crate::progress::Progress;
use crate::store::columns::References;
use crate::store::{RootKind, Snapshot};
use std::collections::HashMap;
use std::sync::OnceLock;

/// The class of goroutines, which the runtime uses again under other numbers.
const GOROUTINE: &str = "runtime.g";
/// Holders of one object that are looked at.
const MOST_HOLDERS: usize = 16;
/// The class of letters, which nothing changes.
const STRING: &str = "string";

/// Objects of the second of two Go dumps of one process, looked for in the first.
pub(super) struct Identity<'a> {
    before: &'a Snapshot,
    after: &'a Snapshot,
    /// References by target, of both dumps.
    inbound: [&'a References; 2],
    /// Whether no collection was between: then no slot was freed.
    still: bool,
    /// By class of the second dump: the same class in the first.
    classes: Vec<Option<ClassId>>,
    /// The numbers of goroutines by the address of their `runtime.g`, in both dumps.
    numbers: OnceLock<[HashMap<u64, u64>; 2]>,
}

/// What has become of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was there before.
    Survived,
    /// It has come to be, in a slot that was free.
    New,
    /// It has come to be in the slot of another one (inferred from size, type, content, or a goroutine's number).
    Reused,
}

impl<'a> Identity<'a> {
    /// `None` of dumps whose objects move, or of two processes.
    pub(super) fn new(
        before: &'a Snapshot,
        after: &'a Snapshot,
        progress: &Progress,
    ) -> Result<Option<Identity<'a>>> {
        let is_go = before.go().is_some() && after.go().is_some();
        if !is_go || same_process(before, after) == Some(false) {
            return Ok(None);
        }
        let same = |class: ClassId| before.classes().named(after.class_name(class)).next();
        Ok(Some(Identity {
            before,
            after,
            inbound: [before.inbound(progress)?, after.inbound(progress)?],
            still: collections_between(before, after) == Some(0),
            classes: after.classes().ids().map(same).collect(),
            numbers: OnceLock::new(),
        }))
    }

    /// What has become of an object of the second dump.
    pub(super) fn fate(&self, object: u32) -> Fate {
        let id = ObjectId(object);
        let address = self.after.address(id);
        let Some(old) = self.before.find(address) else { return Fate::New };
        let is_other = self.before.address(old) != address
            || self.before.shallow(old) != self.after.shallow(id)
            || self.is_other_type(old, id);
        if is_other {
            return Fate::Reused;
        }
        let survived = self.still || self.is_held_alike(old, id) || self.is_like(old, id);
        if survived { Fate::Survived } else { Fate::Reused }
    }

    /// Whether a variable, or an object at one address in both dumps, refers to it in both.
    fn is_held_alike(&self, old: ObjectId, new: ObjectId) -> bool {
        let class = self.after.class_name(self.after.class_of(new));
        let variables = |snapshot: &'a Snapshot, id| {
            let stacks = snapshot.stacks();
            let globals = stacks.roots_of(id).iter().filter(|root| root.kind == RootKind::Global);
            globals.filter_map(|root| stacks.name(root))
        };
        // The runtime's lists of goroutines hold them whatever they do.
        if class == GOROUTINE {
            return false;
        }
        if variables(self.after, new).any(|name| variables(self.before, old).any(|old| old == name)) {
            return true;
        }
        let [before, after] = self.inbound;
        after.of(new.index()).iter().take(MOST_HOLDERS).any(|&holder| {
            let address = self.after.address(ObjectId(holder));
            let known = self.before.find(address).filter(|&known| self.before.address(known) == address);
            known.is_some_and(|known| before.of(old.index()).contains(&known.0))
        })
    }

    /// Whether both dumps know the type of what is in a slot, and it is not the same.
    fn is_other_type(&self, old: ObjectId, new: ObjectId) -> bool {
        let (before, after) = (self.before.class_of(old), self.after.class_of(new));
        let is_known = |name: &str| !name.starts_with('<');
        self.classes[after.index()] != Some(before)
            && is_known(self.before.class_name(before))
            && is_known(self.after.class_name(after))
    }

    /// Whether the content of a slot speaks for the same object, perhaps changed: one that is written over keeps some of its
    /// pointers, or, where it has none, half of its words; one in a slot that is used again starts anew.
    fn is_like(&self, old: ObjectId, new: ObjectId) -> bool {
        let class = self.after.class_name(self.after.class_of(new));
        if class == GOROUTINE {
            let [before, after] = self.numbers();
            let address = self.after.address(new).0;
            return before.get(&address) == after.get(&address);
        }
        let (Some(a), Some(b)) = (object(self.before, old), object(self.after, new)) else { return true };
        let (a, places, b) = (a.0, b.1, b.0);
        if a == b || class == STRING {
            return a == b;
        }
        let size = usize::from(self.after.info().id_size).max(1);
        let used = |place: &usize| word(b, *place, size).iter().any(|&byte| byte != 0);
        let mut used = places.filter(used).peekable();
        if used.peek().is_some() {
            return used.any(|place| word(a, place, size) == word(b, place, size));
        }
        let same = a.chunks(size).zip(b.chunks(size)).filter(|(a, b)| a == b).count();
        2 * same * size >= b.len()
    }

    fn numbers(&self) -> &[HashMap<u64, u64>; 2] {
        self.numbers.get_or_init(|| {
            [self.before, self.after].map(|snapshot| {
                let records = snapshot.go().map(|go| go.records(snapshot.dump().bytes()));
                let all = records.into_iter().flat_map(|records| &records.goroutines);
                all.map(|goroutine| (goroutine.address, goroutine.id)).collect()
            })
        })
    }

    /// How many objects of the leaked class in a growth have come to be, and by what a survivor leads to new ones.
    pub(super) fn survival(&self, tree: &PathTree, dump: usize, place: &Place) -> Survival {
        let class = place.leaked_class(tree).to_owned();
        let mut rows: Vec<u32> = place.growth.parts.iter().map(|part| part.row).collect();
        rows.retain(|&row| tree.class(row) == class);
        rows.sort_unstable();
        rows.dedup();
        let mut survival = Survival::default();
        for &object in rows.iter().flat_map(|&row| tree.dumps[dump].objects(row)) {
            match self.fate(object) {
                Fate::Survived => survival.survived += 1,
                Fate::New => survival.new += 1,
                Fate::Reused => (survival.new, survival.reused) = (survival.new + 1, survival.reused + 1),
            }
        }
        survival.edge = self.first_new(tree, place);
        survival
    }

    /// On the path: the reference from a survivor to the first object that has come to be.
    fn first_new(&self, tree: &PathTree, place: &Place) -> Option<ImplicitEdge> {
        let at = place.spine.objects.iter().position(|&object| self.fate(object) != Fate::Survived)?;
        let row = *place.spine.rows.get(at)?;
        let Some(before) = at.checked_sub(1) else {
            return Some(ImplicitEdge { class: tree.via(row).to_owned(), via: super::told::ROOT.to_owned() });
        };
        let class = tree.class(*place.spine.rows.get(before)?).to_owned();
        Some(ImplicitEdge { class, via: tree.via(row).to_owned() })
    }
}

/// All bytes of an object's slot, and the places of its pointers.
fn object(snapshot: &Snapshot, id: ObjectId) -> Option<(&[u8], Pointers<'_>)> {
    let dump = snapshot.dump().bytes();
    let object = Object::at(dump, snapshot.objects().offset.get(id.index()))?;
    Some((dump.get(object.bytes.clone())?, object.pointers()))
}

fn word(bytes: &[u8], place: usize, size: usize) -> &[u8] {
    bytes.get(place..).and_then(|rest| rest.get(..size)).unwrap_or_default()
}
