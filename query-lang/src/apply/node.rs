//! The node of logical plans.

use crate::cancel::CancelToken;
use crate::rows::Call;
use arrow_schema::Field;
use datafusion::common::{Column, DFSchema, DFSchemaRef, Result};
use datafusion::logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNodeCore};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A relation with the rows of a function for each of its rows.
#[derive(Clone)]
pub(crate) struct ApplyNode {
    pub(super) input: LogicalPlan,
    pub(super) call: Arc<Call>,
    /// The arguments, over the columns of the relation.
    pub(super) arguments: Vec<Expr>,
    /// Whether the order of the relation, if it has one, tells all its rows apart.
    pub(super) is_ordered: bool,
    pub(super) cancel: CancelToken,
    schema: DFSchemaRef,
}

impl ApplyNode {
    /// The columns of `input`, then those of the call.
    pub(crate) fn new(
        input: LogicalPlan,
        call: Arc<Call>,
        arguments: Vec<Expr>,
        is_ordered: bool,
        cancel: &CancelToken,
    ) -> Result<ApplyNode> {
        let own = call
            .columns
            .iter()
            .map(|(name, kind)| (None, Arc::new(Field::new(name, kind.data_type(), true))));
        let before = input.schema().iter().map(|(table, field)| (table.cloned(), Arc::clone(field)));
        let schema = DFSchema::new_with_metadata(before.chain(own).collect(), HashMap::new())?;
        Ok(ApplyNode { input, call, arguments, is_ordered, cancel: cancel.clone(), schema: Arc::new(schema) })
    }

    /// The columns of the relation that the arguments read.
    fn read(&self) -> BTreeSet<usize> {
        let columns = self.arguments.iter().flat_map(Expr::column_refs);
        columns.filter_map(|column: &Column| self.input.schema().maybe_index_of_column(column)).collect()
    }
}

impl UserDefinedLogicalNodeCore for ApplyNode {
    fn name(&self) -> &'static str {
        "Apply"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        self.arguments.clone()
    }

    /// Conditions on the relation's own columns may go below, unless rows without a match stay.
    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        self.call.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Apply: {}(", self.call.name())?;
        for (i, argument) in self.arguments.iter().enumerate() {
            write!(f, "{}{argument}", if i > 0 { ", " } else { "" })?;
        }
        write!(f, ")")
    }

    fn with_exprs_and_inputs(&self, arguments: Vec<Expr>, mut inputs: Vec<LogicalPlan>) -> Result<ApplyNode> {
        let input = inputs.pop().unwrap_or_else(|| self.input.clone());
        ApplyNode::new(input, Arc::clone(&self.call), arguments, self.is_ordered, &self.cancel)
    }

    fn necessary_children_exprs(&self, output: &[usize]) -> Option<Vec<Vec<usize>>> {
        let width = self.input.schema().fields().len();
        let passed = output.iter().copied().filter(|&column| column < width);
        Some(vec![passed.chain(self.read()).collect::<BTreeSet<_>>().into_iter().collect()])
    }
}

impl fmt::Debug for ApplyNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_for_explain(f)
    }
}

impl PartialEq for ApplyNode {
    fn eq(&self, other: &ApplyNode) -> bool {
        self.call == other.call && self.arguments == other.arguments && self.input == other.input
    }
}

impl Eq for ApplyNode {}

impl PartialOrd for ApplyNode {
    fn partial_cmp(&self, _: &ApplyNode) -> Option<Ordering> {
        None
    }
}

impl Hash for ApplyNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.call.hash(state);
        self.arguments.hash(state);
        self.input.hash(state);
    }
}
