//! What can be named where a random expression stands.

use super::tree::{Expr, Type};

/// The names of one query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    /// Columns of the rows; of grouped rows those keys that are columns.
    pub(crate) columns: Vec<(Expr, Type)>,
    /// Other keys of groups, which only the query itself can use.
    pub(crate) keys: Vec<(Expr, Type)>,
    /// The columns before rows were grouped, which aggregates are of; `None`: nothing is grouped.
    pub(crate) before: Option<Vec<(Expr, Type)>>,
    /// Whether functions over windows can stand here.
    pub(crate) windows: bool,
    /// What tells rows apart.
    pub(crate) total: Vec<Expr>,
    /// Whether there may be equal rows: which of them is the first is nobody's business.
    pub(crate) repeats: bool,
}

impl Frame {
    /// The names of that type.
    pub(crate) fn of_type(&self, ty: Type, innermost: bool) -> Vec<Expr> {
        let keys = self.keys.iter().filter(|_| innermost);
        self.columns
            .iter()
            .chain(keys)
            .filter(|(_, other)| *other == ty)
            .map(|(expr, _)| expr.clone())
            .collect()
    }
}
