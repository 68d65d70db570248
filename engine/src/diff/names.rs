//! What rows are called for people: holders, steps, owners.

use super::finding::PathStep;
use super::layout::CLASS;
use super::starts::{CLASS_ROOT, GLOBAL_ROOT, GOROUTINE_ROOT, RUNTIME_GLOBAL, THREAD_ROOT};
use super::tree::PathTree;
use crate::store::RootKind;

/// How roots begin that a name follows.
const NAMED_ROOTS: [&str; 3] = [THREAD_ROOT, GLOBAL_ROOT, GOROUTINE_ROOT];

impl PathTree {
    /// The name of a row's class; of class objects, the class that they stand for.
    pub fn class(&self, row: u32) -> &str {
        let name = self.symbols.text(self.rows.class[row as usize]);
        name.strip_prefix(CLASS).unwrap_or(name)
    }

    /// By what the row above refers to this one; of a root, why it is kept.
    pub fn via(&self, row: u32) -> &str {
        self.symbols.text(self.rows.via[row as usize])
    }

    /// The name that follows the kind of a root: of a Go variable or of a goroutine's first function.
    pub fn go_root(&self, root: u32) -> Option<(&'static str, &str)> {
        let named =
            |kind: &'static str| self.via(root).strip_prefix(kind).map(|name| (kind.trim_end(), name));
        [GLOBAL_ROOT, GOROUTINE_ROOT].into_iter().find_map(named)
    }

    /// Whether a row is in Go's own book-keeping, such as the list of all goroutines.
    pub(super) fn is_of_runtime(&self, row: u32) -> bool {
        let root = self.rows.upward(row).last().map_or("", |root| self.via(root));
        root.starts_with(RUNTIME_GLOBAL) || root == RootKind::Machine.name()
    }

    /// The kind of the root of a path: `thread`, `class`, `jni global` …
    pub fn root_kind(&self, root: u32) -> &str {
        let via = self.via(root);
        if via.starts_with(THREAD_ROOT) { THREAD_ROOT.trim_end() } else { via }
    }

    /// Who holds what is behind the path `rows`, from its root down: `static com.acme.Shop.CARTS`, `thread worker-#`.
    pub fn owner(&self, rows: &[u32]) -> String {
        let Some(&root) = rows.first() else { return String::new() };
        match (self.via(root), rows.get(1)) {
            (CLASS_ROOT, Some(&field)) => format!("static {}.{}", self.class(root), self.via(field)),
            (CLASS_ROOT, None) => format!("class {}", self.class(root)),
            (why, _) if NAMED_ROOTS.iter().any(|named| why.starts_with(named)) => why.to_owned(),
            (why, _) => format!("{why} {}", self.class(root)),
        }
    }

    /// Where a row is, by its owner and the fields that lead to it from there: `static com.acme.Shop.CARTS.table[].value`.
    pub fn place(&self, row: u32) -> String {
        let path = self.rows.path(row);
        let mut name = self.owner(&path);
        let of_owner = if path.first().is_some_and(|&root| self.via(root) == CLASS_ROOT) { 2 } else { 1 };
        for &row in path.iter().skip(of_owner) {
            let via = self.via(row);
            if !via.starts_with('[') {
                name.push('.');
            }
            name.push_str(via);
        }
        name
    }

    /// The steps of a path.
    pub fn steps(&self, rows: &[u32]) -> Vec<PathStep> {
        let step = |(at, &row): (usize, &u32)| PathStep {
            class: self.class(row).to_owned(),
            via: (at > 0).then(|| self.via(row).to_owned()),
        };
        rows.iter().enumerate().map(step).collect()
    }
}
