//! The open dumps and their tables.

use crate::cancel::CancelToken;
use heapwise_engine::diff::{self, Diff, PathTree};
use heapwise_engine::error::Result;
use heapwise_engine::graph::RetainedSet;
use heapwise_engine::holders::{By, Cut, DominatorTree, Removals, TreeRow};
use heapwise_engine::id::{ClassId, ObjectId};
use heapwise_engine::rules::Rules;
use heapwise_engine::store::Snapshot;
use heapwise_engine::table::{self, Table};
use roaring::RoaringBitmap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An open dump. Equal only to itself.
#[derive(Clone)]
pub struct Dump {
    /// Its name in queries.
    pub alias: String,
    /// The file.
    pub path: String,
    /// What is known of it.
    pub snapshot: Arc<Snapshot>,
    /// The engine's tables of it.
    pub tables: Vec<Arc<dyn Table>>,
    /// What explains references that nobody wrote on purpose; `None` for the built-in rules.
    rules: Option<Arc<Rules>>,
    /// What speeds up the second question and those after it.
    tools: Arc<Tools>,
}

#[derive(Default)]
struct Tools {
    removals: Removals,
    tree: DominatorTree,
    /// What was found about dumps that were compared with this one as the first, the latest last.
    compared: Mutex<Vec<Compared>>,
}

/// Some dumps compared, the first of which keeps it.
#[derive(Clone)]
struct Compared {
    others: Vec<Arc<Snapshot>>,
    tree: Arc<PathTree>,
    diff: Arc<OnceLock<Diff>>,
}

/// Comparisons that a dump keeps.
const KEPT: usize = 2;

impl Dump {
    /// Opens the tables of `snapshot`; `rules`: instead of the built-in ones.
    pub fn new(alias: &str, path: String, snapshot: Arc<Snapshot>, rules: Option<Arc<Rules>>) -> Dump {
        let tables = table::tables(&snapshot);
        Dump { alias: alias.to_owned(), path, snapshot, tables, rules, tools: Arc::default() }
    }

    /// The rules that explain what holds.
    pub(crate) fn rules(&self) -> Result<Arc<Rules>> {
        self.rules.clone().map_or_else(|| Rules::built_in().map(Arc::new), Ok)
    }

    /// What the object immediately dominates, the largest retained size first.
    pub(crate) fn dominated(&self, id: ObjectId, cancel: &CancelToken) -> Result<Vec<ObjectId>> {
        self.tools.tree.children(&self.snapshot, Some(id), cancel.progress())
    }

    /// The dominator tree down to a depth.
    pub(crate) fn dominator_tree(
        &self,
        depth: u32,
        by: By,
        cancel: &CancelToken,
    ) -> Result<Vec<TreeRow<'_>>> {
        self.tools.tree.rows(&self.snapshot, depth, by, cancel.progress())
    }

    /// What the objects retain together.
    pub(crate) fn retained_set(&self, set: &RoaringBitmap, cancel: &CancelToken) -> Result<RetainedSet> {
        self.tools.removals.retained_set(&self.snapshot, set, cancel.progress())
    }

    /// The bytes of that.
    pub(crate) fn retained_size(&self, set: &RoaringBitmap, cancel: &CancelToken) -> Result<u64> {
        self.tools.removals.retained_size(&self.snapshot, set, cancel.progress())
    }

    /// What would be freed without these references.
    pub(crate) fn what_if(&self, cuts: &[Cut], cancel: &CancelToken) -> Result<RetainedSet> {
        self.tools.removals.whatif(&self.snapshot, cuts, cancel.progress())
    }

    /// The path tree of some dumps, of which this is the first.
    pub(crate) fn path_tree(&self, dumps: &[Arc<Dump>], cancel: &CancelToken) -> Result<Arc<PathTree>> {
        Ok(self.compared(dumps, cancel)?.tree)
    }

    /// Some dumps compared, of which this is the first, shown to `show`.
    pub(crate) fn diff<T>(
        &self,
        dumps: &[Arc<Dump>],
        cancel: &CancelToken,
        show: impl FnOnce(&Diff) -> Result<T>,
    ) -> Result<T> {
        let compared = self.compared(dumps, cancel)?;
        if let Some(diff) = compared.diff.get() {
            return show(diff);
        }
        let snapshots: Vec<&Snapshot> = dumps.iter().map(|dump| &*dump.snapshot).collect();
        let diff = diff::compare(&snapshots, &compared.tree, &*self.rules()?, cancel.progress())?;
        show(compared.diff.get_or_init(|| diff))
    }

    fn compared(&self, dumps: &[Arc<Dump>], cancel: &CancelToken) -> Result<Compared> {
        let others: Vec<Arc<Snapshot>> = dumps.iter().skip(1).map(|dump| dump.snapshot.clone()).collect();
        let is_same = |known: &&Compared| {
            let pairs = known.others.iter().zip(&others);
            known.others.len() == others.len() && pairs.into_iter().all(|(a, b)| Arc::ptr_eq(a, b))
        };
        let kept = || self.tools.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().iter().find(is_same) {
            return Ok(known.clone());
        }
        let snapshots: Vec<&Snapshot> =
            std::iter::once(&*self.snapshot).chain(others.iter().map(|other| &**other)).collect();
        let tree = Arc::new(PathTree::new(&snapshots, cancel.progress())?);
        let made = Compared { others, tree, diff: Arc::default() };
        let mut kept = kept();
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push(made.clone());
        Ok(made)
    }

    /// The table of that name, in any case.
    pub fn table(&self, name: &str) -> Option<&Arc<dyn Table>> {
        self.tables.iter().find(|table| table.name().eq_ignore_ascii_case(name))
    }

    /// All class names, sorted and distinct.
    pub fn class_names(&self) -> impl Iterator<Item = &str> {
        (0..self.snapshot.name_count()).map_while(|rank| self.snapshot.name_at(u32::try_from(rank).ok()?))
    }

    /// The rank of a class name among the sorted names, or where it would stand.
    pub fn rank(&self, name: &str) -> std::result::Result<u32, u32> {
        let (mut low, mut high) = (0_u32, u32::try_from(self.snapshot.name_count()).unwrap_or(u32::MAX));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.snapshot.name_at(middle).unwrap_or_default().cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    /// All classes.
    pub fn classes(&self) -> impl Iterator<Item = ClassId> {
        (0..u32::try_from(self.snapshot.class_count()).unwrap_or(u32::MAX)).map(ClassId)
    }
}

impl PartialEq for Dump {
    fn eq(&self, other: &Dump) -> bool {
        Arc::ptr_eq(&self.snapshot, &other.snapshot)
    }
}

impl Eq for Dump {}

impl std::hash::Hash for Dump {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.snapshot).hash(state);
    }
}

impl fmt::Debug for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dump {}", self.alias)
    }
}
